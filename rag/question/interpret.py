"""The interpretation of a question: made standalone, with its parts, scope, intent and kind of answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from string import capwords
from typing import TYPE_CHECKING

from rag.domain import Filters, Usage
from rag.errors import ModelError
from rag.knowledge.words import NEGATIONS, THIRD_PERSON
from rag.providers.base import ChatModel, prompt_messages
from rag.question.compound import SubQuestion, split_question
from rag.question.conversation import Turn, actors_in, has_surname, topic_of
from rag.question.followups import (
    BREVITY,
    MOST_TURNS,
    asks_summary,
    asks_who_else,
    asks_why,
    is_follow_up,
    rewrite_standalone,
    unclear_reference,
)
from rag.question.intent import Question, parse_intent
from rag.question.kinds import AnswerKind, Shape, shape_of
from rag.question.lexicon import LEXICON, PATTERNS
from rag.question.scope import QueryScope, interpret_scope, is_kept
from rag.question.spelling import with_apostrophes
from rag.question.substitution import Known
from rag.text.canonical import canonical, fold
from rag.text.dates.periods import Period, periods
from rag.text.places import country_asked, is_given_name, place_of
from rag.text.question_prompts import followup_messages
from rag.text.terms import STOPWORDS, content_words, words

if TYPE_CHECKING:  # reading a question needs no database
    from rag.stores.library import Corpus

_MOST_CHARACTERS = 300  # of a question that a model has rewritten
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,5}\b")
_FEWEST_LETTERS = 3  # of an acronym; two letters are many people's initials
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """A question as it was understood.

    `original` is the question of the user, `rewritten` its standalone form, where it referred to earlier turns. `scope`
    says where to look, `question` whose words are asked for and about what, `shape` which kind of answer, and `days`
    are the periods that it names. `unclear` says what it leaves open. A compound question has
    `sub_questions`; each of these has its place in the text as `sub_question`. `usage` is the cost of a model that
    rewrote the question, if one did. `last_answer` is the text of the last answer, where the question asks to
    summarise it or who else speaks; `is_bare_why` is True for a "Why?" of the turn before.
    """

    original: str
    rewritten: str | None = None
    scope: QueryScope = field(default_factory=QueryScope)
    question: Question
    shape: Shape
    days: tuple[Period, ...] = ()
    unclear: str | None = None
    sub_question: SubQuestion | None = None
    sub_questions: tuple[Interpretation, ...] = ()
    usage: Usage | None = None
    last_answer: str = ""
    is_bare_why: bool = False

    @property
    def text(self) -> str:
        """What is answered."""
        return self.rewritten or self.original

    @property
    def kind(self) -> AnswerKind:
        """The kind of answer that is asked for."""
        return self.shape.kind

    @property
    def filters(self) -> Filters:
        """The filters of the reader with those that the question names."""
        return self.scope.filters

    @property
    def actors(self) -> tuple[str, ...]:
        """Whose words are asked for."""
        return self.question.actors


def interpret(
    text: str,
    history: Sequence[Turn],
    corpus: Corpus,
    ignore: Collection[str],
    filters: Filters,
    *,
    model: ChatModel | None = None,
) -> Interpretation:
    """The interpretation of a question. `history` are earlier turns, oldest first; `ignore` are readings that the user
    has undone; `filters` are the user's own. A follow-up is rewritten by the `model`, else by rules.
    """
    rewritten, usage = contextualize(text, history, model, corpus.actors_ending)
    standalone = BREVITY.sub("", rewritten or text).strip() or text
    parts = split_question(standalone)
    if not all(is_kept(part.reading, ignore) for part in parts):
        parts = ()
    reading = interpret_one(standalone, corpus, ignore, filters)
    last = next((turn for turn in reversed(history) if turn.answer.strip()), None)
    shape = replace(reading.shape, is_brief=bool(BREVITY.search(rewritten or text)))
    is_summary = last is not None and asks_summary(text)
    if last and is_summary:  # what a briefing on it would be about
        subject = topic_of(last.question) or " and ".join(actors_in(last.question))
        shape = Shape(kind=AnswerKind.OVERVIEW, subject=subject)
        parts = ()
    return replace(
        reading,
        shape=shape,
        original=text,
        rewritten=rewritten,
        unclear=unclear_reference(standalone, last),
        sub_questions=tuple(
            replace(interpret_one(part.text, corpus, ignore, filters), sub_question=part) for part in parts
        ),
        usage=usage,
        last_answer=last.answer if last and (is_summary or asks_who_else(text)) else "",
        is_bare_why=bool(rewritten) and asks_why(text),
    )


def interpret_one(text: str, corpus: Corpus, ignore: Collection[str], filters: Filters) -> Interpretation:
    """The interpretation of a standalone question that asks one thing."""
    newest = corpus.span()[1]
    anchor = min(day for day in (newest, filters.as_of, datetime.now(UTC).date()) if day) if newest else None
    scope = interpret_scope(
        text,
        filters,
        outlets=[name for name, _ in corpus.outlets()],
        anchor=anchor,
        has_articles=lambda narrowed: corpus.count(narrowed) > 0,
        ignore=ignore,
    )
    question = parse_intent(text, corpus.actors_ending(words(text)), scope)
    question = _with_office_holders(_with_other_names(question, corpus), corpus)
    days = tuple(periods(text, anchor)) if anchor else ()
    shape = shape_of(text)
    if (scope.filters.outlet or question.outlets) and (reported := PATTERNS.outlet_reports.match(scope.topic_of(text))):
        shape = Shape(kind=AnswerKind.OVERVIEW, subject=reported["topic"])
    if shape.besides:  # whom the answer leaves out is not looked for
        understood = tuple(
            item
            for item in question.understood
            if item.kind != "actor" or not any(item.text in name for name in shape.besides)
        )
        question = replace(question, understood=understood)
    on_day = next((item for item in days if item.since and item.since == item.until), None)
    if shape.is_event and on_day:
        date_phrase = re.sub(r"^(?:on|in|at)\s+", "", on_day.span.of(text), flags=re.IGNORECASE)
        if content_words(shape.subject.replace(date_phrase, " ")):
            shape = Shape(kind=AnswerKind.OPEN)  # what happened to something on one day is a sentence or two
    return Interpretation(original=text, scope=scope, question=question, shape=shape, days=days)


def contextualize(
    question: str, history: Sequence[Turn], model: ChatModel | None, known: Known | None = None
) -> tuple[str | None, Usage | None]:
    """The standalone form of a follow-up, None where the question needs none, with the cost of the model, if one was
    used. The model's wording counts where it only adds words of the conversation (`_uses_only_history`); where it does
    not, or the model fails, the form is that of the rules. `known` is as in `rewrite_standalone`.
    """
    turns = [turn for turn in history if turn.question.strip()][-MOST_TURNS:]
    turns = [turn._replace(question=_tidy(turn.question, known)) for turn in turns]
    by_rule = rewrite_standalone(question, turns, known)
    if model is None or not turns or asks_summary(question) or not (by_rule or is_follow_up(question)):
        return by_rule, None
    try:
        reply = model.complete(prompt_messages(*followup_messages(question, turns)))
    except ModelError as exc:
        _log.warning("A follow-up was rewritten by rule: %s", exc)
        return by_rule, None
    lines = [line.strip(' "“”*') for line in canonical(reply.text).split("\n") if line.strip()]
    wording = lines[0] if len(lines) == 1 and len(lines[0]) <= _MOST_CHARACTERS else ""
    if not wording or not _uses_only_history(wording, question, turns):
        return by_rule, reply.usage
    return (None if wording.casefold() == question.strip().casefold() else wording), reply.usage


def _tidy(question: str, known: Known | None) -> str:
    """An earlier question with its apostrophes, and with capitals on speakers and countries if it has none."""
    tokens = words(question)
    speakers = known([*tokens, *(word.removesuffix("s") for word in tokens)]) if known else ()
    question = with_apostrophes(question, speakers)
    if question[1:] != question[1:].lower():
        return question

    def with_capital(match: re.Match[str]) -> str:
        word = match[0]
        is_name = country_asked(word) or any(has_surname(name, word) for name in speakers)
        return word.capitalize() if is_name else word

    for name in sorted(speakers, key=len):
        if " " in name and re.search(rf"\b{re.escape(name)}\b", question):
            question = question.replace(name, capwords(name))
    return re.sub(r"\b[a-z]\w+", with_capital, question)


def _uses_only_history(text: str, question: str, history: Sequence[Turn]) -> bool:
    """True if `text` keeps the content words of `question`, adds none that the conversation lacks, and negates nothing
    that the questions do not.
    """
    own = set(content_words(question))
    vocabulary, negations = set(own), set(words(question))
    for turn in history:
        vocabulary.update(content_words(turn.question), content_words(turn.answer))
        negations.update(words(turn.question))
    terms = set(content_words(text))
    own -= {term for word in THIRD_PERSON | LEXICON.pointing for term in content_words(word)}
    return bool(terms) and own <= terms <= vocabulary and (set(words(text)) & NEGATIONS) <= negations


def other_names(question: Question, speakers: Sequence[str]) -> tuple[str, ...]:
    """The folded names of speakers that are the acronym of a name in the question, or the long form of its acronym,
    beside the actors that it has already.
    """
    acronyms = {fold(word) for word in _ACRONYM.findall(question.text) if not country_asked(word)}
    initials = {_initials(name) for name in question.names if _has_acronym(name)}
    others = [
        name
        for name in map(fold, filter(_is_proper, speakers))
        if (_has_acronym(name) and _initials(name) in acronyms) or (len(words(name)) == 1 and name in initials)
    ]
    return tuple(dict.fromkeys(name for name in others if name not in question.actors))


def _with_other_names(question: Question, corpus: Corpus) -> Question:
    """The question with the acronyms and long forms of the organisations whose words it asks for."""
    if not question.asks_position or not (others := other_names(question, corpus.speakers())):
        return question
    return _with_actors(question, (*question.actors, *others), (*others, *map(_initials, others)))


def _with_office_holders(question: Question, corpus: Corpus) -> Question:
    """The question with the holders of the office that it asks after ("What did the interior minister say?")."""
    has_person = any(place_of(actor) is None for actor in question.actors)
    if not question.asks_position or question.asks_who or has_person:
        return question
    if not (holders := corpus.office_holders(question.text)):
        return question
    return _with_actors(question, [name for name, _ in holders], [office for _, office in holders])


def _with_actors(question: Question, actors: Sequence[str], phrases: Sequence[str]) -> Question:
    """The question with these actors, each once, and without the words of the phrases in its topic."""
    phrase_words = {word for phrase in phrases for word in words(phrase)}
    topic = tuple(word for word in question.topic if word not in phrase_words)
    return replace(question, actors=tuple(dict.fromkeys(actors)), topic=topic, unknown_actor=None)


def _initials(name: str) -> str:
    """The folded first letters of the content words of a name."""
    return "".join(word[0] for word in words(name) if word not in STOPWORDS)


def _is_proper(name: str) -> bool:
    """True for a name with a capital on each word: not "Brassia's biggest city"."""
    return name.islower() or all(part[:1].isupper() for part in name.split() if fold(part) not in STOPWORDS)


def _has_acronym(name: str) -> bool:
    """True for a name that is long enough for an acronym and no person's."""
    return len(_initials(name)) >= _FEWEST_LETTERS and not is_given_name(words(name)[0])
