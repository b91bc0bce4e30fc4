"""The requirements of a question, and how far a sentence or an article violates them.

A judge of wording takes "the port of Arne", "the second quarter" and "12 March" for near enough where Elin, the first
quarter and 2 March are asked for, and any sentence about a person for her age. Each rule here is about one such error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from rag.knowledge.tables import words_of
from rag.knowledge.words import ANY_ORDINAL, DAY_NAMES, MODALS, MONTHS, ORDINALS
from rag.question.answer_type import (
    VALUE_REQUIRED,
    AnswerType,
    answer_span,
    answer_type,
    gives_reason,
    leaves_open,
    spans_of,
    withholds,
)
from rag.question.coverage import are_joined, has_half, missing_names
from rag.question.intent import Question
from rag.question.kinds import asks_several
from rag.question.lexicon import AUXILIARIES, LEXICON, PATTERNS
from rag.text.canonical import fold
from rag.text.dates.in_text import mentions
from rag.text.grounding import locate
from rag.text.places import NAMES, acts_for_state, places_in
from rag.text.quotations import quotations
from rag.text.related_words import has_similar, news_synonyms, opposite
from rag.text.terms import STOPWORDS, content_words, stem, words

# Log-odds taken from a sentence. Something else than what was asked for is no answer at all.
_NO_ANSWER, _MISMATCH, _PARTIAL = 30.0, 12.0, 4.0
_ALL_NAMES = 6.0  # in proportion to the names that an article lacks

# Log-odds given to a sentence.
_ON_DAY = 2.0  # of the requested day, in whatever form, or with the quotation of the question
_EPITHET = 4.0  # with all of the epithet that the question asks about
_DONE = 2.5  # that says in so many words that it was done
_WITHHELD = 5.0  # that says in the words of the question that the value is not told
_ON_PERIOD = 1.5  # of the relative period that the question names
_OBJECT_WITHIN = 4  # words behind a preposition
_EXCERPT = 4  # fewest words of a quotation that is an excerpt, not a term in quotation marks

_ORDINAL = re.compile(rf"\b({ANY_ORDINAL})[\s-]([a-z]+)\b", re.IGNORECASE)
_QUARTER = re.compile(r"\bQ([1-4])\b")
_NUMBERED = re.compile(r"\b((?:[A-Z][\w’'-]*\s)+)(\d{1,3})\b(?![.,:]\d|\s?%)")  # one of a series: "the Ostra 4"
_COMMON = frozenset(map(stem, words_of("questions", "common")))
# Of whom a number of casualties is; what is said of all of them goes with each.
_CASUALTIES = {
    key: frozenset(map(stem, words_of("news_words", key))) for key in ("dead", "injured", "survivors", "casualties")
}
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_MONTH = re.compile(rf"\b({'|'.join(map(str.capitalize, MONTHS))})\b")  # "may" is mostly a verb
_MONTH_AND_YEAR = re.compile(rf"\b(?<!\d )({'|'.join(MONTHS)}),? (?:of )?\d{{4}}\b", re.IGNORECASE)
_ASKS_ACT = r"^\W*(?:(?P<past>[Dd]id|[Hh]as|[Hh]ave|[Hh]ad)|[Dd]oes|[Ww]ill|[Ww]ould)\s+(?:[\w’'.-]+\s+){0,4}?"
_ACT = r"\s+(?:(?:yet|already|now|also|ever|finally|really)\s+)?(?P<verb>[a-z]{3,})(?:\s+(?P<object>.+?))?\W*$"
_NOT_DONE = MODALS | {"to", "not", "never", "if", "whether"}  # before a verb
_AUXILIARY_BEFORE = re.compile(rf"\b(?:{'|'.join(sorted(AUXILIARIES))})\s+(?:the\s+)?$", re.IGNORECASE)


class _Act(NamedTuple):
    """What a yes-or-no question asks about: whether somebody (a last name) did something (a stem), and to whom;
    `is_past`, not whether they do or will.
    """

    subject: str
    verb: str
    target: str | None
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a question requires of an answer.

    `kind` is the type of value that it asks for, `stems` are those of all its words, `subject` those of its topic. An
    article should have the `names`, or one of them where `any_name` holds; a capital does for one of the `actors`, the
    countries whose words or deeds are asked for, and no sentence has the deeds of another country instead. A
    sentence must not have other `days` (month and day), another `month` than the only one that the question names with
    its year, other `years` or qualified nouns (see `_qualified_nouns`) instead.
    `excerpts` are the quotations of the question, of which a sentence must have one. `casualties` are
    the words for those that are counted, if these are the dead, the injured or survivors; `epithet` what somebody or
    something was called, which a sentence should have in these words or in those that news uses for them.
    """

    kind: AnswerType
    stems: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    any_name: bool = False
    days: frozenset[tuple[int, int]] = frozenset()
    month: int | None = None
    years: frozenset[str] = frozenset()
    qualified_nouns: frozenset[tuple[str, str, str]] = frozenset()
    excerpts: tuple[str, ...] = ()
    casualties: frozenset[str] = frozenset()
    epithet: frozenset[str] = frozenset()
    act: _Act | None = None
    asks_past: bool = False
    periods: frozenset[str] = frozenset()

    def article_penalty(self, article: str) -> float:
        """Log-odds to take from each sentence of an article (headline and text), by the share of the names that it
        lacks.
        """
        missing = missing_names(self.names, article, actors=self.actors) if self.names else []
        if missing and len(missing) == len(self.names):
            return _NO_ANSWER
        return 0.0 if self.any_name or not missing else _ALL_NAMES * len(missing) / len(self.names)

    def sentence_penalty(self, sentence: str, published: date | None) -> float:
        """Log-odds to take from a sentence of an article of this day; negative where it meets a requirement."""
        if self.excerpts:
            return -_ON_DAY if any(locate(one, sentence.casefold()) for one in self.excerpts) else _NO_ANSWER
        penalty = self.mismatch(sentence, published) + (0.0 if self._has_casualties(sentence) else _MISMATCH)
        if self.epithet:
            terms = set(content_words(sentence))
            lacking = [term for term in self.epithet if terms.isdisjoint({term, *news_synonyms(term)})]
            penalty += _MISMATCH * len(lacking) / len(self.epithet) if lacking else -_EPITHET
        if self.days & set(_days(sentence, published)):
            penalty -= _ON_DAY
        if self.act and _says_done(self.act, sentence):
            penalty -= _DONE
        if self.periods & _periods(sentence):
            penalty -= _ON_PERIOD
        if withholds(self.kind, sentence) and has_half(self.stems - _COMMON, sentence):
            penalty -= _WITHHELD
        is_echo = self.kind is not AnswerType.YES_NO and self.stems and set(content_words(sentence)) <= self.stems
        if is_echo and not self.left_open(sentence):
            penalty += _NO_ANSWER  # "Release date.": nothing that the question does not have itself
        return min(_NO_ANSWER, penalty)

    def mismatch(self, sentence: str, published: date | None) -> float:
        """Log-odds to take from a sentence, and from what leans on it, for being on something else: another day, year,
        qualified noun or country, the age of another person, or an earlier event of this kind.
        """
        penalty = _MISMATCH * _mismatches(self.qualified_nouns, frozenset(_qualified_nouns(sentence)))
        if self.days and set(_days(sentence)) and not set(_days(sentence, published)) & self.days:
            penalty += _MISMATCH
        if self.years and (years := set(_YEAR.findall(sentence))) and not years & self.years:
            penalty += _MISMATCH if self.kind in VALUE_REQUIRED else _PARTIAL
        if self.kind is AnswerType.DAY and self._has_opposite(sentence):
            penalty += _PARTIAL
        if self.month and (months := _months(sentence)) and not self._is_of_month(months, published):
            penalty += _MISMATCH
        if self.kind is AnswerType.AGE and _is_age_of_others(self.names, sentence):
            penalty += _MISMATCH
        if self.actors and _acts_another(self.actors, sentence):
            penalty += _MISMATCH
        if self.act and (_is_act_towards(self.act, sentence) or _lacks_act(self.act, sentence)):
            penalty += _MISMATCH
        if published and self._is_background(sentence, published):
            penalty += _MISMATCH if self.names else _PARTIAL
        return penalty

    def _has_opposite(self, sentence: str) -> bool:
        """True for a sentence that has the opposite of a word of the question in place of it: begun, not finished."""
        terms = set(content_words(sentence))
        return any(opposite(key, term) for key in self.stems - terms - _COMMON for term in terms - self.stems)

    def _is_background(self, sentence: str, published: date) -> bool:
        """True for an earlier event than the news is about, without one of the names of the question: "In 2017 a storm
        killed 29 people.", where the dead of this one are asked for.
        """
        if self.asks_past or self.kind is AnswerType.DAY:
            return False
        main_clause = PATTERNS.relative_clause.sub("", sentence)
        years = [int(match["year"]) for match in PATTERNS.in_year.finditer(main_clause)]
        is_past = bool(years) and max(years) < published.year
        return is_past and bool(not self.names or missing_names(self.names, sentence))

    def _is_of_month(self, months: AbstractSet[int], published: date | None) -> bool:
        return self.month in {*months, published.month if published else None}

    def left_open(self, sentence: str) -> bool:
        """True if a sentence says that the value which the question asks for is not known, told or settled."""
        return leaves_open(self.kind, sentence, self.stems - _COMMON)

    def lacks_value(self, sentence: str) -> bool:
        """True if the question asks for a value and the sentence has none of its type."""
        return self.kind in VALUE_REQUIRED and not spans_of(self.kind, sentence)

    def has_value(self, question: str, sentence: str) -> bool:
        """True if the sentence has a value that answers the question, of the reasons one that surely is."""
        if self.kind is AnswerType.REASON:
            return gives_reason(sentence)
        return answer_span(question, sentence) is not None and self._has_casualties(sentence)

    def _has_casualties(self, sentence: str) -> bool:
        terms = set(content_words(sentence))
        if self.casualties.isdisjoint(terms) and self.casualties:  # "nobody was hurt" says how many died
            return bool(PATTERNS.denies.search(sentence)) and not _CASUALTIES["injured"].isdisjoint(terms)
        return True


