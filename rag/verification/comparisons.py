"""Things set against each other: in a sentence they keep the sides that they have in its sources ("more than", "rather
than", "from 4 to 6"), and two sentences may give different numbers for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from rag.text.sentences import sentences
from rag.text.terms import content_words
from rag.verification.record import Objection, Record
from rag.verification.tokens import NUMBER_WORDS, Token, names_in, plain_number, similar, tokens

_PIVOTS = {
    "than": re.compile(
        rf"(?<!rather )(?<!other )\bthan\b(?!\s+\W?(?:\d|half\b|a \w+(?:th|rd)\b|(?:{'|'.join(NUMBER_WORDS)})\b))",
        re.IGNORECASE,
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
    """Objections to comparisons whose sides differ from those of the sources."""
    for pivot, pattern in _PIVOTS.items():
        yield from _check_sides(pivot, pattern, text, record)
    yield from _check_ranking(text, record)
    for match in _FROM_TO.finditer(text):
        one, other = match["one"].strip(".,"), match["other"].strip(".,")
        if one != other and re.search(rf"\bfrom {re.escape(other)} to {re.escape(one)}\b", record.body, re.IGNORECASE):
            yield Objection(f"its source has it from {other} to {one}", "hard", match.span())


def _check_sides(pivot: str, pattern: re.Pattern[str], text: str, record: Record) -> Iterator[Objection]:
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


def _check_ranking(text: str, record: Record) -> Iterator[Objection]:
    """A sentence that ranks two things ranks them as the numbers of its sources do, where each has one."""
    than = _PIVOTS["than"].search(text)
    match = next((one for one in _COMPARES.finditer(text[: than.start()])), None) if than else None
    if than is None or match is None or _PIVOTS["than"].search(record.body) or _NEGATIVE.search(text):
        return
    first, second = set(content_words(text[: than.start()])), set(content_words(text[than.end() :]))
    first, second = first - second, second - first
    measured = [(set(content_words(words)), number) for words, number in _numbers_by_clause(record.body)]
    ranked = sorted(
        (
            (_count_shared(first, one) + _count_shared(second, other), a, b)
            for (one, a), (other, b) in permutations(measured, 2)
            if _count_shared(first, one - other) and _count_shared(second, other - one)
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


def _count_shared(terms: set[str], held: set[str]) -> int:
    return sum(term in held or any(similar(term, one) for one in held) for term in terms)


def _numbers_by_clause(text: str) -> Iterator[tuple[str, float]]:
    """Sentences with the number of each, or clauses with the first number of each; years are left out."""
    for span in sentences(text):
        sentence = re.sub(r"(?<=\d),(?=\d{3})", "", span.of(text))
        for clause in _CLAUSE.split(sentence):
            if numbers := list(_numbers(clause)):
                yield sentence if len(list(_numbers(sentence))) == 1 else clause, numbers[0]


def _numbers(clause: str) -> Iterator[float]:
    items: Sequence[str] = [item.form for item in tokens(clause, names=names_in(clause)) if item.kind == "number"]
    for form in items:
        value = NUMBER_WORDS.get(form) or plain_number(form)
        if not _YEAR.fullmatch(form) and re.fullmatch(r"\d+(?:\.\d+)?", value):
            yield float(value)


# -- numbers that two sentences give for the same thing


_ROUNDING = 0.05  # numbers closer than this are one number, rounded
_LEAST_COMMON = 3  # carrying words that two tolls must have in common
_APPROXIMATORS = frozenset(
    "about around nearly almost some over under than least most up roughly approximately".split()
)
_DATES = frozenset("year years month months day days week weeks hour hours minute minutes".split())
_TOLLS = {
    "killed": "killed kills kill dead died dies dying deaths lives killing",
    "injured": "injured injuring injures wounded wounding wounds hurt",
    "arrested": "arrested arresting arrests detained detaining",
}
_TOLL_BY_FORM = {form: what for what, forms in _TOLLS.items() for form in forms.split()}
_JOINING = frozenset({"and", "but", "while"})
_MOST_WORDS_APART = 3  # words between a number and what befell so many
_PEOPLE = frozenset("people men women children civilians soldiers sailors workers protesters others passengers".split())


def may_be_same_number(mine: Sequence[Token], its: Sequence[Token]) -> bool:
    """True for one number and another that may be the same, rounded."""
    if len(mine) != 1 or len(its) != 1 or mine[0].kind != "number" or its[0].kind != "number":
        return False
    return equal_when_rounded(mine[0].key, its[0].key)


def equal_when_rounded(one: str, other: str) -> bool:
    """True for numbers that may be one, rounded."""
    try:
        a, b = float(one.replace(",", "")), float(other.replace(",", ""))
    except ValueError:
        return False
    return abs(a - b) <= _ROUNDING * max(abs(a), abs(b)) and max(abs(a), abs(b)) >= 20


def conflicting_count(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the same thing, where each sentence gives just one number of it. Two that name others than
    each other tell of different things."""
    names = [{item.key for item in items if item.kind == "name"} for items in (one, other)]
    if all(names) and not names[0] & names[1]:
        return None
    mine, its = _counts_by_thing(one), _counts_by_thing(other)
    for thing in mine.keys() & its.keys():
        (a, exact_a), (b, exact_b) = mine[thing], its[thing]
        if a.key != b.key and not equal_when_rounded(a.key, b.key) and exact_a and exact_b:
            return f"how many {thing}: {a.form} or {b.form}"
    return None


