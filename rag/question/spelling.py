"""Slips of the pen in a question, mended by the words that the library holds: shown, and taken back by the reader.

A word is mended where no passage of the library has it and one that was found, or the name of a speaker, is so near
that hardly another can be meant: one letter more, less, other or swapped; two in a long word. An English noun that is
near to none gives way to a synonym in the news that was found (treaty, agreement). Everything else stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from rag.domain import Span, Understood
from rag.knowledge.words import lexicon
from rag.text.canonical import fold
from rag.text.terms import STOPWORDS, stem, words
from rag.verification.tokens import news_synonyms

_WORD = re.compile(r"[^\W\d_]+(?=\b)")
_DETERMINED = re.compile(r"\b(?:the|an?|his|her|its|their|our|this|that|these|those|new)\s+(?:\w+\s+)?$", re.IGNORECASE)
_SHORTEST, _LONG, _NAME = 5, 8, 6  # letters: of a word that is mended, of one with two slips, of a name
_SURNAME = 4  # the same of a name behind the right given name
_ENDING = 2  # letters by which forms of one word differ
_GIVEN_ALIKE = 3  # letters that a given name may be off by before a surname that fits: Sergei, Serhiy
# Words that questions open with and that carry them: short, and often mistyped.
_ASKING = "what who when where why how which did does was were has have the about said say".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A question with its words mended. `places` has, for each, where it stood as typed and what stands there now."""

    text: str
    places: tuple[tuple[Span, str], ...] = ()

    def told(self, typed: str) -> tuple[Understood, ...]:
        """What was mended, as it is shown."""
        return tuple(
            Understood(
                kind="spelling",
                value=word,
                text=span.of(typed),
                start=span.start,
                end=span.end,
                note=f"Searched for {word}",
            )
            for span, word in self.places
            if not _is_form(fold(span.of(typed)), fold(word))
        )

    def as_typed(self, at: int) -> int:
        """Where a place of the mended text is in what was typed."""
        moved = 0
        for span, word in self.places:
            if at <= span.start + moved:
                break
            moved += len(word) - len(span)
        return max(0, at - moved)


def mended(
    question: str,
    *,
    known: Callable[[str], bool],
    near: Sequence[str],
    speakers: Collection[str],
    refused: Collection[str],
) -> Mended:
    """`known` says whether the library has a folded word, `near` are texts that were found for the question, `speakers`
    the folded names of who speaks in the library; `refused` are folded words that the reader does not want.
    """
    typed = [(Span(match.start(), match.end()), match.group()) for match in _WORD.finditer(question)]
    strange = [(span, word) for span, word in typed if fold(word) not in STOPWORDS and not known(fold(word))]
    if not strange:
        return Mended(text=question)
    held = {fold(word): word for text in near for word in _WORD.findall(text)}
    places: list[tuple[Span, str]] = []
    for span, word in strange:
        better = _asking(word) or _speaker(span, word, typed, speakers) or _word(word, held)
        if better is None and word.islower() and is_english(fold(word)):
            better = _synonym(fold(word), near) if _is_noun(question[: span.start]) else None
        if better and fold(better) not in refused and fold(better) != fold(word):
            places.append((span, better))
    text, moved = question, 0
    for span, word in places:
        text = text[: span.start + moved] + word + text[span.end + moved :]
        moved += len(word) - len(span)
    return Mended(text=text, places=tuple(places))


def is_english(word: str) -> bool:
    """True for a folded word of the lexicon in any of its forms."""
    return word in lexicon() or stem(word) in _stems()


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, lexicon()))


def _is_form(word: str, other: str) -> bool:
    """True for an English word that the other is a form of, as it differs in its ending alone: built, build. It is
    searched for by that form, as the judge of answers goes by it, and no reader has anything to take back.
    """
    return is_english(word) and word[:-_ENDING] == other[: len(word) - _ENDING]


def _is_noun(before: str) -> bool:
    """True for a word behind an article or the like and at most one word more: "the factory", "the drone factory"."""
    return bool(_DETERMINED.search(before))


def _synonym(word: str, near: Sequence[str]) -> str | None:
    """The synonym that stands most often in the texts, in the form that is there most often; one for many for a word
    that is one for many."""
    synonyms = news_synonyms(stem(word))
    plural = word.endswith("s")
    forms = Counter(
        form
        for text in (near if synonyms else ())
        for form in words(text)
        if stem(form) in synonyms and form.endswith("s") is plural
    )
    return forms.most_common(1)[0][0] if forms else None


def _asking(word: str) -> str | None:
    key = fold(word)
    if not 2 < len(key) <= _SHORTEST:
        return None
    near = next((one for one in _ASKING if one[0] == key[0] and distance(key, one, 1) <= 1), None)
    return _cased(near, word) if near else None


def _speaker(span: Span, word: str, typed: Sequence[tuple[Span, str]], speakers: Collection[str]) -> str | None:
    """The surname of a speaker, or the given name of one whose surname follows and fits."""
    key = fold(word)
    ends = {name.split()[-1] for name in speakers if name}
    if nearest := _nearest(key, ends, shortest=_NAME):
        return _cased(nearest, word)
    given_name = next((other for place, other in reversed(typed) if place.end < span.start), None)
    for name in sorted(speakers) if given_name and len(key) >= _SURNAME else ():
        parts = name.split()
        if (
            len(parts) > 1
            and parts[0] == fold(given_name or "")
            and parts[-1][0] == key[0]
            and distance(key, parts[-1], 1) == 1
        ):
            return _cased(parts[-1], word)
    after = next((other for place, other in typed if place.start > span.end), None)
    surname = after and (fold(after) if fold(after) in ends else _nearest(fold(after), ends, shortest=_NAME))
    for name in sorted(speakers) if surname else ():
        first, *rest = name.split()
        if rest[-1:] == [surname] and first[0] == key[0] and distance(key, first, _GIVEN_ALIKE) <= _GIVEN_ALIKE:
            return _cased(first, word)
    return None


def _word(word: str, held: dict[str, str]) -> str | None:
    key = fold(word)
    nearest = _nearest(key, held, shortest=_NAME if word[:1].isupper() else _SHORTEST)
    return _cased(nearest, word) if nearest else None


def _nearest(key: str, among: Collection[str], *, shortest: int) -> str | None:
    """The one word that is near enough; None where several are equally near."""
    if len(key) < shortest:
        return None
    most = 2 if len(key) >= _LONG else 1
    candidates = sorted(
        (distance(key, other, most), other)
        for other in among
        if other[:1] == key[:1] and abs(len(other) - len(key)) <= most
    )
    candidates = [(off, other) for off, other in candidates if off <= most]
    return candidates[0][1] if candidates and (len(candidates) == 1 or candidates[0][0] < candidates[1][0]) else None


def _cased(word: str, as_in: str) -> str:
    return word.capitalize() if as_in[:1].isupper() else word


def distance(one: str, other: str, most: int) -> int:
    """Letters inserted, left out, exchanged or swapped with their neighbour to turn one word into the other; of more
    than `most`, some number above it."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
