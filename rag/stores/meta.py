"""Small facts about a library, by key."""

from __future__ import annotations

from sqlalchemy import select

from rag.stores.base import Transactions
from rag.stores.tables import insert, meta


class MetaStore:
    """The table `meta`. Every method is one transaction."""

    def __init__(self, library: Transactions) -> None:
        self._library = library

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
