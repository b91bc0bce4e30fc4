"""Where two texts that tell the same news in nearly the same words disagree on a fact.

Each sentence of one is laid beside the sentences of the other that share most of its words, and what changed between
them is judged by kind: numbers, units, names, days and dates, negations, modal verbs, and words that exclude each other
(a table). What only the other text has is no difference: a copy may be shorter. Other words are wording.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from rag.knowledge.tables import table
from rag.text.canonical import fold
from rag.text.places import country_of
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem

Kind = Literal["number", "year", "unit", "name", "weekday", "date", "negation", "modal", "word"]
FACTS: tuple[Kind, ...] = ("number", "unit", "name", "weekday", "date")

_MOST_SENTENCES = 1_000
_LEAST_PARTNER = 0.5  # of the words of a sentence that stand in the sentences it is laid beside
_LEAST_SECOND = 3  # words that a second sentence must add
_SPELLED_ALIKE = 0.75  # Kiev and Kyiv, Zelensky and Zelenskyy
_SAME_MEASURE = 0.07  # 160 kilometres are 100 miles
_REACH = 4  # words after a negation or a modal verb that it bears on

# Who wrote and who edited, whose agency, whose rights: no part of the news. Judged at the edges of a text only.
_CREDIT = re.compile(
    r"^\W*(?:(?:additional |with )?(?:reporting|files|inputs?|material)\b|writing by|edit(?:ed|ing) by|compiled|by\s"
    r"|photo|picture|image|source|credit|copyright|©|\(c\)|all rights reserved|agenc(?:y|ies)\b"
    r"|\(?this (?:story|article|report|copy|text)\b|read more|follow us|sign up)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^[^.!?“”\"]{1,60}$")
_SIGNED = re.compile(r"\s*(?:[(\[][^()\[\]]{1,60}[)\]]|[—–-]\s*[^.!?“”\"\n]{1,40})\s*$")
_DATELINE = re.compile(
    r"^\W?(?:[A-ZÀ-Þ]{2}[^\n—–]{0,60}?(?:\([^()\n]{2,40}\)\s*[—–:-]*|\s[—–-]{1,2})"
    r"|[A-ZÀ-Þ][^.\n—–]{0,60}?\([^()\n]{2,40}\)\s*[—–-]{1,2})\s+(?=[\"“„«]?[A-ZÀ-Þ\d])"
)
_TITLES = frozenset(
    """president prime minister premier mr mrs ms miss dr sir dame lord lady prof professor gov governor sen senator
    rep king queen prince princess captain capt general gen colonel col major judge justice mayor chancellor secretary
    spokesman spokeswoman chief director ambassador rev bishop archbishop pope foreign defence defense interior finance
    health labour labor transport home state deputy vice acting former""".split()
)
_NEGATIONS = dict.fromkeys("not n't no never none nobody nothing nowhere neither nor without cannot".split(), "not")
_MODALS = frozenset("will would shall should may might can could must".split())
_NUMBER_WORDS: dict[str, float] = {
    word: float(value)
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split()
    )
} | dict(zip("thirty forty fifty sixty seventy eighty ninety".split(), map(float, range(30, 100, 10)), strict=True))
_ORDINALS = {
    word: value
    for value, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_VAGUE = {"dozens": "dozens", "scores": "scores", "hundreds": "hundreds", "thousands": "thousands"} | {
    "millions": "millions", "billions": "billions", "twice": "twice", "double": "twice", "half": "half",
    "quarter": "quarter", "thrice": "thrice", "triple": "thrice",
}  # fmt: skip
_TIMES: dict[str, float] = {
    "hundred": 100, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "mio": 1e6, "billion": 1e9,
    "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "dozen": 12,
}  # fmt: skip
_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    {name: name for name in _MONTHS} | {name[:3]: name for name in _MONTHS if name != "may"} | {"sept": "september"}
)
_WEEKDAY = {name: name for name in _WEEKDAYS} | {
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "thu": "thursday", "thurs": "thursday", "fri": "friday",
}  # fmt: skip
_NEGATING = re.compile(r"^(?:un|in|im|il|ir|dis|non|mis)-?")
_TOKEN = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*|US\$|[$€£¥%]|km/h|(?<![^\W\d_])n['’]t\b"
    r"|[^\W\d_]+?(?=n['’]t\b)|n['’]t\b|[ap]\.m\b\.?|per\s+cent\b|[^\W\d_]+(?:[.'’][^\W\d_]+)*",
    re.IGNORECASE,
)
_ENDING = re.compile(r"['’](?:s|ll|d|ve|re|m)?$")
_SHORT = {"ll": "will", "d": "would"}
_OF_TIME = frozenset("second minute hour day week month year decade century".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A fact that two texts tell differently: the words of the one and of the other, as written; one of them is empty
    where only one has it. `of` is what a number counts, if both say so in one word."""

    kind: str
    ours: str
    theirs: str
    of: str = ""

    def shown(self, *, theirs_first: bool) -> str:
        """Both sides for a reader: "60 / 80 people"."""
        sides = (self.ours or "–", self.theirs or "–")
        return " ".join(filter(None, (" / ".join(reversed(sides) if theirs_first else sides), self.of)))


