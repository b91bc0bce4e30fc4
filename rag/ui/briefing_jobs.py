"""Briefings in the making: jobs under an id that can't be guessed, so that a page switch or a reload finds them again.

A finished briefing is in the library; here is only what is being made, or came to nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rag.domain import BriefEvent, Briefing, BriefingFinished, BriefingRequest, BriefingStep
from rag.newsroom import Newsroom
from rag.ui.jobs import MOST_KEPT, Job, JobRegistry, Jobs

_PATIENCE = 0.7  # seconds that a cancelled briefing has to hand over what stands


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
        self.job.ask_to_end()

    def insist(self) -> None:
        """Force it to stop if it was cancelled and has not ended in good time."""
        if self.cancelled is not None and time.monotonic() - self.cancelled > _PATIENCE:
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
