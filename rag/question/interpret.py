"""The one reading of a question: made whole, with its sub-questions, scope, intent and the kind of answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Protocol

from rag.domain import Filters, Usage
from rag.providers.base import ChatModel
from rag.question.acronyms import initials, twins_of
from rag.question.compound import SubQuestion, split_question
from rag.question.contextualize import contextualize
from rag.question.conversation import Turn
from rag.question.followups import unclear_pronoun
from rag.question.intent import Question, parse_intent
from rag.question.kinds import AnswerKind, Shape, shape_of
from rag.question.scope import QueryScope, interpret_scope, is_kept
from rag.text.dates.periods import Period, periods
from rag.text.places import place_of
from rag.text.terms import content_words, words


class Corpus(Protocol):
    """What the reading of a question has to know of the library."""

    def outlets(self) -> Sequence[tuple[str, int]]:
        """Outlets and how many articles each has."""
        ...

    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day of publication."""
        ...

    def count(self, filters: Filters) -> int:
        """How many articles pass the filters."""
        ...

    def actors_ending(self, last: Collection[str]) -> Sequence[str]:
        """Folded names of speakers and actors whose last word is one of these."""
        ...

    def speakers(self) -> list[str]:
        """Folded names of speakers and actors, each once."""
        ...

    def office_holders(self, text: str) -> Sequence[tuple[str, str]]:
        """(folded name, words of the office) of those whose office a text names: the latest of each body."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """A question as it was read.

    `typed` is the question, `rewritten` the same made whole from earlier turns, where it left something to them.
    `scope` says where to look, `question` whose words are asked for and about what, `shape` which kind of answer.
    `days` are the periods that it names. `unclear` is a pronoun for somebody whom neither it nor an earlier turn names.
    `sub_questions` are those of one that asks several things; each then has, in `sub_question`, where it stands in the
    text. `usage` is what making it whole has cost, if a model did it.
    """

    typed: str
    rewritten: str | None = None
    scope: QueryScope = field(default_factory=QueryScope)
    question: Question
    shape: Shape
    days: tuple[Period, ...] = ()
    unclear: str | None = None
    sub_question: SubQuestion | None = None
    sub_questions: tuple[Interpretation, ...] = ()
    usage: Usage | None = None

    @property
    def text(self) -> str:
        """What is answered."""
        return self.rewritten or self.typed

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
    """Read a question. `history` are earlier turns, oldest first; `ignore` is what the reader took back; `filters` are
    the reader's own. With a `model` a follow-up is made whole by it, else by rules.
    """
    rewritten, usage = contextualize(text, history, model)
    whole = interpret_one(rewritten or text, corpus, ignore, filters)
    subs = split_question(rewritten or text)
    if not all(is_kept(item.told(())[0], ignore) for item in subs):
        subs = ()
    return replace(
        whole,
        typed=text,
        rewritten=rewritten,
        unclear=unclear_pronoun(rewritten or text),
        sub_questions=tuple(
            replace(interpret_one(item.text, corpus, ignore, filters), sub_question=item) for item in subs
        ),
        usage=usage,
    )


def interpret_one(text: str, corpus: Corpus, ignore: Collection[str], filters: Filters) -> Interpretation:
    """Read a question that stands on its own and asks one thing."""
    newest = corpus.span()[1]
    known = [day for day in (newest, filters.as_of, datetime.now(UTC).date()) if day]
    anchor = min(known) if newest else None
    scope = interpret_scope(
        text,
        filters,
        outlets=[name for name, _ in corpus.outlets()],
        anchor=anchor,
        has_articles=lambda narrowed: corpus.count(narrowed) > 0,
        ignore=ignore,
    )
    question = _with_twins(parse_intent(text, corpus.actors_ending(words(text)), scope), corpus)
    question = _with_holders(question, corpus)
    days = tuple(periods(text, anchor)) if anchor else ()
    shape = shape_of(text)
    on_day = next((item for item in days if item.since and item.since == item.until), None)
    if shape.is_event and on_day and content_words(shape.subject.replace(_undated(on_day, text), " ")):
        shape = Shape(kind=AnswerKind.OPEN)  # what happened to something on one day is a sentence or two
    return Interpretation(typed=text, scope=scope, question=question, shape=shape, days=days)


def _undated(period: Period, text: str) -> str:
    """The words of a day, without the preposition before it."""
    return re.sub(r"^(?:on|in|at)\s+", "", period.span.of(text), flags=re.IGNORECASE)


def _with_twins(question: Question, corpus: Corpus) -> Question:
    """The question with the other names of the bodies that it asks after: an acronym for the name in full, and back."""
    if not question.asks_position or not (twins := twins_of(question, corpus.speakers())):
        return question
    short = {word for name in twins for word in (*words(name), initials(name))}
    topic = tuple(word for word in question.topic if word not in short)
    return replace(question, actors=(*question.actors, *twins), topic=topic, unknown_actor=None)


def _with_holders(question: Question, corpus: Corpus) -> Question:
    """The question with who has_articles the office that it asks after ("What did the interior minister say?")."""
    people = [actor for actor in question.actors if place_of(actor) is None]
    if not question.asks_position or question.asks_who or people:
        return question
    if not (holders := corpus.office_holders(question.text)):
        return question
    used = {word for _, office in holders for word in words(office)}
    topic = tuple(word for word in question.topic if word not in used)
    actors = tuple(dict.fromkeys(name for name, _ in holders))
    return replace(question, actors=actors, topic=topic, unknown_actor=None)
