"""Wire copies: texts that bring nothing new. Found by shared keys, settled by comparing wording and facts.

Headlines are never looked at: the same headline stands over different news, and the same news under many.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from typing import TYPE_CHECKING

from rag.text.canonical import fold
from rag.text.differences import Difference, differences, fact_counts, news_of
from rag.text.quotations import quotations
from rag.text.terms import content_words

RULES = "3"  # of what is a copy; a library that was folded by others is judged again when it is opened
_SHINGLE = 3  # words
_MOST_WORDS = 20_000  # of a text that are compared
_LEAD = 60  # words that a copy almost always keeps
# Bands of minhashes: two texts that share the share s of their shingles share one of b bands of r with the probability
# 1 - (1 - s**r)**b. Whole texts: .99 at s = .5, 3e-5 at s = .01. Leads find copies that were cut short.
_BANDS, _LEAD_BANDS, _ROWS = 32, 8, 3

_BRIEF = 15  # content words: of a text of so few, no word may be new
_LEAST_SHARED = 0.6  # of the shingles of a copy
_LONGEST_NEW = 40  # words in a row that a copy may have of its own: a sentence in the style of the house
_LEAST_QUOTED, _SHARED_QUOTED = 4, 0.5  # words of a quotation, and the share of its words that is known elsewhere
_MOST_NEW_FACTS = 0.05  # of all mentions of names and numbers in a copy; one mention is always allowed
_WORTH_READING = 0.3  # share of shingles below which names and numbers are not compared
_MOST_DIFFERENCES = 4  # of a near copy; what disagrees on more was made from the same template

_WORD = re.compile(r"\w+(?:[.,’']\w+)*")

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a text has of another: the share of its shingles, its longest run of words that the other does not have,
    the quotations that it has alone, the names and numbers that the other does not mention, with their share in all
    mentions of such, and the facts on which the two disagree."""

    shared: float
    longest_new: int
    new_quotations: tuple[str, ...]
    new_facts: tuple[str, ...]
    new_facts_share: float
    differences: tuple[Difference, ...] = ()

    @property
    def is_copy(self) -> bool:
        """True if the text brings nothing new and disagrees on nothing."""
        few_facts = len(self.new_facts) <= 1 and self.new_facts_share <= 2 * _MOST_NEW_FACTS
        return self._retells and not self.differences and (few_facts or self.new_facts_share <= _MOST_NEW_FACTS)

    @property
    def is_near_copy(self) -> bool:
        """True if the text brings nothing new but a few facts on which the two disagree."""
        return self._retells and 0 < len(self.differences) <= _MOST_DIFFERENCES

    @property
    def _retells(self) -> bool:
        return self.shared >= _LEAST_SHARED and self.longest_new <= _LONGEST_NEW and not self.new_quotations


def minhash_keys(text: str) -> tuple[int, ...]:
    """Signed 64-bit numbers, the same for the same text: texts that share none are not copies of each other.

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
    are not copies. Not symmetric: a shortened text is a copy of the whole one, but not the reverse.
    """
    return text == of or (compare(text, of).is_copy and not _is_brief_with_news(text, of))


def _is_brief_with_news(text: str, of: str) -> bool:
    """True for a text so short that one other word makes other news of it, where it has such a word."""
    terms = content_words(text)
    return len(terms) < _BRIEF and not set(terms) <= set(content_words(of))


def near_copy(text: str, of: str) -> str | None:
    """On which facts two texts disagree that tell the same news in nearly the same words, those of `of` first: "60 / 80
    people; Sunday / Friday". None where one is a copy of the other, or each is news of its own.
    """
    ours, theirs = compare(text, of), compare(of, text)
    if ours.is_copy or theirs.is_copy or not (ours.is_near_copy or theirs.is_near_copy):
        return None
    near = ours if ours.is_near_copy else theirs
    return "; ".join(dict.fromkeys(item.shown(theirs_first=near is ours) for item in near.differences))


def compare(text: str, of: str) -> Comparison:
    """How much of `text` stands in `of`. Facts are compared only where enough does; credits are left out of account."""
    whole, text, of = (text, of), news_of(text), news_of(of)
    words, others = _words(text), _words(of)
    other_shingles = set(_shingles(others))
    hits = [shingle in other_shingles for shingle in _shingles(words)]
    runs = (sum(1 for _ in run) for has, run in groupby(_coverage(words, other_shingles)) if not has)
    shared = sum(hits) / len(hits) if hits else 0.0
    new, mentions = fact_counts(text, of) if shared >= _WORTH_READING else (Counter[str](), Counter[str]())
    return Comparison(
        shared=shared,
        differences=differences(*whole) if shared >= _LEAST_SHARED else (),
        longest_new=max(runs, default=0),
        new_quotations=tuple(quotation for quotation in _quoted_texts(text) if _is_new(quotation, other_shingles)),
        new_facts=tuple(new),
        new_facts_share=new.total() / mentions.total() if mentions else 0.0,
    )


def copies(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of indices of which one text is a copy of the other, found as a library finds them: by keys first."""
    holders: dict[int, list[int]] = {}
    for index, text in enumerate(texts):
        own = minhash_keys(text)
        near = dict.fromkeys(other for key in own for other in holders.get(key, ()))
        yield from ((other, index) for other in near if is_copy(text, texts[other]) or is_copy(texts[other], text))
        for key in own:
            holders.setdefault(key, []).append(index)


def _words(text: str) -> list[str]:
    return [match.group() for match in islice(_WORD.finditer(fold(text)), _MOST_WORDS)]


def _shingles(words: Sequence[str]) -> list[Shingle]:
    """Runs of words, in order; a shorter text is one."""
    return [tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))] if words else []


def _quoted_texts(text: str) -> list[str]:
    return [quotation.inner.of(text) for quotation in quotations(text)]


def _is_new(quotation: str, other_shingles: set[Shingle]) -> bool:
    words = _words(quotation)
    return len(words) >= _LEAST_QUOTED and sum(_coverage(words, other_shingles)) < _SHARED_QUOTED * len(words)


def _coverage(words: Sequence[str], other_shingles: set[Shingle]) -> bytearray:
    """A 1 for each word that stands in a known shingle, a 0 for each other."""
    coverage = bytearray(len(words))
    for at, shingle in enumerate(_shingles(words)):
        if shingle in other_shingles:
            coverage[at : at + _SHINGLE] = b"\x01" * len(shingle)
    return coverage


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

    seeds = b"".join(hashlib.blake2b(b"%s%d" % (kind, n), digest_size=16).digest() for n in range(count))
    pairs = np.frombuffer(seeds, dtype="<u8").reshape(count, 2)
    return pairs[:, 0] | np.uint64(1), pairs[:, 1].copy()
