"""The lexical indices, of passages and of statements: folded, stemmed words, ranked by BM25.

On SQLite an index is an FTS5 table. PostgreSQL has no BM25, so there it is computed: from a `tsvector` for each row
under a GIN index, with lexemes that are made here as FTS5 would make them; from the number of words of a row; and from
the number of rows and words of an index, which triggers maintain. The formula and its constants are those of FTS5, so
both rank alike.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, Protocol
from weakref import WeakKeyDictionary

import Stemmer
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    Select,
    Subquery,
    TableClause,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
    update,
)

from rag.stores.tables import passage

Index = Literal["passage", "statement"]
# The weight of a word in a title, an outlet and a body.
_WEIGHTS: dict[Index, tuple[float, float, float]] = {"passage": (1.0, 0.5, 1.0), "statement": (0.0, 0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """The folded words of one row; `key` is its rowid."""

    key: int
    title: str
    outlet: str
    body: str


class Lexical(Protocol):
    """The full-text search of one SQL dialect. Entries are deleted with their passage or statement, even by cascade."""

    def make(self, connection: Connection) -> None:
        """Create both indices where they do not exist."""
        ...

    def put(self, connection: Connection, index: Index, entries: Sequence[LexicalEntry]) -> None:
        """Index new rows."""
        ...

    def retitle(self, connection: Connection, keys: Select[tuple[int]], title: str, outlet: str) -> None:
        """Replace the words of title and outlet in the entries of these passages."""
        ...

    def ranked_matches(
        self, connection: Connection, index: Index, terms: Sequence[str], most: int | None = None
    ) -> Subquery | None:
        """Rows that contain any of the folded terms, or the `most` best of them, as `rowid` with a BM25 `rank` (lower
        is better); None without terms.
        """
        ...

    def frequency(self, connection: Connection, term: str) -> int:
        """In how many passages a folded term stands, as the index stems it."""
        ...

    def clear(self, connection: Connection, index: Index) -> None:
        """Empty an index, whatever state it is in."""
        ...

    def indexed_rowids(self, index: Index) -> Select[Any]:
        """A query for the rowids that an index has."""
        ...

    def drop(self, connection: Connection, index: Index, keys: Sequence[int]) -> None:
        """Delete entries."""
        ...

    def total(self, connection: Connection) -> int:
        """How many passages there are, counted in the fastest way."""
        ...

    def scrub(self, connection: Connection) -> None:
        """Erase removed words from the index."""
        ...


def backend_for(connection: Connection) -> Lexical:
    """The full-text search of a connection's dialect."""
    return _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE


def count(connection: Connection, index: Index) -> int:
    """How many entries an index has."""
    rowids = backend_for(connection).indexed_rowids(index).subquery()
    return connection.execute(select(func.count()).select_from(rowids)).scalar_one()


# -- SQLite

# Without it the words of a removed article stay in older segments of the index until these are merged.
_SECURE_DELETE = sqlite3.sqlite_version_info >= (3, 42)
_CREATE_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {0}_words USING fts5(title, outlet, body, "
    "tokenize = 'porter unicode61 remove_diacritics 2')"
)
_DELETE_TRIGGER = (
    "CREATE TRIGGER IF NOT EXISTS {0}_gone AFTER DELETE ON {0} BEGIN DELETE FROM {0}_words WHERE rowid = old.rowid; END"
)