def requirements(question: Question) -> Requirements:
    """The requirements of a question."""
    text = question.text
    names = tuple(dict.fromkeys(question.names))
    name_stems = {stem(word) for name in names for word in words(name)}
    has_joined_names = any(are_joined(one, other, text) for one, other in combinations(names, 2))
    return Requirements(
        kind=AnswerType.OPEN if asks_several(text) else answer_type(text),  # a sentence may answer one of several
        stems=frozenset(content_words(text)),
        subject=frozenset(_nouns(_without_dates(text))) - _COMMON - name_stems,
        names=names,
        actors=question.actors if question.asks_position else tuple(_acting_states(text)),
        any_name=has_joined_names or len(names) > 2 or bool(question.segments),
        days=frozenset(_days(text)),
        month=_only_month(text),
        years=frozenset(_YEAR.findall(text)),
        qualified_nouns=frozenset(_qualified_nouns(text)),
        excerpts=tuple(_excerpts(text)),
        casualties=_casualties(text),
        epithet=_epithet(text),
        act=_act(text, names),
        asks_past=bool(PATTERNS.past.search(text)),
        periods=_periods(text),
    )


def _acting_states(text: str) -> Iterator[str]:
    """The countries that a question has as its subject: "When did Ukraine first fire ...?"."""
    for place in places_in(text):
        if place.kind in NAMES - {"demonym"} and _AUXILIARY_BEFORE.search(text[: place.start]):
            yield place.country


