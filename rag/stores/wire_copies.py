"""Wire copies: which articles are folded under which original, and which stay beside it as they differ in a fact."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, select, update

from rag.domain import NEAR_COPY_PREFIX
from rag.stores.tables import article, copy_key, insert, meta, near_copy, version
from rag.text.duplicates import RULES, is_copy
from rag.text.duplicates import near_copy as differs_in

_FOLD_RULES_KEY = "folds_judged_by"  # key of the note of whose rules the folds are
_BATCH = 500
_MAX_CANDIDATES = 40  # articles that are compared, those that share the most keys first


# Materialized, for else every article of the library is looked at, by the index of what its keys are.
_SHARING = (
    select(copy_key.c.article_id, func.count().label("shared"))
    .where(copy_key.c.key.in_(bindparam("keys", expanding=True)), copy_key.c.article_id != bindparam("own"))
    .group_by(copy_key.c.article_id)
    .cte("sharing")
    .prefix_with("MATERIALIZED")
)
_CANDIDATES = (
    select(article.c.article_id, version.c.text)
    .select_from(
        _SHARING.join(article, article.c.article_id == _SHARING.c.article_id).join(
            version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version)
        )
    )
    .where(article.c.copy_of.is_(None), article.c.apart.is_(False))
    .order_by(_SHARING.c.shared.desc(), article.c.article_id)
    .limit(_MAX_CANDIDATES)
)


def fold_article(connection: Connection, article_id: str, text: str, keys: Sequence[int], *, first: bool) -> str | None:
    """Fold a newly read article under the original whose news it repeats; the id of that original, None for none.

    An older article that turns out to be a cut copy of this one is folded under this one. An article that a user took
    out of a fold stays apart. One that differs from an original in a fact is noted as a near copy of it. `first`:
    nothing is known of the article yet; else what was folded with its older version is judged again.
    """
    if not first:
        connection.execute(delete(copy_key).where(copy_key.c.article_id == article_id))
        connection.execute(
            delete(near_copy).where((near_copy.c.article_id == article_id) | (near_copy.c.of == article_id))
        )
        _unfold_non_copies(connection, (article.c.copy_of == article_id) | (article.c.article_id == article_id))
    if keys:
        shared = [{"key": key, "article_id": article_id} for key in dict.fromkeys(keys)]
        connection.execute(insert(connection, copy_key), shared)
    apart = select(article.c.apart).where(article.c.article_id == article_id)
    if not first and connection.execute(apart).scalar_one():
        return None
    folded: str | None = None
    others = _candidates(connection, article_id, keys)
    for other_id, other in others:
        if folded is None and is_copy(text, other):
            folded = other_id
            fold(connection, article_id, other_id)
        elif folded is None and is_copy(other, text):
            fold(connection, other_id, article_id)
    if folded is None:
        for other_id, other in others:
            if difference := differs_in(text, other):
                _put_near_copy(connection, article_id, other_id, difference)
                break
    return folded


def recheck_folds(connection: Connection) -> int:
    """Take out of their folds the copies that an earlier release folded though they differ in a fact; gives how many.
    To be called when a library is opened: it looks at each fold once.
    """
    if folds_are_current(connection):
        return 0
    parted = _unfold_non_copies(connection, article.c.copy_of.is_not(None))
    row = insert(connection, meta).values(key=_FOLD_RULES_KEY, value=RULES)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": RULES}))
    return parted


def folds_are_current(connection: Connection) -> bool:
    """True if `mend` has nothing to do."""
    return connection.execute(select(meta.c.value).where(meta.c.key == _FOLD_RULES_KEY)).scalar_one_or_none() == RULES


def near_copy_notes(connection: Connection, article_ids: Collection[str]) -> dict[str, str]:
    """Of articles that are near copies, what a reader is told, by id."""
    other = article.alias()
    chosen = select(near_copy.c.article_id, near_copy.c.differs, other.c.title).join(
        other, other.c.article_id == near_copy.c.of
    )
    if len(article_ids) <= _BATCH:  # else all of them: near copies are few
        chosen = chosen.where(near_copy.c.article_id.in_(article_ids))
    return {
        row.article_id: f"{NEAR_COPY_PREFIX}“{row.title}”, differs in: {row.differs}"
        for row in connection.execute(chosen)
    }


def fold(connection: Connection, copy_id: str, original_id: str) -> None:
    """Fold one article, and what was folded under it, under another that is no copy itself."""
    connection.execute(delete(near_copy).where(near_copy.c.article_id == copy_id))
    among = (article.c.article_id == copy_id) | (article.c.copy_of == copy_id)
    connection.execute(update(article).where(among).values(copy_of=original_id))


def unfold(connection: Connection, article_id: str) -> bool:
    """Take an article out of its fold for good; False if it was in none."""
    folded = and_(article.c.article_id == article_id, article.c.copy_of.is_not(None))
    return bool(connection.execute(update(article).where(folded).values(copy_of=None, apart=True)).rowcount)


def promote_copy(connection: Connection, article_id: str) -> None:
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


def _unfold_non_copies(connection: Connection, which: ColumnElement[bool]) -> int:
    """Of folded articles, take out those that are no copies; gives how many."""
    original, mine, its = article.alias(), version.alias(), version.alias()
    chosen = (
        select(article.c.article_id, article.c.copy_of, mine.c.text, its.c.text.label("of"))
        .join(original, original.c.article_id == article.c.copy_of)
        .join(mine, and_(mine.c.article_id == article.c.article_id, mine.c.version == article.c.version))
        .join(its, and_(its.c.article_id == original.c.article_id, its.c.version == original.c.version))
        .where(which)
    )
    parted = 0
    for row in connection.execute(chosen).all():
        if is_copy(row.text, row.of):
            continue
        connection.execute(update(article).where(article.c.article_id == row.article_id).values(copy_of=None))
        if difference := differs_in(row.text, row.of):
            _put_near_copy(connection, row.article_id, row.copy_of, difference)
        parted += 1
    return parted


def _put_near_copy(connection: Connection, article_id: str, other_id: str, difference: str) -> None:
    values = {"of": other_id, "differs": difference}
    row = insert(connection, near_copy).values(article_id=article_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))


def _candidates(connection: Connection, article_id: str, keys: Sequence[int]) -> list[tuple[str, str]]:
    """Originals that share keys with an article, with their current texts, those that share most first."""
    return [(row.article_id, row.text) for row in connection.execute(_CANDIDATES, {"keys": keys, "own": article_id})]
