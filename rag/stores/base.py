"""The interfaces of a vector store and of a library, and the values that cross them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from sqlalchemy import Connection

if TYPE_CHECKING:  # importing numpy takes a tenth of a second, which listing articles should not cost
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorRow:
    """The passage that a vector belongs to, and its article, with which it is removed. Everything else about a passage
    is in the library alone, which applies the filters.
    """

    passage_id: str
    article_id: str


CHROMA_DATABASE = "chroma.sqlite3"  # Chroma's own name of its database in a folder
FOREVER = 253_402_300_799  # the last second of the year 9999


class VectorStore(Protocol):
    """Vectors by passage id, for many threads and processes. Derived from the library: it may be emptied and filled
    again at any time, and empties itself where its files turn out damaged; `loss_notice` then says so.
    """

    loss_notice: str | None

    @property
    def place(self) -> str:
        """Where the vectors are, for people."""
        ...

    def upsert(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Insert or replace; idempotent. Raises StoreError."""
        ...

    def remove(self, article_ids: Sequence[str]) -> None:
        """Delete every passage of these articles; unknown ids are ignored."""
        ...

    def nearest(
        self,
        vector: Vectors,
        *,
        k: int,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The `k` passages nearest to one vector of shape (dimensions,), of any version, best first, with their cosine.

        With `among`, only those passages may be returned; unknown ids are ignored.
        """
        ...

    def count(self) -> int:
        """How many passages it holds."""
        ...

    def clear(self) -> None:
        """Delete everything."""
        ...

    def ids(self) -> set[str]:
        """The ids of all its passages."""
        ...

    def drop(self, passage_ids: Sequence[str]) -> None:
        """Delete these passages; unknown ids are ignored."""
        ...

    def pages(self) -> Iterator[tuple[list[VectorRow], Vectors]]:
        """Everything in batches, to be copied into another store; what is written meanwhile may come twice or not at
        all.
        """
        ...

    def version(self) -> str:
        """Name and version of the store, for people. Raises StoreError."""
        ...

    def close(self) -> None:
        """Release files or connections for good."""
        ...


class Transactions(Protocol):
    """What a repository needs of its library: transactions for reading and for writing."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads the library as it is now."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes all or, if it raises, nothing."""
        ...


class Repository:
    """A family of tables of a library. Every method is one transaction."""

    def __init__(self, library: Transactions) -> None:
        self._library = library


class Storage(Transactions, Protocol):
    """What a repository needs besides, to notice other writers and to erase what it removed."""

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library, in this process or another."""
        ...

    def scrub(self) -> None:
        """Erase every byte of removed rows from the file."""
        ...
