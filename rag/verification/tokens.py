"""Words as verification compares them: classified by their effect on the meaning, with stems that mean the same or the
opposite (from WordNet and a table of news words)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from rag.knowledge.tables import rows, table
from rag.knowledge.words import COUNTS, DAY_NAMES, MODALS, NEGATIONS, NEUTRAL_SAYING_VERBS
from rag.text.canonical import fold
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem

Kind = Literal["negation", "modal", "tense", "quantifier", "hedge", "number", "unit", "day", "name", "word", "function"]

_ENDING = re.compile(r"['’](?:s|ll|d|ve|re|m)?$")
_SHORT = {"ll": "will", "d": "would", "ve": "have", "re": "are", "m": "am"}
NUMBER_WORDS = {word: str(value) for word, value in COUNTS.items()}
# Words with a hyphen are several: "would-be" has a would in it, and a dash without blanks looks the same once folded.
_TOKEN = re.compile(
    rf"\d+(?:[.,]\d+)*|[$€£¥%]|(?<![^\W\d_])n['’]t\b|[^\W\d_]+?(?=n['’]t\b)|n['’]t\b"
    rf"|\b(?:{'|'.join(word for word in NUMBER_WORDS if word.endswith('ty'))})-(?:{'|'.join(NUMBER_WORDS)})\b"
    rf"|[^\W\d_]+(?:[.'’][^\W\d_]+)*",
    re.IGNORECASE,
)
_NEGATIONS = NEGATIONS | {"n't"}
_DENIALS = frozenset(
    """deny denies denied denying denial refuse refuses refused refusing refusal reject rejects rejected rejecting fail
    fails failed failing failure unable unlikely unwilling dispute disputes disputed doubt doubts doubted avoid avoids
    avoided decline declines declined declining oppose opposes opposed opposing prevent prevents prevented false
    untrue""".split()
)
_RULES, RULED_OUT = frozenset("rule rules ruled ruling".split()), "rule out"
# What a form of be, have or do says about time: `has` and `had` are two tenses, and so are `is` and `was`.
_TENSES = {
    "is": "present", "are": "present", "am": "present", "does": "present", "do": "present",
    "was": "past", "were": "past", "did": "past", "has": "perfect", "have": "perfect", "had": "before",
}  # fmt: skip
# Words that open a sentence before a name and are none.
_OPENERS = frozenset(
    """however meanwhile although though while when since because earlier later yesterday today moreover instead
    speaking according asked nevertheless still then also""".split()
)
_QUANTIFIERS = frozenset(
    "former ex vice deputy acting interim all every each some most many few several both half only majority"
    " minority everyone everybody someone everything"
    " always often sometimes rarely seldom mostly entirely partly".split()
)
_HEDGES = frozenset(
    """allegedly reportedly purportedly apparently possibly perhaps probably likely supposedly alleged purported maybe
    suspected potential potentially seems seemed appears appeared nearly almost""".split()
)
DAYS = {name: name for name in DAY_NAMES} | {
    short: whole for whole in DAY_NAMES for short in ({whole[:3]} - {"mar", "sun", "sat", "may", "mon"})
} | {"sept": "september", "tues": "tuesday", "thurs": "thursday"}  # fmt: skip
_UNITS = {
    "%": "percent", "percent": "percent", "pct": "percent", "percentage": "percentage point",
    "mille": "mille",
    "$": "dollar", "dollar": "dollar", "dollars": "dollar", "usd": "dollar", "cent": "cent", "cents": "cent",
    "€": "euro", "euro": "euro", "euros": "euro", "£": "pound", "pound": "pound", "pounds": "pound",
    "¥": "yen", "yen": "yen", "yuan": "yuan", "ruble": "rouble", "rubles": "rouble", "rouble": "rouble",
    "roubles": "rouble", "lira": "lira", "liras": "lira",
    "hundred": "hundred", "hundreds": "hundred", "thousand": "thousand", "thousands": "thousand", "dozen": "dozen",
    "dozens": "dozen", "million": "million", "millions": "million", "mn": "million", "billion": "billion",
    "billions": "billion", "bn": "billion", "trillion": "trillion", "trillions": "trillion",
    "km": "kilometre", "kilometer": "kilometre", "kilometers": "kilometre", "kilometre": "kilometre",
    "kilometres": "kilometre", "mile": "mile", "miles": "mile", "meter": "metre", "meters": "metre", "metre": "metre",
    "metres": "metre", "foot": "foot", "feet": "foot", "inch": "inch", "inches": "inch", "yard": "yard",
    "yards": "yard", "acre": "acre", "acres": "acre", "hectare": "hectare", "hectares": "hectare",
    "kg": "kilogram", "kilogram": "kilogram", "kilograms": "kilogram", "ton": "ton", "tons": "ton", "tonne": "tonne",
    "tonnes": "tonne", "ounce": "ounce", "ounces": "ounce", "litre": "litre", "litres": "litre", "liter": "litre",
    "liters": "litre", "gallon": "gallon", "gallons": "gallon", "barrel": "barrel", "barrels": "barrel",
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute", "hour": "hour", "hours": "hour",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month", "year": "year",
    "years": "year", "decade": "decade", "decades": "decade", "century": "century", "centuries": "century",
}  # fmt: skip
_IRREGULAR = (
    "begin began begun,break broke broken,bring brought,build built,buy bought,choose chose chosen,come came,cut cut,"
    "draw drew drawn,drive drove driven,fall fell fallen,feel felt,fight fought,find found,fly flew flown,"
    "get got gotten,give gave given,go went gone,grow grew grown,hear heard,hold held,keep kept,know knew known,"
    "lead led,leave left,lose lost,make made,mean meant,meet met,pay paid,ride rode ridden,rise rose risen,run ran,"
    "say said,see saw seen,seek sought,sell sold,send sent,shake shook shaken,shoot shot,show showed shown,sit sat,"
    "speak spoke spoken,spend spent,stand stood,steal stole stolen,strike struck,swear swore sworn,take took taken,"
    "teach taught,tell told,think thought,throw threw thrown,understand understood,wear wore worn,win won,"
    "withdraw withdrew withdrawn,write wrote written,become became"
)
PAST = {form: parts[0] for verb in _IRREGULAR.split(",") for parts in [verb.split()] for form in parts[1:]}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text. `key` is what makes two words the same one (stem, value of a number, name of a unit); `form`
    is the folded word as written; `sentence` counts from 0; `near` is False where punctuation stands before it."""

    form: str
    key: str
    kind: Kind
    start: int
    end: int
    sentence: int
    near: bool

    @property
    def carries(self) -> bool:
        """True if it says what the sentence is about."""
        return self.kind in ("word", "name", "number", "unit", "day") or self.denies

    @property
    def reports(self) -> bool:
        """True for a form of a verb of saying."""
        return self.form in NEUTRAL_SAYING_VERBS

    @property
    def denies(self) -> bool:
        """True for a verb or noun of denial or failure, and for "rule out"."""
        return self.form in _DENIALS or self.key == RULED_OUT

    @property
    def tense(self) -> str:
        """What it shows about time: a form of be, have or do by `_TENSES`, another verb `past` or `present` by its
        ending, else "". Verbs of saying show nothing: they may change."""
        if self.kind == "tense":
            return _TENSES[self.form]
        if self.kind != "word" or self.form in NEUTRAL_SAYING_VERBS:
            return ""
        if self.form in PAST or self.form.endswith("ed"):
            return "past"
        return "present" if self.form.endswith("s") and not self.form.endswith("ss") else ""


