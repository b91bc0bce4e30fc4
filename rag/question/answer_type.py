"""The type of answer that a question asks for, and the spans of a sentence that hold a value of that type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.domain import Span
from rag.knowledge.words import DAY_NAMES, MONTHS, WEEKDAYS
from rag.text.canonical import fold
from rag.text.places import places_in
from rag.text.terms import STOPWORDS, stem, words


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

_AUXILIARY = (
    r"(?:is|isn't|are|was|were|did|does|do|has|have|had|will|would|can|could|should|shall|may|might|must)(?:n['’]t)?"
)
_PRICED = (
    r"(?:costs?|price[sd]?|pa(?:y|ys|id|ying)|sp(?:end|ent|ending)|worth|sold|sell|money|budget(?:ed)?|debts?"
    r"|ow(?:e[sd]?|ing)|earn(?:ed|s)?|fined?|fees?|fares?|salar(?:y|ies)|wages?|profits?|revenues?|turnover|invest(?:ed)?"
    r"|funding|loan(?:ed)?|donat\w+|compensation|damages|bail|reward|rent|lend|lent|borrow(?:ed)?|subsid\w+"
    r"|grants?|st(?:eal|ole|olen)|embezzle[ds]?|defraud(?:ed)?)"
)
_CHANGED = (
    r"(?:ris(?:e|en|ing)|increased?|gr(?:ow|ew|own)|fall(?:en)?|drop(?:ped)?|cut|up|down|jump(?:ed)?|climb(?:ed)?"
    r"|reduced?)"
)
_QUESTIONS = (
    (AnswerType.NAME, r"\bwhat (?:is|was|are|were) (?:(?:the|his|her|their|its) )?(?:full |first |last )?names?\b"),
    (AnswerType.AGE, r"\bhow old\b|\bwhat (?:is|was) (?:the age of|\S+(?:\s\S+){0,3}['’]s age)\b|\bwhat age\b"),
    (AnswerType.COUNT, r"\bhow many\b|\bwhat (?:is|was|were) the (?:\w+ )?(?:number|toll|count)\b|\bdeath toll\b"),
    (
        AnswerType.SHARE,
        (
            r"\bwhat (?:(?:is|was|were|will be) )?(?:the )?(?:\w+ )?"
            r"(?:percentage|share|proportion|percent|per cent)\b(?! price)"
            r"|\bhow (?:big|large|high) (?:a|is the|was the) (?:share|proportion|percentage|turnout)\b"
        ),
    ),
    (
        AnswerType.MONEY,
        (
            r"\bhow (?:much|high|large|big|low)\b(?! (?:of|percent|per cent)\b)"
            rf"(?!.*\b{_CHANGED}\b)[^,;]{{0,60}}?\b{_PRICED}\b"
            r"|\bwhat (?:sum|price)\b|\bfor how much\b"
            r"|\bwhat (?:is|was|were|will) the (?:\w+ ){0,2}(?:cost|price|budget|fee|fine|salary)\b"
            r"|\bwhat (?:does|did|will|do) .{1,60}\bcost\b"
        ),
    ),
    (
        AnswerType.AMOUNT,
        r"\bhow (?:much|full)\b|\bwhat amount\b|\bwhat (?:is|was|were|will) the (?:\w+ ){0,2}rate\b",
    ),
    (AnswerType.COUNTRY, r"\b(?:what|which) (?:\w+ )?(?:countr(?:y|ies)|nations?|nationality)\b"),
    (
        AnswerType.MEASURE,
        (
            r"\bhow (?:long|far|tall|deep|wide|fast|heavy|hot|cold|thick|often)\b"
            r"|\bwhat (?:is|was) the (?:\w+ ){0,2}(?:length|height|distance|speed(?! limit)|width|depth|weight)\b"
        ),
    ),
    (
        AnswerType.SIZE,
        (
            r"\bhow (?:high|big|large|strong)\b"
            r"|\bwhat (?:is|was) the (?:\w+ ){0,2}(?:size|heat|limit|threshold|maximum|minimum)\b"
        ),
    ),
    (
        AnswerType.DAY,
        (
            r"\bwhen\b|\bwhat (?:is|was|are|were|will be) the (?:\w+ ){0,3}(?:date|deadline|day|year)\b"
            r"|\b(?:what|which) (?:year|date|day|month|time|century|season)\b|\bsince when\b|\bhow (?:soon"
            r"|recently)\b"
        ),
    ),
    (
        AnswerType.PLACE,
        (
            r"\bwhere\b|\b(?:in|to|from|at) (?:what|which) (?:city|town|country|place|state|village|port)\b"
        ),
    ),
    (
        AnswerType.REASON,
        (
            r"\bwhy\b|\bwhat (?:caused|causes|led to|is the reason|was the reason|were the reasons)\b|\bhow come\b"
        ),
    ),
    (
        AnswerType.PERSON,
        (
            r"\bwho(?:m|se)?\b|\b(?:what|which) (?:company|firm|party|team|club|bank|agency|body|union|man|woman|person"
            r"|politician|minister|player|candidate|manufacturer|airline|newspaper|band|singer|actor|actress)\b"
        ),
    ),
    (
        AnswerType.RESULT,
        (
            r"\bwhat (?:is|was) the (?:\w+ ){0,2}(?:score|scoreline|(?:outcome|result) of the (?:vote|match|game))\b"
            r"|\bhow (?:did|does|do|has|have) .{1,40}? voted?\b|\bby what margin\b|\bhow did the vote\b"
        ),
    ),
    (AnswerType.YES_NO, rf"^\W*{_AUXILIARY}\b"),
)  # fmt: skip
_QUESTION_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _QUESTIONS)

_MONTH = rf"(?:{'|'.join(map(str.capitalize, MONTHS))}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_WEEKDAY = rf"(?:{'|'.join(map(str.capitalize, WEEKDAYS))})"
_ONES = r"one|two|three|four|five|six|seven|eight|nine"
_TEENS = r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_LARGE = r"hundred|thousand|million|billion|trillion|dozen|score"
_NUMERAL = rf"(?:(?:{_TENS})(?:[-\s](?:{_ONES}))?|{_TEENS}|{_ONES}|an?(?=\s(?:{_LARGE}))|(?:{_LARGE})s?)"
_FIGURE = r"\d+(?:[.,]\d+)*(?:(?:bn|tn|mn|m|k)\b)?"
_NUMBER = rf"(?:{_FIGURE}|\b{_NUMERAL}\b)(?:[\s-](?:{_NUMERAL})\b)*"
_FRACTION = r"\b(?:half|(?:a|one|two|three)[\s-](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?)\b"
_NO_OR_MULTIPLE = (
    r"\b(?:no[\s-]one|nobody|none|no (?=[a-z]+s\b)|nothing)\b|\bboth\b|\b(?:twice|double[ds]?|tripled?|halved?)\b"
)
_CURRENCY = (
    r"(?:dollars?|euros?|pounds?|crowns?|kron(?:er|ur|a|e)|francs?|yen|yuan|renminbi|rupees?|lira|lire"
    r"|r(?:o)?ubles?|pesos?"
    r"|reais|real|won|dinars?|shekels?|hryvnias?|zlotys?|forints?|rand|dirhams?|riyals?|baht|cents?|pence|marks?)"
)
_MONEY = rf"(?:[A-Z]{{0,3}}[$€£¥₺₽₹]\s?{_NUMBER}|{_NUMBER}\s(?:\w+\s)?{_CURRENCY}\b|(?:USD|EUR|GBP)\s?{_NUMBER})"
_SHARE = rf"{_NUMBER}\s?(?:%|per\s?cent|percent|percentage points?)"
_UNIT = (
    r"(?:kilomet(?:re|er)s?|met(?:re|er)s?|centimet(?:re|er)s?|millimet(?:re|er)s?|miles?|yards?|f(?:ee|oo)t"
    r"|inch(?:es)?|km|cm|mm"
    r"|mi|ft|kg|kilos?|kilograms?|grams?|tonn?es?|tons?|lit(?:re|er)s?|hectares?|acres?|degrees?|knots?|mph|kph|watts?"
    r"|megawatts?|gigawatts?|seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?"
    r"|centur(?:y|ies)|seasons?"
    r"|square \w+|times|percent|per cent|%|stor(?:e)?ys?|floors?|people|seats)"
)
_DURATION = (
    r"\b(?:an?|all|half an?|the whole|a few|several|many|every|each|overnight)\s(?:hour|day|night|week|month"
    r"|year|decade|century)s?\b|\bovernight\b"
)
_YEAR = r"\b(?:1[0-9]|20)\d\d(?:s|–\d\d|-\d\d)?\b"
_TIME_OF_DAY = (
    r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b\.?|o['’]clock\b|GMT\b)|\b\d{1,2}:\d\d\b|\bat \d{1,2}\.\d\d\b"
    rf"|\b(?:(?:half|(?:a )?quarter|{_ONES}|{_TEENS}|twenty(?:-five)?)(?: minutes)? past|(?:quarter|minutes) to) "
    rf"(?:{_ONES}|{_TEENS}|noon|midnight)\b"
    r"|\b(?:noon|midnight|dawn|dusk)\b"
)
_RELATIVE_DAY = (
    r"\b(?:yesterday|today|tomorrow|tonight|(?:last|next|this|that|earlier this|later this) (?:week|month|year"
    r"|night|morning"
    r"|afternoon|evening|spring|summer|autumn|fall|winter|weekend|century|decade)|(?:in|by|since|until|after"
    r"|before|early|late|mid)"
    r"[\s-](?:the )?(?:spring|summer|autumn|winter|easter|christmas|[12]?\d(?:st|nd|rd|th) century)"
    r"|(?:a|an|one|two|three|four|five|six|\d+|several|some|many) (?:day|week|month|year|decade|hour|minute)s? "
    r"(?:ago|later|earlier|before|after)|[12]?\d(?:st|nd|rd|th)[\s-]centur(?:y|ies)|(?:the )?\d{0,3}0s)\b"
)
_BEFORE_MONTH = "".join(
    rf"(?<=\b{word} )|" for word in "in by of since until last next this early late and before after from to".split()
)  # lookbehinds
_DAY = (
    rf"\b(?:{_WEEKDAY},?\s)?(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}})?\b"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)?|\b{_MONTH},?\s\d{{4}}\b|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b{_WEEKDAY}s?\b"
    r"|\b(?:January|February|April|June|July|August|September|October|November|December)\b"
    rf"|(?:{_BEFORE_MONTH[:-1]})(?:May|March)\b|{_YEAR}|(?i:{_RELATIVE_DAY}|{_TIME_OF_DAY})"
)
_PLACE = (
    r"\b(?:in|at|near|on|from|to|off|outside|into|across|through|around|between|towards?|over|under|along)\s+"
    rf"(?:(?:the|a|an|its|his|her|their)\s+)?(?:(?:north|south|east|west|central)\w*\s+)?(?!{_WEEKDAY}"
    rf"|{_MONTH})[A-Z][\w’'-]+(?:\s(?:of\s(?:the\s)?)?[A-Z][\w’'-]+)*"
    r"|\b(?:here|there|abroad|at home|overseas|worldwide|(?:in|at|on|near|off|outside|behind|under"
    r"|along) (?:the|a|an|its|his|her|their) [a-z]+)\b"
)
_REASON = (
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|so as to|thanks to|on account of"
    r"|led to|leads to"
    r"|reasons?|caus(?:e[sd]?|ing)|blam(?:e[sd]?|ing)|attributed|prompted|triggered|sparked|citing|cited"
    r"|over (?:its|his|her|their|the|a)"
    r"|after|amid|following|for fear|in protest|in response|in retaliation|to (?!the\b|a\b|an\b|[A-Z])[a-z]+"
    r"|meant|therefore|failed)\b"
)
_AGE = (
    rf"\b(?:{_NUMBER})[\s-]years?[\s-]olds?\b|\baged?\s(?:of\s)?(?:{_NUMBER})|(?<=[a-z]), ?\d{{1,3}}(?=,)"
    rf"|(?<=[A-Za-z]) \(\d{{1,3}}\)"
    rf"|\bturn(?:ed|s|ing)?\s(?:{_NUMBER})|\bin (?:his|her|their) (?:early |mid-?|late )?(?:teens"
    rf"|{_TENS.replace('y|', 'ies|')[:-1]}ies)\b"
    rf"|\bbirthday\b|\bborn (?:on|in)\b.{{0,30}}?\d{{4}}|\b(?:at|age)\s\d{{1,3}}(?=[,.])|\b{_NUMBER} (?:years"
    rf"|months|weeks|days) of age\b"
    r"|\bcentur(?:y|ies)[\s-]old\b|\b(?:built|founded|established|opened|created|completed|made"
    r"|dates? (?:back )?(?:to|from))\b.{0,30}?\d{3,4}"
    rf"|(?<=[a-z], )\d{{2}}(?=\.|$)|\b(?:is|was|are|were)\s(?:now\s|only\s|just\s)?(?:{_NUMBER})(?=[.,;]"
    rf"|\sand\b|\swhen\b|$)"
)
_NO_UNIT = rf"\b(?![\s-]?{_UNIT}\b)"  # "two to three weeks" is a range
_MEASURE = (
    rf"(?:{_NUMBER}|{_FRACTION})(?:\s(?:more|and a half))?[\s-]?{_UNIT}\b|{_DURATION}|{_YEAR}|\b(?:once|twice)\b"
    r"|(?:as|so) \w+ as\b|\b(?:until|since) [A-Z\d]\w*|\b(?:for )?(?:life|ever)\b"
)
_VALUE_PATTERNS = {
    AnswerType.DAY: re.compile(_DAY),
    AnswerType.PLACE: re.compile(_PLACE),
    AnswerType.COUNT: re.compile(rf"{_FRACTION}|{_SHARE}|{_NUMBER}|{_NO_OR_MULTIPLE}", re.IGNORECASE),
    AnswerType.MONEY: re.compile(
        rf"{_MONEY}|\b{_FIGURE}(?<=[nmk])\b|{_FIGURE} (?:m|b|tr)illion\b|\bnothing\b|\bfree of charge\b|\bfor free\b",
        re.IGNORECASE,
    ),
    AnswerType.SHARE: re.compile(
        rf"{_SHARE}|{_FRACTION}|\b{_NUMBER} (?:in|out of)(?: every)? {_NUMBER}\b|\bmajority\b|\bmost of\b",
        re.IGNORECASE,
    ),
    AnswerType.AMOUNT: re.compile(rf"{_MONEY}|{_SHARE}|{_FRACTION}|{_NUMBER}|{_NO_OR_MULTIPLE}", re.IGNORECASE),
    AnswerType.MEASURE: re.compile(_MEASURE, re.IGNORECASE),
    AnswerType.SIZE: re.compile(rf"{_MEASURE}|{_MONEY}|\b{_NUMBER}\b", re.IGNORECASE),
    AnswerType.AGE: re.compile(_AGE, re.IGNORECASE),
    AnswerType.REASON: re.compile(_REASON, re.IGNORECASE),
    AnswerType.RESULT: re.compile(
        rf"\b(?:{_NUMBER}) votes? to (?:{_NUMBER})"
        rf"|\b(?<!from )(?<![\d.,])(?:{_NUMBER}) to (?>{_NUMBER})(?: votes\b|{_NO_UNIT})"
        rf"|\b\d{{1,3}}[-–:]\d{{1,3}}{_NO_UNIT}"
        r"|(?-i:\b[A-Z]\w+ \d{1,3}, (?:[A-Z]\w+ )+\d{1,3}\b)",
        re.IGNORECASE,
    ),
}
_NAME_TYPES = (AnswerType.PERSON, AnswerType.NAME)
_NAME = re.compile(r"[A-Z][\w’'.-]*(?:\s(?:(?:of|the|al|bin|de|van|von|der|and)\s)*[A-Z][\w’'-]*)*")
# May open a sentence with a capital without being a name.
_QUANTIFIERS = frozenset(
    "many several some most few another every one two three four five six seven eight nine ten".split()
)
_DATELESS = (AnswerType.COUNT, AnswerType.AMOUNT, AnswerType.RESULT)  # never part of a date or a time of day
_PARTITIVE = re.compile(r"\s+of\s+(?:the|this|these|those|its|his|her|their|our|my|your)\s[^,.;:]{0,40}", re.IGNORECASE)
_COUNTED_NOUN = re.compile(r"\bhow (?:many|much)\s+(?:more\s+|other\s+)?([a-z-]+)", re.IGNORECASE)
_WH_PHRASE = re.compile(r"^\W*(?:(?:and|but|so)\s+)?(?:what|which|how)\s+\w+", re.IGNORECASE)
_SUBORDINATOR = re.compile(r"(?:when|where|who|whom|whose|why)\b", re.IGNORECASE)
_DIRECTION_COST = 1000  # characters added to the distance of a place behind "from" or "to"
_NAMES_OF_A_COUNTRY = ("state", "short", "demonym")
_LEVELS = (*TOTALS, AnswerType.MEASURE, AnswerType.SIZE)
# "up $2.80 to $51.15", "from 12 to 19": the level stands behind the change.
_CHANGE_TO = re.compile(r"\s*(?:,\s*)?to\s+(?:\w+\s+){0,2}[^\w\s]?\d")
_ASKS_CHANGE = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many) (?:more|less|fewer|higher|lower)\b", re.IGNORECASE
)
_MULTIPLE = re.compile(_NO_OR_MULTIPLE, re.IGNORECASE)  # says less than a figure beside it
_WHO_VERB = re.compile(
    r"^\W*who\s+(?!(?:is|are|was|were|did|does|do|has|have|had|will|would|can|else)\b)(\w+)", re.IGNORECASE
)
_BY = re.compile(r"^[\w\s-]{0,20}\bby\s(?:the\s)?$")
_LOCATIVE = re.compile(r"\b(?:in|at|near|from|to|outside)\s+(?:the\s+)?$")


def answer_type(question: str) -> AnswerType:
    """The type of answer that a question asks for. Of several question words the first decides: in "What was the crew
    doing when ...?" no day is asked for.
    """
    matches = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(_QUESTION_PATTERNS)
        if (match := pattern.search(question))
    ]
    first = min(matches, default=None)
    wh_phrase = _WH_PHRASE.match(question)
    if first is None or (wh_phrase and _SUBORDINATOR.match(question, first[0]) and first[0] >= wh_phrase.end()):
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


def answer_span(question: str, sentence: str) -> Span | None:
    """The value of the requested type that is nearest to the words of the question and not in it already; None where
    the sentence has no such value.
    """
    kind = answer_type(question)
    question_words = set(words(question))
    content = question_words - STOPWORDS
    spans = [span for span in spans_of(kind, sentence) if not set(words(span.of(sentence))) <= question_words]
    if kind in _NAME_TYPES:
        spans = [
            span
            for span in spans
            if not content & set(words(span.of(sentence))) and not _LOCATIVE.search(sentence[: span.start])
        ]
    counted = _COUNTED_NOUN.search(question)
    noun = stem(counted[1].casefold()) if counted else ""
    if kind is AnswerType.COUNT:
        spans = [span for span in spans if not _is_partitive(sentence, span, noun)]
    if kind in _LEVELS and not _ASKS_CHANGE.search(question):
        spans = [span for span in spans if not _CHANGE_TO.match(sentence, span.end)] or spans
    if kind is AnswerType.PERSON and (verb := _WHO_VERB.match(question)):
        spans = _agents(sentence, spans, verb[1]) or spans
    stems = set(map(stem, content))
    overlap = [match for match in re.finditer(r"\w+", sentence) if stem(match.group().casefold()) in stems]

    def rank(span: Span) -> tuple[bool, bool, int, int]:
        next_words = words(sentence[span.end : span.end + 40])[:3]
        gap = min((max(match.start() - span.end, span.start - match.end()) for match in overlap), default=0)
        if kind is AnswerType.PLACE and span.of(sentence).casefold().startswith(("from ", "to ")):
            gap += _DIRECTION_COST
        is_multiple = _MULTIPLE.fullmatch(span.of(sentence)) is not None
        return (not noun or noun not in map(stem, next_words), is_multiple, gap, span.start)

    return min(spans, key=rank, default=None)


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
    if span.of(sentence).casefold() != "one" or not (partitive := _PARTITIVE.match(sentence, span.end)):
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
        while is_first and name and fold(name.split()[0]) in STOPWORDS | _QUANTIFIERS:  # "The Ostra Lines"
            name = name.partition(" ")[2]
        if len(name) > 1 and not all(fold(word).strip(".,") in DAY_NAMES for word in name.split()):
            start = match.start() + match.group().index(name)
            spans.append(Span(start, start + len(name)))
    return spans
