"""Briefings in the making, by the id that the API gave them."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

from rag.domain import BriefingFinished, BriefingRequest, BriefingStep
from rag.errors import OnRecordError, UnknownBriefing
from rag.newsroom import Newsroom

_MOST, _AT_ONCE = 100, 4
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Making:
    """A briefing that is being made: `briefing_id` names it in the library once it is."""

    making_id: str
    state: Literal["running", "done", "failed"] = "running"
    step: BriefingStep | None = None
    briefing_id: str | None = None
    problem: str | None = None
    cancel: threading.Event = field(default_factory=threading.Event)


class Makings:
    """The briefings that were begun last. Safe for many threads."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room
        self._kept: OrderedDict[str, Making] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(_AT_ONCE)

    def start(self, request: BriefingRequest) -> Making:
        """Begin one. Raises UnusableInput, UnknownArticle at once."""
        self._room.brief_matches(request)
        making = Making(making_id=secrets.token_urlsafe(12))
        with self._lock:
            self._kept[making.making_id] = making
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)[1].cancel.set()
        threading.Thread(target=self._make, args=(making, request), name="onrecord-api-brief", daemon=True).start()
        return making

    def get(self, making_id: str) -> Making:
        """One by its id. Raises UnknownBriefing."""
        with self._lock:
            if making_id in self._kept:
                return self._kept[making_id]
        raise UnknownBriefing(f"There is no briefing {making_id}. Start one with POST /api/v1/briefings.")

    def _make(self, making: Making, request: BriefingRequest) -> None:
        with self._turns:
            try:
                for event in self._room.brief_stream(request, cancel=making.cancel):
                    if isinstance(event, BriefingFinished):
                        making.briefing_id, making.state = event.briefing.briefing_id, "done"
                    else:
                        making.step = event
            except OnRecordError as exc:
                making.problem, making.state = str(exc), "failed"
            except Exception as exc:  # noqa: BLE001  # nobody above a thread could tell the caller
                _log.exception("a briefing failed")
                making.problem = (
                    f"Something went wrong on the server ({type(exc).__name__}); the server's log has more."
                )
                making.state = "failed"
