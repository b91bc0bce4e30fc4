"""The lexical indices, of passages and of statements: folded, stemmed words, ranked by BM25.

On SQLite an index is an FTS5 table. PostgreSQL has no BM25, so there it is computed from what PostgreSQL has: a
`tsvector` for each row under a GIN index, whose lexemes are made here as FTS5 would make them; how many words a row
has; and how many rows and words an index has, which triggers keep true. The formula and its constants are FTS5's, so
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
# What a word counts in a title, an outlet and a body.
_WEIGHTS: dict[Index, tuple[float, float, float]] = {"passage": (1.0, 0.5, 1.0), "statement": (0.0, 0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Entry:
    """The folded words of one row: `key` is its rowid."""

    key: int
    title: str
    outlet: str
    body: str


class Lexical(Protocol):
    """The full-text side of one dialect. Entries go with their passage or statement, also when a removal cascades."""

    def make(self, connection: Connection) -> None:
        """Make both indices where they are not."""
        ...

    def put(self, connection: Connection, index: Index, entries: Sequence[Entry]) -> None:
        """Index new rows."""
        ...

    def retitle(self, connection: Connection, keys: Select[tuple[int]], title: str, outlet: str) -> None:
        """Put other words for title and outlet into the entries of these passages."""
        ...

    def ranked_matches(
        self, connection: Connection, index: Index, terms: Sequence[str], most: int | None = None
    ) -> Subquery | None:
        """Rows that hold any of the folded terms, or so many of the best, as `rowid` with a BM25 `rank` (lower is
        better); None for no term.
        """
        ...

    def frequency(self, connection: Connection, term: str) -> int:
        """In how many passages a folded term stands, as the index stems it."""
        ...

    def clear(self, connection: Connection, index: Index) -> None:
        """Make an index anew, with nothing in it, in whatever state it is."""
        ...

    def indexed_rowids(self, index: Index) -> Select[Any]:
        """The rowids that an index has."""
        ...

    def drop(self, connection: Connection, index: Index, keys: Sequence[int]) -> None:
        """Take entries out."""
        ...

    def total(self, connection: Connection) -> int:
        """How many passages there are, by the fastest way to count them."""
        ...

    def scrub(self, connection: Connection) -> None:
        """See to it that removed words leave the index as well."""
        ...


def backend_for(connection: Connection) -> Lexical:
    """The full-text side of a connection's database."""
    return _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE


def count(connection: Connection, index: Index) -> int:
    """How many entries an index has."""
    held = backend_for(connection).indexed_rowids(index).subquery()
    return connection.execute(select(func.count()).select_from(held)).scalar_one()


# -- SQLite

