"""Comparisons of a claim ("more than", "rather than", "from 4 to 6") have the sides that they have in its sources, and
rank things as the numbers of the sources do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

from rag.text.related_words import has_similar
from rag.text.sentences import sentences
from rag.text.terms import content_words
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.premise import Premise
from rag.verification.tokens import tokens

_PIVOTS = {
    "than": PATTERNS.than,
    "against": re.compile(r"\bagainst\b", re.IGNORECASE),
    "rather than": PATTERNS.rather_than,
}
_UP, _DOWN = LEXICON.up, LEXICON.down
_COMPARATIVE = re.compile(rf"\b({'|'.join(sorted(_UP | _DOWN))})\b(?! slowly)", re.IGNORECASE)
_FROM_TO = re.compile(r"\bfrom (?P<one>[\w.,$€£-]*\d[\w.,%-]*) to (?P<other>[\w.,$€£-]*\d[\w.,%-]*)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def check_comparisons(text: str, premise: Premise) -> Iterator[Objection]:
    """Objections to comparisons whose sides differ from those of the sources."""
    for pivot, pattern in _PIVOTS.items():
        yield from _check_sides(pivot, pattern, text, premise.text)
    yield from _check_ranking(text, premise.text)
    yield from _check_directions(text, premise.text)
    yield from _check_parts(text, premise.text)
    for match in _FROM_TO.finditer(text):
        one, other = match["one"].strip(".,"), match["other"].strip(".,")
        reverse = rf"\bfrom {re.escape(other)} to {re.escape(one)}\b"
        if one != other and re.search(reverse, premise.text, re.IGNORECASE):
            yield Objection(f"its source has it from {other} to {one}", "hard", match.span())


def _check_sides(pivot: str, pattern: re.Pattern[str], text: str, source: str) -> Iterator[Objection]:
    for match in pattern.finditer(text):
        is_reversed, is_kept = False, not pattern.search(source)
        for other in pattern.finditer(source):
            mine, its = _sides(match), _sides(other)
            across = len(mine[0] & its[1]) + len(mine[1] & its[0])
            along = len(mine[0] & its[0]) + len(mine[1] & its[1])
            next_words_swap = bool(_next_word(match) & its[0] and _next_word(other) & mine[0])
            is_reversed = is_reversed or next_words_swap or across > along
            is_kept = is_kept or (along >= across and not next_words_swap)
        if is_reversed and not is_kept:
            yield Objection(f"its source compares the other way round (“{pivot}”)", "firm", match.span())


def _sides(match: re.Match[str]) -> tuple[set[str], set[str]]:
    """The words on the two sides of a pivot that stand on one alone."""
    pieces = re.split(r"[.;:,]", match.string[: match.start()])
    before = " ".join(pieces[-2:]) if PATTERNS.relative_pronoun.match(pieces[-1]) else pieces[-1]
    behind = re.split(r"[.;:,]", match.string[match.end() :], maxsplit=1)[0]
    return _apart(before, behind)


def _apart(one: str, other: str) -> tuple[set[str], set[str]]:
    """The stems that each of two texts has alone."""
    mine, its = set(content_words(one)), set(content_words(other))
    return mine - its, its - mine


def _next_word(match: re.Match[str]) -> set[str]:
    """The first word behind a pivot that says something."""
    return set(content_words(match.string[match.end() :][:60])[:1])


# -- by numbers


def _check_ranking(text: str, source: str) -> Iterator[Objection]:
    """A claim that ranks two things ranks them as the numbers of its sources do, where each has one."""
    than = PATTERNS.than.search(text)
    match = _COMPARATIVE.search(text[: than.start()]) if than else None
    if than is None or match is None or PATTERNS.than.search(source) or PATTERNS.plain_negation.search(text):
        return
    first, second = _apart(text[: than.start()], text[than.end() :])
    quantities = [(set(content_words(words)), number) for words, number in _numbers_by_clause(source)]
    rankings = sorted(
        (
            (_count_shared(first, one) + _count_shared(second, other), a, b)
            for (one, a), (other, b) in permutations(quantities, 2)
            if _count_shared(first, one - other) and _count_shared(second, other - one)
        ),
        reverse=True,
    )
    if not rankings or (len(rankings) > 1 and rankings[0][0] == rankings[1][0]):
        return
    _, mine, its = rankings[0]
    if mine != its and (mine > its) != (match[1].lower() in _UP):
        yield Objection(
            f"by the numbers of its source it is the other way round ({mine:g}, {its:g})", "firm", match.span()
        )


def _check_directions(text: str, source: str) -> Iterator[Objection]:
    """So many more are not so many fewer."""
    theirs: dict[str, set[bool]] = {}
    for number, is_up, _ in _changes(source):
        theirs.setdefault(number, set()).add(is_up)
    for number, is_up, where in _changes(text):
        if theirs.get(number, {is_up}) == {not is_up}:
            yield Objection(f"its source has it the other way round (“{text[slice(*where)]}”)", "firm", where)


def _changes(text: str) -> Iterator[tuple[str, bool, tuple[int, int]]]:
    """Numbers with a comparative one or two words behind: the value, whether it is more, and their span."""
    items = tokens(text)
    for at, item in enumerate(items):
        if item.kind == "number":
            direction = next((one for one in items[at + 1 : at + 3] if one.form in _UP | _DOWN), None)
            if direction:
                yield item.key, direction.form in _UP, (item.start, direction.end)


def _check_parts(text: str, source: str) -> Iterator[Objection]:
    """What the source says of one of them is not said of all."""
    if PATTERNS.part.search(text):
        return
    terms = set(content_words(text))
    for span in sentences(source):
        sentence = span.of(source)
        for match in PATTERNS.part.finditer(sentence):
            behind = set(content_words(PATTERNS.compared_clause.split(sentence[match.end() :], maxsplit=1)[0]))
            if behind and behind <= terms and 2 * len(terms & set(content_words(sentence))) > len(terms):
                yield Objection(f"its source says so of “{match.group()}”", "firm")


def _count_shared(terms: set[str], others: set[str]) -> int:
    return sum(has_similar(term, others) for term in terms)


def _numbers_by_clause(text: str) -> Iterator[tuple[str, float]]:
    """Sentences with the number of each, or clauses with the first number of each; years are left out."""
    for span in sentences(text):
        sentence = re.sub(r"(?<=\d),(?=\d{3})", "", span.of(text))
        for clause in PATTERNS.compared_clause.split(sentence):
            if numbers := _numbers(clause):
                yield sentence if len(_numbers(sentence)) == 1 else clause, numbers[0]


def _numbers(clause: str) -> list[float]:
    numbers = [
        item
        for item in tokens(clause)
        if item.kind == "number" and not _YEAR.fullmatch(item.form) and item.form != "one"  # "the one in Esk"
    ]
    return [float(item.key) for item in numbers if re.fullmatch(r"\d+(?:\.\d+)?", item.key)]
