"""The kind of answer that a question asks for, and where a sentence has one of that kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.domain import Span
from rag.knowledge.words import DAY_NAMES
from rag.text.canonical import fold
from rag.text.places import places_in
from rag.text.terms import STOPWORDS, stem, words


class AnswerType(StrEnum):
    """What would answer: a value of this kind. OPEN asks for no value ("What happened ...?")."""

    PERSON = "person"  # or a body: who, whose
    NAME = "name"  # what somebody or something is called
    DAY = "day"  # when
    PLACE = "place"
    COUNT = "count"  # how many
    MONEY = "money"
    SHARE = "share"  # a percentage or a fraction
    AMOUNT = "amount"  # how much: any number
    MEASURE = "measure"  # how long, far, high, fast: a number with its unit, or a stretch of time
    AGE = "age"
    COUNTRY = "country"
    RESULT = "result"  # of a match or a vote: 3-1, by 21 votes to 14
    REASON = "reason"
    YES_NO = "yes_no"
    OPEN = "open"


# A sentence without a value of these kinds is no answer to a question for one; the others can be answered in words that
# no pattern knows ("the one who found it", "where the river bends").
STRICT = frozenset(
    {
        AnswerType.COUNT, AnswerType.MONEY, AnswerType.SHARE, AnswerType.AMOUNT, AnswerType.AGE, AnswerType.MEASURE,
        AnswerType.COUNTRY, AnswerType.NAME,
    }
)  # fmt: skip
TOTALS = (AnswerType.COUNT, AnswerType.MONEY, AnswerType.SHARE, AnswerType.AMOUNT)  # newer ones replace older ones

_HELPS = (
    r"(?:is|isn't|are|was|were|did|does|do|has|have|had|will|would|can|could|should|shall|may|might|must)(?:n['’]t)?"
)
_PRICED = (
    r"(?:costs?|price[sd]?|pa(?:y|ys|id|ying)|sp(?:end|ent|ending)|worth|sold|sell|money|budget(?:ed)?|debts?"
    r"|ow(?:e[sd]?|ing)|earn(?:ed|s)?|fined?|fees?|fares?|salar(?:y|ies)|wages?|profits?|revenues?|turnover|invest(?:ed)?"
    r"|funding|loan(?:ed)?|donat\w+|compensation|damages|bail|reward|rent|lend|lent|borrow(?:ed)?|subsid\w+"
    r"|grants?)"
)
_CHANGED = r"(?:ris(?:e|en|ing)|increased?|gr(?:ow|ew|own)|fall(?:en)?|drop(?:ped)?|cut|up|down|jump(?:ed)?|climb(?:ed)?|reduced?)"
# The first pattern that a question matches, anywhere in it, says what it asks for.
_ASKS = (
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
            r"\bhow (?:long|far|tall|high|big|large|deep|wide|fast|heavy|hot|cold|thick|often|strong)\b"
            r"|\bwhat (?:is|was) the (?:\w+ ){0,2}(?:length|height|distance|speed|width|depth|weight|size|heat)\b"
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
    (AnswerType.YES_NO, rf"^\W*{_HELPS}\b"),
)  # fmt: skip
_ASKS_FOR = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKS)

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_ONES = r"one|two|three|four|five|six|seven|eight|nine"
_TEENS = r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_LARGE = r"hundred|thousand|million|billion|trillion|dozen|score"
_WORD_NUMBER = rf"(?:(?:{_TENS})(?:[-\s](?:{_ONES}))?|{_TEENS}|{_ONES}|an?(?=\s(?:{_LARGE}))|(?:{_LARGE})s?)"
_FIGURE = r"\d+(?:[.,]\d+)*(?:(?:bn|tn|mn|m|k)\b)?"
_NUMBER = rf"(?:{_FIGURE}|\b{_WORD_NUMBER}\b)(?:[\s-](?:{_WORD_NUMBER})\b)*"
_FRACTION = r"\b(?:half|(?:a|one|two|three)[\s-](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?)\b"
_NONE = r"\b(?:no[\s-]one|nobody|none|no (?=[a-z]+s\b)|nothing)\b|\bboth\b|\b(?:twice|double[ds]?|tripled?|halved?)\b"
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
_LENGTH_OF_TIME = (
    r"\b(?:an?|all|half an?|the whole|a few|several|many|every|each|overnight)\s(?:hour|day|night|week|month"
    r"|year|decade|century)s?\b|\bovernight\b"
)
_YEAR = r"\b(?:1[0-9]|20)\d\d(?:s|–\d\d|-\d\d)?\b"
_CLOCK = (
    r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b\.?|o['’]clock\b|GMT\b)|\b\d{1,2}:\d\d\b|\b(?:noon|midnight|dawn|dusk)\b"
)
_LOOSE_DAY = (
    r"\b(?:yesterday|today|tomorrow|tonight|(?:last|next|this|that|earlier this|later this) (?:week|month|year"
    r"|night|morning"
    r"|afternoon|evening|spring|summer|autumn|fall|winter|weekend|century|decade)|(?:in|by|since|until|after"
    r"|before|early|late|mid)"
    r"[\s-](?:the )?(?:spring|summer|autumn|winter|easter|christmas|[12]?\d(?:st|nd|rd|th) century)"
    r"|(?:a|an|one|two|three|four|five|six|\d+|several|some|many) (?:day|week|month|year|decade|hour|minute)s? "
    r"(?:ago|later|earlier|before|after)|[12]?\d(?:st|nd|rd|th)[\s-]centur(?:y|ies)|(?:the )?\d{0,3}0s)\b"
)
_AFTER = "".join(
    rf"(?<=\b{word} )|" for word in "in by of since until last next this early late and before after from to".split()
)
_DAY = (
    rf"\b(?:{_WEEKDAY},?\s)?(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}})?\b"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)?|\b{_MONTH},?\s\d{{4}}\b|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b{_WEEKDAY}s?\b"
    r"|\b(?:January|February|April|June|July|August|September|October|November|December)\b"
    rf"|(?:{_AFTER[:-1]})(?:May|March)\b|{_YEAR}|(?i:{_LOOSE_DAY}|{_CLOCK})"
)
_PLACE = (
    r"\b(?:in|at|near|on|from|to|off|outside|into|across|through|around|between|towards?|over|under|along)\s+"
    r"(?:(?:the|a|an|its|his|her|their)\s+)?(?:(?:north|south|east|west|central)\w*\s+)?(?!(?:Mon|Tues|Wednes"
    r"|Thurs|Fri|Satur|Sun)day"
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
_OF_KIND = {
    AnswerType.DAY: re.compile(_DAY),
    AnswerType.PLACE: re.compile(_PLACE),
    AnswerType.COUNT: re.compile(rf"{_FRACTION}|{_SHARE}|{_NUMBER}|{_NONE}", re.IGNORECASE),
    AnswerType.MONEY: re.compile(
        rf"{_MONEY}|\b{_FIGURE}(?<=[nmk])\b|{_FIGURE} (?:m|b|tr)illion\b|\bnothing\b|\bfree of charge\b|\bfor free\b",
        re.IGNORECASE,
    ),
    AnswerType.SHARE: re.compile(
        rf"{_SHARE}|{_FRACTION}|\b{_NUMBER} (?:in|out of)(?: every)? {_NUMBER}\b|\bmajority\b|\bmost of\b",
        re.IGNORECASE,
    ),
    AnswerType.AMOUNT: re.compile(rf"{_MONEY}|{_SHARE}|{_FRACTION}|{_NUMBER}|{_NONE}", re.IGNORECASE),
    AnswerType.MEASURE: re.compile(
        rf"(?:{_NUMBER}|{_FRACTION})(?:\s(?:more|and a half))?[\s-]?{_UNIT}\b|{_LENGTH_OF_TIME}|{_YEAR}"
        rf"|\b(?:once|twice)\b"
        rf"|(?:as|so) \w+ as\b|\b(?:until|since) [A-Z\d]\w*|{_MONEY}|\b{_NUMBER}\b",
        re.IGNORECASE,
    ),
    AnswerType.AGE: re.compile(_AGE, re.IGNORECASE),
    AnswerType.REASON: re.compile(_REASON, re.IGNORECASE),
    AnswerType.RESULT: re.compile(
        rf"\b(?:{_NUMBER}) votes? to (?:{_NUMBER})|\b(?:{_NUMBER}) to (?:{_NUMBER})(?: votes)?\b"
        r"|\b\d{1,3}[-–:]\d{1,3}\b"
        r"|\b[A-Z]\w+ \d{1,3}, (?:[A-Z]\w+ )+\d{1,3}\b",
        re.IGNORECASE,
    ),
}
_CALLED = (AnswerType.PERSON, AnswerType.NAME)
_NAME = re.compile(r"[A-Z][\w’'.-]*(?:\s(?:(?:of|the|al|bin|de|van|von|der|and)\s)*[A-Z][\w’'-]*)*")
# What may open a sentence with a capital and is no name.
_NO_NAMES = frozenset(
    "many several some most few another every one two three four five six seven eight nine ten".split()
)
_NO_COUNT = re.compile(rf"(?:{_DAY})")
_OF_THEM = re.compile(r"\s+of\s+(?:the|this|these|those|its|his|her|their|our|my|your)\s[^,.;:]{0,40}", re.IGNORECASE)
_NOUN_AFTER = re.compile(r"\bhow (?:many|much)\s+(?:more\s+|other\s+)?([a-z-]+)", re.IGNORECASE)


_ASKS_WHAT = re.compile(r"^\W*(?:(?:and|but|so)\s+)?(?:what|which|how)\s+\w+", re.IGNORECASE)
_JOINS = re.compile(r"(?:when|where|who|whom|whose|why)\b", re.IGNORECASE)
_AWAY = 1000  # characters that a place counts as farther off from or to which something goes
_LEVELS = (AnswerType.MONEY, AnswerType.SHARE, AnswerType.AMOUNT, AnswerType.MEASURE, AnswerType.COUNT)
_STEP = re.compile(
    r"\s*(?:,\s*)?to\s+(?:\w+\s+){0,2}[^\w\s]?\d"
)  # "up $2.80 to $51.15", "from 12 to 19": the level is behind it
_BY_HOW_MUCH = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many) (?:more|less|fewer|higher|lower)\b", re.IGNORECASE
)
_RELATIVE = re.compile(_NONE, re.IGNORECASE)  # says less than a figure beside it
_AGENT = re.compile(
    r"^\W*who\s+(?!(?:is|are|was|were|did|does|do|has|have|had|will|would|can|else)\b)(\w+)", re.IGNORECASE
)
_BY = re.compile(r"^[\w\s-]{0,20}\bby\s(?:the\s)?$")
_OF_A_COUNTRY = ("state", "short", "demonym")
_SOMEWHERE = re.compile(r"\b(?:in|at|near|from|to|outside)\s+(?:the\s+)?$")


def answer_type(question: str) -> AnswerType:
    """The kind of answer that a question asks for; where it has several question words, the one that stands first: a
    "when" behind a "what" asks for no day ("What was the crew doing when ...?")."""
    matches = [
        (match.start(), at, kind) for at, (kind, asks) in enumerate(_ASKS_FOR) if (match := asks.search(question))
    ]
    first = min(matches, default=None)
    asks_what = _ASKS_WHAT.match(question)
    if first is None or (asks_what and _JOINS.match(question, first[0]) and first[0] >= asks_what.end()):
        return AnswerType.OPEN
    return first[2]


def spans_of(kind: AnswerType, sentence: str) -> list[Span]:
    """Where a sentence has values of a kind, in order; none for yes or no and for open questions.

    A day's figures are no count; a name is what is capitalised, and what opens the sentence ("Police said ...").
    """
    if kind in _CALLED:
        return _names(sentence)
    if kind is AnswerType.COUNTRY:
        return [Span(place.start, place.end) for place in places_in(sentence) if place.kind in _OF_A_COUNTRY]
    if kind not in _OF_KIND:
        return []
    spans = [span for match in _OF_KIND[kind].finditer(sentence) if (span := _bare(match))]
    if kind in (AnswerType.COUNT, AnswerType.AMOUNT):
        days = [Span(match.start(), match.end()) for match in _NO_COUNT.finditer(sentence)]
        spans = [span for span in spans if not any(day.touches(span) for day in days)]
    return spans


def answer_span(question: str, sentence: str) -> Span | None:
    """The value of the sentence that answers, if it has one of the kind: of several the one nearest to the words of the
    question, that the question does not have itself."""
    kind = answer_type(question)
    known = set(words(question))
    spans = [span for span in spans_of(kind, sentence) if not set(words(span.of(sentence))) <= known]
    if kind in _CALLED:  # not the firm of the name that is asked about, and no day
        named = {word for word in known if word not in STOPWORDS}
        spans = [
            span
            for span in spans
            if not named & set(words(span.of(sentence))) and not _SOMEWHERE.search(sentence[: span.start])
        ]
    noun = _NOUN_AFTER.search(question)
    if kind is AnswerType.COUNT:
        spans = [span for span in spans if not _is_partitive(sentence, span, noun[1] if noun else "")]
    if not spans:
        return None
    if kind in _LEVELS and not _BY_HOW_MUCH.search(question):
        spans = [span for span in spans if not _STEP.match(sentence, span.end)] or spans
    if kind is AnswerType.PERSON and (verb := _AGENT.match(question)):
        spans = _agents(sentence, spans, verb[1]) or spans
    stems = {stem(word) for word in known if word not in STOPWORDS}
    places = [match for match in re.finditer(r"\w+", sentence) if stem(match.group().casefold()) in stems]
    first = stem(noun[1].casefold()) if noun else ""

    def distance(span: Span) -> tuple[int, bool, int, int]:
        behind = [stem(word) for word in words(sentence[span.end : span.end + 40])[:3]]
        near = min((max(at.start() - span.end, span.start - at.end()) for at in places), default=0)
        away = kind is AnswerType.PLACE and sentence[span.start : span.end].casefold().startswith(("from ", "to "))
        relative = _RELATIVE.fullmatch(span.of(sentence)) is not None
        return (0 if first and first in behind else 1, relative, near + (_AWAY if away else 0), span.start)

    return min(spans, key=distance)


def _agents(sentence: str, spans: Sequence[Span], verb: str) -> list[Span]:
    """Of names those that do what a verb says: the first before it, or the one behind its "by"; none where the sentence
    does not have the verb."""
    at = next(
        (match for match in re.finditer(r"\w+", sentence) if stem(match[0].casefold()) == stem(verb.casefold())), None
    )
    if at is None:
        return []
    passive = [span for span in spans if span.start >= at.end() and _BY.search(sentence[at.end() : span.start])]
    return passive[:1] or [span for span in spans if span.end <= at.start()][:1]


def _is_partitive(sentence: str, span: Span, noun: str) -> bool:
    """True for "one of the points" where it is not points that are counted."""
    after = _OF_THEM.match(sentence, span.end)
    return span.of(sentence).casefold() == "one" and after is not None and stem(noun) not in map(stem, words(after[0]))


def _bare(match: re.Match[str]) -> Span | None:
    """The match without punctuation and blanks at its edges."""
    inner = re.search(r"[^\s,.()].*[^\s,.(]|[^\s,.()]", match.group(), re.DOTALL)
    return Span(match.start() + inner.start(), match.start() + inner.end()) if inner else None


def _names(sentence: str) -> list[Span]:
    spans = []
    for match in _NAME.finditer(sentence):
        text = match.group().rstrip(" .’'-")
        opens = not sentence[: match.start()].strip(" \"'“‘([-–—")
        while opens and text and fold(text.split()[0]) in STOPWORDS | _NO_NAMES:  # "The Ostra Lines"
            text = text.partition(" ")[2]
        if len(text) > 1 and not all(fold(word).strip(".,") in DAY_NAMES for word in text.split()):
            start = match.start() + match.group().index(text)
            spans.append(Span(start, start + len(text)))
    return spans
