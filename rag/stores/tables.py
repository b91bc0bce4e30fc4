"""The tables of the library, in SQLAlchemy Core, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    MetaData,
    Row,
    Table,
    UniqueConstraint,
    and_,
    tuple_,
)
from sqlalchemy import Integer as PlainInteger
from sqlalchemy import String as PlainString
from sqlalchemy import Text as PlainText

if TYPE_CHECKING:  # both dialects have the same methods; `insert` imports the one that is needed
    from sqlalchemy.dialects.sqlite import Insert

# The schema version of a library. A new table needs no new one: an older library gets it when it is opened. Any other
# change needs a revision under `migrations`, its number as `NEWEST_REVISION` in `schema.py`, and one more here.
SCHEMA = 3
MOVING_FROM_KEY = "moving_from"  # set in the target of a move: the id of the library that is being moved
VECTORS_REPAIRED_KEY = "vectors_repaired"  # when and why an index was last repaired automatically
UNTITLED = "Untitled"
AnyRow = Row[*tuple[Any, ...]]
metadata = MetaData()

# SQLite compares text byte by byte and has integers of 64 bits; PostgreSQL needs to be told.
String = PlainString().with_variant(PlainString(collation="C"), "postgresql")
Text = PlainText().with_variant(PlainText(collation="C"), "postgresql")
Integer = PlainInteger().with_variant(BigInteger(), "postgresql")


def insert(connection: Connection, into: Table) -> Insert:
    """An INSERT in the dialect of the connection, which has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(into)  # type: ignore[return-value]  # it has the methods of the other
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(into)


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