def _act(text: str, names: Sequence[str]) -> _Act | None:
    for name in names:
        if match := re.match(_ASKS_ACT + re.escape(name) + _ACT, text):
            target = next((words(other)[-1] for other in names if match["object"] and other in match["object"]), None)
            if target or not match["object"]:
                return _Act(words(name)[-1], _any_spelling(match["verb"]), target, match["past"] is not None)
    return None


def _any_spelling(verb: str) -> str:
    """The stem of a verb, the same for "apologise" and "apologize"."""
    return stem(re.sub(r"(?<=\w\w\w)is(?=e|ing)", "iz", verb))


def _is_act_towards(act: _Act, sentence: str) -> bool:
    """True where somebody else is to do it to the subject, or the subject is asked to: "called on Lund to apologise
    to Holm".
    """
    tokens = words(sentence)
    places = [at for at, word in enumerate(tokens) if _any_spelling(word) == act.verb]
    if places and all(tokens[max(0, at - 2) : at] == [act.subject, "to"] for at in places):
        return True
    if act.target or not places or act.subject in tokens[: places[0]]:
        return False
    return any(
        word in ("to", "for") and act.subject in tokens[at : at + _OBJECT_WITHIN]
        for at, word in enumerate(tokens)
        if at > places[0]
    )


def _lacks_act(act: _Act, sentence: str) -> bool:
    """True where a sentence has neither the verb of what somebody did to another nor another word for it, and denies
    nothing: praise is no meeting. What somebody did alone ("quit") is said in too many ways.
    """
    if not act.is_past or not act.target or PATTERNS.denies.search(sentence) or PATTERNS.unchanged.search(sentence):
        return False
    return not any(
        act.verb in (_any_spelling(word), key) or has_similar(act.verb, (key,))
        for word in words(sentence)
        if (key := stem(word))
    )


