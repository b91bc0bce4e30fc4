"""What is set against something else keeps its side: "more than", "rather than", "from 4 to 6", by words or by numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from rag.text.sentences import sentences
from rag.text.terms import content_words
from rag.verification.record import Record
from rag.verification.rejection import Objection
from rag.verification.related import akin
from rag.verification.tokens import NUMBER_WORDS, names_in, plain, tokens

_PIVOTS = {
    "than": re.compile(
        rf"(?<!rather )(?<!other )\bthan\b(?!\s+\W?(?:\d|half\b|a \w+(?:th|rd)\b|(?:{'|'.join(NUMBER_WORDS)})\b))", re.IGNORECASE
    ),
    "against": re.compile(r"\bagainst\b", re.IGNORECASE),
    "rather than": re.compile(r"\b(?:rather than|instead of)\b|,? (?:and|but) not\b|, not\b", re.IGNORECASE),
}
_UP = frozenset("more higher larger greater bigger longer stronger older faster".split())
_DOWN = frozenset("fewer less lower smaller shorter weaker younger slower".split())
_COMPARES = re.compile(rf"\b({'|'.join(sorted(_UP | _DOWN))})\b(?! slowly)", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;:,]|\b(?:while|whereas|but|and)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\s*(?:which|who|that|whose)\b")
_FROM_TO = re.compile(r"\bfrom (?P<one>[\w.,$€£-]*\d[\w.,%-]*) to (?P<other>[\w.,$€£-]*\d[\w.,%-]*)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEGATIVE = re.compile(r"\b(?:not|no|never|nor|neither|hardly)\b|n['’]t\b", re.IGNORECASE)


def check_comparisons(text: str, record: Record) -> Iterator[Objection]:
    """What speaks against the sides of the comparisons that a sentence makes."""
    for pivot, pattern in _PIVOTS.items():
        yield from _sides_kept(pivot, pattern, text, record)
    yield from _ordered(text, record)
    for match in _FROM_TO.finditer(text):
        one, other = match["one"].strip(".,"), match["other"].strip(".,")
        if one != other and re.search(rf"\bfrom {re.escape(other)} to {re.escape(one)}\b", record.body, re.IGNORECASE):
            yield Objection(f"its source has it from {other} to {one}", "hard", match.span())


def _sides_kept(pivot: str, pattern: re.Pattern[str], text: str, record: Record) -> Iterator[Objection]:
    for match in pattern.finditer(text):
        turned, straight = False, not pattern.search(record.body)
        for other in pattern.finditer(record.body):
            mine, its = _sides(match), _sides(other)
            crossed = len(mine[0] & its[1]) + len(mine[1] & its[0])
            along = len(mine[0] & its[0]) + len(mine[1] & its[1])
            both = _next_word(match) & its[0] and _next_word(other) & mine[0]
            turned = turned or bool(both) or crossed > along
            straight = straight or (along >= crossed and not both)
        if turned and not straight:
            yield Objection(f"its source compares the other way round (“{pivot}”)", "firm", match.span())


def _sides(match: re.Match[str]) -> tuple[set[str], set[str]]:
    """The words on the two sides of a pivot that stand on one alone."""
    pieces = re.split(r"[.;:,]", match.string[: match.start()])
    before = pieces[-1]
    if len(pieces) > 1 and _RELATIVE.match(before):
        before = f"{pieces[-2]} {before}"
    behind = re.split(r"[.;:,]", match.string[match.end() :], maxsplit=1)[0]
    left, right = set(content_words(before)), set(content_words(behind))
    return left - right, right - left


def _next_word(match: re.Match[str]) -> set[str]:
    """The first word behind a pivot that says something."""
    return set(content_words(match.string[match.end() :][:60])[:1])


# -- by numbers


def _ordered(text: str, record: Record) -> Iterator[Objection]:
    """A sentence that ranks two things ranks them as the numbers of its sources do, where each has one."""
    than = _PIVOTS["than"].search(text)
    match = next((one for one in _COMPARES.finditer(text[: than.start()])), None) if than else None
    if than is None or match is None or _PIVOTS["than"].search(record.body) or _NEGATIVE.search(text):
        return
    first, second = set(content_words(text[: than.start()])), set(content_words(text[than.end() :]))
    first, second = first - second, second - first
    measured = [(set(content_words(words)), number) for words, number in _measured(record.body)]
    ranked = sorted(
        (
            (_shared(first, one) + _shared(second, other), a, b)
            for (one, a), (other, b) in permutations(measured, 2)
            if _shared(first, one - other) and _shared(second, other - one)
        ),
        reverse=True,
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return
    _, mine, its = ranked[0]
    if mine != its and (mine > its) != (match[1].lower() in _UP):
        yield Objection(
            f"by the numbers of its source it is the other way round ({mine:g}, {its:g})", "firm", match.span()
        )


def _shared(terms: set[str], held: set[str]) -> int:
    return sum(term in held or any(akin(term, one) for one in held) for term in terms)


def _measured(text: str) -> Iterator[tuple[str, float]]:
    """Sentences with the number of each, or clauses with the first number of each; years are left out."""
    for span in sentences(text):
        sentence = re.sub(r"(?<=\d),(?=\d{3})", "", span.of(text))
        for clause in _CLAUSE.split(sentence):
            if numbers := list(_numbers(clause)):
                yield sentence if len(list(_numbers(sentence))) == 1 else clause, numbers[0]


def _numbers(clause: str) -> Iterator[float]:
    items: Sequence[str] = [item.form for item in tokens(clause, names=names_in(clause)) if item.kind == "number"]
    for form in items:
        value = NUMBER_WORDS.get(form) or plain(form)
        if not _YEAR.fullmatch(form) and re.fullmatch(r"\d+(?:\.\d+)?", value):
            yield float(value)
