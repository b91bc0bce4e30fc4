"""Briefings in the making, as tasks of `Jobs`; finished ones are in the library."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rag.domain import BriefEvent, Briefing, BriefingFinished, BriefingRequest, BriefingStep
from rag.jobs import Job, Jobs, new_job_id
from rag.newsroom import Newsroom

_GRACE = 0.7  # seconds for a cancelled briefing to finish with what it has


@dataclass(slots=True, kw_only=True)
class BriefingJob:
    """A running briefing. `cancelled` is the monotonic time of its cancellation, in seconds."""

    job_id: str
    request: BriefingRequest
    job: Job[BriefEvent]
    cancelled: float | None = None

    @property
    def running(self) -> bool:
        """True until the briefing has ended."""
        return self.job.running

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


def start_briefing(room: Newsroom, jobs: Jobs, request: BriefingRequest) -> BriefingJob:
    """Start a briefing."""

    def work(cancel: threading.Event) -> Iterator[BriefEvent]:
        return room.brief_stream(request, cancel=cancel)

    briefing_job = BriefingJob(job_id=new_job_id(), request=request, job=Job(work))
    jobs.register(briefing_job.job_id, briefing_job)
    jobs.start(briefing_job.job)
    return briefing_job
