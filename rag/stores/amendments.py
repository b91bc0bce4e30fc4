"""What users said about an article's fields: kept with the record, laid over what any reading finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast, get_args

from sqlalchemy import Connection, delete, select, update

from rag.domain import AmendedField, Amendment, Extract
from rag.errors import UnknownArticle
from rag.stores import lexical, narrowing, passages
from rag.stores.tables import UNTITLED, amendment, article, insert, passage, source, version
from rag.text.canonical import fold

_BASIS = "date_basis"  # goes with `published`, as a row of its own
_LEXICAL_FIELDS = {"title", "outlet", "published"}  # words of these are in the lexical index
_STATEMENT_FIELDS = {"title", "published"}  # statements are extracted with these in view


def apply_amendments(connection: Connection, article_id: str, extract: Extract, fields: Mapping[str, Any]) -> Extract:
    """What was found, under what the user said earlier about this article and, over that, what is `fields` now."""
    kept = {row.field: row.value for row in _rows(connection, article_id)}
    earlier = {name: narrowing.to_day(value) if name == "published" else value for name, value in kept.items()}
    return replace(extract, **{**earlier, **_with_basis(fields)})


def record_amendments(connection: Connection, article_id: str, extract: Extract, fields: Mapping[str, Any]) -> None:
    """Keep what was given with a reading, and beside all that is kept what the reading found."""
    for row in _rows(connection, article_id):
        here = (amendment.c.article_id == article_id, amendment.c.field == row.field)
        connection.execute(update(amendment).where(*here).values(found=_column_value(getattr(extract, row.field))))
    _put_amendments(connection, article_id, _with_basis(fields), extract)


def amend_empty(connection: Connection, article_id: str, fields: Mapping[str, Any]) -> set[str]:
    """Amend those fields of an article that are still empty; gives their names."""
    row = _article(connection, article_id)
    nothing = (None, UNTITLED)
    empty = {name: value for name, value in fields.items() if value is not None and getattr(row, name) in nothing}
    return amend(connection, article_id, empty) if empty else set()


def amend(connection: Connection, article_id: str, fields: Mapping[str, Any], undo: Iterable[str] = ()) -> set[str]:
    """Set fields of an article to what the user says, `undo` others back to what was found, and have what is derived
    from them follow. Gives the names of the fields that are other than before. Raises UnknownArticle.
    """
    before = _article(connection, article_id)
    back = {name for field in undo for name in ((field, _BASIS) if field == "published" else (field,))}
    values: dict[str, str | None] = {row.field: row.found for row in _rows(connection, article_id) if row.field in back}
    gone = (amendment.c.article_id == article_id, amendment.c.field.in_(back))
    connection.execute(delete(amendment).where(*gone))
    changes = _with_basis(fields)
    _put_amendments(connection, article_id, changes, before)
    values |= {name: _column_value(value) for name, value in changes.items()}
    if "title" in values:
        values["title"] = values["title"] or UNTITLED
    changed = {name for name, value in values.items() if value != getattr(before, name)}
    if changed:
        if "outlet" in changed:
            values["outlet_key"] = fold(values["outlet"]) if values["outlet"] else None
        connection.execute(update(article).where(article.c.article_id == article_id).values(values))
        _update_derived(connection, article_id, changed)
    return changed - {_BASIS}


def load_amendments(connection: Connection, article_id: str) -> tuple[Amendment, ...]:
    """What the user said about the fields of an article, by field."""
    return tuple(
        Amendment(
            field=cast("AmendedField", row.field),
            value=row.value,
            found=row.found,
            made=datetime.fromisoformat(row.made),
        )
        for row in _rows(connection, article_id)
        if row.field in get_args(AmendedField)
    )


def _update_derived(connection: Connection, article_id: str, changed: set[str]) -> None:
    """See to it that words, statements and the days from which versions are known are as the article is."""
    row = _article(connection, article_id)
    if changed & _LEXICAL_FIELDS:
        title, outlet = passages.lexical_fields(row.title, row.outlet, row.published)
        own = select(passage.c.rowid).where(passage.c.article_id == article_id)
        lexical.backend_for(connection).retitle(connection, own, title, outlet)
    if changed & _STATEMENT_FIELDS:
        connection.execute(update(version).where(version.c.article_id == article_id).values(stated_as=None))
    if "published" in changed:
        first = connection.execute(
            select(version).where(version.c.article_id == article_id).order_by(version.c.number).limit(1)
        ).one()
        known_from = narrowing.known_since(datetime.fromisoformat(first.ingested), narrowing.to_day(row.published))
        for table in (version, passage):
            here = (table.c.article_id == article_id, table.c.version == first.version)
            connection.execute(update(table).where(*here).values(known_from=known_from))
    if row.url:
        connection.execute(
            insert(connection, source).values(key=row.url, article_id=article_id).on_conflict_do_nothing()
        )


def _with_basis(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with where a day of publication comes from."""
    return {**fields, **({_BASIS: "user" if fields["published"] else None} if "published" in fields else {})}


def _put_amendments(connection: Connection, article_id: str, fields: Mapping[str, Any], extract: object) -> None:
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    for name, value in fields.items():
        new = {"value": _column_value(value), "made": now}
        row = insert(connection, amendment).values(
            article_id=article_id, field=name, found=_column_value(getattr(extract, name)), **new
        )
        # What was found stays beside a second word about the same field.
        connection.execute(row.on_conflict_do_update(index_elements=["article_id", "field"], set_=new))


def _column_value(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _article(connection: Connection, article_id: str) -> Any:
    row = connection.execute(select(article).where(article.c.article_id == article_id)).one_or_none()
    if row is None:
        raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
    return row


def _rows(connection: Connection, article_id: str) -> list[Any]:
    chosen = select(amendment).where(amendment.c.article_id == article_id).order_by(amendment.c.field)
    return list(connection.execute(chosen))
