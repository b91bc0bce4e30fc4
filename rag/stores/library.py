"""The library: the record of articles, versions and what was extracted, with the lexical index in the same database.

Everything that an article needs to be found by its words is written in one transaction, so an article is there
completely or not at all. Passages, words, vectors and statements are derived and can be rebuilt from the versions'
texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from rag.domain import Filters
from rag.errors import StoreError, UnusableInput
from rag.jobs import interrupts_deferred
from rag.stores import database, schema, wire_copies
from rag.stores.actors import ActorStore
from rag.stores.articles import ArticleStore
from rag.stores.base import Repository
from rag.stores.briefings import BriefingStore
from rag.stores.chats import ChatStore
from rag.stores.index_state import IndexState
from rag.stores.ingest_cache import IngestCache
from rag.stores.passages import PassageStore
from rag.stores.statements import StatementStore
from rag.stores.tables import insert, meta


@dataclass(frozen=True, slots=True)
class Corpus:
    """What reading a question needs to know of a library: outlets, days and the names of speakers."""

    articles: ArticleStore
    statements: StatementStore
    register: ActorStore

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets with their number of articles, largest first."""
        return self.articles.outlets()

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication."""
        return self.articles.span()

    def count(self, filters: Filters) -> int:
        """How many articles pass the filters."""
        return self.articles.count(filters)

    def actors_ending(self, last: Collection[str]) -> list[str]:
        """Folded names of speakers and actors whose last word is one of these folded words."""
        return self.statements.actors_ending(last)

    def speakers(self) -> list[str]:
        """Folded names of speakers and actors, each once, in no order."""
        return self.statements.speakers()

    def office_holders(self, text: str) -> list[tuple[str, str]]:
        """(folded name, words of the office and of its body) of the holders of an office that the text names: the
        latest for each body.
        """
        return self.register.registry().holders(text)


class MetaStore(Repository):
    """Small facts about a library, by key: the table `meta`."""

    def get(self, key: str) -> str | None:
        """The value of `key`; None if it is not set."""
        with self._library.reading() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def set(self, key: str, value: str) -> None:
        """Set the value of `key`."""
        with self._library.writing() as connection:
            row = insert(connection, meta).values(key=key, value=value)
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def set_default(self, key: str, value: str) -> str:
        """Set `key` unless it has a value, perhaps from another process. Returns the value that it has."""
        with self._library.writing() as connection:
            connection.execute(insert(connection, meta).values(key=key, value=value).on_conflict_do_nothing())
        return self.get(key) or value


class Library:
    """The record, in an SQLite file (a path) or on a PostgreSQL server (an address), as repositories over its tables.
    Safe for many threads and processes; every method of a repository is one transaction.

    Raises LibraryDamaged where it is not a sound library, LibraryBusy where another process holds it too long,
    StoreUnavailable where its server can't be reached.
    """

    def __init__(self, place: Path | str) -> None:
        self._closed = False
        self.articles = ArticleStore(self)
        self.passages = PassageStore(self)
        self.actor_register = ActorStore(self)
        self.statements = StatementStore(self, self.actor_register)
        self.corpus = Corpus(self.articles, self.statements, self.actor_register)
        self.chats = ChatStore(self)
        self.briefings = BriefingStore(self)
        self.ingest_cache = IngestCache(self)
        self.index_state = IndexState(self)
        self.meta = MetaStore(self)
        self._database = database.open_database(place)
        try:
            with self.reading() as connection:
                current = schema.is_current(connection, self._database)
                up_to_date = current and wire_copies.folds_are_current(connection)
            if not up_to_date:
                with self.writing() as connection:
                    schema.bring_up_to_date(connection, self._database)
                    wire_copies.recheck_folds(connection)
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> str:
        """Where the library is, for messages."""
        return self._database.place

    @property
    def path(self) -> Path:
        """The library's file. Raises UnusableInput where it is on a server."""
        if self._database.path is None:
            raise UnusableInput(
                f"The library is on a server ({self.place}), not in a file. Use the server's own tools, as pg_dump, or "
                "copy it into a folder with `onrecord migrate-store --to FOLDER`."
            )
        return self._database.path

    @property
    def engine_version(self) -> str:
        """Name and version of the library's database."""
        with self._translate_errors():
            return self._database.version()

    @property
    def _engine(self) -> Engine:
        return self._database.engine

    def close(self) -> None:
        """Release every connection. Work that is still going on raises StoreError at its next step."""
        self._closed = True
        self._database.close()

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library, in this process or another."""
        with self._translate_errors():
            return self._database.change_counter()

    def scrub(self) -> None:
        """Erase every byte of removed rows from the file."""
        with self._translate_errors():
            self._database.scrub()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes all or, if it raises, nothing."""
        with interrupts_deferred(), self._translate_errors(), self._database.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads the library as it is now."""
        with self._translate_errors(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        if self._closed:
            raise StoreError(f"{self.place} has since been closed. Open it again, and do again what was not finished.")
        try:
            yield
        except DBAPIError as exc:
            raise self._database.translate_error(exc) from exc
