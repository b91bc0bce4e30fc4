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

from rag.knowledge.tables import pattern_of, words_of
from rag.knowledge.words import UNIT_SIZES, any_of
from rag.text.canonical import fold
from rag.text.fact_words import FactWord, Kind, mark_names, read_sentences
from rag.text.lexing import without_ending
from rag.text.places import country_of
from rag.text.related_words import exclude_each_other
from rag.text.terms import STOPWORDS, stem

Words = Sequence[FactWord]
FACTS: tuple[Kind, ...] = ("number", "unit", "name", "weekday", "date")

_LEAST_PARTNER = 0.5  # of the words of a sentence that stand in the sentences it is laid beside
_LEAST_SECOND = 3  # words that a second sentence must add
_SPELLED_ALIKE = 0.75  # Kiev and Kyiv, Zelensky and Zelenskyy
_SAME_MEASURE = 0.07  # 160 kilometres are 100 miles
_REACH = 4  # words after a negation or a modal verb that it bears on

_NEGATING = re.compile(rf"^(?:{any_of(words_of('negation', 'prefixes', 'of_errors'))})-?")


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


def differences(text: str, of: str) -> tuple[Difference, ...]:
    """The facts of `text` on which `of`, that tells the same news, does not agree, in the order of `text`.

    What only `of` has is not a difference. Of a sentence that only `text` has, new numbers and days are.
    """
    ours, theirs = read_sentences(news_of(text)), read_sentences(news_of(of))
    mark_names(ours, theirs)
    their_sentences = {tuple(word.key for word in sentence) for sentence in theirs}
    index: dict[str, list[int]] = defaultdict(list)
    for at, sentence in enumerate(theirs):
        for key in {word.key for word in sentence}:
            index[key].append(at)
    result: list[Difference] = []
    for sentence in ours:
        if tuple(word.key for word in sentence) in their_sentences:
            continue
        beside = _closest_words(sentence, theirs, index)
        result += _compare(sentence, beside, index) if beside else _new_facts(sentence, index)
    return tuple(dict.fromkeys(result))


def fact_counts(text: str, of: str) -> tuple[Counter[str], Counter[str]]:
    """Numbers, days and names of `text` that `of` does not mention, and all of them, with how often they stand."""
    ours, theirs = read_sentences(news_of(text)), read_sentences(news_of(of))
    mark_names(ours, theirs)
    their_keys = {word.key for sentence in theirs for word in sentence}
    their_keys |= {part for key in their_keys for part in key.split()}
    names = [word.key for sentence in theirs for word in sentence if word.kind == "name"]
    facts = [word for sentence in ours for word in sentence if word.kind in (*FACTS, "year") and word.kind != "unit"]
    new = Counter(
        without_ending(word.form) if word.kind == "name" else word.key
        for word in facts
        if word.key not in their_keys
        and word.key.split()[-1] not in their_keys
        and not (word.kind == "name" and any(_is_respelling(word.key, name) for name in names))
    )
    return new, Counter(word.key for word in facts)


# -- comparing


def _closest_words(sentence: Words, others: Sequence[Words], index: Mapping[str, list[int]]) -> list[FactWord]:
    """The words of the one or two sentences of the other text that share most with it; empty where it is new."""
    mine = {word.key for word in sentence}
    carrying = {key for key in mine if key not in STOPWORDS}
    shared = Counter(at for key in carrying for at in index.get(key, ()))
    if not shared:
        return []
    nearest = [min(shared, key=lambda at: (-shared[at], len(others[at])))]
    rest = carrying - {word.key for word in others[nearest[0]]}
    more = Counter(at for key in rest for at in index.get(key, ()) if at != nearest[0])
    if more and (best := more.most_common(1)[0])[1] >= _LEAST_SECOND and best[1] >= 0.4 * len(rest):
        nearest.append(best[0])
    beside = [word for at in sorted(nearest) for word in others[at]]
    common_keys = carrying & {word.key for word in beside}
    return beside if len(common_keys) >= _LEAST_PARTNER * len(carrying) else []