class _Fts5:
    """FTS5 tables with the rowids of their passages and statements."""

    def make(self, connection: Connection) -> None:
        for name in _WEIGHTS:
            connection.execute(text(_CREATE_TABLE.format(name)))
            connection.execute(text(_DELETE_TRIGGER.format(name)))
            if _SECURE_DELETE:
                self._run_command(connection, name, "secure-delete", 1)

    def put(self, connection: Connection, index: Index, entries: Sequence[LexicalEntry]) -> None:
        if entries:
            values = [
                {"rowid": entry.key, "title": entry.title, "outlet": entry.outlet, "body": entry.body}
                for entry in entries
            ]
            connection.execute(insert(_fts(index)), values)

    def retitle(self, connection: Connection, keys: Select[tuple[int]], title: str, outlet: str) -> None:
        index = _fts("passage")
        connection.execute(update(index).where(index.c.rowid.in_(keys)).values(title=title, outlet=outlet))

    def ranked_matches(
        self, connection: Connection, index: Index, terms: Sequence[str], most: int | None = None
    ) -> Subquery | None:
        phrases = ['"' + term.replace('"', "") + '"' for term in dict.fromkeys(terms) if term.strip('"')]
        if not phrases:
            return None
        matches = _fts(index)
        rank: ColumnElement[float] = literal_column(f"bm25({matches.name}, {', '.join(map(str, _WEIGHTS[index]))})")
        condition = text(f"{matches.name} MATCH :asked").bindparams(
            bindparam("asked", " OR ".join(phrases), unique=True)
        )
        query = select(matches.c.rowid, rank.label("rank")).where(condition)
        return (query.order_by(text("rank")).limit(most) if most else query).subquery()

    def frequency(self, connection: Connection, term: str) -> int:
        query = text("SELECT count(*) FROM passage_words WHERE passage_words MATCH :asked")
        return int(connection.execute(query, {"asked": '"' + term.replace('"', "") + '"'}).scalar_one())

    def clear(self, connection: Connection, index: Index) -> None:
        connection.execute(text(f"DROP TABLE IF EXISTS {index}_words"))
        self.make(connection)

    def indexed_rowids(self, index: Index) -> Select[Any]:
        return select(column("id", Integer)).select_from(table(f"{index}_words_docsize"))

    def drop(self, connection: Connection, index: Index, keys: Sequence[int]) -> None:
        connection.execute(delete(_fts(index)).where(_fts(index).c.rowid.in_(keys)))

    def total(self, connection: Connection) -> int:
        return int(connection.execute(select(func.count()).select_from(passage)).scalar_one())

    def scrub(self, connection: Connection) -> None:
        if not _SECURE_DELETE:
            for name in _WEIGHTS:
                self._run_command(connection, name, "optimize")

    def _run_command(self, connection: Connection, index: Index, command: str, value: int | None = None) -> None:
        table = _fts(index)
        connection.execute(insert(table).values({table.name: command, "rank": value}))


@cache
def _fts(index: Index) -> TableClause:
    # A column of the table's own name, and `rank`, take FTS5's commands.
    name = f"{index}_words"
    return table(name, *(column(part) for part in ("rowid", "title", "outlet", "body", "rank", name)))


# -- PostgreSQL

_K1, _B = 1.2, 0.75
_WORD = re.compile(r"[^\W_]+")
_MAX_WORD, _MAX_POSITION = 200, 16_000  # characters of a word; the largest position that a tsvector distinguishes
_RECOUNT_SHARE = 0.01  # share by which an index may grow or shrink before words are counted again
_SMALL_INDEX = 20_000  # rows; in a smaller index words are always counted again
_THREAD_STEMMERS = threading.local()
_CREATE_TOTALS = [
    """CREATE TABLE IF NOT EXISTS lexical_total (
        name VARCHAR PRIMARY KEY, entries BIGINT NOT NULL DEFAULT 0, words BIGINT NOT NULL DEFAULT 0)""",
    """CREATE OR REPLACE FUNCTION count_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN
            UPDATE lexical_total AS t SET entries = t.entries - gone.n, words = t.words - gone.words
            FROM (SELECT count(*) AS n, coalesce(sum(head + body), 0) AS words FROM before) AS gone
            WHERE t.name = TG_TABLE_NAME;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            UPDATE lexical_total AS t SET entries = t.entries + made.n, words = t.words + made.words
            FROM (SELECT count(*) AS n, coalesce(sum(head + body), 0) AS words FROM after) AS made
            WHERE t.name = TG_TABLE_NAME;
        END IF;
        RETURN NULL;
    END $$""",
]
_CREATE_INDEX = [
    """CREATE TABLE IF NOT EXISTS {0}_words (
        rowid BIGINT PRIMARY KEY REFERENCES {0} (rowid) ON DELETE CASCADE,
        words tsvector NOT NULL, head INTEGER NOT NULL, body INTEGER NOT NULL)
        WITH (toast_tuple_target = 8160)  -- words that are compressed would be unpacked for each term anew
    """,
    "INSERT INTO lexical_total (name) VALUES ('{0}_words') ON CONFLICT DO NOTHING",
    "CREATE INDEX IF NOT EXISTS {0}_words_gin ON {0}_words USING gin (words)",
    """CREATE OR REPLACE TRIGGER {0}_words_put AFTER INSERT ON {0}_words
        REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_words()""",
    """CREATE OR REPLACE TRIGGER {0}_words_gone AFTER DELETE ON {0}_words
        REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_words()""",
    """CREATE OR REPLACE TRIGGER {0}_words_other AFTER UPDATE ON {0}_words
        REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_words()""",
]
_INSERT_ENTRIES = """
    INSERT INTO {0}_words (rowid, words, head, body)
    SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:words AS tsvector[]), CAST(:heads AS int[]),
                         CAST(:bodies AS int[]))
"""