@dataclass(slots=True)
class _Word:
    """A word or a number. `key` is what makes two of them the same; `unit` is what a number is of."""

    form: str
    key: str
    kind: Kind
    opens: bool  # the first of a sentence or of a quotation
    capital: bool
    aside: bool  # within brackets
    value: float | None = None
    unit: str = ""


def news_of(text: str) -> str:
    """The text without the dateline, the by-line and the credits of agencies at its edges."""
    lines = text.split("\n")
    while len(lines) > 1 and _is_credit(lines[0]):
        lines = lines[1:]
    while len(lines) > 1 and _is_credit(lines[-1]):
        lines = lines[:-1]
    body = "\n".join(lines).strip()
    body = _SIGNED.sub("", body) if body.count("\n") or len(body) > 120 else body
    return _DATELINE.sub("", body, count=1)


def differences(text: str, of: str) -> tuple[Difference, ...]:
    """The facts of `text` on which `of`, that tells the same news, does not agree, in the order of `text`.

    What only `of` has is none. Of a sentence that only `text` has, new numbers and days are.
    """
    ours, theirs = _read_sentences(news_of(text)), _read_sentences(news_of(of))
    _mark_names(ours, theirs)
    known = {tuple(word.key for word in sentence) for sentence in theirs}
    index: dict[str, list[int]] = defaultdict(list)
    for at, sentence in enumerate(theirs):
        for key in {word.key for word in sentence}:
            index[key].append(at)
    result: list[Difference] = []
    for sentence in ours:
        if tuple(word.key for word in sentence) in known:
            continue
        beside = _closest_words(sentence, theirs, index)
        result += _compare(sentence, beside, index) if beside else _new_facts(sentence, index)
    return tuple(dict.fromkeys(result))


def fact_counts(text: str, of: str) -> tuple[Counter[str], Counter[str]]:
    """Numbers, days and names of `text` that `of` does not mention, and all of them, with how often they stand."""
    ours, theirs = _read_sentences(news_of(text)), _read_sentences(news_of(of))
    _mark_names(ours, theirs)
    known = {word.key for sentence in theirs for word in sentence}
    known |= {part for key in known for part in key.split()}
    names = [word.key for sentence in theirs for word in sentence if word.kind == "name"]
    facts = [word for sentence in ours for word in sentence if word.kind in (*FACTS, "year") and word.kind != "unit"]
    new = Counter(
        _ENDING.sub("", fold(word.form)) if word.kind == "name" else word.key
        for word in facts
        if word.key not in known
        and word.key.split()[-1] not in known
        and not (word.kind == "name" and any(_is_respelling(word.key, name) for name in names))
    )
    return new, Counter(word.key for word in facts)


def _is_credit(line: str) -> bool:
    stripped = line.strip()
    if not stripped:
        return True
    few = len(stripped.split()) <= 20
    return few and bool(_CREDIT.match(stripped) or (_SIGNATURE.match(stripped) and len(stripped.split()) <= 8))


# -- reading


def _read_sentences(text: str) -> list[list[_Word]]:
    return [_words(span.of(text)) for span in sentences(text)[:_MOST_SENTENCES]]


def _words(sentence: str) -> list[_Word]:
    items: list[_Word] = []
    for match in _TOKEN.finditer(sentence):
        raw = match.group()
        before = sentence[: match.start()]
        opens = not items or (before.rstrip()[-1:] in '“"„«‘:' and not raw[0].isdigit())
        aside = before.count("(") > before.count(")")
        items += _token_words(raw, opens, aside)
    return _join_numbers(items)


