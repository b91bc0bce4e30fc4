"""The seam to a vector store, and the values that cross it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from sqlalchemy import Connection

if TYPE_CHECKING:  # importing it takes a tenth of a second, which listing articles need not spend
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorRow:
    """Whose vector it is: a passage, and the article that it goes with when that is removed. What else is known of a
    passage stands in the library alone, which applies the filters.
    """

    passage_id: str
    article_id: str


CHROMA_DATABASE = "chroma.sqlite3"  # what Chroma calls its database in a folder
FOREVER = 253_402_300_799  # the last second of the year 9999


class VectorStore(Protocol):
    """Vectors by passage id, for many threads and processes. Derived from the library: it may be emptied and filled
    again at any time, and empties itself where its files turn out damaged; `loss_notice` then says so.
    """

    loss_notice: str | None

    @property
    def place(self) -> str:
        """Where the vectors are, as people read it."""
        ...

    def upsert(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Store or replace; idempotent. Raises StoreError."""
        ...

    def remove(self, article_ids: Sequence[str]) -> None:
        """Forget every passage of these articles; unknown ids are fine."""
        ...

    def nearest(
        self,
        vector: Vectors,
        *,
        k: int,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The `k` passages nearest to one vector of shape (dimensions,), of any version, best first, with their cosine.

        `among`, where given, are the only passages that may come back; unknown ids are fine.
        """
        ...

    def count(self) -> int:
        """Passages held."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def ids(self) -> set[str]:
        """The ids of all passages held."""
        ...

    def drop(self, passage_ids: Sequence[str]) -> None:
        """Forget these passages; unknown ids are fine."""
        ...

    def pages(self) -> Iterator[tuple[list[VectorRow], Vectors]]:
        """All that is held, to be put into another store; what is written meanwhile may come twice or not at all."""
        ...

    def version(self) -> str:
        """What the store is and its version, as people read it. Raises StoreError."""
        ...

    def close(self) -> None:
        """Let go of files or connections, for good."""
        ...


class Transactions(Protocol):
    """What a repository needs of its library: transactions that read, and transactions that write."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Reads the library as it is now."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Writes all that is done in it, or nothing where it raises."""
        ...


class Library(Transactions, Protocol):
    """What a repository needs besides, where it must know what others write or leave nothing of what it removed."""

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library, in this process or another."""
        ...

    def scrub(self) -> None:
        """Leaves no byte of what was removed in the file."""
        ...
