"""Answers and briefings in the making, by ids that can't be guessed: a page switch or a reload finds them again.

The library has what is done; here is only what this process is working on, or what came to nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.display import plural
from rag.domain import (
    Answer,
    AskEvent,
    BriefEvent,
    Briefing,
    BriefingFinished,
    BriefingRequest,
    BriefingStep,
    Filters,
    Phase,
    TurnState,
    answer_text,
)
from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.ui import answer_views
from rag.ui.jobs import MOST_AT_ONCE, MOST_KEPT, MOST_WAITING, Job, JobRegistry, Jobs

_MOST_AWAITED = 40  # articles: as many are read before a question is answered, more would keep its reader waiting
_PATIENCE = 20.0  # seconds
_GRACE = 0.7  # seconds that a cancelled briefing has to hand over what stands
_STATES: dict[str, TurnState] = {"done": "answered", "stopped": "stopped", "failed": "failed"}
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RunningAnswer:
    """An answer in the making. `kept` is set once the library has what became of it."""

    number: int
    question: str
    job: Job[AskEvent]
    kept: threading.Event = field(default_factory=threading.Event)


class Answers:
    """What is being answered, one at a time in a conversation, kept in the library as soon as it ends. Safe for many
    threads.
    """

    def __init__(self, room: Newsroom, jobs: Jobs) -> None:
        self._room = room
        self._jobs = jobs
        self._live: JobRegistry[RunningAnswer] = JobRegistry(MOST_AT_ONCE + MOST_WAITING)  # that is all that can run
        self._lock = threading.Lock()

    def of(self, chat_id: str | None) -> RunningAnswer | None:
        """The answer that is being made in a conversation, if one is."""
        return self._live.get(chat_id)

    def start(
        self,
        chat_id: str,
        question: str,
        filters: Filters,
        *,
        number: int | None = None,
        builtin: bool = False,
        ignore: Sequence[str] = (),
    ) -> None:
        """Keep the question and begin to answer it; nothing while another answer of the conversation is on its way.
        `number` tries a kept turn again, `ignore` takes back what was read out of the question. Raises StoreError.
        """
        with self._lock:
            if self._live.get(chat_id):
                return
            number = self._room.keep_turn(chat_id, question, filters=filters, number=number)
            history = self._room.history(chat_id, before=number)

            def work(cancel: threading.Event) -> Iterator[AskEvent]:
                yield from self._read_first(cancel)
                yield from self._room.ask_stream(
                    question, filters=filters, cancel=cancel, builtin=builtin, ignore=ignore, history=history
                )

            def keep(job: Job[AskEvent]) -> None:
                with self._lock:  # not before `start` has noted it
                    live = self._live.get(chat_id)
                if live:
                    self._keep(chat_id, filters, live)

            live = RunningAnswer(number=number, question=question, job=self._jobs.start(work, keep))
            self._live.put(chat_id, live)

    def _read_first(self, cancel: threading.Event) -> Iterator[AskEvent]:
        """Wait for the statements of a few articles that were added just now: without them an answer would say that
        they hold none.
        """
        until = time.monotonic() + _PATIENCE
        while (left := self._room.pending().get("statements", 0)) and not self._room.why_pending():
            if left > _MOST_AWAITED or cancel.is_set() or time.monotonic() > until:
                return
            yield Phase(name="reading", detail=plural(left, "new article"))
            self._room.wait(1.0)

    def _keep(self, chat_id: str, filters: Filters, live: RunningAnswer) -> None:
        job = live.job
        try:
            self._room.keep_turn(
                chat_id,
                live.question,
                filters=filters,
                number=live.number,
                state=_STATES[job.state],
                answer=partial_answer(live.question, job.events),
                error=str(job.error) if job.error else None,
            )
        except OnRecordError:
            _log.exception("an answer could not be kept")
        finally:
            self._live.drop(chat_id)
            live.kept.set()


def partial_answer(question: str, events: tuple[AskEvent, ...]) -> Answer | None:
    """The finished answer, or what was shown of one; None where nothing was."""
    state = answer_views.progress(events)
    if state.answer or not (state.sentences or state.withheld):
        return state.answer
    engine = next((item.detail for item in events if isinstance(item, Phase) and item.name == "writing"), "")
    return Answer(
        question=question,
        abstained=False,
        support=0.0,
        engine=engine,
        answer=answer_text(state.sentences),
        sentences=state.sentences,
        citations=state.citations,
        withheld=state.withheld,
    )


@dataclass(slots=True, kw_only=True)
class BriefingJob:
    """One briefing in the making."""

    job_id: str
    request: BriefingRequest
    job: Job[BriefEvent]
    cancelled: float | None = None

    @property
    def step(self) -> BriefingStep | None:
        """The last step that was reported."""
        last = self.job.events[-1:]
        return last[0] if last and isinstance(last[0], BriefingStep) else None

    @property
    def briefing(self) -> Briefing | None:
        """The briefing, once it is there, also where it was cancelled."""
        return next((item.briefing for item in self.job.events if isinstance(item, BriefingFinished)), None)

    def cancel(self) -> None:
        """Ask for what stands by now."""
        self.cancelled = time.monotonic()
        self.job.request_end()

    def enforce_cancel(self) -> None:
        """Force it to stop if it was cancelled and has not ended in good time."""
        if self.cancelled is not None and time.monotonic() - self.cancelled > _GRACE:
            self.job.stop()


class BriefingJobs:
    """The briefings that were begun last on this server. Safe for many threads."""

    def __init__(self, room: Newsroom, jobs: Jobs, most: int = MOST_KEPT) -> None:
        self._room = room
        self._jobs = jobs
        self._registry: JobRegistry[BriefingJob] = JobRegistry(most)

    def get(self, job_id: str | None) -> BriefingJob | None:
        """One by its id; None if it is not known, or no longer."""
        return self._registry.get(job_id)

    def start(self, request: BriefingRequest) -> BriefingJob:
        """Begin a briefing."""

        def work(cancel: threading.Event) -> Iterator[BriefEvent]:
            return self._room.brief_stream(request, cancel=cancel)

        begun = BriefingJob(job_id=self._registry.new_id(), request=request, job=self._jobs.start(work))
        if gone := self._registry.put(begun.job_id, begun):
            gone.job.stop()
        return begun
