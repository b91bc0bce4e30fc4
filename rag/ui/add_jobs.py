"""Adding in steps: look at what was given, choose and correct, add; every step a job that can be stopped.

What is under way is kept under an id that can't be guessed, so that a page switch or a reload finds it again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

from rag.domain import AddResult, ArticleChanges, Preview, Progress
from rag.errors import OnRecordError, StoreError, UnknownArticle
from rag.newsroom import Newsroom
from rag.ui.add_views import ExistingArticle
from rag.ui.jobs import MOST_KEPT, Job, JobRegistry, Jobs, Work, stream_call

Way = Literal["paste", "upload", "address", "feed", "folder"]
PreviewEvent = Progress | tuple[Preview, ...]

MOST_FILES = 50  # Streamlit bounds the size of a file, not their number
MOST_BYTES = 25 * 2**20
MOST_ADDRESSES = 50
_MOST_ALIKE = 5  # articles of one headline that are compared
_SENTENCE_END = re.compile(r"[.!?](?=\s|$|[”\"])")  # of sentences
_REPEATABLE: tuple[Way, ...] = ("address", "feed", "folder")  # what may read differently the next time


@dataclass(slots=True, kw_only=True)
class Intake:
    """One use of the Add page. `given` holds corrections by place, `taken` what the reader said of taking it or not."""

    intake_id: str
    way: Way
    look: Job[PreviewEvent]
    taken: dict[int, bool] = field(default_factory=dict)
    given: dict[int, ArticleChanges] = field(default_factory=dict)
    newer: dict[int, str | None] = field(default_factory=dict)
    restored: set[int] = field(default_factory=set)  # items whose lines that were left out are put back
    adding: Job[AddResult] | None = None
    _find_existing: dict[int, ExistingArticle | None] = field(default_factory=dict)
    total: int = 0

    @property
    def previews(self) -> list[Preview]:
        """What was found so far."""
        return [item for event in self.look.events if isinstance(event, tuple) for item in event]

    @property
    def progress(self) -> Progress | None:
        """How far the looking is, where it is known."""
        steps = [event for event in self.look.events if isinstance(event, Progress)]
        return steps[-1] if steps else None

    def takes(self, place: int, item: Preview) -> bool:
        """Whether an article is to be added; unless said otherwise, all that can be and are not there yet."""
        return item.found is not None and self.taken.get(place, item.known is None or self.way != "feed")

    def chosen(self) -> list[Preview]:
        """What is to be added, corrected."""
        chosen = [
            (place, item.restored() if place in self.restored else item)
            for place, item in enumerate(self.previews)
            if self.takes(place, item)
        ]
        return [
            replace(item.corrected(**self.given.get(place, {})), version_of=self.newer.get(place))
            for place, item in chosen
        ]

    def kin(self, room: Newsroom, place: int, item: Preview) -> ExistingArticle | None:
        """What the library has of it already, looked up once."""
        if place not in self._kin:
            self._kin[place] = _find_existing(room, item)
        return self._kin[place]

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

    def __init__(self, room: Newsroom, jobs: Jobs, most: int = MOST_KEPT) -> None:
        self._room = room
        self._jobs = jobs
        self._registry: JobRegistry[Intake] = JobRegistry(most)
        self._lock = threading.Lock()

    def get(self, intake_id: str | None) -> Intake | None:
        """One by its id; None if it is not known, or no longer."""
        return self._registry.get(intake_id)

    def drop(self, intake_id: str) -> None:
        """Give one up; what is running stops, what was added stays."""
        if gone := self._registry.drop(intake_id):
            gone.look.stop()
            if gone.adding:
                gone.adding.stop()

    def files(self, way: Way, files: Sequence[tuple[str, bytes]], field_map: Mapping[str, str] | None = None) -> Intake:
        """Look into files or a pasted text, by name and bytes; what is too much is refused. `field_map` says what dumps
        and tables call our fields.
        """
        return self._begin(way, lambda cancel: _files(self._room, files, field_map))

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
                intake.adding = self._jobs.start(lambda cancel: _add_all(self._room, chosen))

    def _begin(self, way: Way, work: Work[PreviewEvent]) -> Intake:
        begun = Intake(intake_id=self._registry.new_id(), way=way, look=self._jobs.start(work))
        self._registry.put(begun.intake_id, begun)
        return begun


def _find_existing(room: Newsroom, item: Preview) -> ExistingArticle | None:
    """The article with this source or text, else one with this headline of whose text most sentences are the same."""
    if item.found is None or item.listed:
        return None
    known = [item.known] if item.known else []
    if not known and item.title:
        alike = room.articles(query=f'"{item.title}"', limit=_MOST_ALIKE)
        known = [one.article_id for one in alike if one.title.casefold() == item.title.casefold()]
    for article_id in known:
        try:
            article = room.article(article_id)
            differences = room.differences(article_id, text=item.found.text)
        except UnknownArticle:
            continue
        sentences = max(1, len(_SENTENCE_END.findall(article.text)))
        if item.known or len(differences) <= sentences / 2:
            return ExistingArticle(
                article_id=article_id, title=article.title, differences=differences, sure=bool(item.known)
            )
    return None


def _files(
    room: Newsroom, files: Sequence[tuple[str, bytes]], field_map: Mapping[str, str] | None
) -> Iterator[PreviewEvent]:
    for name, data in files[:MOST_FILES]:
        if len(data) > MOST_BYTES:
            reason = f"It has {len(data):,} bytes; at most {MOST_BYTES:,} are read. Split it or save it as text."
            yield (Preview(source=name, reason=reason),)
        else:
            yield _previews_or_reason(name, partial(room.preview_bytes, data, name=name, field_map=field_map))
    for name, _ in files[MOST_FILES:]:
        reason = f"More than {MOST_FILES} files at once; add it with the next ones."
        yield (Preview(source=name, reason=reason),)


def _paths(room: Newsroom, paths: Sequence[str], cancel: threading.Event) -> Iterator[PreviewEvent]:
    for path in paths:

        def look(tell: Callable[[PreviewEvent], None], path: str = path) -> PreviewEvent:
            preview = partial(room.preview, Path(path).expanduser(), progress=tell, cancel=cancel)
            return _previews_or_reason(path, preview)

        yield from stream_call(look)


def _addresses(room: Newsroom, way: Way, urls: Sequence[str]) -> Iterator[PreviewEvent]:
    for url in urls[:MOST_ADDRESSES]:
        yield _previews_or_reason(url, partial(room.preview, url, feed=way == "feed"))
    for url in urls[MOST_ADDRESSES:]:
        reason = f"More than {MOST_ADDRESSES} addresses at once; add it with the next ones."
        yield (Preview(source=url, reason=reason),)


def _previews_or_reason(name: str, look: Callable[[], list[Preview]]) -> tuple[Preview, ...]:
    """One bad source does not stop the rest."""
    try:
        return tuple(look())
    except StoreError:
        raise
    except OnRecordError as exc:
        return (Preview(source=name, reason=str(exc)),)


def _add_all(room: Newsroom, chosen: Sequence[Preview]) -> Iterator[AddResult]:
    for item in chosen:
        try:
            yield from room.add_previewed([item])
        except StoreError:
            raise
        except OnRecordError as exc:
            yield AddResult(source=item.source, status="rejected", reason=str(exc))
