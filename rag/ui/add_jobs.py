"""Adding in steps: look at what was given, choose and correct, add; every step a job that can be stopped.

What is under way is kept under an id that can't be guessed, so that a page switch or a reload finds it again.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from rag.domain import AddResult, ArticleChanges, Preview, Progress
from rag.errors import OnRecordError, StoreError
from rag.newsroom import Newsroom
from rag.ui.jobs import Job, Jobs, Work, following

Way = Literal["paste", "upload", "address", "feed", "folder"]
Looked = Progress | tuple[Preview, ...]

MOST_FILES = 50  # Streamlit bounds the size of a file, not their number
MOST_BYTES = 25 * 2**20
MOST_ADDRESSES = 50
_MOST_INTAKES = 100
_REPEATABLE: tuple[Way, ...] = ("address", "feed", "folder")  # what may read differently the next time


@dataclass(slots=True, kw_only=True)
class Intake:
    """One use of the Add page. `given` holds corrections by place, `taken` what the reader said of taking it or not."""

    intake_id: str
    way: Way
    look: Job[Looked]
    taken: dict[int, bool] = field(default_factory=dict)
    given: dict[int, ArticleChanges] = field(default_factory=dict)
    restored: set[int] = field(default_factory=set)  # items whose lines that were left out are put back
    adding: Job[AddResult] | None = None
    total: int = 0

    @property
    def previews(self) -> list[Preview]:
        """What was found so far."""
        return [item for event in self.look.events if isinstance(event, tuple) for item in event]

    @property
    def progress(self) -> Progress | None:
        """How far the looking is, where it is known."""
        told = [event for event in self.look.events if isinstance(event, Progress)]
        return told[-1] if told else None

    def takes(self, place: int, item: Preview) -> bool:
        """Whether an article is to be added; unless said otherwise, all that can be and are not there yet."""
        return item.found is not None and self.taken.get(place, item.known is None or self.way != "feed")

    def chosen(self) -> list[Preview]:
        """What is to be added, corrected."""
        found = enumerate(self.previews)
        return [
            (item.restored() if place in self.restored else item).corrected(**self.given.get(place, {}))
            for place, item in found
            if self.takes(place, item)
        ]

    def unread(self) -> list[Preview]:
        """What could not be read."""
        return [item for item in self.previews if item.found is None]

    @property
    def results(self) -> list[AddResult]:
        """What became of each source: those that could not be read, then those added so far, in their order."""
        unread = [AddResult(source=item.source, status="rejected", reason=item.reason) for item in self.unread()]
        return [*unread, *(self.adding.events if self.adding else ())]

    def failed(self) -> list[str]:
        """The sources that were not added and may be another time."""
        if self.way not in _REPEATABLE:
            return []
        return list(dict.fromkeys(item.source for item in self.results if item.status == "rejected"))


class AddJobs:
    """What is being added on this server, the latest hundred. Safe for many threads."""

    def __init__(self, room: Newsroom, jobs: Jobs, most: int = _MOST_INTAKES) -> None:
        self._room = room
        self._jobs = jobs
        self._most = most
        self._kept: OrderedDict[str, Intake] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, intake_id: str | None) -> Intake | None:
        """One by its id, None if it is not known (any more)."""
        with self._lock:
            return self._kept.get(intake_id or "")

    def drop(self, intake_id: str) -> None:
        """Give one up; what is running stops, what was added stays."""
        with self._lock:
            gone = self._kept.pop(intake_id, None)
        if gone:
            gone.look.stop()
            if gone.adding:
                gone.adding.stop()

    def files(self, way: Way, files: Sequence[tuple[str, bytes]]) -> Intake:
        """Look into files or a pasted text, by name and bytes; what is too much is refused."""
        return self._begin(way, lambda cancel: _files(self._room, files))

    def addresses(self, way: Way, urls: Sequence[str]) -> Intake:
        """Look at what is at addresses; `feed` asks a page for its feed."""
        return self._begin(way, lambda cancel: _addresses(self._room, way, urls))

    def paths(self, paths: Sequence[str]) -> Intake:
        """Look into folders and files of this machine."""
        return self._begin("folder", lambda cancel: _paths(self._room, paths, cancel))

    def add(self, intake: Intake) -> None:
        """Begin to add what was chosen; nothing if that has begun already."""
        with self._lock:
            if intake.adding is None:
                chosen = intake.chosen()
                intake.total = len(chosen)
                intake.adding = self._jobs.start(lambda cancel: _added(self._room, chosen))

    def _begin(self, way: Way, work: Work[Looked]) -> Intake:
        made = Intake(intake_id=secrets.token_urlsafe(16), way=way, look=self._jobs.start(work))
        with self._lock:
            self._kept[made.intake_id] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def _files(room: Newsroom, files: Sequence[tuple[str, bytes]]) -> Iterator[Looked]:
    for name, data in files[:MOST_FILES]:
        if len(data) > MOST_BYTES:
            told = f"It has {len(data):,} bytes; at most {MOST_BYTES:,} are read. Split it or save it as text."
            yield (Preview(source=name, reason=told),)
        else:
            yield _looked(name, partial(room.preview_bytes, data, name=name))
    for name, _ in files[MOST_FILES:]:
        told = f"More than {MOST_FILES} files at once; add it with the next ones."
        yield (Preview(source=name, reason=told),)


def _paths(room: Newsroom, paths: Sequence[str], cancel: threading.Event) -> Iterator[Looked]:
    for path in paths:

        def look(tell: Callable[[Looked], None], path: str = path) -> Looked:
            found = partial(room.preview, Path(path).expanduser(), progress=tell, cancel=cancel)
            return _looked(path, found)

        yield from following(look)


def _addresses(room: Newsroom, way: Way, urls: Sequence[str]) -> Iterator[Looked]:
    for url in urls[:MOST_ADDRESSES]:
        yield _looked(url, partial(room.preview, url, feed=way == "feed"))
    for url in urls[MOST_ADDRESSES:]:
        told = f"More than {MOST_ADDRESSES} addresses at once; add it with the next ones."
        yield (Preview(source=url, reason=told),)


def _looked(name: str, look: Callable[[], list[Preview]]) -> tuple[Preview, ...]:
    """One bad source does not stop the rest."""
    try:
        return tuple(look())
    except StoreError:
        raise
    except OnRecordError as exc:
        return (Preview(source=name, reason=str(exc)),)


def _added(room: Newsroom, chosen: Sequence[Preview]) -> Iterator[AddResult]:
    for item in chosen:
        try:
            yield from room.add_previewed([item])
        except StoreError:
            raise
        except OnRecordError as exc:
            yield AddResult(source=item.source, status="rejected", reason=str(exc))
