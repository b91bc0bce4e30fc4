"""The words of a text that are worth searching for: the rarest in the library."""

from __future__ import annotations

from collections.abc import Iterable

from rag.stores.library import Library

_MOST_WORDS = 8  # words that are searched for, the rarest first
_MOST_SCORED = 80_000  # passages that have one of them
_FEWEST_WORDS = 2  # that are searched for, however common they are


class RareWords:
    """Looks up how common words are in a library, each once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._frequencies: dict[str, int] = {}  # in passages

    def of(self, terms: Iterable[str], *, most_scored: int = _MOST_SCORED) -> list[str]:
        """The rarest of the folded terms that the library has, at least two of them, and no more than
        `most_scored` passages have."""
        terms = list(dict.fromkeys(terms))
        for word in terms:
            if word not in self._frequencies:
                self._frequencies[word] = self._library.passages.frequency(word)
        rarest: list[str] = []
        passages = 0
        for n, word in sorted((n, word) for word in terms if (n := self._frequencies[word])):
            passages += n
            if len(rarest) == _MOST_WORDS or (passages > most_scored and len(rarest) >= _FEWEST_WORDS):
                break
            rarest.append(word)
        return rarest