def _token_words(raw: str, opens: bool, aside: bool) -> Iterator[_Word]:
    form = fold(raw).replace("’", "'")
    ending = form.rpartition("'")[2] if "'" in form else ""
    key = "n't" if form == "n't" else _ENDING.sub("", form).replace(".", "" if not form[0].isdigit() else ".")
    key = {"ca": "can", "wo": "will", "sha": "shall"}.get(key, key)
    yield _Word(raw, *_key_and_kind(key), opens, raw[0].isupper(), aside, value=_number_value(key))
    if ending in _SHORT:
        yield _Word(raw, *_key_and_kind(_SHORT[ending]), False, False, aside)


def _key_and_kind(key: str) -> tuple[str, Kind]:
    if key[0].isdigit():
        return key, "number"
    if key in _NEGATIONS:
        return _NEGATIONS[key], "negation"
    if key in _NUMBER_WORDS or key in _ORDINALS or key in _VAGUE:
        return key, "number"
    if key in _WEEKDAY:
        return _WEEKDAY[key], "weekday"
    if re.fullmatch(r"per\s+cent", key):
        return "percent", "unit"
    if key in _UNITS:
        return _UNITS[key], "unit"
    if key in _MODALS:
        return key, "modal"
    return (key if key in STOPWORDS else stem(key)), "word"


def _number_value(key: str) -> float | None:
    if key[0].isdigit():
        bare = re.sub(r"[ \u00a0\u202f]|[.,](?=\d{3}(?:\D|$))", "", key).replace(",", ".")
        try:
            return float(bare)
        except ValueError:
            return None  # a time or a score: 10:30
    return _NUMBER_WORDS.get(key)


def _join_numbers(items: list[_Word]) -> list[_Word]:
    """Numbers of several words as one, with their units; days of months as one; "no one" as one."""
    result: list[_Word] = []
    at = 0
    while at < len(items):
        item, after = items[at], items[at + 1] if at + 1 < len(items) else None
        if item.kind == "negation" and after and fold(item.form) == "no" and after.key == "one":
            item.form = f"{item.form} {after.form}"
            result.append(item)
            at += 2
            continue
        if fold(item.form) in _MONTH and item.capital and (fold(item.form) != "may" or _has_day_beside(items, at)):
            at += _append_month(items, at, result)
            continue
        if item.value is not None:
            at = _append_number(items, at, result)
            continue
        if item.kind == "number":
            number = _ORDINALS.get(item.key)
            item.key = f"{number}." if number else _VAGUE.get(item.key, item.key)
        result.append(item)
        at += 1
    return result


def _has_day_beside(items: Sequence[_Word], at: int) -> bool:
    beside = [*items[max(0, at - 1) : at], *items[at + 1 : at + 2]]
    return any(item.value is not None for item in beside) or (
        at > 0 and items[at - 1].key in ("in", "by", "until", "of")
    )


def _append_month(items: Sequence[_Word], at: int, result: list[_Word]) -> int:
    """Put a month with the day beside it; gives how many words that took."""
    month = items[at]
    day, taken = None, 1
    if result and result[-1].kind == "number" and _is_day(result[-1].value) and items[at - 1].value is not None:
        day = result.pop()
    elif at + 1 < len(items) and _is_day(items[at + 1].value):
        day, taken = items[at + 1], 2
    form = " ".join(part.form for part in ((day, month) if taken == 1 else (month, day)) if part)
    number = f"{day.value:g} " if day and day.value is not None else ""
    result.append(_Word(form, number + _MONTH[fold(month.form)], "date", False, False, month.aside))
    if at + taken < len(items) and re.fullmatch(r"st|nd|rd|th", items[at + taken].key):
        taken += 1
    return taken


def _is_day(value: float | None) -> bool:
    return value is not None and 1 <= value <= 31 and value == int(value)


