"""Running answers and briefings, by ids that can't be guessed: a page switch or a reload finds them again.

Finished ones are in the library; this module has only what is running in this process, or what failed.
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

_MOST_AWAITED = 40  # articles whose statements an answer waits for; more would keep the reader waiting
_LONGEST_WAIT = 20.0  # seconds for those statements
_GRACE = 0.7  # seconds for a cancelled briefing to finish with what it has
_STATES: dict[str, TurnState] = {"done": "answered", "stopped": "stopped", "failed": "failed"}
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RunningAnswer:
    """A running answer. `stored` is set once the library has its final state."""

    number: int
    question: str
    job: Job[AskEvent]
    stored: threading.Event = field(default_factory=threading.Event)


class Answers:
    """The running answers, one at a time for each conversation, stored in the library as they end. Thread-safe."""

    def __init__(self, room: Newsroom, jobs: Jobs) -> None:
        self._room = room
        self._jobs = jobs
        self._live: JobRegistry[RunningAnswer] = JobRegistry(MOST_AT_ONCE + MOST_WAITING)  # no more can run or wait
        self._lock = threading.Lock()

    def of(self, chat_id: str | None) -> RunningAnswer | None:
        """The running answer of a conversation, if any."""
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
        """Store the question and start to answer it; does nothing while another answer of the conversation is running.
        `number` repeats a stored turn; `ignore` drops filters derived from the question. Raises StoreError.
        """
        with self._lock:
            if self._live.get(chat_id):
                return
            number = self._room.keep_turn(chat_id, question, filters=filters, number=number)
            history = self._room.history(chat_id, before=number)

            def work(cancel: threading.Event) -> Iterator[AskEvent]:
                yield from self._await_statements(cancel)
                yield from self._room.ask_stream(
                    question, filters=filters, cancel=cancel, builtin=builtin, ignore=ignore, history=history
                )

            def store(_job: Job[AskEvent]) -> None:
                with self._lock:  # wait until `start` has registered it
                    live = self._live.get(chat_id)
                if live:
                    self._store(chat_id, filters, live)

            live = RunningAnswer(number=number, question=question, job=self._jobs.start(work, store))
            self._live.put(chat_id, live)

    def _await_statements(self, cancel: threading.Event) -> Iterator[AskEvent]:
        """Wait for the statements of a few new articles: without them an answer would say that they have none."""
        until = time.monotonic() + _LONGEST_WAIT
        while (pending := self._room.pending().get("statements", 0)) and not self._room.why_pending():
            if pending > _MOST_AWAITED or cancel.is_set() or time.monotonic() > until:
                return
            yield Phase(name="reading", detail=plural(pending, "new article"))
            self._room.wait(1.0)

    def _store(self, chat_id: str, filters: Filters, live: RunningAnswer) -> None:
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
            live.stored.set()


def partial_answer(question: str, events: tuple[AskEvent, ...]) -> Answer | None:
    """The finished answer, or the part that was shown; None if nothing was."""
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
    """A running briefing. `cancelled` is the monotonic time of its cancellation, in seconds."""

    job_id: str
    request: BriefingRequest
    job: Job[BriefEvent]
    cancelled: float | None = None

    @property
    def step(self) -> BriefingStep | None:
        """The last reported step."""
        last = self.job.events[-1:]
        return last[0] if last and isinstance(last[0], BriefingStep) else None

    @property
    def briefing(self) -> Briefing | None:
        """The finished briefing, also if it was cancelled; else None."""
        return next((item.briefing for item in self.job.events if isinstance(item, BriefingFinished)), None)

    def cancel(self) -> None:
        """Ask for a briefing of what is written so far."""
        self.cancelled = time.monotonic()
        self.job.request_end()

    def enforce_cancel(self) -> None:
        """Stop the job if it was cancelled and has not ended within the grace period."""
        if self.cancelled is not None and time.monotonic() - self.cancelled > _GRACE:
            self.job.stop()


class BriefingJobs:
    """The latest briefings of this server. Thread-safe."""

    def __init__(self, room: Newsroom, jobs: Jobs, most: int = MOST_KEPT) -> None:
        self._room = room
        self._jobs = jobs
        self._registry: JobRegistry[BriefingJob] = JobRegistry(most)

    def get(self, job_id: str | None) -> BriefingJob | None:
        """A briefing job by its id; None if it is unknown or was dropped."""
        return self._registry.get(job_id)

    def is_making(self, request: BriefingRequest) -> bool:
        """True while a briefing of this request is being made here."""
        return any(item.request == request and item.job.running for item in self._registry.items())

    def start(self, request: BriefingRequest) -> BriefingJob:
        """Start a briefing."""

        def work(cancel: threading.Event) -> Iterator[BriefEvent]:
            return self._room.brief_stream(request, cancel=cancel)

        briefing_job = BriefingJob(job_id=self._registry.new_id(), request=request, job=self._jobs.start(work))
        if dropped := self._registry.put(briefing_job.job_id, briefing_job):
            dropped.job.stop()
        return briefing_job