def _says_done(act: _Act, sentence: str) -> bool:
    """True where a sentence has the verb, as of what was done, behind its subject and before whom it was done to."""
    tokens = words(sentence)
    return act.target is not None and any(
        _any_spelling(word) == act.verb
        and act.subject in tokens[:at]
        and act.target in tokens[at:]
        and not _NOT_DONE.intersection(tokens[max(0, at - 2) : at])
        for at, word in enumerate(tokens)
    )


def _periods(text: str) -> frozenset[str]:
    return frozenset(" ".join(match[0].casefold().split()) for match in PATTERNS.period.finditer(text))


def _casualties(text: str) -> frozenset[str]:
    """The stems for the dead, the injured or the survivors that a question counts, and for all casualties."""
    terms = set(content_words(text)) if answer_type(text) is AnswerType.COUNT else set[str]()
    groups = {key for key, stems in _CASUALTIES.items() if not stems.isdisjoint(terms)}
    if "casualties" in groups:
        groups = set(_CASUALTIES)
    elif "dead" in groups:
        groups |= {"casualties", "survivors"}
    elif groups:
        groups.add("casualties")
    return frozenset[str]().union(*(_CASUALTIES[key] for key in groups))


def _epithet(text: str) -> frozenset[str]:
    """The stems of what somebody or something was called in a question for who called it so."""
    match = PATTERNS.called.match(text)
    return frozenset(content_words(match["epithet"] or match["adjective"])) if match else frozenset()


def _excerpts(text: str) -> Iterator[str]:
    """The quotations of a question that are long enough to be excerpts, without punctuation at their edges."""
    for quotation in quotations(text):
        excerpt = quotation.inner.of(text).strip(" .,;!?").casefold()
        if len(excerpt.split()) >= _EXCERPT:
            yield excerpt


def _without_dates(text: str) -> str:
    for span in reversed(spans_of(AnswerType.DAY, text)):
        text = f"{text[: span.start]} , {text[span.end :]}"
    return text