def _append_number(items: Sequence[_Word], at: int, result: list[_Word]) -> int:
    """Put the number that begins here; gives the place after it."""
    first = items[at]
    total, part, forms = 0.0, first.value or 0.0, [first.form]
    spelled = first.form[0].isalpha()
    at += 1
    while at < len(items):
        item = items[at]
        factor = _TIMES.get(fold(item.form))
        if factor is not None and (factor != 1e6 or len(item.form) != 1 or not spelled):
            part *= factor
            if factor >= 1e3:
                total, part = total + part, 0.0
        elif spelled and item.value is not None and item.form[0].isalpha():
            part += item.value
        elif not (
            spelled and item.key == "and" and at + 1 < len(items) and items[at + 1].value is not None and part >= 100
        ):
            break
        forms.append(item.form)
        at += 1
    value = total + part
    if at < len(items) and re.fullmatch(r"st|nd|rd|th", items[at].key) and not spelled:
        result.append(_Word(first.form, f"{value:g}.", "number", first.opens, False, first.aside))
        return at + 1
    year = not spelled and len(forms) == 1 and re.fullmatch(r"1[5-9]\d\d|20\d\d", first.form)
    key = f"{value:.10g}" if first.value is not None else first.key
    shown = " ".join(forms)
    number = _Word(shown, key, "year" if year else "number", first.opens, False, first.aside, value=value)
    if result and result[-1].kind == "unit" and result[-1].form[-1] in "$€£¥":
        sign = result.pop()
        number.unit, number.kind, number.form = sign.key, "number", f"{sign.form}{shown}"
        result += [number, _Word("", number.unit, "unit", False, False, first.aside)]
        return at
    result.append(number)
    if at < len(items) and items[at].kind == "unit":
        number.unit = items[at].key
        number.kind = "number" if number.unit not in _OF_TIME else number.kind
    elif at < len(items) and items[at].key in ("am", "pm"):
        number.unit = items[at].key
    return at


def _table(key: str) -> Iterator[list[str]]:
    return (line.split("|") for line in table("comparison")[key].strip().splitlines())


def _units() -> tuple[dict[str, str], dict[str, tuple[str, float]]]:
    names: dict[str, str] = {}
    sizes: dict[str, tuple[str, float]] = {}
    for row in (*_table("currencies"), *_table("measures")):
        name, others = row[0].split(":")
        names |= dict.fromkeys((*others.split(), *([] if name in ("second", "won") else [name])), name)
        if len(row) > 1 and row[1].strip():
            dimension, size = row[1].split()
            sizes[name] = (dimension, float(size))
    return names, sizes


