"""Users' corrections of an article's fields: part of the record, they win over what any reading finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast, get_args

from sqlalchemy import Connection, delete, select, update

from rag.domain import AmendedField, Amendment, Extract
from rag.errors import UnknownArticle
from rag.stores import lexical, narrowing, passages
from rag.stores.tables import UNTITLED, amendment, article, insert, of_version, passage, source, version
from rag.text.canonical import fold

_BASIS = "date_basis"  # accompanies `published`, as a row of its own
_LEXICAL_FIELDS = {"title", "outlet", "published"}  # their words are in the lexical index
_STATEMENT_FIELDS = {"title", "published"}  # statements are extracted with them


def apply_amendments(connection: Connection, article_id: str, extract: Extract, fields: Mapping[str, Any]) -> Extract:
    """The extract with the user's earlier corrections of this article and, over those, the new ones in `fields`."""
    values = {row.field: row.value for row in _rows(connection, article_id)}
    earlier = {name: narrowing.to_day(value) if name == "published" else value for name, value in values.items()}
    return replace(extract, **{**earlier, **_with_basis(fields)})


def record_amendments(connection: Connection, article_id: str, extract: Extract, fields: Mapping[str, Any]) -> None:
    """Store the fields that a user gave with a reading, and note beside every stored correction what this reading
    found.
    """
    for row in _rows(connection, article_id):
        this_row = (amendment.c.article_id == article_id, amendment.c.field == row.field)
        connection.execute(update(amendment).where(*this_row).values(found=_column_value(getattr(extract, row.field))))
    _put_amendments(connection, article_id, _with_basis(fields), extract)


def amend_empty(connection: Connection, article_id: str, fields: Mapping[str, Any]) -> set[str]:
    """Amend those of the fields that are still empty in an article. Returns their names."""
    row = article_row(connection, article_id)
    empty_values = (None, UNTITLED)
    empty = {name: value for name, value in fields.items() if value is not None and getattr(row, name) in empty_values}
    return amend(connection, article_id, empty) if empty else set()


def amend(connection: Connection, article_id: str, fields: Mapping[str, Any], undo: Iterable[str] = ()) -> set[str]:
    """Set fields of an article to the user's values, return the fields in `undo` to the extracted ones, and update what
    is derived from them. Returns the names of the fields that changed. Raises UnknownArticle.
    """
    before = article_row(connection, article_id)
    undone = {name for field in undo for name in ((field, _BASIS) if field == "published" else (field,))}
    values: dict[str, str | None] = {
        row.field: row.found for row in _rows(connection, article_id) if row.field in undone
    }
    undone_rows = (amendment.c.article_id == article_id, amendment.c.field.in_(undone))
    connection.execute(delete(amendment).where(*undone_rows))
    changes = _with_basis(fields)
    _put_amendments(connection, article_id, changes, before)
    values |= {name: _column_value(value) for name, value in changes.items()}
    if "title" in values:
        values["title"] = values["title"] or UNTITLED
    names = {name for name, value in values.items() if value != getattr(before, name)}
    if names:
        if "outlet" in names:
            values["outlet_key"] = fold(values["outlet"]) if values["outlet"] else None
        connection.execute(update(article).where(article.c.article_id == article_id).values(values))
        _update_derived(connection, article_id, names)
    return names - {_BASIS}


def load_amendments(connection: Connection, article_id: str) -> tuple[Amendment, ...]:
    """The user's corrections of an article, ordered by field."""
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


def _update_derived(connection: Connection, article_id: str, names: set[str]) -> None:
    """Update words, statements and the days from which versions are known to the article's changed fields."""
    row = article_row(connection, article_id)
    if names & _LEXICAL_FIELDS:
        title, outlet = passages.lexical_fields(row.title, row.outlet, row.published)
        passage_rowids = select(passage.c.rowid).where(passage.c.article_id == article_id)
        lexical.backend_for(connection).retitle(connection, passage_rowids, title, outlet)
    if names & _STATEMENT_FIELDS:
        connection.execute(update(version).where(version.c.article_id == article_id).values(stated_as=None))
    if "published" in names:
        first_version = connection.execute(
            select(version).where(version.c.article_id == article_id).order_by(version.c.number).limit(1)
        ).one()
        known_from = narrowing.known_since(
            datetime.fromisoformat(first_version.ingested), narrowing.to_day(row.published)
        )
        for table in (version, passage):
            this_version = of_version(table, article_id, first_version.version)
            connection.execute(update(table).where(this_version).values(known_from=known_from))
    if row.url:
        connection.execute(
            insert(connection, source).values(key=row.url, article_id=article_id).on_conflict_do_nothing()
        )


def _with_basis(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, with the basis of the publication date if it is among them."""
    return {**fields, **({_BASIS: "user" if fields["published"] else None} if "published" in fields else {})}


def _put_amendments(connection: Connection, article_id: str, fields: Mapping[str, Any], extract: object) -> None:
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    for name, value in fields.items():
        new = {"value": _column_value(value), "made": now}
        row = insert(connection, amendment).values(
            article_id=article_id, field=name, found=_column_value(getattr(extract, name)), **new
        )
        # `found` stays as it is when the user changes the same field again.
        connection.execute(row.on_conflict_do_update(index_elements=["article_id", "field"], set_=new))


def _column_value(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def article_row(connection: Connection, article_id: str) -> Any:
    """The row of an article. Raises UnknownArticle."""
    row = connection.execute(select(article).where(article.c.article_id == article_id)).one_or_none()
    if row is None:
        raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
    return row


def _rows(connection: Connection, article_id: str) -> list[Any]:
    query = select(amendment).where(amendment.c.article_id == article_id).order_by(amendment.c.field)
    return list(connection.execute(query))