def tokens(text: str, *, names: frozenset[str] = frozenset()) -> list[Token]:
    """The words of `text` in order. A capitalised first word of a sentence is a name only if it is one of `names`, or
    if a name or a verb of saying follows it. See `names_in`."""
    items: list[Token] = []
    for number, span in enumerate(sentences(text)):
        items.extend(_sentence_tokens(text, span.start, span.end, number, names))
    return items


def names_in(text: str) -> frozenset[str]:
    """Folded words that stand capitalised in `text`, and never without a capital."""
    plain_words = {match.group() for match in re.finditer(r"\b[a-z][\w’'.-]*", text)}
    capital = {fold(match.group().replace("’", "'")) for match in re.finditer(r"\b[A-Z][\w’'.-]*", text)}
    return frozenset(
        _ENDING.sub("", form) for form in capital if form not in plain_words and form not in _QUANTIFIERS | _HEDGES
    )


def _sentence_tokens(text: str, start: int, end: int, number: int, names: frozenset[str]) -> Iterator[Token]:
    matches = list(_TOKEN.finditer(text, start, end))
    done = start
    for at, match in enumerate(matches):
        near = not re.search(r"[^\s\"'“”‘’`]", text[done : match.start()])
        done = match.end()
        raw = match.group()
        follows = matches[at + 1].group() if at + 1 < len(matches) else ""
        opens = at == 0 or text[match.start() - 1] in "“\"‘'`"
        named = raw[0].isupper() and (
            (not opens and fold(raw) not in _OPENERS)
            or _ENDING.sub("", fold(raw).replace("’", "'")) in names
            or (_is_capitalised(follows) and fold(raw) not in _OPENERS)
            or fold(follows) in NEUTRAL_SAYING_VERBS
        )
        if fold(raw) in _RULES and fold(follows) == "out":
            yield Token(fold(raw), RULED_OUT, "word", match.start(), match.end(), number, near)
            continue
        yield from _word_tokens(raw, named, match.start(), match.end(), number, near)


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper() and fold(word) not in STOPWORDS