class _Tsvector:
    """A table for each of `passage` and `statement`. Words of the title are marked A, of the outlet B, others C."""

    def __init__(self) -> None:
        self._frequencies: WeakKeyDictionary[Engine, dict[tuple[Index, str], tuple[int, int]]] = WeakKeyDictionary()

    def make(self, connection: Connection) -> None:
        for statement in _CREATE_TOTALS:
            connection.exec_driver_sql(statement)
        for name in _WEIGHTS:
            for statement in _CREATE_INDEX:
                connection.exec_driver_sql(statement.format(name))

    def put(self, connection: Connection, index: Index, entries: Sequence[LexicalEntry]) -> None:
        if not entries:
            return
        keys, vectors, heads, bodies = [], [], [], []
        for entry in entries:
            vector, head, body = _vector(entry.title, entry.outlet, entry.body)
            keys.append(entry.key)
            vectors.append(vector)
            heads.append(head)
            bodies.append(body)
        values = {"keys": keys, "words": vectors, "heads": heads, "bodies": bodies}
        connection.execute(text(_INSERT_ENTRIES.format(index)), values)

    def retitle(self, connection: Connection, keys: Select[tuple[int]], title: str, outlet: str) -> None:
        vector, head, _ = _vector(title, outlet, "")
        table = _words("passage")
        new_words = cast(literal(vector), table.c.words.type).op("||")(func.ts_filter(table.c.words, text("'{c}'")))
        connection.execute(update(table).where(table.c.rowid.in_(keys)).values(words=new_words, head=head))

    def ranked_matches(
        self, connection: Connection, index: Index, terms: Sequence[str], most: int | None = None
    ) -> Subquery | None:
        # Two terms with one stem, such as "nation" and "nations", count twice, as two phrases do in FTS5.
        counts = Counter(filter(None, map(_query, dict.fromkeys(terms))))
        if not counts:
            return None
        table = _words(index)
        entries, words = self._totals(connection, index)
        length = (_K1 * _B * entries / max(words, 1)) * (table.c.head + table.c.body) + _K1 * (1 - _B)
        title, outlet, body = _WEIGHTS[index]
        weights = text(f"CAST('{{0, {body}, {outlet}, {title}}}' AS real[])")  # of the marks D, C, B, A
        score: ColumnElement[float] = literal(0.0, Float)
        for word_query, repeats in counts.items():
            frequency = self._document_frequency(connection, index, word_query, entries)
            rarity = max(math.log((entries - frequency + 0.5) / (frequency + 0.5)), 1e-6)
            # For a query of one word, without norms, this is the sum of the weights of its positions: BM25's count.
            occurrences = func.ts_rank_cd(weights, table.c.words, _tsquery(word_query))
            score = score + (repeats * rarity * (_K1 + 1)) * (
                1 - length / (occurrences + length)
            )  # `often` but once: it is dear
        condition = table.c.words.op("@@")(_tsquery(" | ".join(f"({word_query})" for word_query in counts)))
        query = select(table.c.rowid, (-score).label("rank")).where(condition)
        return (query.order_by(text("rank")).limit(most) if most else query).subquery()

    def frequency(self, connection: Connection, term: str) -> int:
        query = _query(term)
        if not query:
            return 0
        return self._document_frequency(connection, "passage", query, self._totals(connection, "passage")[0])

    def clear(self, connection: Connection, index: Index) -> None:
        connection.execute(delete(_words(index)))
        connection.execute(
            text("UPDATE lexical_total SET entries = 0, words = 0 WHERE name = :name"), {"name": f"{index}_words"}
        )

    def indexed_rowids(self, index: Index) -> Select[Any]:
        return select(column("rowid", Integer)).select_from(_words(index))

    def drop(self, connection: Connection, index: Index, keys: Sequence[int]) -> None:
        connection.execute(delete(_words(index)).where(_words(index).c.rowid.in_(keys)))

    def total(self, connection: Connection) -> int:
        return self._totals(connection, "passage")[0]  # counting rows would read them all

    def scrub(self, connection: Connection) -> None:
        """Does nothing: PostgreSQL's vacuum erases deleted rows."""

    def _totals(self, connection: Connection, index: Index) -> tuple[int, int]:
        query = text("SELECT entries, words FROM lexical_total WHERE name = :name")
        row = connection.execute(query, {"name": f"{index}_words"}).one()
        return row.entries, row.words

    def _document_frequency(self, connection: Connection, index: Index, query: str, entries: int) -> int:
        """How many entries contain a word. For a large index a cached count serves until its size has changed by 1%."""
        cached = self._frequencies.setdefault(connection.engine, {})
        n, cached_entries = cached.get((index, query), (0, -1))
        if cached_entries != entries and (
            entries < _SMALL_INDEX or abs(entries - cached_entries) > _RECOUNT_SHARE * entries
        ):
            table = _words(index)
            count_query = select(func.count()).select_from(table).where(table.c.words.op("@@")(_tsquery(query)))
            n = int(connection.execute(count_query).scalar_one())
            cached[index, query] = (n, entries)
        return n