# The keys of current versions that copies share (`text.duplicates.minhash_keys`).
copy_key = Table(
    "copy_key",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Articles with nearly the words of another that differ from it in a fact: so they are not folded.
near_copy = Table(
    "near_copy",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("of", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("differs", Text, nullable=False),  # "60 / 80 people; Sunday / Friday": the other's words first
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
    # Fingerprints of the rules that made the derived data; NULL or another value means that it is pending.
    Column("cut_as", String, index=True),
    Column("embedded_as", String, index=True),
    Column("stated_as", String, index=True),
    Index("version_by_hash", "version"),
)

# Versions that could not be embedded or read for statements although nothing was missing. They are not pending and keep
# what was derived before, until they are tried again.
failure = Table(
    "failure",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("work", String, primary_key=True),  # the column of `version` that it is about
    Column("reason", Text, nullable=False),  # the class of the error, in one word
    Column("release", String, nullable=False, index=True),  # that failed
    Column("failed", String, nullable=False),  # UTC, ISO 8601
    ForeignKeyConstraint(["article_id", "version"], ["version.article_id", "version.version"], ondelete="CASCADE"),
)

source = Table(
    "source",
    metadata,
    Column("key", String, primary_key=True),  # a URL or a file's path
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
)

# The result of the bytes of a source, so that the same bytes need not be parsed again.
reading = Table(
    "reading",
    metadata,
    Column("key", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", String, nullable=False),
)

# The validators that a site sent with a page or a feed, to ask whether it has changed since.
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


# Users' decisions about statements: part of the record, hence not in the table of statements, which are derived.
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

# The actors that the current version of an article names, with their roles: derived with its statements.
actor_mention = Table(
    "actor_mention",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("version", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, index=True),  # folded
    Column("kind", String, nullable=False),
    Column("forms", JSON, nullable=False),
    Column("role", String),
    Column("body", String),
    Column("former", Boolean, nullable=False),
    Column("statements", Integer, nullable=False),
    Column("day", String),  # of publication, YYYY-MM-DD
)

# Names that users merged into one actor or split off: part of the record, whatever any reading finds.
actor_choice = Table(
    "actor_choice",
    metadata,
    Column("name_key", String, primary_key=True),  # folded
    Column("actor", String, nullable=False),  # the name of the actor that it belongs to; its own: it stands apart
    Column("made", String, nullable=False),  # UTC, ISO 8601
)

# Users' corrections of the fields of articles: part of the record; they win over what any reading finds.
amendment = Table(
    "amendment",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", Text),
    Column("found", Text),  # what the last reading found
    Column("made", String, nullable=False),  # UTC, ISO 8601
)


# Conversations. A turn outlives the articles that it cites: what it took from a removed one is cleared and marked.
chat = Table(
    "chat",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("begun", String, nullable=False),  # UTC, ISO 8601
)

# The name that a reader gave a conversation; without one its title is its first question.
chat_name = Table(
    "chat_name",
    metadata,
    Column("chat_id", ForeignKey("chat.chat_id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, nullable=False),
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

# The articles whose words an answer holds: the cited ones, and those of the nearest passages.
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

# Briefings, and the articles that they quote: when one is removed, its words are removed from them.
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

# Requests of briefings that have not ended: after a crash they can be made again.
briefing_begun = Table(
    "briefing_begun",
    metadata,
    Column("key", String, primary_key=True),
    Column("request", JSON, nullable=False),
    Column("begun", String, nullable=False),  # UTC, ISO 8601
)

# A chat model's extractions from one article, by a hash of the request: derived, and expensive to make again.
mapped = Table(
    "mapped",
    metadata,
    Column("key", String, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("value", JSON, nullable=False),
)

# Followed addresses, watches and their news: part of the record of a desk's work.
following = Table(
    "following",
    metadata,
    Column("address", String, primary_key=True),
    Column("next_read", String, nullable=False, index=True),  # UTC, ISO 8601
    Column("value", JSON, nullable=False),
)
watch = Table(
    "watch",
    metadata,
    Column("watch_id", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
# The statements that a watch has seen, so that each is news only once.
watch_known = Table(
    "watch_known",
    metadata,
    Column("watch_id", ForeignKey("watch.watch_id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),
)
news = Table(
    "news",
    metadata,
    Column("news_id", String, primary_key=True),
    Column("watch_id", ForeignKey("watch.watch_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("noticed", String, nullable=False, index=True),  # UTC, ISO 8601
    Column("seen", Boolean, nullable=False),
    Column("value", JSON, nullable=False),
)
# The story of each article, and the data for comparing it with others: derived, apart from what users did.
story_member = Table(
    "story_member",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", String, nullable=False, index=True),
    Column("version", String, nullable=False),
    Column("day", Integer, nullable=False, index=True),  # proleptic ordinal
    Column("made_as", String, nullable=False),
    Column("value", JSON, nullable=False),
)
# Stories that a user merged, and articles that a user split off: they stay when stories are made again.
story_merge = Table(
    "story_merge",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("into", String, nullable=False),
)
story_split = Table(
    "story_split",
    metadata,
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", String, nullable=False),
)
# Who holds a lease for work that only one process may do, and until when.
lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", String, nullable=False),  # UTC, ISO 8601
)

# Checked drafts: the writer's own text, and the findings, which are removed with an article that they cite.
draft = Table(
    "draft",
    metadata,
    Column("draft_id", String, primary_key=True),
    Column("made", String, nullable=False, index=True),  # UTC, ISO 8601
    Column("value", JSON, nullable=False),
)
draft_article = Table(
    "draft_article",
    metadata,
    Column("draft_id", ForeignKey("draft.draft_id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", String, primary_key=True, index=True),
)


def of_version(
    table: FromClause, article_id: str | ColumnElement[str], version_hash: str | ColumnElement[str]
) -> ColumnElement[bool]:
    """The condition that a row belongs to this version of an article; both may be columns of another table."""
    return and_(table.c.article_id == article_id, table.c.version == version_hash)


def in_pairs(table: Table, pairs: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition that a row has one of these (article id, version) pairs.

    The ids are given a second time: SQLite does not use an index for row values, and would read the whole table.
    """
    ids = sorted({article_id for article_id, _ in pairs})
    return and_(table.c.article_id.in_(ids), tuple_(table.c.article_id, table.c.version).in_(pairs))