def _nouns(text: str) -> Iterator[str]:
    """Stems of the nouns behind a determiner or a preposition: what a question is about. Verbs are left out, as answers
    often have others; so is a question that asks several things, as an article may answer one of them.
    """
    tokens = [] if asks_several(text) else words(text)
    phrase: list[str] = []
    is_open, has_auxiliary = False, False
    for at, word in enumerate([*tokens, ""]):
        if word in STOPWORDS or word in LEXICON.before_nouns or not word:
            # "will the pool close": behind an auxiliary the last word of the phrase is the verb
            yield from map(stem, phrase[:-1] if has_auxiliary and len(phrase) > 1 else phrase)
            phrase, is_open = [], word in LEXICON.before_nouns
            has_auxiliary = is_open and at > 0 and tokens[at - 1] in AUXILIARIES
        elif is_open and not (phrase and word.endswith(("ed", "ing"))):
            phrase.append(word)
        else:
            yield from map(stem, phrase)
            phrase, is_open = [], False


def _is_age_of_others(names: Sequence[str], sentence: str) -> bool:
    """True where each age of a sentence is that of somebody with another name, or of its speaker: "Ada Lund, a
    55-year-old baker", "said the 46-year-old".
    """
    name_words = {word for name in names for word in words(name)}
    owners = [PATTERNS.age_owner.search(sentence[: span.start]) for span in spans_of(AnswerType.AGE, sentence)]
    return bool(name_words and owners) and all(
        owner is not None and not (owner["name"] and name_words & set(words(owner["name"]))) for owner in owners
    )


def _acts_another(actors: Sequence[str], sentence: str) -> bool:
    """True where countries act in a sentence, but none of `actors`, and these are only what something is called by:
    "Kiev's army fired a Turkish missile" has no deed of Turkey.
    """
    places = places_in(sentence)
    acting = {place.country for place in places if acts_for_state(place, sentence)}
    own = [place for place in places if place.country in actors]
    return bool(acting) and acting.isdisjoint(actors) and {place.kind for place in own} == {"demonym"}


def _mismatches(required: AbstractSet[tuple[str, str, str]], nouns: AbstractSet[tuple[str, str, str]]) -> int:
    """The number of kinds of which `nouns` has a required noun, but only with other qualifiers."""
    heads = {(kind, noun) for kind, _, noun in required}
    rivals = {item for item in nouns if (item[0], item[2]) in heads}
    return len({kind for kind, _, _ in rivals} - {kind for kind, _, _ in rivals & required})


def _qualified_nouns(text: str) -> Iterator[tuple[str, str, str]]:
    """(kind, qualifier, noun): the first quarter, the port of Elin, the interior minister, the Ostra 4, and the
    election, final or the like that somebody wins.
    """
    for ordinal, noun in _ORDINAL.findall(text):
        yield "ordinal", ordinal.lower(), stem(noun.lower())
    for number in _QUARTER.findall(text):
        yield "ordinal", list(ORDINALS)[int(number) - 1], stem("quarter")
    for noun, name in PATTERNS.noun_of_name.findall(text):
        yield "name", fold(name), noun.lower()
    for portfolio, noun in PATTERNS.portfolio.findall(text):
        if portfolio.lower() not in LEXICON.no_portfolios:
            yield "portfolio", " ".join(words(portfolio)), noun.lower()
    for name, number in _NUMBERED.findall(text):
        if not set(words(name)) & DAY_NAMES:
            yield "number", number, words(name)[-1]
    for contest in PATTERNS.contest.findall(text) if PATTERNS.winning.search(text) else ():
        yield "contest", re.sub("ses$", "s", contest.lower()), "contest"


def _months(text: str) -> set[int]:
    """The months that a text names: 1 is January."""
    return {MONTHS.index(name.casefold()) + 1 for name in (*_MONTH.findall(text), *_MONTH_AND_YEAR.findall(text))}


def _only_month(text: str) -> int | None:
    """The month of a question that names one, with its year: "in December 2022"."""
    months = _months(text)
    return months.pop() if len(months) == 1 and _MONTH_AND_YEAR.search(text) else None


def _days(text: str, published: date | None = None) -> Iterator[tuple[int, int]]:
    """Month and day of each date with a figure, and of weekdays where the day of publication is known."""
    for mention in mentions(text, published or date(2000, 7, 1)):
        if published or re.search(r"\d", mention.span.of(text)):
            yield mention.day.month, mention.day.day
