"""Wire copies: texts that bring nothing new. Found by shared keys, settled by comparing wording and facts.

Headlines are never looked at: the same headline stands over different news, and the same news under many.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby, islice
from typing import TYPE_CHECKING

from rag.knowledge.words import QUANTITIES
from rag.text.canonical import fold
from rag.text.quotations import quotations

_SHINGLE = 3  # words
_MOST_WORDS = 20_000  # of a text that are compared
_LEAD = 60  # words that a copy almost always keeps
# Bands of minhashes: two texts that share the share s of their shingles share one of b bands of r with the probability
# 1 - (1 - s**r)**b. Whole texts: .99 at s = .5, 3e-5 at s = .01. Leads find copies that were cut short.
_BANDS, _LEAD_BANDS, _ROWS = 32, 8, 3

_LEAST_SHARED = 0.7  # of the shingles of a copy
_LONGEST_NEW = 40  # words in a row that a copy may have of its own: a sentence in the style of the house
_LEAST_QUOTED, _SHARED_QUOTED = 4, 0.5  # words of a quotation, and the share of its words that is known elsewhere
_MOST_NEW_FACTS = 0.05  # of all mentions of names and numbers in a copy; one mention is always allowed
_SPELLED_ALIKE = 0.75  # Kiev and Kyiv, Zelensky and Zelenskyy

_WORD = re.compile(r"\w+(?:[.,’']\w+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]|[\n\"“”„«»])[\s\"“”„«»(\[]*$")

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a text has of another: the share of its shingles, its longest run of words that the other does not have,
    the quotations that it has alone, and the names and numbers that the other does not mention, with their share in all
    mentions of such."""

    shared: float
    longest_new: int
    new_quotations: tuple[str, ...]
    new_facts: tuple[str, ...]
    new_facts_share: float

    @property
    def is_copy(self) -> bool:
        """True if the text brings nothing new."""
        few_facts = len(self.new_facts) <= 1 and self.new_facts_share <= 2 * _MOST_NEW_FACTS
        return (
            self.shared >= _LEAST_SHARED
            and self.longest_new <= _LONGEST_NEW
            and not self.new_quotations
            and (few_facts or self.new_facts_share <= _MOST_NEW_FACTS)
        )


def keys(text: str) -> tuple[int, ...]:
    """Signed 64-bit numbers, the same for the same text: texts that share none are no copies of each other.

    About one in a hundred copies that share half of their wording is missed; of copies that share more, fewer.
    """
    words = _words(text)
    whole = _minhashes(_shingles(words), _BANDS * _ROWS, b"whole")
    lead = _minhashes(_shingles(words[:_LEAD]), _LEAD_BANDS * _ROWS, b"lead")
    bands = [(b"whole", whole[at : at + _ROWS]) for at in range(0, len(whole), _ROWS)]
    bands += [(b"lead", lead[at : at + _ROWS]) for at in range(0, len(lead), _ROWS)]
    return tuple(
        int.from_bytes(
            hashlib.blake2b(band.tobytes(), digest_size=8, person=b"%d%s" % (at, kind)).digest(), signed=True
        )
        for at, (kind, band) in enumerate(bands)
    )


def is_copy(text: str, of: str) -> bool:
    """True if `text` brings nothing that `of` does not have: a wire copy, whole, lightly edited or cut.

    A follow-up brings new facts or statements, and a sibling made from the same template other names and numbers: they
    are no copies. Not symmetric: what was cut short is a copy of the whole, and the whole is none of the cut.
    """
    return text == of or compare(text, of).is_copy


def compare(text: str, of: str) -> Comparison:
    """How much of `text` stands in `of`."""
    words, others = _words(text), _words(of)
    known = set(_shingles(others))
    hits = [shingle in known for shingle in _shingles(words)]
    runs = (sum(1 for _ in run) for has, run in groupby(_covered(words, known)) if not has)
    facts, total = _new_facts(text, of)
    return Comparison(
        shared=sum(hits) / len(hits) if hits else 0.0,
        longest_new=max(runs, default=0),
        new_quotations=tuple(quoted for quoted in _quoted(text) if _is_new(quoted, known)),
        new_facts=tuple(facts),
        new_facts_share=sum(facts.values()) / total if total else 0.0,
    )


