"""What a question pins down, and how far a sentence goes against it.

A judge of wording takes "the port of Arne", "the second quarter" and "12 March" for near enough where Elin, the first
quarter and 2 March are asked for, and any sentence about a person for her age. Each rule here is one such thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.knowledge.words import DAY_NAMES
from rag.question.answer_type import VALUE_REQUIRED, AnswerType, answer_type, spans_of
from rag.question.coverage import are_joined, missing_names
from rag.question.intent import Question
from rag.text.canonical import fold
from rag.text.dates.in_text import mentions
from rag.text.grounding import locate
from rag.text.quotations import quotations
from rag.text.terms import STOPWORDS, content_words, stem, words

# Log-odds that are taken from a sentence: what is certainly another thing counts as no answer at all.
_OTHER, _LACKS, _PARTLY = 20.0, 6.0, 3.0
_NAMED = 6.0  # for all names but the ones that an article has
# For a sentence that has no value of the kind that is asked for.
_WITHOUT = {
    **dict.fromkeys(VALUE_REQUIRED, _LACKS),
    AnswerType.DAY: 2.5,
    AnswerType.PERSON: 1.5,
    AnswerType.PLACE: 1.5,
}
_TELLING = frozenset(
    {AnswerType.AGE, AnswerType.RESULT}
)  # a value that few sentences have; days and amounts stand everywhere
_RESULT = 7.0  # given to the result of a match or a vote, which the judge does not know for one
_HAS = 1.0  # given to a sentence with such a value and a word of the question
_ON_DAY = 2.0  # given to what is of the day that is asked for, however it names it
_EXCERPT = 4  # words of a quotation from which on it is an excerpt, and no single word in marks

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))[\s-]([a-z]+)\b", re.IGNORECASE)
_QUARTER = re.compile(r"\bQ([1-4])\b")
_OF = re.compile(
    r"\b(port|city|town|village|university|bank|bishop|bay|gulf|lake|mayor|governor|king|queen|president|kingdom|battle|bridge"
    r"|county|district|province|state|island|isle|republic|ministry|department|minister|secretary) (?:of|for) (?:the )?"
    r"((?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)*)"
)
_WINS = re.compile(r"\b(?:w[io]n(?:s|ning|ners?)?|los[et]s?|victor\w+|beat(?:en|s)?)\b", re.IGNORECASE)
_CONTEST = re.compile(
    r"\b(election|primary|primaries|caucus(?:es)?|nomination|referendum|semi-final|quarter-final|final"
    r"|first round|derby)\b",
    re.IGNORECASE,
)
_AGED = re.compile(
    r"(?:(?P<name>(?:[A-Z][\w’'.-]+\s)*[A-Z][\w’'-]+)(?:,| \()\s*(?:(?:who is|now|aged|a|an|the)\s+)*"
    r"|\b(?:said|says|added) the )$"
)
_NUMBERED = re.compile(r"\b((?:[A-Z][\w’'-]*\s)+)(\d{1,3})\b(?![.,:]\d|\s?%)")  # one of a series: "the Ostra 4"
_ROLE = re.compile(
    r"\b([a-z]+)(?:['’]s)? (minister|ministry|secretary|department|commissioner|committee|court)\b", re.IGNORECASE
)
_NO_FIELD = frozenset(
    "the a an its his her their our this that new former then prime first acting same said old".split()
)
# Words that questions on anything have: that an article has them says nothing of what it is about.
_COMMON = frozenset(
    stem(word)
    for word in """people person persons man men woman women many much number total thing things way year years day days
    time times date month week country place part kind type name names first last new old big long current latest recent
    happen happened take took taken make made get got give gave go went come came use used call called know known see
    die died dead death deaths kill killed lose lost hurt injured hit tell ask asked show find found want need help
    list everyone everybody anybody anyone comment summary overview article articles story report news situation detail
    today main exactly actually really still yet far""".split()
)
_BEFORE_NOUNS = frozenset(
    "the a an this that these those his her its their our of in on for about at from with to by into over many".split()
)
_HELPING = frozenset("will would did does do has have had can could should is are was were may might must".split())
_ASKING = frozenset("when where why who how what which whose".split())
_REMOTE = 2.0  # log-odds taken from a sentence whose article has none of the question's own words
_HOW_MANY = re.compile(
    r"\bhow many\s+(?:(?:more|other|of\s+\w+['’]s?)\s+)?"
    r"(?:(?:[a-z-]+\s+){0,3}?(?P<noun>[a-z-]+)\s+(?:are|is|were|was|will|would|do|does|did|has|have|had|can|could)\b"
    r"|(?P<first>[a-z-]+))",
    re.IGNORECASE,
)
_SHARE = re.compile(r"%|\bper\s?cent", re.IGNORECASE)
# Who or what is counted in many words: workers are jobs, staff, people.
_MANY_NAMED = frozenset(
    stem(word) for word in "worker employee staff job post member resident passenger victim casualty home house".split()
)
_COUNTED, _COUNTS_ELSE = 1.0, 3.5  # log-odds given to what counts the thing asked for, taken from what counts another
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """Of one question: the names that an article should have, one of which is enough where `any_name` holds; of
    `actors`, whose words are asked for, a seat will do. The days and years, the ordinals with their nouns, the places
    and offices ("port of Elin", "interior minister") that no sentence may have otherwise; the kind of value that is
    asked for. `asked` are the stems of all its words, `subject` of what it is about, `excerpts` the words that it
    quotes, which a sentence has or does not; `counted` is the stem of what is counted, where that is no common word.
    """

    kind: AnswerType
    asked: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    any_name: bool = False
    days: frozenset[tuple[int, int]] = frozenset()
    years: frozenset[str] = frozenset()
    ordinals: frozenset[tuple[str, str]] = frozenset()
    bearers: frozenset[tuple[str, str]] = frozenset()
    offices: frozenset[tuple[str, str]] = frozenset()
    numbered: frozenset[tuple[str, str]] = frozenset()
    contests: frozenset[tuple[str, str]] = frozenset()
    excerpts: tuple[str, ...] = ()
    counted: str = ""

    def remoteness(self, article: str) -> float:
        """Log-odds to take from each sentence of an article, given as its whole text with its headline: by the share of
        the question's own words that it lacks, and of the names; without any of these it is no answer at all."""
        missing = missing_names(self.names, article, actors=self.actors) if self.names else []
        if missing and len(missing) == len(self.names):
            return _OTHER
        cost = 0.0 if self.any_name or not missing else _NAMED * len(missing) / len(self.names)
        lacking = self.subject - set(content_words(article)) if self.subject else frozenset()
        return cost + (_REMOTE * len(lacking) / len(self.subject) if lacking else 0.0)

    def penalty(self, sentence: str, published: date | None) -> float:
        """Log-odds to take from a sentence; 0 where nothing goes against it, less for what is of the day asked for."""
        if self.excerpts:
            return -_ON_DAY if any(locate(one, sentence.casefold()) for one in self.excerpts) else _OTHER
        cost = sum(
            _another(pinned, tuple(pairs_of(sentence)))
            for pinned, pairs_of in (
                (self.ordinals, _ordinals),
                (self.bearers, _bearers),
                (self.offices, _offices),
                (self.numbered, _numbered),
                (self.contests, _contests),
            )
        )
        if self.days and self._on_another_day(sentence, published):
            cost += _LACKS
        elif self.days & set(_days(sentence, published)):
            cost -= _ON_DAY
        if self.years and (years := set(_YEAR.findall(sentence))) and not years & self.years:
            cost += _PARTLY
        if self.kind is AnswerType.AGE and _of_others(self.names, sentence):
            cost += _LACKS
        counted = self._counts(sentence) if self.counted else None
        if self.kind in _WITHOUT and not spans_of(self.kind, sentence):
            cost += _WITHOUT[self.kind]
        elif counted is not None:
            cost += -_COUNTED if counted else _COUNTS_ELSE
        elif self._tells(sentence):
            cost -= _RESULT if self.kind is AnswerType.RESULT else _HAS
        if self.kind is not AnswerType.YES_NO and self.asked and set(content_words(sentence)) <= self.asked:
            cost += _OTHER  # "Release date.": the question's own words, and nothing that it does not have
        return min(_OTHER, cost)

    def _counts(self, sentence: str) -> bool | None:
        """True where a number is right before what is counted ("61 goods wagons"), False where each is before something
        else ("412 injuries"), None where that is not told."""
        spans = spans_of(self.kind, sentence)
        if spans and all(_SHARE.search(span.of(sentence)) for span in spans):
            return False
        behind = [words(sentence[span.end : span.end + 40])[:4] for span in spans]
        if any(self.counted in map(stem, after) for after in behind):
            return True
        else_counted = all(after and after[0].endswith("s") for after in behind)
        return False if behind and else_counted else None

    def _tells(self, sentence: str) -> bool:
        """True for a value that few sentences have with a word of the question, and for a number right behind one: how
        many were hurt; it *hurt eleven*."""
        if self.kind in _TELLING:
            return bool(spans_of(self.kind, sentence)) and bool((self.asked - _COMMON) & set(content_words(sentence)))
        if self.kind is not AnswerType.COUNT:
            return False
        fronts = (content_words(sentence[: span.start])[-1:] for span in spans_of(self.kind, sentence))
        return any(self.asked.intersection(front) for front in fronts)

    def _on_another_day(self, sentence: str, published: date | None) -> bool:
        """True if it has days by month and figure, and neither they nor its weekdays are what is asked for."""
        return bool(set(_days(sentence))) and not set(_days(sentence, published)) & self.days

    def lacks(self, sentence: str) -> bool:
        """True if a value is asked for and the sentence has none of its kind."""
        return self.kind in VALUE_REQUIRED and not spans_of(self.kind, sentence)