def _compare(ours: Words, theirs: Words, index: Mapping[str, list[int]]) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [word.key for word in ours], [word.key for word in theirs], autojunk=False)
    mine: list[FactWord] = []
    its: list[FactWord] = []
    exchange_keys: set[str] = set()
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        thing = ours[b].form if b < len(ours) and d < len(theirs) and ours[b].key == theirs[d].key else ""
        for difference in _exchanges(ours[a:b], theirs[c:d], index):
            exchange_keys |= {word.key for word in ours[a:b]}
            yield replace(difference, of=thing) if difference.kind == "number" else difference
        mine += ours[a:b]
        its += theirs[c:d]
    mine, its = _without_moves(mine, its)
    yield from _added([word for word in mine if word.key not in exchange_keys], theirs, index)
    yield from _negation_differences(mine, its, ours, theirs)
    yield from _modal_differences(mine, its, ours, theirs)
    yield from _opposite_words(mine, its)


def _added(mine: Words, theirs: Words, index: Mapping[str, list[int]]) -> Iterator[Difference]:
    for word in mine:
        if word.kind == "number" and word.key not in index and not _is_expected(word, theirs):
            yield Difference(kind="number", ours=word.form, theirs="")


def _new_facts(sentence: Words, index: Mapping[str, list[int]]) -> Iterator[Difference]:
    yield from _added(sentence, (), index)
    for word in sentence:
        if word.kind in ("year", "weekday", "date") and word.key not in index:
            yield Difference(kind=word.kind, ours=word.form, theirs="")


def _without_moves(mine: Words, its: Words) -> tuple[list[FactWord], list[FactWord]]:
    """Both sides without the words that only moved."""
    common = Counter(word.key for word in mine) & Counter(word.key for word in its)
    remainders: list[list[FactWord]] = []
    for side in (mine, its):
        spare = common.copy()
        rest = []
        for word in side:
            if spare[word.key] > 0:
                spare[word.key] -= 1
            else:
                rest.append(word)
        remainders.append(rest)
    return remainders[0], remainders[1]


def _exchanges(mine: Words, its: Words, index: Mapping[str, list[int]]) -> Iterator[Difference]:
    """Facts of one kind that replace each other."""
    for kind in FACTS:
        kinds = ("number", "year") if kind == "number" else (kind,)
        ours = [word for word in mine if word.kind in kinds and not word.in_brackets]
        theirs = [word for word in its if word.kind in kinds and not word.in_brackets]
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


def _join_forms(items: Words) -> str:
    return " ".join(item.form or item.key for item in items)


def _may_be_one_date(ours: Words, theirs: Words) -> bool:
    """A month and a day of it may be one date."""
    months = [{word.key.split()[-1] for word in side} for side in (ours, theirs)]
    bare = any(" " not in word.key for word in (*ours, *theirs))
    return bare and bool(months[0] & months[1])


def _same_name(ours: Words, theirs: Words, index: Mapping[str, list[int]]) -> bool:
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


def _same_measure(one: FactWord, other: FactWord) -> bool:
    a, b = UNIT_SIZES.get(one.unit), UNIT_SIZES.get(other.unit)
    if not a or not b or one.unit == other.unit or a[0] != b[0] or one.value is None or other.value is None:
        return False
    sizes = one.value * a[1], other.value * b[1]
    return abs(sizes[0] - sizes[1]) <= _SAME_MEASURE * max(sizes)


def _have_same_size(ours: Words, theirs: Words) -> bool:
    """Two units of one size: a ton is a tonne, as news uses them."""
    return bool(
        {UNIT_SIZES[word.key] for word in ours if word.key in UNIT_SIZES}
        & {UNIT_SIZES.get(word.key) for word in theirs}
    )


def _is_conversion(mine: Words, its: Words) -> bool:
    return any(_same_measure(a, b) for a in mine for b in its if a.value is not None and b.value is not None)


def _is_expected(word: FactWord, theirs: Words) -> bool:
    """A number that the other text gives in another measure, or a conversion that a desk puts in brackets."""
    return (
        (word.in_brackets and bool(word.unit)) or word.key == "1" or any(_same_measure(word, other) for other in theirs)
    )


def _negation_differences(mine: Words, its: Words, ours: Words, theirs: Words) -> Iterator[Difference]:
    here = [word for word in mine if word.kind == "negation"]
    there = [word for word in its if word.kind == "negation"]
    if len(here) > len(there):
        yield Difference(kind="negation", ours=_phrase(ours, here[-1]), theirs="")
    our_keys = {word.key for word in ours}
    if len(there) > len(here):
        for word in there:
            after = _words_after(theirs, word)
            if any(item.key in our_keys for item in after[:2]):
                yield Difference(kind="negation", ours="", theirs=_phrase(theirs, word))
                return


