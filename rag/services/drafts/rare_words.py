"""The words of a text that are worth searching for: the rarest in the library."""

from __future__ import annotations

from collections.abc import Iterable

from rag.stores.library import Library

_MOST_WORDS = 8  # words that are searched for, the rarest first
_COMMON_FROM = 20_000  # passages; a more common word is searched for only if there is no rarer one


class RareWords:
    """Looks up how common words are in a library, each once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._frequencies: dict[str, int] = {}  # in passages

    def of(self, terms: Iterable[str]) -> list[str]:
        """The rarest of the folded terms that the library has; if all are common, the two that are least so."""
        terms = list(dict.fromkeys(terms))
        for word in terms:
            if word not in self._frequencies:
                self._frequencies[word] = self._library.passages.frequency(word)
        by_frequency = sorted((n, word) for word in terms if (n := self._frequencies[word]))
        rare = [word for n, word in by_frequency if n <= _COMMON_FROM][:_MOST_WORDS]
        return rare or [word for _, word in by_frequency[:2]]