@cache
def _words(index: Index) -> TableClause:
    from sqlalchemy.dialects.postgresql import TSVECTOR

    return table(f"{index}_words", column("rowid"), column("words", TSVECTOR()), column("head"), column("body", Float))


def _tsquery(query: str) -> ColumnElement[str]:
    from sqlalchemy.dialects.postgresql import TSQUERY

    return cast(literal(query), TSQUERY())


def _query(term: str) -> str | None:
    """A folded term as a tsquery: a word, or several words as a phrase, as FTS5 reads a term in quotation marks. None
    without a word.
    """
    return " <-> ".join(f"'{word}'" for word in _stems(term)) or None


def _vector(title: str, outlet: str, body: str) -> tuple[str, int, int]:
    """The words of three fields as a tsvector, and how many stand in the first two and in the last."""
    places: dict[str, list[str]] = {}
    at, counts = 0, []
    for mark, field in (("A", title), ("B", outlet), ("C", body)):
        count = 0
        for count, word in enumerate(_stems(field), start=1):
            places.setdefault(word, []).append(f"{min(at + count, _MAX_POSITION)}{mark}")
        counts.append(count)
        at += count + 1  # no phrase spans two fields
    vector = " ".join(f"'{word}':{','.join(positions)}" for word, positions in places.items())
    return vector, counts[0] + counts[1], counts[2]


def _stems(folded: str) -> Iterable[str]:
    return (_stem(match.group()[:_MAX_WORD]) for match in _WORD.finditer(folded))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """The Porter stem as FTS5 makes it: only of words of ASCII letters and digits."""
    if len(word) < 3 or not word.isascii():
        return word
    if not hasattr(_THREAD_STEMMERS, "porter"):  # a stemmer is not thread-safe
        _THREAD_STEMMERS.porter = Stemmer.Stemmer("porter")
    return str(_THREAD_STEMMERS.porter.stemWord(word)) or word


_SQLITE, _POSTGRES = _Fts5(), _Tsvector()