def _modal_differences(mine: Words, its: Words, ours: Words, theirs: Words) -> Iterator[Difference]:
    here = [word for word in mine if word.kind == "modal"]
    there = [word for word in its if word.kind == "modal"]
    if here and there:
        yield Difference(kind="modal", ours=here[0].form, theirs=there[0].form)
        return
    for words, side, other, rest in ((here, ours, theirs, its), (there, theirs, ours, mine)):
        for word in words:
            verb = next(iter(_words_after(side, word)), None)
            is_plan = word.key == "will" and any(item.key == "to" for item in rest)
            if verb and not is_plan and any(item.key == verb.key for item in other):
                phrase = _phrase(side, word)
                yield Difference(
                    kind="modal", ours=phrase if side is ours else "", theirs=phrase if side is theirs else ""
                )
                return


def _words_after(side: Words, word: FactWord) -> list[FactWord]:
    """The carrying words that follow in the reach of a negation or a modal verb."""
    at = next(place for place, item in enumerate(side) if item is word)
    return [item for item in side[at + 1 : at + 1 + _REACH] if item.key not in STOPWORDS and item.kind != "negation"]


def _phrase(side: Words, word: FactWord) -> str:
    at = next(place for place, item in enumerate(side) if item is word)
    start = at - 1 if word.form.startswith("n") and word.form[1:2] in "'’" and at else at
    phrase = " ".join(item.form for item in side[start : at + 3] if item.form)
    return re.sub(r" (?=n['’]t)", "", phrase)


def _opposite_words(mine: Words, its: Words) -> Iterator[Difference]:
    for word in mine:
        if word.kind not in ("word", "number"):
            continue
        for other in its:
            if other.kind not in ("word", "number", "negation") or word.key == other.key:
                continue
            if exclude_each_other(word.key, _plain_key(other)) or _negates(word, other) or _negates(other, word):
                yield Difference(kind="opposite", ours=word.form, theirs=other.form)


def _plain_key(word: FactWord) -> str:
    return stem("nobody") if word.kind == "negation" and fold(word.form) in ("nobody", "no one", "none") else word.key


def _negates(one: FactWord, other: FactWord) -> bool:
    word = _NEGATING.sub("", fold(one.form))
    return len(word) > 3 and word != fold(one.form) and stem(word) == other.key


# -- the body of a news text: what stands between the dateline and the credits at its edges

_MOST_CREDIT_WORDS, _MOST_SIGNATURE_WORDS = 20, 8
_SHORT_TEXT = 120  # characters of a text of one line that is left as it is

# Who wrote and who edited, whose agency, whose rights: no part of the news.
_CREDIT = pattern_of("furniture", "credit_line")
_SIGNATURE = re.compile(r"^[^.!?“”\"]{1,60}$")
_SIGNED = re.compile(r"\s*(?:[(\[][^()\[\]]{1,60}[)\]]|[—–-]\s*[^.!?“”\"\n]{1,40})\s*$")
_DATELINE = re.compile(
    r"^\W?(?:[A-ZÀ-Þ]{2}[^\n—–]{0,60}?(?:\([^()\n]{2,40}\)\s*[—–:-]*|\s[—–-]{1,2})"
    r"|[A-ZÀ-Þ][^.\n—–]{0,60}?\([^()\n]{2,40}\)\s*[—–-]{1,2})\s+(?=[\"“„«]?[A-ZÀ-Þ\d])"
)


def news_of(text: str) -> str:
    """The text without the dateline, the by-line and the credits of agencies at its edges."""
    lines = text.split("\n")
    while len(lines) > 1 and _is_credit(lines[0]):
        lines = lines[1:]
    while len(lines) > 1 and _is_credit(lines[-1]):
        lines = lines[:-1]
    body = "\n".join(lines).strip()
    body = _SIGNED.sub("", body) if body.count("\n") or len(body) > _SHORT_TEXT else body
    return _DATELINE.sub("", body, count=1)


def _is_credit(line: str) -> bool:
    bare_line = line.strip()
    if not bare_line:
        return True
    size = len(bare_line.split())
    is_signature = size <= _MOST_SIGNATURE_WORDS and _SIGNATURE.match(bare_line)
    return size <= _MOST_CREDIT_WORDS and bool(_CREDIT.match(bare_line) or is_signature)
