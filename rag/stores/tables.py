"""The tables of the library, in SQLAlchemy Core, as SQLite and PostgreSQL keep them alike."""

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

if TYPE_CHECKING:  # the two have the same methods; the one that a library needs is imported with it
    from sqlalchemy.dialects.sqlite import Insert

# Counts forms of the library. A new table needs nothing else: an older library gets it when it is opened. Any other
# change takes a revision under `migrations`, `NEWEST_REVISION` in `schema.py`, and one more here.
SCHEMA = 3
READ_AGAIN_KEY = (
    "read_again"  # noted once what earlier releases may have failed to read is to do again, and in new libraries
)
MOVING_FROM_KEY = "moving_from"  # noted in a library that another is being moved to: the id of that one
VECTORS_REPAIRED_KEY = "vectors_repaired"  # key in `meta`: when an index was last repaired by itself, and why
UNTITLED = "Untitled"
AnyRow = Row[*tuple[Any, ...]]
metadata = MetaData()

# SQLite compares text byte by byte and counts in 64 bits; PostgreSQL does so where it is told to.
String = PlainString().with_variant(PlainString(collation="C"), "postgresql")
Text = PlainText().with_variant(PlainText(collation="C"), "postgresql")
Integer = PlainInteger().with_variant(BigInteger(), "postgresql")


def insert(connection: Connection, into: Table) -> Insert:
    """An INSERT in the dialect of the connection, for it to say what a conflict does."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(into)  # type: ignore[return-value]  # its methods are those of the other
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

# Keys that copies share (`text.duplicates.keys`), of current versions.
copy_key = Table(
    "copy_key",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.article_id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Articles that tell the news of another in nearly its words, but disagree with it on a fact: so they are not folded.
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
    # Fingerprints of what the derived data was made with; NULL or another value means work to do.
    Column("cut_as", String, index=True),
    Column("embedded_as", String, index=True),
    Column("stated_as", String, index=True),
    Index("version_by_hash", "version"),
)

# Versions that could not be embedded or read for statements, though nothing was missing: they count as done as the
# fingerprint says, with what was derived before, until they are tried again.
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

# Whom the current version of an article names, with the roles that it gives them: derived with its statements.
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

# Which names users joined as one actor, and which they set apart: part of the record, whatever any reading finds.
actor_choice = Table(
    "actor_choice",
    metadata,
    Column("name_key", String, primary_key=True),  # folded
    Column("actor", String, nullable=False),  # the name of the actor that it belongs to; its own: it stands apart
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

# The name that a reader has given a conversation; without one it is called by its first question.
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

# Addresses that are read again, what is watched, and what was noticed for it: part of the record of a desk's work.
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
# The statements that a watch has met, so that each is news once, however often it is asked.
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
# The story of each article, and what of it others are compared with: derived, but for what is done by hand.
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
# Stories that a user merged, and articles that a user took out of a story: kept when stories are made again.
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
# Who does a piece of work that only one process may do, and until when that is theirs.
lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", String, nullable=False),  # UTC, ISO 8601
)

# Drafts that were checked and kept: the writer's own text, and the findings, which go with an article that they cite.
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


def in_pairs(table: Table, pairs: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition that a row names one of these (article id, version) pairs.

    The ids are said twice: SQLite looks up no row values in an index, and would read the whole table.
    """
    ids = sorted({article_id for article_id, _ in pairs})
    return and_(table.c.article_id.in_(ids), tuple_(table.c.article_id, table.c.version).in_(pairs))