# Without it the words of a removed article stay in the index's older segments until these are merged.
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

    def put(self, connection: Connection, index: Index, entries: Sequence[Entry]) -> None:
        if entries:
            values = [{"rowid": one.key, "title": one.title, "outlet": one.outlet, "body": one.body} for one in entries]
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
        holds = text(f"{matches.name} MATCH :asked").bindparams(bindparam("asked", " OR ".join(phrases), unique=True))
        chosen = select(matches.c.rowid, rank.label("rank")).where(holds)
        return (chosen.order_by(text("rank")).limit(most) if most else chosen).subquery()

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
_MAX_WORD, _MAX_POSITION = 200, 16_000  # characters of a word; the last place that a tsvector tells from the next
_RECOUNT_SHARE = 0.01  # the share by which an index may grow or shrink until words are counted again
_SMALL_INDEX = 20_000  # rows of an index whose words are always counted anew
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
    """A table beside each of `passage` and `statement`: words of the title are marked A, of the outlet B, others C."""

    def __init__(self) -> None:
        self._frequencies: WeakKeyDictionary[Engine, dict[tuple[Index, str], tuple[int, int]]] = WeakKeyDictionary()

    def make(self, connection: Connection) -> None:
        for statement in _CREATE_TOTALS:
            connection.exec_driver_sql(statement)
        for name in _WEIGHTS:
            for statement in _CREATE_INDEX:
                connection.exec_driver_sql(statement.format(name))

    def put(self, connection: Connection, index: Index, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        keys, vectors, heads, bodies = [], [], [], []
        for one in entries:
            vector, head, body = _vector(one.title, one.outlet, one.body)
            keys.append(one.key)
            vectors.append(vector)
            heads.append(head)
            bodies.append(body)
        values = {"keys": keys, "words": vectors, "heads": heads, "bodies": bodies}
        connection.execute(text(_INSERT_ENTRIES.format(index)), values)

    def retitle(self, connection: Connection, keys: Select[tuple[int]], title: str, outlet: str) -> None:
        vector, head, _ = _vector(title, outlet, "")
        table = _words("passage")
        fresh = cast(literal(vector), table.c.words.type).op("||")(func.ts_filter(table.c.words, text("'{c}'")))
        connection.execute(update(table).where(table.c.rowid.in_(keys)).values(words=fresh, head=head))

    def ranked_matches(
        self, connection: Connection, index: Index, terms: Sequence[str], most: int | None = None
    ) -> Subquery | None:
        # Two terms of one stem, as "nation" and "nations", count twice, as two phrases do in FTS5.
        counts = Counter(filter(None, map(_query, dict.fromkeys(terms))))
        if not counts:
            return None
        table = _words(index)
        entries, words = self._totals(connection, index)
        length = (_K1 * _B * entries / max(words, 1)) * (table.c.head + table.c.body) + _K1 * (1 - _B)
        title, outlet, body = _WEIGHTS[index]
        weights = text(f"CAST('{{0, {body}, {outlet}, {title}}}' AS real[])")  # of the marks D, C, B, A
        score: ColumnElement[float] = literal(0.0, Float)
        for one, times in counts.items():
            n = self._document_frequency(connection, index, one, entries)
            rarity = max(math.log((entries - n + 0.5) / (n + 0.5)), 1e-6)
            # Of a query of one word, without norms, this is the sum of the weights of its places: what BM25 counts.
            often = func.ts_rank_cd(weights, table.c.words, _as_query(one))
            score = score + (times * rarity * (_K1 + 1)) * (
                1 - length / (often + length)
            )  # `often` but once: it is dear
        holds = table.c.words.op("@@")(_as_query(" | ".join(f"({one})" for one in counts)))
        chosen = select(table.c.rowid, (-score).label("rank")).where(holds)
        return (chosen.order_by(text("rank")).limit(most) if most else chosen).subquery()

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
        """Nothing: what is left of deleted rows is the vacuum's."""

    def _totals(self, connection: Connection, index: Index) -> tuple[int, int]:
        chosen = text("SELECT entries, words FROM lexical_total WHERE name = :name")
        row = connection.execute(chosen, {"name": f"{index}_words"}).one()
        return row.entries, row.words

    def _document_frequency(self, connection: Connection, index: Index, query: str, entries: int) -> int:
        """How many entries hold a word; of a large index as counted when it was about as large."""
        counted = self._frequencies.setdefault(connection.engine, {})
        n, then = counted.get((index, query), (0, -1))
        if then != entries and (entries < _SMALL_INDEX or abs(entries - then) > _RECOUNT_SHARE * entries):
            table = _words(index)
            chosen = select(func.count()).select_from(table).where(table.c.words.op("@@")(_as_query(query)))
            n = int(connection.execute(chosen).scalar_one())
            counted[index, query] = (n, entries)
        return n


@cache
def _words(index: Index) -> TableClause:
    from sqlalchemy.dialects.postgresql import TSVECTOR

    return table(f"{index}_words", column("rowid"), column("words", TSVECTOR()), column("head"), column("body", Float))


def _as_query(query: str) -> ColumnElement[str]:
    from sqlalchemy.dialects.postgresql import TSQUERY

    return cast(literal(query), TSQUERY())


def _query(term: str) -> str | None:
    """A folded term as a tsquery: a word, or the words of it as a phrase, as FTS5 reads a term in quotation marks."""
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
        at += count + 1  # no phrase runs on from one field into the next
    vector = " ".join(f"'{word}':{','.join(positions)}" for word, positions in places.items())
    return vector, counts[0] + counts[1], counts[2]


def _stems(folded: str) -> Iterable[str]:
    return (_stem(match.group()[:_MAX_WORD]) for match in _WORD.finditer(folded))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """The Porter stem, as FTS5 makes it: of words of ASCII letters and digits alone."""
    if len(word) < 3 or not word.isascii():
        return word
    if not hasattr(_THREAD_STEMMERS, "porter"):  # one is not for many threads
        _THREAD_STEMMERS.porter = Stemmer.Stemmer("porter")
    return str(_THREAD_STEMMERS.porter.stemWord(word)) or word


_SQLITE, _POSTGRES = _Fts5(), _Tsvector()