def requirements(question: Question) -> Requirements:
    """What a question pins down."""
    text = question.text
    names = tuple(dict.fromkeys(question.names))
    joined = len(names) > 1 and any(
        are_joined(one, other, text) for at, one in enumerate(names) for other in names[at + 1 :]
    )
    return Requirements(
        kind=AnswerType.OPEN if _asks_several(text) else answer_type(text),  # a sentence may answer one of them
        asked=frozenset(content_words(text)),
        subject=frozenset(_nouns(_undated(text))) - _COMMON - {stem(word) for name in names for word in words(name)},
        names=names,
        actors=question.actors if question.asks_position else (),
        any_name=joined or len(names) > 2 or bool(question.segments),
        days=frozenset(_days(text)),
        years=frozenset(_YEAR.findall(text)),
        ordinals=frozenset(_ordinals(text)),
        bearers=frozenset(_bearers(text)),
        offices=frozenset(_offices(text)),
        numbered=frozenset(_numbered(text)),
        contests=frozenset(_contests(text)),
        excerpts=tuple(_excerpts(text)),
        counted=_counted(text),
    )


def _counted(text: str) -> str:
    noun = _HOW_MANY.search(text)
    counted = stem((noun["noun"] or noun["first"]).casefold()) if noun and answer_type(text) is AnswerType.COUNT else ""
    return "" if counted in _COMMON | _MANY_NAMED else counted