def copies(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of indices of which one text is a copy of the other, found as a library finds them: by keys first."""
    holders: dict[int, list[int]] = {}
    for index, text in enumerate(texts):
        own = keys(text)
        near = dict.fromkeys(other for key in own for other in holders.get(key, ()))
        yield from ((other, index) for other in near if is_copy(text, texts[other]) or is_copy(texts[other], text))
        for key in own:
            holders.setdefault(key, []).append(index)


def _words(text: str) -> list[str]:
    return [match.group() for match in islice(_WORD.finditer(fold(text)), _MOST_WORDS)]


def _shingles(words: Sequence[str]) -> list[Shingle]:
    """Runs of words, in order; a shorter text is one."""
    return [tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))] if words else []


def _quoted(text: str) -> list[str]:
    return [quotation.inner.of(text) for quotation in quotations(text)]


def _is_new(quoted: str, known: set[Shingle]) -> bool:
    words = _words(quoted)
    return len(words) >= _LEAST_QUOTED and sum(_covered(words, known)) < _SHARED_QUOTED * len(words)


def _covered(words: Sequence[str], known: set[Shingle]) -> bytearray:
    """A 1 for each word that stands in a known shingle, a 0 for each other."""
    covered = bytearray(len(words))
    for at, shingle in enumerate(_shingles(words)):
        if shingle in known:
            covered[at : at + _SHINGLE] = b"\x01" * len(shingle)
    return covered


def _minhashes(shingles: Iterable[Shingle], count: int, kind: bytes) -> npt.NDArray[np.uint64]:
    """The least of the hashes of the shingles under each of `count` permutations of 64-bit numbers."""
    import numpy as np

    hashed = {hashlib.blake2b("\x1f".join(shingle).encode(), digest_size=8).digest() for shingle in shingles}
    values = np.frombuffer(b"".join(sorted(hashed)) or bytes(8), dtype="<u8")
    factors, shifts = _permutations(count, kind)
    least = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(values), 1024):  # blocks keep the table small
        table = values[start : start + 1024, None] * factors + shifts
        # The low bits of a product don't mix; the high half does.
        least = np.minimum(least, (table >> np.uint64(32)).min(axis=0))
    return least


@cache
def _permutations(count: int, kind: bytes) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    import numpy as np

    drawn = b"".join(hashlib.blake2b(b"%s%d" % (kind, n), digest_size=16).digest() for n in range(count))
    pairs = np.frombuffer(drawn, dtype="<u8").reshape(count, 2)
    return pairs[:, 0] | np.uint64(1), pairs[:, 1].copy()


def _new_facts(text: str, of: str) -> tuple[Counter[str], int]:
    """Names and numbers of `text` that `of` does not have, with how often they stand, and the mentions of all."""
    facts, known = _facts(text), set(_words(of))
    new = Counter({fact: count for fact, count in facts.items() if fact not in known})
    names = [fact for fact in _facts(of) if not fact[0].isdigit()]
    for fact in list(new):
        if not fact[0].isdigit() and fact not in QUANTITIES and any(_alike(fact, name) for name in names):
            del new[fact]
    return new, facts.total()


def _alike(one: str, other: str) -> bool:
    return one[0] == other[0] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SPELLED_ALIKE


def _facts(text: str) -> Counter[str]:
    """Numbers, and words with a capital within a sentence, with how often they stand."""
    facts: Counter[str] = Counter()
    for match in islice(_WORD.finditer(text), _MOST_WORDS):
        word = match.group()
        number = word[0].isdigit() or fold(word) in QUANTITIES
        before = text[max(0, match.start() - 4) : match.start()]
        if number or (word[0].isupper() and not _SENTENCE_START.search(before)):
            facts[fold(word)] += 1
    return facts