def _word_tokens(raw: str, named: bool, start: int, end: int, number: int, near: bool) -> Iterator[Token]:
    form, key, kind = _classify(fold(raw).replace("’", "'"), named)
    yield Token(form, key, kind, start, end, number, near)
    ending = raw.replace("’", "'").rpartition("'")[2].lower()
    if "'" in raw.replace("’", "'") and (whole := _SHORT.get(ending)):
        yield Token(whole, *_classify(whole, False)[1:], end - len(ending), end, number, True)


@lru_cache(65536)
def _classify(form: str, named: bool) -> tuple[str, str, Kind]:
    form = "n't" if form == "n't" else _ENDING.sub("", form)
    if form[:1].isdigit():
        return form, plain_number(form), "number"
    if form in ("ca", "wo", "sha"):  # of can't, won't, shan't
        form = {"ca": "can", "wo": "will", "sha": "shall"}[form]
    if form in _NEGATIONS:
        return form, {"n't": "not", "cannot": "not"}.get(form, form), "negation"
    if form in NUMBER_WORDS:
        return form, NUMBER_WORDS[form], "number"
    if "-" in form and all(part in NUMBER_WORDS for part in form.split("-")):  # sixty-two
        return form, str(sum(int(NUMBER_WORDS[part]) for part in form.split("-"))), "number"
    if named and form not in STOPWORDS and form not in DAYS:
        return form, form, "name"
    if form in DAYS and (named or form not in ("may", "march", "dec", "second")):
        return form, DAYS[form], "day"
    if form in _UNITS:
        return form, _UNITS[form], "unit"
    groups: Sequence[tuple[Kind, Container[str]]] = (
        ("modal", MODALS), ("tense", _TENSES), ("quantifier", _QUANTIFIERS), ("hedge", _HEDGES),
    )  # fmt: skip
    for kind, group in groups:
        if form in group:
            return form, form, kind
    if form in STOPWORDS and form not in NEUTRAL_SAYING_VERBS:
        return form, form, "function"
    return form, stem(PAST.get(form, form)), "word"


def plain_number(figure: str) -> str:
    """Thousands separators away and no leading zeros, so 1,000 is 1000 and 03 is 3; 1.5 stays 1.5."""
    bare = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", figure)
    return bare.lstrip("0") or "0"


# -- words that mean the same, or the opposite


_Pairs = dict[str, frozenset[str]]


def similar(word: str, other: str) -> bool:
    """True if two stems may mean the same: synonyms, a noun and its verb, or `other` is a kind of `word`."""
    return other in _similar_stems().get(word, ())


def opposite(word: str, other: str) -> bool:
    """True if two stems are opposites."""
    return other in _opposite_stems().get(word, ())


def news_synonyms(word: str) -> frozenset[str]:
    """The stems that news uses for a stem, without those that WordNet adds."""
    return _news_groups("same").get(word, frozenset())


def is_common(word: str) -> bool:
    """True if a folded word is in the tables: it is no name for standing with a capital at the head of a sentence."""
    return stem(word) in _similar_stems() or stem(word) in _opposite_stems()


@cache
def _similar_stems() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for row in rows("wordnet"):
        if row["relation"] == "opposed":
            continue
        word, others = stem(row["word"]), [stem(one) for one in row["others"].split()]
        for other in others:
            if row["relation"] == "kind":  # a claim may be more general than its source, not more special
                pairs.setdefault(other, set()).add(word)
            else:
                pairs.setdefault(word, set()).add(other)
                pairs.setdefault(other, set()).add(word)
    for word, same in (*_news_groups("same").items(), *_news_groups("alike").items()):
        pairs.setdefault(word, set()).update(same)
    return {word: frozenset(others - _opposite_stems().get(word, frozenset())) for word, others in pairs.items()}


@cache
def _news_groups(key: str) -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for line in str(table("news_words")[key]).strip().splitlines():
        group = {stem(word) for word in line.split()}
        for word in group:
            pairs.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in pairs.items()}


@cache
def _opposite_stems() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    listed = [(row["word"], row["others"].split()) for row in rows("wordnet") if row["relation"] == "opposed"]
    for line in str(table("news_words")["opposed"]).strip().splitlines():
        left, right = line.split("|")
        listed += [(word, right.split()) for word in left.split()]
    for word, others in listed:
        for other in others:
            one, two = stem(word), stem(other)
            if one != two:
                pairs.setdefault(one, set()).add(two)
                pairs.setdefault(two, set()).add(one)
    return {word: frozenset(others) for word, others in pairs.items()}
