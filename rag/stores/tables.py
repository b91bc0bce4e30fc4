"""The tables of the library, in SQLAlchemy Core, and the SQLite connection rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TableClause,
    Text,
    UniqueConstraint,
    and_,
    column,
    create_engine,
    event,
    table,
    tuple_,
)
from sqlalchemy.engine.interfaces import DBAPIConnection

SCHEMA = 3  # counts forms of the file: raise it with every revision under `migrations`
metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

article = Table(
    "article",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("outlet", String),
    Column("outlet_key", String, index=True),  # folded, for filters
    Column("byline", Text),
    Column("published", String, index=True),  # YYYY-MM-DD
    Column("updated", String),
    Column("date_basis", String),
    Column("language", String),
    Column("url", Text),
    Column("ingested", String, nullable=False, index=True),  # UTC, ISO 8601
    Column("words", Integer, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("copy_of", ForeignKey("article.article_id", ondelete="SET NULL"), index=True),  # the original of a wire copy
    Column("apart", Boolean, nullable=False, default=False),  # the user undid a fold
)

# Keys that copies share (`text.duplicates.keys`), of current versions.
copy_key = Table(
    "copy_key",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True, index=True),
)

version = Table(
    "version",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("version", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("ingested", String, nullable=False),
    Column("known_from", Integer, nullable=False),  # seconds since 1970 UTC
    Column("known_to", Integer, nullable=False),
    # Fingerprints of what the derived data was made with; NULL or another value means work to do.
    Column("cut_as", String, index=True),
    Column("embedded_as", String, index=True),
    Column("stated_as", String, index=True),
    Index("version_by_hash", "version"),
)

source = Table(
    "source",
    metadata,
    Column("key", String, primary_key=True),  # a URL or a file's path
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
)

# What the bytes of a source gave, so that reading the same bytes again is known without looking into them.
reading = Table(
    "reading",
    metadata,
    Column("key", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", String, nullable=False),
)

# What a site said of a page or a feed when it was read, for asking whether it has changed since.
fetched = Table(
    "fetched",
    metadata,
    Column("url", String, primary_key=True),
    Column("etag", String),
    Column("modified", String),
    Column("reader", String, nullable=False),  # the release that read it
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), index=True),  # none: a feed
    Column("version", String),
)

passage = Table(
    "passage",
    metadata,
    Column("rowid", Integer, primary_key=True),
    Column("passage_id", String, nullable=False, unique=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False),
    Column("version", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("known_from", Integer, nullable=False),
    Column("known_to", Integer, nullable=False),
    Index("passage_by_version", "article_id", "version"),
)

statement = Table(
    "statement",
    metadata,
    Column("rowid", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False),
    Column("version", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("speaker_key", String, index=True),  # folded
    Column("actor_key", String, index=True),  # folded
    Column("value", JSON, nullable=False),
    UniqueConstraint("article_id", "version", "ordinal"),
)


# What users decided about statements: part of the record, and so apart from the statements, which are derived.
correction = Table(
    "correction",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("version", String, primary_key=True),
    Column("place", String, primary_key=True),  # where the content stands: "12-40 52-60"
    Column("verdict", String, nullable=False),
    Column("changes", JSON, nullable=False),  # fields by name, or all of an added statement
    Column("before", JSON(none_as_null=True)),  # the statement as extracted, if it was
    Column("carried", Boolean),
    Column("made", String, nullable=False),  # UTC, ISO 8601
)

# What users said about the fields of articles: part of the record; it wins over what any reading finds.
amendment = Table(
    "amendment",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", Text),
    Column("found", Text),  # what the last reading found
    Column("made", String, nullable=False),  # UTC, ISO 8601
)


# Conversations. A turn outlives the articles that it cites: what it took from one goes with it, the turn is marked.
chat = Table(
    "chat",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("begun", String, nullable=False),  # UTC, ISO 8601
)

turn = Table(
    "turn",
    metadata,
    Column("chat_id", ForeignKey("chat.chat_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("asked", String, nullable=False),  # UTC, ISO 8601
    Column("state", String, nullable=False),
    Column("answer", Text),  # JSON
    Column("error", Text),
)

# The articles whose words an answer holds: those it cites, and those of the passages that came near.
turn_article = Table(
    "turn_article",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("article_id", String, primary_key=True, index=True),
    Column("cited", Boolean, nullable=False),
    ForeignKeyConstraint(["chat_id", "number"], ["turn.chat_id", "turn.number"], ondelete="CASCADE"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("judgement", String, nullable=False),
    Column("note", Text),
    Column("given", String, nullable=False),  # UTC, ISO 8601
    ForeignKeyConstraint(["chat_id", "number"], ["turn.chat_id", "turn.number"], ondelete="CASCADE"),
)

# Briefings that were made, and which articles they quote: those take their words with them when they are removed.
briefing = Table(
    "briefing",
    metadata,
    Column("briefing_id", String, primary_key=True),
    Column("topic_key", String, index=True),  # folded
    Column("made", String, nullable=False, index=True),  # UTC, ISO 8601
    Column("value", JSON, nullable=False),
)
briefing_article = Table(
    "briefing_article",
    metadata,
    Column("briefing_id", ForeignKey("briefing.briefing_id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", String, primary_key=True, index=True),
)

# Briefings that were begun and have not come to an end: after a crash they can be made again.
briefing_begun = Table(
    "briefing_begun",
    metadata,
    Column("key", String, primary_key=True),
    Column("request", JSON, nullable=False),
    Column("begun", String, nullable=False),  # UTC, ISO 8601
)

# What a chat model found in one article, by a hash of all that it was sent: derived, and dear to make again.
mapped = Table(
    "mapped",
    metadata,
    Column("key", String, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("value", JSON, nullable=False),
)


# The lexical indices hold folded words; `porter` stems English and leaves other scripts alone. A word index row has the
# rowid of its passage or statement and goes with it, also when the article's removal cascades.
def _words(name: str) -> TableClause:
    # A column of the table's own name, and `rank`, take FTS5's commands.
    return table(name, *(column(part) for part in ("rowid", "title", "outlet", "body", "rank", name)))


passage_words, statement_words = _words("passage_words"), _words("statement_words")
_INDEX = "CREATE VIRTUAL TABLE IF NOT EXISTS {0}_words USING fts5(title, outlet, body, tokenize = '{1}')"
_GONE = (
    "CREATE TRIGGER IF NOT EXISTS {0}_gone AFTER DELETE ON {0} BEGIN DELETE FROM {0}_words WHERE rowid = old.rowid; END"
)
# The order of the list of articles, also for libraries that are older than it. DESC puts days that are not known last.
_OUTLETS = "CREATE INDEX IF NOT EXISTS article_outlets ON article (outlet_key, outlet)"  # counted without the rows
_NEWEST = "CREATE INDEX IF NOT EXISTS article_newest ON article (published DESC, ingested DESC, article_id)"
LEXICAL = [
    _NEWEST,
    _OUTLETS,
    *(
        made.format(name, "porter unicode61 remove_diacritics 2")
        for name in ("passage", "statement")
        for made in (_INDEX, _GONE)
    ),
]

# Without it the words of a removed article stay in the index's older segments until these are merged.
SECURE_DELETE = sqlite3.sqlite_version_info >= (3, 42)


def of_pairs(table: Table, pairs: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition that a row names one of these (article id, version) pairs.

    The ids are said twice: SQLite looks up no row values in an index, and would read the whole table.
    """
    ids = sorted({article_id for article_id, _ in pairs})
    return and_(table.c.article_id.in_(ids), tuple_(table.c.article_id, table.c.version).in_(pairs))


SECONDS_TO_WAIT = 20.0  # for another writer


def connect(path: Path) -> Engine:
    """An engine on the SQLite file: write-ahead log, every commit on disk before it is reported, waits for a writer."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": SECONDS_TO_WAIT, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes its lock at once: a read that turns into a write could not wait its turn.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
