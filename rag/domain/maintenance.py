"""Backups and transfers of a library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A library as one file, as found sound: its size in bytes and what it holds."""

    path: str
    bytes: int
    articles: int
    versions: int
    statements: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A library moved to another database, found to be the same there: its rows in all tables, and the vectors that
    came along, None where they are made again.
    """

    source: str
    target: str
    articles: int
    versions: int
    statements: int
    rows: int
    vectors: int | None
