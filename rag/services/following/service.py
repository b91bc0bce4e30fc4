"""The following service: addresses that are read again, watches, and digests."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from rag import logs
from rag.display import OUTLET_UNKNOWN
from rag.domain import (
    MIN_INTERVAL,
    AddResult,
    ArticleSummary,
    Digest,
    Filters,
    Following,
    News,
    Refresh,
    Statement,
    Story,
    Watch,
)
from rag.errors import LibraryBusy, OnRecordError, StoreError, UnusableInput
from rag.readers.decode import decoded
from rag.readers.listing import opml_feeds
from rag.services.following.noticing import (
    Differs,
    article_key,
    article_news,
    correction_news,
    find_news,
    statement_key,
)
from rag.stores.following import FollowingStore
from rag.stores.library import Library
from rag.text.canonical import canonical, digest

_MOST_A_ROUND = 1_000  # articles that one address may bring at once; the rest comes with the next round
_MOST_FAILURES = 8  # in a row, after which an address is paused
_MOST_SITES = 4  # that are read at the same time; more would only wait for the one writer of the library
_CANCEL_SECONDS = 0.2  # until a cancelled round ends its reading
_MOST_STORIES = 20  # of a digest
_LONGEST_WAIT = 24 * 60  # minutes between two tries
_LEASE, _LEASE_SECONDS = "refresh", 120.0
_log = logging.getLogger(__name__)

# Adds the articles at an address that match its words, at most so many; with the results, how many older ones are left.
ReadAddress = Callable[[Following, int, threading.Event], tuple[list[AddResult], int]]
_Outcome = tuple[str, list[AddResult], str | None]  # address, what it brought, error
FindStatements = Callable[[Watch], Sequence[Statement]]


class FollowingService:
    """Reads addresses again and notices what is new. `reads` adds what an address lists, `answers` gives the statements
    that answer a watch, `differs` tells a changed position, `settle` waits until new articles have their statements,
    `stories` gives what happened, `story` the story with an id. `store` has the addresses, the watches and their news.
    """

    def __init__(
        self,
        library: Library,
        *,
        reads: ReadAddress,
        answers: FindStatements,
        differs: Differs,
        settle: Callable[[], object],
        stories: Callable[[Filters], Sequence[Story]],
        story: Callable[[str], Story],
    ) -> None:
        self._library = library
        self.store = FollowingStore(library)
        self._reads, self._answers, self._differs, self._settle = reads, answers, differs, settle
        self._stories, self._story = stories, story
        self._holder = secrets.token_hex(8)

    # -- addresses

    def follow(
        self, address: str, *, interval: int, words: Sequence[str], outlet: str | None, language: str | None
    ) -> Following:
        """As `Newsroom.follow`."""
        address = address.strip()
        if not address.lower().startswith(("http://", "https://")):
            raise UnusableInput(f"{address!r} is not a web address. It must start with http:// or https://.")
        if interval < MIN_INTERVAL:
            raise UnusableInput(f"The shortest interval is {MIN_INTERVAL} minutes, not {interval}.")
        now = datetime.now(UTC)
        earlier = next((item for item in self.store.all() if item.address == address), None)
        item = Following(
            address=address, interval=interval, words=tuple(word.strip() for word in words if word.strip()),
            outlet=outlet, language=language, begun=earlier.begun if earlier else now, next_read=now,
            last_read=earlier.last_read if earlier else None, added=earlier.added if earlier else 0,
            left=earlier.left if earlier else 0,
        )  # fmt: skip
        self.store.put(item)
        return item

    def follow_list(self, data: bytes, name: str, *, interval: int) -> list[Following]:
        """As `Newsroom.follow_list`."""
        feeds = opml_feeds(decoded(data, name=name))
        if not feeds:
            raise UnusableInput(f"{name} is no list of feeds (OPML), or names none. Export it again.")
        addresses = {item.address for item in self.store.all()}
        return [
            self.follow(feed.url, interval=interval, words=(), outlet=None, language=None)
            for feed in feeds
            if feed.url not in addresses
        ]

    # -- watches

    def watch(
        self, question: str | None, actor: str | None, topic: str | None, story_id: str | None, filters: Filters
    ) -> Watch:
        """As `Newsroom.watch`."""
        question, actor, topic = (canonical(text) if text else None for text in (question, actor, topic))
        parts = [question or "", actor or "", topic or ""]
        if any(parts) == bool(story_id):
            raise UnusableInput("Say what to watch: a question, an actor, a topic, or a story on its own.")
        story = self._story(story_id) if story_id else None
        name = digest("watch", *parts, repr(filters), *([story.story_id] if story else []))
        item = Watch(
            watch_id=name, question=question, actor=actor, topic=topic, filters=filters, begun=datetime.now(UTC),
            story=story.story_id if story else None, story_title=story.title if story else None,
        )  # fmt: skip
        statements, articles = self._matches(item)
        self.store.put_watch(item, _keys(item, statements, articles))
        for one in correction_news(item, articles.values()):
            self.store.record_news(item, (), [replace(one, seen=True)])  # it is older than the watch
        return next(one for one in self.store.watches() if one.watch_id == name)

    # -- reading again

    def refresh(
        self, *, everything: bool, cancel: threading.Event, progress: Callable[[str], None] | None = None
    ) -> Refresh:
        """As `Newsroom.refresh`. Raises LibraryBusy while another process reads."""
        results: list[AddResult] = []
        errors: list[tuple[str, str]] = []
        count = 0
        with logs.request("refresh", _log) as line, self._hold_lease():
            now = datetime.now(UTC)
            due = [item for item in self.store.all() if everything or (not item.paused and _is_due(item, now))]
            for address, own_results, error in self._read_sites(due, cancel, progress):
                results += own_results
                errors += [(address, error)] if error else []
                count += 1
            if any(item.status in ("added", "updated") for item in results):
                self._settle()
            news = self._find_news() if not cancel.is_set() else []
            line |= {"addresses": count, "articles": len(results), "news": len(news), "failed": len(errors)}
        left = sum(item.left for item in self.store.all())
        return Refresh(read=count, results=tuple(results), news=tuple(news), errors=tuple(errors), left=left)

    def _read_sites(
        self, items: Sequence[Following], cancel: threading.Event, progress: Callable[[str], None] | None
    ) -> list[_Outcome]:
        """Read addresses, several sites at the same time, the addresses of one site one after the other."""
        sites: dict[str | None, list[Following]] = defaultdict(list)
        for item in items:
            sites[urlsplit(item.address).hostname].append(item)
        stop = threading.Event()  # also where the caller is interrupted, who may use `cancel` again

        def read_site(site: Sequence[Following]) -> list[_Outcome]:
            outcomes = []
            for item in site:
                if stop.is_set():
                    break
                if progress:
                    progress(item.address)
                outcomes.append((item.address, *self._read(item, stop)))
            return outcomes

        with ThreadPoolExecutor(_MOST_SITES, thread_name_prefix="onrecord-refresh") as pool:
            try:
                readings = [pool.submit(copy_context().run, read_site, site) for site in sites.values()]
                while wait(readings, _CANCEL_SECONDS).not_done:
                    if cancel.is_set():
                        stop.set()
            finally:
                stop.set()
        return [outcome for reading in readings for outcome in reading.result()]

    def _read(self, item: Following, cancel: threading.Event) -> tuple[list[AddResult], str | None]:
        """Read one address and store when to read it next: after its interval, or after ever longer waits on errors."""
        now = datetime.now(UTC)
        error: str | None = None
        results: list[AddResult] = []
        remaining = item.left
        try:
            results, remaining = self._reads(item, _MOST_A_ROUND, cancel)
        except OnRecordError as exc:
            error = str(exc)
        if len(results) == 1 and results[0].status == "rejected" and results[0].source == item.address:
            error = results[0].reason or "It cannot be read."
            results = []  # it is reported once
        new_count = sum(one.status in ("added", "updated") for one in results)
        if error is None:
            item = replace(item, last_read=now, next_read=now + timedelta(minutes=item.interval), left=remaining)
            item = replace(item, error=None, failures=0, paused=False, added=item.added + new_count)
        else:
            failures = item.failures + 1
            wait = min(item.interval * 2 ** min(failures, 10), _LONGEST_WAIT)
            item = replace(item, next_read=now + timedelta(minutes=wait), error=error)
            item = replace(item, failures=failures, paused=failures >= _MOST_FAILURES)
        self.store.put(item)
        return [one for one in results if one.status != "duplicate"], error

    @contextmanager
    def _hold_lease(self) -> Iterator[None]:
        if not self.store.acquire_lease(_LEASE, self._holder, _LEASE_SECONDS):
            raise LibraryBusy("Another process is reading the addresses of this library. Try again in two minutes.")
        finished = threading.Event()

        def renew() -> None:
            while not finished.wait(_LEASE_SECONDS / 3):
                with suppress(StoreError):  # it is tried again before the lease ends
                    self.store.acquire_lease(_LEASE, self._holder, _LEASE_SECONDS)

        renewing = threading.Thread(target=renew, name="lease", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            finished.set()
            renewing.join()
            self.store.release_lease(_LEASE, self._holder)

    def _find_news(self) -> list[News]:
        fresh: list[News] = []
        for item in self.store.watches():
            keys = self.store.known_keys(item.watch_id)
            statements, articles = self._matches(item)
            news = list(find_news(item, statements, keys, articles, self._differs))
            if item.story:
                news += article_news(item, articles.values(), keys, {one.article_id for one in news})
            news += correction_news(item, articles.values())
            watch = replace(item, checked=datetime.now(UTC), unread=0)
            fresh += self.store.record_news(watch, _keys(item, statements, articles), news)
        return fresh

    def _matches(self, item: Watch) -> tuple[Sequence[Statement], Mapping[str, ArticleSummary]]:
        """The statements that answer a watch, and the articles that it looks at: those of the statements, or those of
        its story.
        """
        if item.story is None:
            statements = self._answers(item)
            return statements, self._library.articles.summaries({one.article_id for one in statements})
        try:
            ids = self._story(item.story).articles
        except UnusableInput:  # all its articles were removed
            ids = ()
        statements = self._library.statements.find(item.filters, articles=list(ids))
        return statements, self._library.articles.summaries(ids)

    # -- digest

    def digest(self, since: date, only: Sequence[str]) -> Digest:
        """As `Newsroom.digest`."""
        watches = self.store.watches()
        watch_ids = {item.watch_id for item in watches}
        chosen_stories = {self._story(name).story_id for name in only if name not in watch_ids}
        if only:
            watches = [item for item in watches if item.watch_id in only]
        news = self.store.news(since=since)
        groups = [(item, tuple(one for one in news if one.watch_id == item.watch_id)) for item in watches]
        articles = [item for item in self._library.articles.page(Filters(since=since)) if not item.copy_of]
        outlets = Counter(item.outlet or OUTLET_UNKNOWN for item in articles)
        stories = self._stories(Filters(since=since)) if articles and (chosen_stories or not only) else []
        shared = [
            item
            for item in stories
            if (item.story_id in chosen_stories if only else len(item.articles) - len(item.copies) > 1)
        ]
        return Digest(
            since=since, watches=tuple((item, some) for item, some in groups if some), articles=len(articles),
            outlets=tuple(outlets.most_common()), stories=tuple(shared[:_MOST_STORIES]),
        )  # fmt: skip


def _keys(item: Watch, statements: Iterable[Statement], articles: Mapping[str, ArticleSummary]) -> list[str]:
    """What is not news to a watch any more: statements, and the articles of a story."""
    return [*map(statement_key, statements), *(map(article_key, articles) if item.story else ())]


def _is_due(item: Following, now: datetime) -> bool:
    """True if its time has come, or lies further ahead than any wait: the clock was set back."""
    longest = timedelta(minutes=max(item.interval, _LONGEST_WAIT))
    return item.next_read <= now or item.next_read > now + longest