def _opposites() -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Stem -> (line, column) of each place of it in the table."""
    places_of: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for line, columns in enumerate(_table("opposites")):
        for column, cell in enumerate(columns):
            for word in cell.split():
                places_of[word if word in STOPWORDS else stem(word)].add((line, column))
    return {key: tuple(sorted(places)) for key, places in places_of.items()}


_UNITS, _SIZES = _units()
_PLACES = _opposites()


def _mark_names(ours: Sequence[Sequence[_Word]], theirs: Sequence[Sequence[_Word]]) -> None:
    """Mark the names: words with a capital where a sentence does not begin, and the same words where one does."""
    both = [word for sentence in (*ours, *theirs) for word in sentence if word.kind in ("word", "unit") and word.form]
    plain = {fold(word.form) for word in both if not word.capital}
    inside = {word.key for word in both if word.capital and not word.opens}
    for sentence in (*ours, *theirs):
        for at, word in enumerate(sentence):
            if word.kind not in ("word", "unit") or not word.capital or fold(word.form) in _TITLES | STOPWORDS:
                continue
            follows = sentence[at + 1] if at + 1 < len(sentence) else None
            owns = word.form.endswith(("'s", "’s")) and fold(word.form) not in plain
            full = follows is not None and follows.capital and not follows.opens and fold(word.form) not in plain
            if not word.opens or word.key in inside or owns or full:
                word.kind = "name"


# -- comparing


def _closest_words(
    sentence: Sequence[_Word], others: Sequence[Sequence[_Word]], index: Mapping[str, list[int]]
) -> list[_Word]:
    """The words of the one or two sentences of the other text that share most with it; empty where it is new."""
    mine = {word.key for word in sentence}
    carrying = {key for key in mine if key not in STOPWORDS}
    shared = Counter(at for key in carrying for at in index.get(key, ()))
    if not shared:
        return []
    chosen = [min(shared, key=lambda at: (-shared[at], len(others[at])))]
    rest = carrying - {word.key for word in others[chosen[0]]}
    more = Counter(at for key in rest for at in index.get(key, ()) if at != chosen[0])
    if more and (best := more.most_common(1)[0])[1] >= _LEAST_SECOND and best[1] >= 0.4 * len(rest):
        chosen.append(best[0])
    beside = [word for at in sorted(chosen) for word in others[at]]
    held = carrying & {word.key for word in beside}
    return beside if len(held) >= _LEAST_PARTNER * len(carrying) else []


def _compare(ours: Sequence[_Word], theirs: Sequence[_Word], index: Mapping[str, list[int]]) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [word.key for word in ours], [word.key for word in theirs], autojunk=False)
    mine: list[_Word] = []
    its: list[_Word] = []
    covered: set[str] = set()
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        counted = ours[b].form if b < len(ours) and d < len(theirs) and ours[b].key == theirs[d].key else ""
        for difference in _exchanges(ours[a:b], theirs[c:d], index):
            covered |= {word.key for word in ours[a:b]}
            yield replace(difference, of=counted) if difference.kind == "number" else difference
        mine += ours[a:b]
        its += theirs[c:d]
    mine, its = _without_moves(mine, its)
    yield from _added([word for word in mine if word.key not in covered], theirs, index)
    yield from _negation_differences(mine, its, ours, theirs)
    yield from _modal_differences(mine, its, ours, theirs)
    yield from _opposite_words(mine, its)


def _added(mine: Sequence[_Word], theirs: Sequence[_Word], index: Mapping[str, list[int]]) -> Iterator[Difference]:
    for word in mine:
        if word.kind == "number" and word.key not in index and not _is_expected(word, theirs):
            yield Difference(kind="number", ours=word.form, theirs="")


def _new_facts(sentence: Sequence[_Word], index: Mapping[str, list[int]]) -> Iterator[Difference]:
    yield from _added(sentence, (), index)
    for word in sentence:
        if word.kind in ("year", "weekday", "date") and word.key not in index:
            yield Difference(kind=word.kind, ours=word.form, theirs="")


def exclude_each_other(one: str, other: str) -> bool:
    """True if two stems are those of words that exclude each other, as "lift" and "impose"."""
    ours, theirs = _PLACES.get(one, ()), _PLACES.get(other, ())
    return not set(ours) & set(theirs) and any(
        line == row and column != place for line, column in ours for row, place in theirs
    )


def _without_moves(mine: Sequence[_Word], its: Sequence[_Word]) -> tuple[list[_Word], list[_Word]]:
    """Both sides without the words that only moved."""
    common = Counter(word.key for word in mine) & Counter(word.key for word in its)
    kept: list[list[_Word]] = []
    for side in (mine, its):
        spare = common.copy()
        rest = []
        for word in side:
            if spare[word.key] > 0:
                spare[word.key] -= 1
            else:
                rest.append(word)
        kept.append(rest)
    return kept[0], kept[1]


def _exchanges(mine: Sequence[_Word], its: Sequence[_Word], index: Mapping[str, list[int]]) -> Iterator[Difference]:
    """Facts of one kind that replace each other."""
    for kind in FACTS:
        kinds = ("number", "year") if kind == "number" else (kind,)
        ours = [word for word in mine if word.kind in kinds and not word.aside]
        theirs = [word for word in its if word.kind in kinds and not word.aside]
        if not ours or not theirs or {word.key for word in ours} & {word.key for word in theirs}:
            continue
        if kind == "name" and _same_name(ours, theirs, index):
            continue
        if kind == "number" and any(_same_measure(a, b) for a in ours for b in theirs):
            continue
        if kind == "unit" and (_is_conversion(mine, its) or _have_same_size(ours, theirs)):
            continue
        if kind == "date" and _may_be_one_date(ours, theirs):
            continue
        yield Difference(kind=kind, ours=_join_forms(ours), theirs=_join_forms(theirs))


def _join_forms(items: Sequence[_Word]) -> str:
    return " ".join(item.form or item.key for item in items)


def _may_be_one_date(ours: Sequence[_Word], theirs: Sequence[_Word]) -> bool:
    """A month and a day of it may be one date."""
    months = [{word.key.split()[-1] for word in side} for side in (ours, theirs)]
    bare = any(" " not in word.key for word in (*ours, *theirs))
    return bare and bool(months[0] & months[1])


def _same_name(ours: Sequence[_Word], theirs: Sequence[_Word], index: Mapping[str, list[int]]) -> bool:
    """One name, spelled in two ways, of one country, or as initials."""
    letters = ["".join(fold(word.form)[0] for word in side) for side in (ours, theirs)]
    for one in ours:
        for other in theirs:
            country = country_of(one.form)
            if country and country == country_of(other.form):
                return True
            if one.key not in index and _is_respelling(one.key, other.key):
                return True
    return (len(theirs) > 1 and ours[0].key == letters[1]) or (len(ours) > 1 and theirs[0].key == letters[0])


def _is_respelling(one: str, other: str) -> bool:
    return one[0] == other[0] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SPELLED_ALIKE


def _same_measure(one: _Word, other: _Word) -> bool:
    a, b = _SIZES.get(one.unit), _SIZES.get(other.unit)
    if not a or not b or one.unit == other.unit or a[0] != b[0] or one.value is None or other.value is None:
        return False
    sizes = one.value * a[1], other.value * b[1]
    return abs(sizes[0] - sizes[1]) <= _SAME_MEASURE * max(sizes)


def _have_same_size(ours: Sequence[_Word], theirs: Sequence[_Word]) -> bool:
    """Two units of one size: a ton is a tonne, as news uses them."""
    return bool({_SIZES[word.key] for word in ours if word.key in _SIZES} & {_SIZES.get(word.key) for word in theirs})


def _is_conversion(mine: Sequence[_Word], its: Sequence[_Word]) -> bool:
    return any(_same_measure(a, b) for a in mine for b in its if a.value is not None and b.value is not None)


def _is_expected(word: _Word, theirs: Sequence[_Word]) -> bool:
    """A number that the other text gives in another measure, or a conversion that a desk puts in brackets."""
    return (word.aside and bool(word.unit)) or word.key == "1" or any(_same_measure(word, other) for other in theirs)


def _negation_differences(
    mine: Sequence[_Word], its: Sequence[_Word], ours: Sequence[_Word], theirs: Sequence[_Word]
) -> Iterator[Difference]:
    here = [word for word in mine if word.kind == "negation"]
    there = [word for word in its if word.kind == "negation"]
    if len(here) > len(there):
        yield Difference(kind="negation", ours=_phrase(ours, here[-1]), theirs="")
    held = {word.key for word in ours}
    if len(there) > len(here):
        for word in there:
            after = _words_after(theirs, word)
            if any(item.key in held for item in after[:2]):
                yield Difference(kind="negation", ours="", theirs=_phrase(theirs, word))
                return


def _modal_differences(
    mine: Sequence[_Word], its: Sequence[_Word], ours: Sequence[_Word], theirs: Sequence[_Word]
) -> Iterator[Difference]:
    here = [word for word in mine if word.kind == "modal"]
    there = [word for word in its if word.kind == "modal"]
    if here and there:
        yield Difference(kind="modal", ours=here[0].form, theirs=there[0].form)
        return
    for words, side, other, rest in ((here, ours, theirs, its), (there, theirs, ours, mine)):
        for word in words:
            verb = next(iter(_words_after(side, word)), None)
            planned = word.key == "will" and any(item.key == "to" for item in rest)
            if verb and not planned and any(item.key == verb.key for item in other):
                shown = _phrase(side, word)
                yield Difference(
                    kind="modal", ours=shown if side is ours else "", theirs=shown if side is theirs else ""
                )
                return


def _words_after(side: Sequence[_Word], word: _Word) -> list[_Word]:
    """The carrying words that follow in the reach of a negation or a modal verb."""
    at = next(place for place, item in enumerate(side) if item is word)
    return [item for item in side[at + 1 : at + 1 + _REACH] if item.key not in STOPWORDS and item.kind != "negation"]


def _phrase(side: Sequence[_Word], word: _Word) -> str:
    at = next(place for place, item in enumerate(side) if item is word)
    start = at - 1 if word.form.startswith("n") and word.form[1:2] in "'’" and at else at
    joined = " ".join(item.form for item in side[start : at + 3] if item.form)
    return re.sub(r" (?=n['’]t)", "", joined)


def _opposite_words(mine: Sequence[_Word], its: Sequence[_Word]) -> Iterator[Difference]:
    for word in mine:
        if word.kind not in ("word", "number"):
            continue
        for other in its:
            if other.kind not in ("word", "number", "negation") or word.key == other.key:
                continue
            if exclude_each_other(word.key, _plain_key(other)) or _negates(word, other) or _negates(other, word):
                yield Difference(kind="opposite", ours=word.form, theirs=other.form)


def _plain_key(word: _Word) -> str:
    return stem("nobody") if word.kind == "negation" and fold(word.form) in ("nobody", "no one", "none") else word.key


def _negates(one: _Word, other: _Word) -> bool:
    cut = _NEGATING.sub("", fold(one.form))
    return len(cut) > 3 and cut != fold(one.form) and stem(cut) == other.key