def _counts_by_thing(items: Sequence[Token]) -> dict[str, tuple[Token, bool]]:
    """What stands right after a number -> that number, and whether it is exact; only what is counted once."""
    numbers: dict[str, list[tuple[Token, bool]]] = {}
    for at, item in enumerate(items):
        if item.kind != "number" or at + 1 == len(items):
            continue
        after = items[at + 1]
        if after.near and after.carries and after.kind == "word":
            numbers.setdefault(after.form, []).append((item, not is_approximate(items, at)))
    return {thing: some[0] for thing, some in numbers.items() if len(some) == 1 and thing not in _DATES}


def casualty_counts(text: str, *, exact: bool = True) -> dict[str, str]:
    """Numbers by "killed", "injured" and "arrested", for each of which the text gives just one; without `exact` also
    those of "at least 80"."""
    items = tokens(text, names=names_in(text))
    counts = {what: item.key for what, item in _casualties(items, exact=exact).items()}
    for at, item in enumerate(items):
        if item.form == "toll" and items[at - 1].form == "death":
            after = range(at + 1, len(items))
            numbers = [
                items[place].key
                for place in after
                if items[place].kind == "number" and not (exact and is_approximate(items, place))
            ]
            if len(numbers) == 1:
                counts.setdefault("killed", numbers[0])
    return counts


def conflicting_toll(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the dead, the injured or the arrested, told of what has a name and more in common."""
    carrying = {item.key for item in other if item.carries and item.kind != "number"}
    both = {item for item in one if item.carries and item.key in carrying}
    common = {item.key for item in both if item.form not in _TOLL_BY_FORM}
    if len(common) < _LEAST_COMMON or not any(item.kind == "name" for item in both):
        return None
    mine, its = _casualties(one), _casualties(other)
    for what in mine.keys() & its.keys():
        a, b = mine[what], its[what]
        if a.key != b.key and not equal_when_rounded(a.key, b.key):
            return f"how many were {what}: {a.form} or {b.form}"
    return None


def _casualties(items: Sequence[Token], *, exact: bool = True) -> dict[str, Token]:
    """What befell -> its number, where the sentence gives just one number, or `exact` one, for it."""
    numbers: dict[str, set[tuple[str, int]]] = {}
    for at, item in enumerate(items):
        if item.form not in _TOLL_BY_FORM:
            continue
        for place in range(max(0, at - _MOST_WORDS_APART), min(len(items), at + _MOST_WORDS_APART + 1)):
            number = items[place]
            if number.kind != "number" or number.sentence != item.sentence or (exact and is_approximate(items, place)):
                continue
            if any(between.form in _JOINING for between in items[min(at, place) : max(at, place)]):
                continue  # "80 were killed and 18 hurt"
            follows = items[place + 1] if place + 1 < len(items) else None
            if follows is None or not follows.near or follows.form in _PEOPLE or not follows.carries or follows is item:
                numbers.setdefault(_TOLL_BY_FORM[item.form], set()).add((number.key, place))
    return {what: items[min(place for _, place in some)] for what, some in numbers.items() if len(some) == 1}


def is_approximate(items: Sequence[Token], at: int) -> bool:
    """True if the number at a place is no exact one: "at least nine"."""
    return any(before.form in _APPROXIMATORS for before in items[max(0, at - 2) : at])
