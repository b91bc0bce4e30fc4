"""Adding in steps: preview, choose and correct, add. Each step is a job that can be stopped.

An intake has an id that can't be guessed, by which a page switch or a reload finds it again.
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
from rag.jobs import Job, Jobs, Work, new_job_id, stream_call
from rag.newsroom import Newsroom
from rag.ui.add_views import ExistingArticle

Way = Literal["paste", "upload", "address", "feed", "folder"]
PreviewEvent = Progress | tuple[Preview, ...]

MOST_FILES = 50  # Streamlit bounds the size of a file, not their number
MOST_BYTES = 25 * 2**20
MOST_ADDRESSES = 50
_MOST_ALIKE = 5  # articles with one headline that are compared
_SENTENCE_END = re.compile(r"[.!?](?=\s|$|[”\"])")
_LOCK = threading.Lock()
_REPEATABLE: tuple[Way, ...] = ("address", "feed", "folder")  # sources that may succeed on another try


@dataclass(slots=True, kw_only=True)
class Intake:
    """One use of the Add page. The dictionaries and the set have positions in `previews` as keys: corrections, whether
    to add it, and of which article it becomes a version.
    """

    intake_id: str
    way: Way
    preview_job: Job[PreviewEvent]
    selected: dict[int, bool] = field(default_factory=dict)
    corrections: dict[int, ArticleChanges] = field(default_factory=dict)
    version_of: dict[int, str | None] = field(default_factory=dict)
    restored: set[int] = field(default_factory=set)  # previews whose left-out lines are put back
    add_job: Job[AddResult] | None = None
    _existing: dict[int, ExistingArticle | None] = field(default_factory=dict)
    total: int = 0

    @property
    def running(self) -> bool:
        """True while its sources are read or the selection is added."""
        return self.preview_job.running or (self.add_job is not None and self.add_job.running)

    @property
    def previews(self) -> list[Preview]:
        """The previews so far."""
        return [item for event in self.preview_job.events if isinstance(event, tuple) for item in event]

    @property
    def progress(self) -> Progress | None:
        """The progress of the preview job, if known."""
        steps = [event for event in self.preview_job.events if isinstance(event, Progress)]
        return steps[-1] if steps else None

    def is_selected(self, place: int, item: Preview) -> bool:
        """True if a preview is to be added: by default if it is readable and not in the library yet."""
        return item.extract is not None and self.selected.get(place, item.known is None or self.way != "feed")

    def selection(self) -> list[Preview]:
        """The corrected previews that are to be added."""
        selected = [
            (place, item.restored() if place in self.restored else item)
            for place, item in enumerate(self.previews)
            if self.is_selected(place, item)
        ]
        return [
            replace(item.corrected(**self.corrections.get(place, {})), version_of=self.version_of.get(place))
            for place, item in selected
        ]

    def existing(self, room: Newsroom, place: int, item: Preview) -> ExistingArticle | None:
        """The article in the library that this one may be a version of, looked up once."""
        if place not in self._existing:
            self._existing[place] = _find_existing(room, item)
        return self._existing[place]

    def holds_same(self, room: Newsroom, place: int, item: Preview) -> bool:
        """True if the library has the very text of a preview."""
        existing = self.existing(room, place, item)
        return existing is not None and not existing.differences

    def unreadable(self) -> list[Preview]:
        """The sources that could not be read."""
        return [item for item in self.previews if item.extract is None]

    @property
    def results(self) -> list[AddResult]:
        """A result for each source: those that could not be read, then those added so far, in order."""
        rejected = [AddResult(source=item.source, status="rejected", reason=item.reason) for item in self.unreadable()]
        return [*rejected, *(self.add_job.events if self.add_job else ())]

    def failed(self) -> list[str]:
        """The rejected sources that may succeed on another try."""
        if self.way not in _REPEATABLE:
            return []
        return list(dict.fromkeys(item.source for item in self.results if item.status == "rejected"))


def preview_files(
    room: Newsroom, jobs: Jobs, way: Way, files: Sequence[tuple[str, bytes]], field_map: Mapping[str, str] | None = None
) -> Intake:
    """Preview files or a pasted text, given by name and bytes; those beyond limits are rejected. `field_map` has the
    names that dumps and tables use for our fields.
    """
    return _begin(jobs, way, lambda cancel: _files(room, files, field_map))


def preview_addresses(room: Newsroom, jobs: Jobs, way: Way, urls: Sequence[str]) -> Intake:
    """Preview web addresses; the way `feed` looks for the feed of a page."""
    return _begin(jobs, way, lambda cancel: _addresses(room, way, urls))


def preview_paths(room: Newsroom, jobs: Jobs, paths: Sequence[str]) -> Intake:
    """Preview folders and files of this machine."""
    return _begin(jobs, "folder", lambda cancel: _paths(room, paths, cancel))


def _begin(jobs: Jobs, way: Way, work: Work[PreviewEvent]) -> Intake:
    intake = Intake(intake_id=new_job_id(), way=way, preview_job=Job(work))
    jobs.register(intake.intake_id, intake)
    jobs.start(intake.preview_job)
    return intake


def add_selection(room: Newsroom, jobs: Jobs, intake: Intake) -> None:
    """Start to add the selection, once."""
    with _LOCK:
        if intake.add_job is None:
            selection = intake.selection()
            intake.total = len(selection)
            intake.add_job = jobs.start(Job(lambda cancel: _add_all(room, selection)))


def discard(jobs: Jobs, intake: Intake) -> None:
    """Forget an intake and stop its jobs; articles added so far stay."""
    jobs.drop(Intake, intake.intake_id)
    intake.preview_job.stop()
    if intake.add_job:
        intake.add_job.stop()


def _find_existing(room: Newsroom, item: Preview) -> ExistingArticle | None:
    """The article with this source or text, else one with this headline and mostly the same sentences."""
    if item.extract is None or item.listed:
        return None
    candidates = [item.known] if item.known else []
    if not candidates and item.title:
        alike = room.articles(query=f'"{item.title}"', limit=_MOST_ALIKE)
        candidates = [one.article_id for one in alike if one.title.casefold() == item.title.casefold()]
    for article_id in candidates:
        try:
            article = room.article(article_id)
            differences = room.differences(article_id, text=item.extract.text)
        except UnknownArticle:
            continue
        sentences = max(1, len(_SENTENCE_END.findall(article.text)))
        if item.known or len(differences) <= sentences / 2:
            return ExistingArticle(
                article_id=article_id, title=article.title, differences=differences, becomes_version=bool(item.known)
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
    """The previews, or one with the reason for an error, so that a bad source does not stop the rest."""
    try:
        return tuple(look())
    except StoreError:
        raise
    except OnRecordError as exc:
        return (Preview(source=name, reason=str(exc)),)


def _add_all(room: Newsroom, previews: Sequence[Preview]) -> Iterator[AddResult]:
    for item in previews:
        try:
            yield from room.add_previewed([item])
        except StoreError:
            raise
        except OnRecordError as exc:
            yield AddResult(source=item.source, status="rejected", reason=str(exc))
