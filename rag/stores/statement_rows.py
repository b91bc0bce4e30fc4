"""Statements as rows of the library, and their words in the lexical index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, func, select

from rag.domain import Statement, as_json, decode
from rag.stores import lexical, narrowing
from rag.stores.tables import AnyRow, insert, of_version, statement
from rag.text.canonical import fold
from rag.text.places import countries_in


def put_statements(connection: Connection, article_id: str, version_hash: str, statements: Sequence[Statement]) -> None:
    """Replace the statements of one version and their words."""
    connection.execute(delete(statement).where(of_version(statement, article_id, version_hash)))
    first_rowid = connection.execute(select(func.coalesce(func.max(statement.c.rowid), 0) + 1)).scalar_one()
    rows, entries = [], []
    for n, item in enumerate(statements):
        rows.append({"rowid": first_rowid + n, **statement_row(n, item)})
        entries.append(statement_entry(first_rowid + n, item))
    if rows:
        connection.execute(insert(connection, statement), rows)
        lexical.backend_for(connection).put(connection, "statement", entries)


def statement_entries(connection: Connection, keys: Sequence[int]) -> list[lexical.LexicalEntry]:
    """The lexical entries of the statements with these rowids, made from the record."""
    rows = connection.execute(select(statement.c.rowid, statement.c.value).where(statement.c.rowid.in_(keys)))
    return [statement_entry(row.rowid, decode_statement(row.value)) for row in rows]


def statement_entry(key: int, item: Statement) -> lexical.LexicalEntry:
    """The lexical entry of a statement: its words, and the canonical names of the countries in it."""
    words = " ".join(filter(None, (item.text, item.venue, *country_names(item.text))))
    return lexical.LexicalEntry(key, "", "", fold(words))


def country_names(text: str) -> list[str]:
    """The canonical names of the countries that the text names in any form, so that each is found under every name."""
    return list(dict.fromkeys(country for _, _, country in countries_in(text)))


def statement_row(ordinal: int, item: Statement) -> dict[str, Any]:
    """A statement as a row of `statement`; `ordinal` is its position in the text."""
    return {
        "article_id": item.article_id,
        "version": item.version,
        "ordinal": ordinal,
        "speaker_key": fold(item.speaker) if item.speaker else None,
        "actor_key": fold(item.on_behalf_of) if item.on_behalf_of else None,
        "value": as_json(item),
    }


def statement_from_row(row: AnyRow) -> Statement:
    """The Statement of a row of `statement` joined with its article."""
    article_fields = {"title": row.title, "outlet": row.outlet, "published": narrowing.to_day(row.published)}
    return replace(decode_statement(row.value), **article_fields)


def decode_statement(value: Mapping[str, Any]) -> Statement:
    """The statement that `as_json` encoded, without the fields of its article."""
    return decode(Statement, {**value, "title": None, "outlet": None, "published": None})
