"""Wire copies: which articles are folded under which original, and near copies, which stay articles of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, select, update

from rag.domain import NEAR_COPY_PREFIX
from rag.stores.tables import article, copy_key, insert, meta, near_copy, of_version, version
from rag.text.duplicates import RULES, is_copy
from rag.text.duplicates import near_copy as differs_in

_FOLD_RULES_KEY = "folds_judged_by"  # of `meta`: the rules that made the folds
_BATCH = 500
_MAX_CANDIDATES = 40  # articles that are compared: those that share the most keys


# Materialized: otherwise SQLite looks at every article of the library, by the index of keys.
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
            version, of_version(version, article.c.article_id, article.c.version)
        )
    )
    .where(article.c.copy_of.is_(None), article.c.apart.is_(False))
    .order_by(_SHARING.c.shared.desc(), article.c.article_id)
    .limit(_MAX_CANDIDATES)
)

_original = article.alias()
_NEAR_COPIES = select(near_copy.c.article_id, near_copy.c.differs, _original.c.title).join(
    _original, _original.c.article_id == near_copy.c.of
)


def fold_article(connection: Connection, article_id: str, text: str, keys: Sequence[int], *, first: bool) -> str | None:
    """Fold a newly read article under the original whose news it repeats. Returns the id of that original, or None.

    An older article that turns out to be a shortened copy of this one is folded under this one. An article that a user
    took out of a fold stays apart. One that differs from an original in a fact is noted as a near copy of it. Unless
    this is the `first` version of the article, what was folded with the older version is checked again.
    """
    if not first:
        connection.execute(delete(copy_key).where(copy_key.c.article_id == article_id))
        connection.execute(
            delete(near_copy).where((near_copy.c.article_id == article_id) | (near_copy.c.of == article_id))
        )
        _unfold_non_copies(connection, (article.c.copy_of == article_id) | (article.c.article_id == article_id))
    if keys:
        key_rows = [{"key": key, "article_id": article_id} for key in dict.fromkeys(keys)]
        connection.execute(insert(connection, copy_key), key_rows)
    apart = select(article.c.apart).where(article.c.article_id == article_id)
    if not first and connection.execute(apart).scalar_one():
        return None
    original_id: str | None = None
    candidates = _candidates(connection, article_id, keys)
    for other_id, other_text in candidates:
        if original_id is None and is_copy(text, other_text):
            original_id = other_id
            fold_under(connection, article_id, other_id)
        elif original_id is None and is_copy(other_text, text):
            fold_under(connection, other_id, article_id)
    if original_id is None:
        for other_id, other_text in candidates:
            if difference := differs_in(text, other_text):
                _put_near_copy(connection, article_id, other_id, difference)
                break
    return original_id


def recheck_folds(connection: Connection) -> int:
    """Take out of their folds the copies that an earlier release folded although they differ in a fact. Returns how
    many. Called when a library is opened; does nothing if its folds were made by the current rules.
    """
    if folds_are_current(connection):
        return 0
    unfolded = _unfold_non_copies(connection, article.c.copy_of.is_not(None))
    row = insert(connection, meta).values(key=_FOLD_RULES_KEY, value=RULES)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": RULES}))
    return unfolded


def folds_are_current(connection: Connection) -> bool:
    """True if `recheck_folds` has nothing to do."""
    return connection.execute(select(meta.c.value).where(meta.c.key == _FOLD_RULES_KEY)).scalar_one_or_none() == RULES


def near_copy_notes(connection: Connection, article_ids: Collection[str]) -> dict[str, str]:
    """The note for the reader of each of these articles that is a near copy, by id."""
    query = _NEAR_COPIES
    if len(article_ids) <= _BATCH:  # else all of them: near copies are few
        query = query.where(near_copy.c.article_id.in_(article_ids))
    return {
        row.article_id: f"{NEAR_COPY_PREFIX}“{row.title}”, differs in: {row.differs}"
        for row in connection.execute(query)
    }


def fold_under(connection: Connection, copy_id: str, original_id: str) -> None:
    """Fold an article, and the copies folded under it, under an original."""
    connection.execute(delete(near_copy).where(near_copy.c.article_id == copy_id))
    with_copies = (article.c.article_id == copy_id) | (article.c.copy_of == copy_id)
    connection.execute(update(article).where(with_copies).values(copy_of=original_id))


def fold_again(connection: Connection, copy_id: str, original_id: str) -> bool:
    """Fold an article as `fold_under`, also one that was taken out of its fold, under one that is then an original;
    False unless both are in the library.
    """
    both = article.c.article_id.in_((copy_id, original_id))
    if connection.execute(select(func.count()).select_from(article).where(both)).scalar_one() < 2:
        return False
    fold_under(connection, copy_id, original_id)
    connection.execute(update(article).where(article.c.article_id == copy_id).values(apart=False))
    connection.execute(update(article).where(article.c.article_id == original_id).values(copy_of=None))
    return True


def unfold(connection: Connection, article_id: str) -> bool:
    """Take an article out of its fold permanently; False if it was in none."""
    is_folded = and_(article.c.article_id == article_id, article.c.copy_of.is_not(None))
    return bool(connection.execute(update(article).where(is_folded).values(copy_of=None, apart=True)).rowcount)


def promote_copy(connection: Connection, article_id: str) -> None:
    """Make an original's first copy the original of the others; called before the original is deleted."""
    copies = list(
        connection.execute(
            select(article.c.article_id)
            .where(article.c.copy_of == article_id)
            .order_by(article.c.ingested, article.c.article_id)
        ).scalars()
    )
    if copies:
        connection.execute(update(article).where(article.c.article_id.in_(copies)).values(copy_of=copies[0]))
        connection.execute(update(article).where(article.c.article_id == copies[0]).values(copy_of=None))


def _unfold_non_copies(connection: Connection, which: ColumnElement[bool]) -> int:
    """Unfold those of the selected articles that are not copies. Returns how many."""
    original, own_version, original_version = article.alias(), version.alias(), version.alias()
    query = (
        select(article.c.article_id, article.c.copy_of, own_version.c.text, original_version.c.text.label("of"))
        .join(original, original.c.article_id == article.c.copy_of)
        .join(own_version, of_version(own_version, article.c.article_id, article.c.version))
        .join(original_version, of_version(original_version, original.c.article_id, original.c.version))
        .where(which)
    )
    unfolded = 0
    for row in connection.execute(query).all():
        if is_copy(row.text, row.of):
            continue
        connection.execute(update(article).where(article.c.article_id == row.article_id).values(copy_of=None))
        if difference := differs_in(row.text, row.of):
            _put_near_copy(connection, row.article_id, row.copy_of, difference)
        unfolded += 1
    return unfolded


def _put_near_copy(connection: Connection, article_id: str, other_id: str, difference: str) -> None:
    values = {"of": other_id, "differs": difference}
    row = insert(connection, near_copy).values(article_id=article_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))


def _candidates(connection: Connection, article_id: str, keys: Sequence[int]) -> list[tuple[str, str]]:
    """Originals that share keys with an article, with their current texts, those that share most first."""
    return [(row.article_id, row.text) for row in connection.execute(_CANDIDATES, {"keys": keys, "own": article_id})]
