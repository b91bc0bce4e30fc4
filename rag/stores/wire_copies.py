"""Wire copies: which articles are folded under which original."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from rag.stores.tables import article, copy_key, insert, version
from rag.text.duplicates import is_copy

_MOST = 40  # articles that are compared, those that share the most keys first


# Materialized, for else every article of the library is looked at, by the index of what its keys are.
_SHARING = (
    select(copy_key.c.article_id, func.count().label("shared"))
    .where(copy_key.c.key.in_(bindparam("keys", expanding=True)), copy_key.c.article_id != bindparam("own"))
    .group_by(copy_key.c.article_id)
    .cte("sharing")
    .prefix_with("MATERIALIZED")
)
_NEAR = (
    select(article.c.article_id, version.c.text)
    .select_from(
        _SHARING.join(article, article.c.article_id == _SHARING.c.article_id).join(
            version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version)
        )
    )
    .where(article.c.copy_of.is_(None), article.c.apart.is_(False))
    .order_by(_SHARING.c.shared.desc(), article.c.article_id)
    .limit(_MOST)
)


def settle(connection: Connection, article_id: str, text: str, keys: Sequence[int], *, first: bool) -> str | None:
    """Fold a newly read article under the original whose news it repeats; the id of that original, None for none.

    An older article that turns out to be a cut copy of this one is folded under this one. An article that a user took
    out of a fold stays apart. `first`: nothing is known of the article yet.
    """
    if not first:
        connection.execute(delete(copy_key).where(copy_key.c.article_id == article_id))
    if keys:
        shared = [{"key": key, "article_id": article_id} for key in dict.fromkeys(keys)]
        connection.execute(insert(connection, copy_key), shared)
    apart = select(article.c.apart).where(article.c.article_id == article_id)
    if not first and connection.execute(apart).scalar_one():
        return None
    folded: str | None = None
    for other_id, other in _near(connection, article_id, keys):
        if folded is None and is_copy(text, other):
            folded = other_id
            fold(connection, article_id, other_id)
        elif folded is None and is_copy(other, text):
            fold(connection, other_id, article_id)
    return folded


def fold(connection: Connection, copy_id: str, original_id: str) -> None:
    """Fold one article, and what was folded under it, under another that is no copy itself."""
    among = (article.c.article_id == copy_id) | (article.c.copy_of == copy_id)
    connection.execute(update(article).where(among).values(copy_of=original_id))


def unfold(connection: Connection, article_id: str) -> bool:
    """Take an article out of its fold for good; False if it was in none."""
    folded = and_(article.c.article_id == article_id, article.c.copy_of.is_not(None))
    return bool(connection.execute(update(article).where(folded).values(copy_of=None, apart=True)).rowcount)


def orphans(connection: Connection, article_id: str) -> None:
    """Before an original goes: its first copy becomes the original of the others."""
    heirs = list(
        connection.execute(
            select(article.c.article_id)
            .where(article.c.copy_of == article_id)
            .order_by(article.c.ingested, article.c.article_id)
        ).scalars()
    )
    if heirs:
        connection.execute(update(article).where(article.c.article_id.in_(heirs)).values(copy_of=heirs[0]))
        connection.execute(update(article).where(article.c.article_id == heirs[0]).values(copy_of=None))


def _near(connection: Connection, article_id: str, keys: Sequence[int]) -> list[tuple[str, str]]:
    """Originals that share keys with an article, with their current texts, those that share most first."""
    return [(row.article_id, row.text) for row in connection.execute(_NEAR, {"keys": keys, "own": article_id})]
