"""The answering service: search, questions and statements over one library."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from rag import logs
from rag.domain import MAX_QUESTION_CHARS, AskEvent, Filters, Finished, Hit, Statement, Understood
from rag.errors import OnRecordError, UnusableInput
from rag.providers.base import ChatModel, RelevanceJudge
from rag.question.conversation import Turn
from rag.question.interpret import Interpretation, interpret, interpret_one
from rag.retrieval.search import Hits, Retriever
from rag.services.answers.base import DraftEngine, total_usage
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.lead_evidence import wants_plan
from rag.services.answers.pipeline import AnswerPipeline
from rag.services.answers.planning import Plan, planned
from rag.services.answers.shapes.base import Overview
from rag.services.answers.stated import StatementFinder
from rag.stores.library import Library
from rag.text.canonical import canonical
from rag.text.language import question_language
from rag.verification.model_claims import EntailmentJudge

_log = logging.getLogger(__name__)


class AnswerService:
    """Answers with the engine that is set, or with the built-in one. The parts behind the callables are opened when a
    question first needs them; while one is answered, background work gives way.
    """

    def __init__(
        self,
        library: Library,
        retriever: Callable[[], Retriever],
        *,
        judge: Callable[[], RelevanceJudge | None],
        engine: Callable[[], DraftEngine],
        model: Callable[[], ChatModel | None],
        entailment: Callable[[], EntailmentJudge | None] = lambda: None,
        overview: Overview | None = None,
        give_way: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._judge = judge
        self._engine = engine
        self._model = model
        self._entailment = entailment
        self._overview = overview
        self._give_way = give_way
        self._opening: dict[str, threading.Thread] = {}

    def warm(self) -> None:
        """Open the models that a question needs in the background, so that the first one does not wait for them."""
        self._open("judge", self._open_judge)
        self._open("retriever", self._retriever)

    def close(self) -> None:
        """Wait for models that are being opened: a process that ends while one is ends with an abort."""
        for thread in self._opening.values():
            thread.join()

    def _open(self, name: str, opens: Callable[[], object]) -> None:
        """Once, and not as a daemon: a process that is not closed waits for it too."""
        if name not in self._opening:
            self._opening[name] = threading.Thread(target=opens, name=f"onrecord-{name}")
            self._opening[name].start()

    def _open_judge(self) -> None:
        try:
            if judge := self._judge():
                judge.warm()
        except OnRecordError as exc:  # said again, and handled, where a question needs it
            _log.warning("judge not opened", extra=logs.fields(**logs.error_fields(exc)))

    def search(self, query: str, *, k: int, filters: Filters | None, ignore: Collection[str]) -> list[Hit]:
        """As `Newsroom.search`."""
        query = checked_question(query)
        read = interpret_one(query, self._library.corpus, ignore, filters or Filters())
        with self._give_way():
            return self._retriever().search(
                query, k=k, filters=read.filters, segments=read.scope.segments, outlets=read.scope.outlets
            )

    def search_notices(self, query: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        """As `Newsroom.search_notices`."""
        away = hits.away if isinstance(hits, Hits) else None
        return tuple(self._retriever().search_notices(hits, checked_question(query), away=away))

    def understood(self, question: str, filters: Filters | None, ignore: Collection[str]) -> tuple[Understood, ...]:
        """As `Newsroom.understood`."""
        return interpret_one(
            checked_question(question), self._library.corpus, ignore, filters or Filters()
        ).scope.understood

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None,
        cancel: threading.Event,
        builtin: bool,
        ignore: Collection[str],
        history: Sequence[tuple[str, str]],
    ) -> Iterator[AskEvent]:
        """As `Newsroom.ask_stream`. Raises UnusableInput at once, ModelError from the iterator."""
        question = checked_question(question)
        engine: DraftEngine = BuiltinEngine() if builtin else self._engine()
        model = None if builtin else self._model()
        turns = [Turn(canonical(earlier), answer) for earlier, answer in history]
        return self._answered(question, turns, engine, model, filters, cancel, ignore)

    def _answered(
        self,
        question: str,
        turns: Sequence[Turn],
        engine: DraftEngine,
        model: ChatModel | None,
        filters: Filters | None,
        cancel: threading.Event,
        ignore: Collection[str],
    ) -> Iterator[AskEvent]:
        self._open("judge", self._open_judge)  # while the question searches
        with self._give_way():
            plan = self._plan(question, turns, model) if model is not None else None
            read = self._read(question, turns, plan, model, filters or Filters(), ignore)
            entailment = None if isinstance(engine, BuiltinEngine) else self._entailment()
            pipeline = AnswerPipeline(
                self._library,
                self._retriever(),
                engine,
                self._judge(),
                entailment=entailment,
                overview=self._overview,
            )
            yield from pipeline.stream(read, cancel=cancel, plan=plan, translator=model)

    def _plan(self, question: str, turns: Sequence[Turn], model: ChatModel) -> Plan | None:
        """A model's plan, for a question in a language that few articles have or one that sets things side by side."""
        languages = [code for code, _ in self._library.articles.languages() if code]
        main = languages[0] if languages else "en"
        foreign = (question_language(question) or main) != main
        if not foreign and not wants_plan(question):
            return None
        plan = planned(question, [turn.question for turn in turns], [main, *languages[1:]], model)
        return plan if foreign and plan.question else replace(plan, question=None, language=None)

    def _read(
        self,
        question: str,
        turns: Sequence[Turn],
        plan: Plan | None,
        model: ChatModel | None,
        filters: Filters,
        ignore: Collection[str],
    ) -> Interpretation:
        """The question as it is read; one in another language by its translation, which is shown as understood."""
        if plan is None or plan.question is None:
            read = interpret(question, turns, self._library.corpus, ignore, filters, model=model)
        else:
            read = interpret(plan.question, (), self._library.corpus, ignore, filters)
            read = replace(read, original=question, rewritten=plan.question)
        spent = [one for one in (read.usage, plan.usage if plan else None) if one]
        return replace(read, usage=total_usage(spent)) if spent else read

    def statements(self, actor: str | None, topic: str | None, filters: Filters) -> list[Statement]:
        """Statements by or on behalf of `actor`, about `topic`; without either all that the filters allow."""
        if actor is None and topic is None:  # nothing to search for, so no model and no index is opened
            return list(dict.fromkeys(self._library.statements.find(filters)))
        return StatementFinder(self._library, self._retriever()).statements(actor, topic, filters)

    def statements_for(self, question: str, filters: Filters | None = None) -> list[Statement]:
        """The statements that answer a question by the built-in engine, and all by or for those whose words it asks."""
        question = checked_question(question)
        chosen = filters or Filters()
        read = interpret_one(question, self._library.corpus, (), chosen)
        held = [
            item
            for actor in read.question.actors
            for item in StatementFinder(self._library, self._retriever()).statements(
                actor, " ".join(read.question.topic) or None, chosen
            )
        ]
        events = self.stream(question, filters=chosen, cancel=threading.Event(), builtin=True, ignore=(), history=())
        for event in events:
            if isinstance(event, Finished):
                held += [one.statement for one in event.answer.sentences if one.statement]
        return list(dict.fromkeys(held))

    def statements_of(self, article: str, filters: Filters | None = None) -> list[Statement]:
        """The statements of one article."""
        return self.statements(None, None, replace(filters or Filters(), article=article))


def checked_question(text: str) -> str:
    """The canonical form of a question. Raises UnusableInput where it is empty or too long."""
    question = canonical(text)
    if not question:
        raise UnusableInput("The question is empty. Type what you want to know.")
    if len(question) > MAX_QUESTION_CHARS:
        raise UnusableInput(f"The question has {len(question)} characters; shorten it to {MAX_QUESTION_CHARS}.")
    return question