def _excerpts(text: str) -> Iterator[str]:
    """The quotations of a question that are long enough to be looked for word by word; without their last full stop."""
    for item in quotations(text):
        excerpt = item.inner.of(text).strip(" .,;!?").casefold()
        if len(excerpt.split()) >= _EXCERPT:
            yield excerpt


def _undated(text: str) -> str:
    for span in reversed(spans_of(AnswerType.DAY, text)):
        text = f"{text[: span.start]} , {text[span.end :]}"
    return text


def _asks_several(text: str) -> bool:
    return sum(word in _ASKING for word in words(text)) > 1


def _nouns(text: str) -> Iterator[str]:
    """Stems of what stands behind a determiner or a preposition: what a question is about. Its verbs are often said in
    other words, and are no part. Nothing of a question that asks several things, as an article may answer one.
    """
    typed = [] if _asks_several(text) else words(text)
    run: list[str] = []
    opens, helped = False, False
    for at, word in enumerate([*typed, ""]):
        if word in STOPWORDS or word in _BEFORE_NOUNS or not word:
            # "will the pool close": behind a helping verb, what closes the run is the verb
            yield from (stem(one) for one in (run[:-1] if helped and len(run) > 1 else run))
            run, opens = [], word in _BEFORE_NOUNS
            helped = word in _BEFORE_NOUNS and at > 0 and typed[at - 1] in _HELPING
        elif opens and not (run and word.endswith(("ed", "ing"))):
            run.append(word)
        else:
            yield from (stem(one) for one in run)
            run, opens = [], False


def _of_others(names: Sequence[str], sentence: str) -> bool:
    """True where each age of a sentence stands behind somebody's name who is none of those asked after, or is that of
    the one who says it: "Ada Lund, a 55-year-old baker", "said the 46-year-old"."""
    asked = {word for name in names for word in words(name)}
    owners = [_AGED.search(sentence[: span.start]) for span in spans_of(AnswerType.AGE, sentence)]
    return bool(asked and owners) and all(
        owner is not None and not (owner["name"] and asked & set(words(owner["name"]))) for owner in owners
    )


def _another(pinned: frozenset[tuple[str, str]], pairs: Sequence[tuple[str, str]]) -> float:
    """The cost of having the noun of something asked for with another qualifier only."""
    nouns = {noun for _, noun in pinned}
    same_noun = {pair for pair in pairs if pair[1] in nouns}
    return _LACKS if same_noun and not same_noun & pinned else 0.0


def _ordinals(text: str) -> Iterator[tuple[str, str]]:
    for ordinal, noun in _ORDINAL.findall(text):
        yield ordinal.lower(), stem(noun.lower())
    for number in _QUARTER.findall(text):
        yield _ORDINALS[int(number) - 1], stem("quarter")


def _bearers(text: str) -> Iterator[tuple[str, str]]:
    for noun, name in _OF.findall(text):
        yield fold(name), noun.lower()


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    for name, number in _NUMBERED.findall(text):
        if not set(words(name)) & DAY_NAMES:
            yield number, words(name)[-1]


def _contests(text: str) -> Iterator[tuple[str, str]]:
    if _WINS.search(text):
        for noun in _CONTEST.findall(text):
            yield noun.lower().removesuffix("s").removesuffix("e") if noun.endswith("ses") else noun.lower(), "contest"


def _offices(text: str) -> Iterator[tuple[str, str]]:
    for field, noun in _ROLE.findall(text):
        if field.lower() not in _NO_FIELD:
            yield " ".join(words(field)), noun.lower()


def _days(text: str, published: date | None = None) -> Iterator[tuple[int, int]]:
    """Month and day of what the text dates by both, and of its weekdays where it is known when it was published; a year
    makes no difference."""
    for mention in mentions(text, published or date(2000, 7, 1)):
        if published or re.search(r"\d", mention.span.of(text)):
            yield mention.day.month, mention.day.day
