"""The type of answer that a question asks for, and the spans of a sentence that hold a value of that type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum

from rag.domain import Span
from rag.knowledge.tables import pattern_of, table
from rag.knowledge.words import DAY_NAMES, MONTHS, NAME_PARTICLES, SHORT_MONTHS, WEEKDAYS, any_of
from rag.question.lexicon import LEXICON, PATTERNS
from rag.text.canonical import fold
from rag.text.places import places_in
from rag.text.terms import STOPWORDS, content_words, stem, words


class AnswerType(StrEnum):
    """The type of value that would answer. OPEN asks for none ("What happened ...?")."""

    PERSON = "person"  # or an organisation: who, whose
    NAME = "name"  # of anybody or anything
    DAY = "day"  # when
    PLACE = "place"
    COUNT = "count"  # how many
    MONEY = "money"
    SHARE = "share"  # a percentage or a fraction
    AMOUNT = "amount"  # how much: any number
    MEASURE = "measure"  # how long, far, high, fast: a number with its unit, or a stretch of time
    SIZE = "size"  # how big, high, strong: a number, with or without a unit
    AGE = "age"
    COUNTRY = "country"
    RESULT = "result"  # of a match or a vote: 3-1, by 21 votes to 14
    REASON = "reason"
    YES_NO = "yes_no"
    OPEN = "open"


# A sentence without such a value cannot answer. The other types can be answered in words that no pattern knows ("where
# the river bends").
VALUE_REQUIRED = frozenset(
    {
        AnswerType.COUNT, AnswerType.MONEY, AnswerType.SHARE, AnswerType.AMOUNT, AnswerType.MEASURE, AnswerType.SIZE,
        AnswerType.AGE, AnswerType.COUNTRY, AnswerType.NAME,
    }
)  # fmt: skip
TOTALS = (
    AnswerType.COUNT,
    AnswerType.MONEY,
    AnswerType.SHARE,
    AnswerType.AMOUNT,
)  # a newer value replaces an older one

_MONTH = rf"(?:{'|'.join(map(str.capitalize, MONTHS))}|(?:{'|'.join(map(str.capitalize, SHORT_MONTHS))})\b\.?)"
_WEEKDAY = rf"(?:{'|'.join(map(str.capitalize, WEEKDAYS))})"
_CAPITALISED = (AnswerType.DAY, AnswerType.PLACE)  # values in which case counts


def _pattern(section: str, key: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return pattern_of("answer_types", section, key, flags=flags, month=_MONTH, weekday=_WEEKDAY)


_QUESTION_PATTERNS = tuple((AnswerType(key), _pattern("questions", key)) for key in table("answer_types")["questions"])
_VALUE_PATTERNS = {
    AnswerType(key): _pattern("values", key, 0 if key in _CAPITALISED else re.IGNORECASE)
    for key in table("answer_types")["values"]
}
_SURE_REASON = _pattern("parts", "sure_reason")
_ASKS_NEXT = _pattern("parts", "asks_next")
_SAYS_OPEN = _pattern("open", "says")
_OPEN_VALUES = {AnswerType(key): _pattern("open", key) for key in table("answer_types")["open"] if key != "says"}
_MULTIPLE = _pattern("parts", "no_or_multiple")  # says less than a figure beside it
_NAME_TYPES = (AnswerType.PERSON, AnswerType.NAME)
_NAME = re.compile(rf"[A-Z][\w’'.-]*(?:\s(?:(?:of|the|and|{any_of(NAME_PARTICLES)})\s)*[A-Z][\w’'-]*)*")
_DATELESS = (AnswerType.COUNT, AnswerType.AMOUNT, AnswerType.RESULT)  # never part of a date or a time of day
_DIRECTION_COST = 1000  # characters added to the distance of a place behind "from" or "to"
_NAMES_OF_A_COUNTRY = ("state", "short", "demonym")
_LEVELS = (*TOTALS, AnswerType.MEASURE, AnswerType.SIZE)
# "up $2.80 to $51.15", "from 12 to 19": the level stands behind the change.
_CHANGE_TO = re.compile(r"\s*(?:,\s*)?to\s+(?:\w+\s+){0,2}[^\w\s]?\d")
_BY = re.compile(r"^[\w\s-]{0,20}\bby\s(?:the\s)?$")


def answer_type(question: str) -> AnswerType:
    """The type of answer that a question asks for. Of several question words the first decides: in "What was the crew
    doing when ...?" no day is asked for.
    """
    question = PATTERNS.short_question_word.sub(r"\1 is", question)
    matches = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(_QUESTION_PATTERNS)
        if (match := pattern.search(question))
    ]
    first = min(matches, default=None)
    wh_phrase = PATTERNS.question_phrase.match(question)
    if first is None or (wh_phrase and PATTERNS.subordinator.match(question, first[0]) and first[0] >= wh_phrase.end()):
        return AnswerType.OPEN
    return first[2]


def spans_of(kind: AnswerType, sentence: str) -> list[Span]:
    """The spans of a sentence that hold a value of a type, in order; empty for yes-no and open questions.

    The figures of a date or a time of day are neither counts nor results.
    """
    if kind in _NAME_TYPES:
        return _name_spans(sentence)
    if kind is AnswerType.COUNTRY:
        return [Span(place.start, place.end) for place in places_in(sentence) if place.kind in _NAMES_OF_A_COUNTRY]
    if kind not in _VALUE_PATTERNS:
        return []
    spans = [span for match in _VALUE_PATTERNS[kind].finditer(sentence) if (span := _trimmed_span(match))]
    if kind in _DATELESS:
        dates = [Span(*match.span()) for match in _VALUE_PATTERNS[AnswerType.DAY].finditer(sentence)]
        spans = [span for span in spans if "vote" in span.of(sentence) or not any(date.touches(span) for date in dates)]
    return spans


def gives_reason(sentence: str) -> bool:
    """True if a sentence has words that surely open a reason. `spans_of` accepts more words, many of which do not."""
    return _SURE_REASON.search(sentence) is not None


def asks_next(question: str) -> bool:
    """True for a question for what will happen, to something or next."""
    return _ASKS_NEXT.search(question) is not None


def leaves_open(kind: AnswerType, sentence: str, stems: AbstractSet[str] = frozenset()) -> bool:
    """True if a sentence says that a value of a type is not known, told or settled, by a name for it ("the price",
    "who") or with one of the `stems` of what is asked about.
    """
    return withholds(kind, sentence) or (
        _SAYS_OPEN.search(sentence) is not None and not stems.isdisjoint(content_words(sentence))
    )


def withholds(kind: AnswerType, sentence: str) -> bool:
    """True if a sentence says so with a name for such a value: "would not say how many"."""
    value = _OPEN_VALUES.get(kind)
    return bool(value and value.search(sentence)) and _SAYS_OPEN.search(sentence) is not None


def answer_span(question: str, sentence: str) -> Span | None:
    """The value of the requested type that is nearest to the words of the question and not in it already; None where
    the sentence has no such value.
    """
    kind = answer_type(question)
    question_words = set(words(question))
    content = question_words - STOPWORDS
    stems = set(map(stem, content))
    spans = [span for span in spans_of(kind, sentence) if not set(words(span.of(sentence))) <= question_words]
    if kind is AnswerType.PLACE:  # "in Benghazi" is no answer to where the suit on Benghazi was filed
        spans = [span for span in spans if not (own := set(content_words(span.of(sentence)))) or own - stems]
    if kind is AnswerType.PERSON:  # who the mayor is: Mayor *Ada Lund*
        spans = [_without_first_words(sentence, span, content) for span in spans]
    if kind in _NAME_TYPES:
        spans = [
            span
            for span in spans
            if not content & set(words(span.of(sentence))) and not PATTERNS.locative.search(sentence[: span.start])
        ]
    counted_match = PATTERNS.counted_noun.search(question)
    noun = stem(counted_match[1].casefold()) if counted_match else ""
    if kind is AnswerType.COUNT:
        spans = [span for span in spans if not _is_partitive(sentence, span, noun)]
    if kind in _LEVELS and not PATTERNS.asks_amount_of_change.search(question):
        spans = [span for span in spans if not _CHANGE_TO.match(sentence, span.end)] or spans
    if kind is AnswerType.PERSON and (verb := PATTERNS.who_verb.match(question)):
        spans = _agents(sentence, spans, verb[1]) or spans
    overlap = [match for match in re.finditer(r"\w+", sentence) if stem(match.group().casefold()) in stems]

    def rank(span: Span) -> tuple[bool, bool, int, int]:
        next_words = words(sentence[span.end : span.end + 40])[:3]
        gap = min((max(match.start() - span.end, span.start - match.end()) for match in overlap), default=0)
        if kind is AnswerType.PLACE and span.of(sentence).casefold().startswith(("from ", "to ")):
            gap += _DIRECTION_COST
        is_multiple = _MULTIPLE.fullmatch(span.of(sentence)) is not None
        return (not noun or noun not in map(stem, next_words), is_multiple, gap, span.start)

    return min(spans, key=rank, default=None)


def _without_first_words(sentence: str, span: Span, excluded: AbstractSet[str]) -> Span:
    """The span without those of its first words that are excluded, and at least its last word."""
    start = span.start
    for word in re.finditer(r"\w+\s+", span.of(sentence)):
        if word[0].strip().casefold() not in excluded:
            break
        start = span.start + word.end()
    return Span(start, span.end)


def _agents(sentence: str, spans: Sequence[Span], verb: str) -> list[Span]:
    """Of the spans of names, those of who does what a verb says: the first before it, or the one behind its "by"; empty
    where the sentence does not have the verb."""
    matches = re.finditer(r"\w+", sentence)
    at = next((match for match in matches if stem(match[0].casefold()) == stem(verb.casefold())), None)
    if at is None:
        return []
    passive = [span for span in spans if span.start >= at.end() and _BY.search(sentence[at.end() : span.start])]
    return passive[:1] or [span for span in spans if span.end <= at.start()][:1]


def _is_partitive(sentence: str, span: Span, noun: str) -> bool:
    """True for "one of the points" where `noun`, the stem of what is counted, is another one."""
    if span.of(sentence).casefold() != "one" or not (partitive := PATTERNS.partitive.match(sentence, span.end)):
        return False
    return noun not in map(stem, words(partitive[0]))


def _trimmed_span(match: re.Match[str]) -> Span | None:
    """The match without punctuation and white space at its edges; None where nothing else is in it."""
    inner = re.search(r"[^\s,.()].*[^\s,.(]|[^\s,.()]", match.group(), re.DOTALL)
    return Span(match.start() + inner.start(), match.start() + inner.end()) if inner else None


def _name_spans(sentence: str) -> list[Span]:
    spans = []
    for match in _NAME.finditer(sentence):
        name = match.group().rstrip(" .’'-")
        is_first = not sentence[: match.start()].strip(" \"'“‘([-–—")
        while is_first and name and fold(name.split()[0]) in STOPWORDS | LEXICON.quantifiers:  # "The Ostra Lines"
            name = name.partition(" ")[2]
        if len(name) > 1 and not all(fold(word).strip(".,") in DAY_NAMES for word in name.split()):
            start = match.start() + match.group().index(name)
            spans.append(Span(start, start + len(name)))
    return spans
