"""The answering service: search, questions and statements over one library."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager

from rag import logs
from rag.domain import MAX_QUESTION_CHARS, AskEvent, Filters, Finished, Hit, Statement, Understood
from rag.errors import OnRecordError, UnusableInput
from rag.providers.base import RelevanceJudge
from rag.question.conversation import Turn
from rag.question.interpret import interpret_one
from rag.retrieval.search import Hits, Retriever
from rag.services.answers.engines import Engine
from rag.services.answers.pipeline import AnswerPipeline
from rag.services.answers.shapes.base import Overview
from rag.services.answers.stated import StatementFinder
from rag.stores.library import Library
from rag.text.canonical import canonical

_log = logging.getLogger(__name__)


class AnswerService:
    """Answers with the engine of the settings, or with the built-in one. The parts behind the callables are opened
    when a question first needs them; during an answer, background work gives way.
    """

    def __init__(
        self,
        library: Library,
        retriever: Callable[[], Retriever],
        *,
        judge: Callable[[], RelevanceJudge | None],
        engine: Callable[[], Engine],
        overview: Overview | None = None,
        give_way: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._judge = judge
        self._engine = engine
        self._give_way = give_way
        self._pipeline = AnswerPipeline(library, retriever, judge=judge, overview=overview, give_way=give_way)
        self._opening: dict[str, threading.Thread] = {}

    def warm(self) -> None:
        """Open the models that a question needs in the background, so that the first one does not wait for them."""
        self._open("judge", self._open_judge)
        self._open("retriever", self._retriever)

    def close(self) -> None:
        """Wait for models that are being opened: a process that exits meanwhile aborts."""
        for thread in self._opening.values():
            thread.join()

    def _open(self, name: str, target: Callable[[], object]) -> None:
        """Runs once, and not in a daemon thread, so that a process that does not call `close` waits for it as well."""
        if name not in self._opening:
            self._opening[name] = threading.Thread(target=target, name=f"onrecord-{name}")
            self._opening[name].start()

    def _open_judge(self) -> None:
        try:
            if judge := self._judge():
                judge.warm()
        except OnRecordError as exc:  # raised again, and handled, when a question needs the judge
            _log.warning("judge not opened", extra=logs.fields(**logs.error_fields(exc)))

    def search(self, query: str, *, k: int, filters: Filters | None, ignore: Collection[str]) -> list[Hit]:
        """As `Newsroom.search`."""
        query = _validate(query)
        reading = interpret_one(query, self._library.corpus, ignore, filters or Filters())
        with self._give_way():
            return self._retriever().search(
                query, k=k, filters=reading.filters, segments=reading.scope.segments, outlets=reading.scope.outlets
            )

    def search_notices(self, query: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        """As `Newsroom.search_notices`."""
        away = hits.away if isinstance(hits, Hits) else None
        return tuple(self._retriever().search_notices(hits, _validate(query), away=away))

    def understood(self, question: str, filters: Filters | None, ignore: Collection[str]) -> tuple[Understood, ...]:
        """As `Newsroom.understood`."""
        return interpret_one(_validate(question), self._library.corpus, ignore, filters or Filters()).scope.understood

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
        question = _validate(question)
        engine = Engine() if builtin else self._engine()
        self._open("judge", self._open_judge)  # while the question searches
        return self._pipeline.stream(
            question,
            [Turn(canonical(earlier), answer) for earlier, answer in history],
            filters=filters or Filters(),
            ignore=ignore,
            engine=engine,
            cancel=cancel,
        )

    def statements(self, actor: str | None, topic: str | None, filters: Filters) -> list[Statement]:
        """Statements by or on behalf of `actor`, about `topic`; without both, all that the filters allow."""
        if actor is None and topic is None:  # nothing to search for, so no model or index is opened
            return list(dict.fromkeys(self._library.statements.find(filters)))
        return StatementFinder(self._library, self._retriever()).statements(actor, topic, filters)

    def statements_for(self, question: str, filters: Filters | None = None) -> list[Statement]:
        """All statements of the actors of a question on its topic, and those in the built-in engine's answer."""
        filters = filters or Filters()
        reading = interpret_one(_validate(question), self._library.corpus, (), filters)
        topic = " ".join(reading.question.topic) or None
        statements = [item for actor in reading.question.actors for item in self.statements(actor, topic, filters)]
        events = self.stream(question, filters=filters, cancel=threading.Event(), builtin=True, ignore=(), history=())
        for event in events:
            if isinstance(event, Finished):
                statements += [one.statement for one in event.answer.sentences if one.statement]
        return list(dict.fromkeys(statements))


def _validate(text: str) -> str:
    """The canonical form of a question. Raises UnusableInput if it is empty or too long."""
    question = canonical(text)
    if not question:
        raise UnusableInput("The question is empty. Type what you want to know.")
    if len(question) > MAX_QUESTION_CHARS:
        raise UnusableInput(f"The question has {len(question)} characters; shorten it to {MAX_QUESTION_CHARS}.")
    return question
