"""Articles from addresses: pages, feeds and what they list, over a real server on loopback."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import BadDate, Newsroom
from rag.domain import Extract
from rag.errors import UnusableInput
from rag.providers.fetch import Fetcher
from rag.services.ingestion.field_maps import is_address
from rag.services.ingestion.pages import read_address
from tests.sites import Site, send
from tests.sites import fetcher as lenient

STORY = "The council of Esk voted on Monday to close the old bridge for repairs. Trams will run on the new one."


def page(title: str) -> bytes:
    return (
        f"<html><head><title>{title}</title><link rel='alternate' type='application/rss+xml' href='/feed'></head>"
        f"<body><article><h1>{title}</h1><p>{STORY}</p><p>{title} was read out by the mayor, Ida Holm.</p></article>"
        "</body></html>"
    ).encode()


def feed(*paths: str) -> bytes:
    items = "".join(
        f"<item><title>Item {path}</title><link>{path}</link><pubDate>Mon, 01 Apr 2024 08:00:00 GMT</pubDate>"
        f"<description>{STORY} Only the feed says this about {path}.</description></item>"
        for path in paths
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Esk Herald</title>{items}</channel></rss>".encode()


@pytest.fixture
def fetcher() -> Fetcher:
    return lenient(obey_robots=False)


def read(url: str, fetcher: Fetcher, *, follow: bool = False) -> list[Extract | UnusableInput]:
    return [entry.content for entry in read_address(url, fetcher, feed=follow) if entry.content is not None]


def test_a_page_is_one_article_with_its_address(site: Site, fetcher: Fetcher) -> None:
    site.answers["/story"] = send(200, page("Bridge to close"), Content_Type="text/html")
    (found,) = read(site.url("/story"), fetcher)
    assert isinstance(found, Extract)
    assert (found.title, found.url) == ("Bridge to close", site.url("/story"))
    assert STORY in found.text


def test_a_feed_is_followed_and_a_page_that_is_gone_stops_no_other(site: Site, fetcher: Fetcher) -> None:
    site.answers["/feed"] = send(200, feed(site.url("/one"), site.url("/gone")), Content_Type="application/rss+xml")
    site.answers["/one"] = send(200, page("One"), Content_Type="text/html")
    one, gone = read(site.url("/feed"), fetcher)
    assert isinstance(one, Extract)
    assert isinstance(gone, Extract)
    assert (one.title, one.outlet, str(one.published)) == ("One", "Esk Herald", "2024-04-01")
    assert "Only the feed says this" in gone.text
    assert gone.url == site.url("/gone")


def test_a_front_page_leads_to_its_feed_when_asked(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = send(200, page("Front"), Content_Type="text/html")
    site.answers["/feed"] = send(200, feed(site.url("/one")), Content_Type="application/rss+xml")
    site.answers["/one"] = send(200, page("One"), Content_Type="text/html")
    (found,) = read(site.url("/"), fetcher, follow=True)
    assert isinstance(found, Extract)
    assert found.title == "One"
    site.answers["/bare"] = send(200, b"<html><body><p>Nothing here.</p></body></html>", Content_Type="text/html")
    (refused,) = read(site.url("/bare"), fetcher, follow=True)
    assert isinstance(refused, UnusableInput)
    assert "no feed" in str(refused)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "ftp://example.org/x", "http://10.0.0.1/"]
)
def test_what_may_not_be_fetched_is_refused(url: str) -> None:
    (refused,) = read(url, Fetcher(obey_robots=False))
    assert isinstance(refused, UnusableInput)


def test_addresses_are_told_from_paths() -> None:
    assert is_address("https://example.org/x")
    assert is_address("javascript:alert(1)")
    assert not is_address("news/story.txt")
    assert not is_address(r"C:\news\story.txt")
    assert not is_address("-")


def test_addresses_are_added_between_files_in_order_and_updated_when_read_again(
    site: Site,
    fetcher: Fetcher,
    room: Newsroom,
    tmp_path: Path,
) -> None:
    room._parts.__dict__["fetcher"] = fetcher
    story = tmp_path / "story.txt"
    story.write_text("A ferry sank in the harbour of Orm.\n\nNobody was hurt, said the harbour master.", "utf-8")
    site.answers["/story"] = send(200, page("Bridge to close"), Content_Type="text/html")
    results = room.add(site.url("/story"), story, site.url("/gone"), "file:///etc/passwd")
    assert [item.status for item in results] == ["added", "added", "rejected", "rejected"]
    assert [item.status for item in room.add(site.url("/story"))] == ["duplicate"]
    site.answers["/story"] = send(200, page("Bridge to close").replace(b"Monday", b"Tuesday"), Content_Type="text/html")
    (again,) = room.add(site.url("/story"))
    assert (again.status, again.article_id) == ("updated", results[0].article_id)


# -- asking again


def tagged(status: int, body: bytes, tag: str, kind: str) -> Callable[[Any], None]:
    """Answers with a tag, and 304 to who has it."""

    def answer(handler: Any) -> None:
        if handler.headers.get("If-None-Match") == tag:
            return send(304, b"", ETag=tag)(handler)
        return send(status, body, ETag=tag, Content_Type=kind)(handler)

    return answer


RSS, HTML = "application/rss+xml", "text/html"


@pytest.fixture
def news(room: Newsroom, fetcher: Fetcher) -> Newsroom:
    room._parts.__dict__["fetcher"] = fetcher
    return room


def test_a_feed_is_read_again_only_if_it_has_changed_and_its_pages_too(site: Site, news: Newsroom) -> None:
    site.answers["/feed"] = tagged(200, feed(site.url("/one"), site.url("/two")), '"a"', RSS)
    site.answers["/one"] = tagged(200, page("One"), '"1"', HTML)
    site.answers["/two"] = tagged(200, page("Two, another"), '"2"', HTML)
    first = news.add(site.url("/feed"))
    assert [item.status for item in first] == ["added", "added"]
    asked = len(site.requests)
    (same,) = news.add(site.url("/feed"))
    assert (same.status, same.article_id) == ("duplicate", None)
    assert "feed has not changed" in (same.reason or "")
    assert len(site.requests) == asked + 1
    site.answers["/feed"] = tagged(200, feed(site.url("/one"), site.url("/two")), '"b"', RSS)
    site.answers["/two"] = tagged(200, page("Two, another").replace(b"Monday", b"Friday"), '"3"', HTML)
    one, two = news.add(site.url("/feed"))
    assert (one.status, one.article_id, one.reason) == (
        "duplicate", first[0].article_id, "the page has not changed since it was read",
    )  # fmt: skip
    assert (two.status, two.article_id) == ("updated", first[1].article_id)


def test_a_feed_of_which_a_page_may_come_later_is_read_again(site: Site, news: Newsroom) -> None:
    site.answers["/feed"] = tagged(200, feed(site.url("/one")), '"a"', RSS)
    site.answers["/one"] = send(503, b"")
    (first,) = news.add(site.url("/feed"))
    assert first.status == "added"  # as far as the feed gives it
    site.answers["/one"] = tagged(200, page("One"), '"1"', HTML)
    (later,) = news.add(site.url("/feed"))
    assert (later.status, later.article_id) == ("updated", first.article_id)
    (same,) = news.add(site.url("/feed"))
    assert same.status == "duplicate"


def test_a_removed_article_is_fetched_whole_again(site: Site, news: Newsroom) -> None:
    site.answers["/one"] = tagged(200, page("One"), '"1"', HTML)
    (first,) = news.add(site.url("/one"))
    assert news.add(site.url("/one"))[0].article_id == first.article_id
    news.remove(first.article_id or "")
    assert news.add(site.url("/one"))[0].status == "added"


def test_a_feed_tells_how_far_it_is_and_can_be_cancelled(site: Site, news: Newsroom) -> None:
    pages = [f"/{number}" for number in range(6)]
    site.answers["/feed"] = tagged(200, feed(*map(site.url, pages)), '"a"', RSS)
    for path in pages:
        site.answers[path] = send(200, page(f"Title {path}"), Content_Type=HTML)
    cancel, told = threading.Event(), list[Any]()
    put = news._parts.ingestion.put

    def third(*args: Any, **named: Any) -> Any:
        if news.count() == 2:
            cancel.set()
        return put(*args, **named)

    news._parts.ingestion._pages._put = third
    results = news.add(site.url("/feed"), progress=told.append, cancel=cancel)
    assert [item.status for item in results] == ["added"] * 3
    assert (told[-1].step, told[-1].done, told[-1].total) == ("adding", 3, 6)
    assert [item.status for item in news.add(site.url("/feed"))] == ["duplicate"] * 3 + ["added"] * 3


# -- looking before adding


def test_a_preview_of_a_feed_lists_it_in_one_request_and_adds_only_what_is_chosen(site: Site, news: Newsroom) -> None:
    site.answers["/feed"] = send(200, feed(site.url("/one"), site.url("/two")), Content_Type=RSS)
    site.answers["/two"] = send(200, page("Two"), Content_Type=HTML)
    _, two = news.preview(site.url("/feed"))
    assert site.requests[-1][0] == "/feed"
    assert (two.title, two.outlet, str(two.published), two.url) == (
        f"Item {site.url('/two')}", "Esk Herald", "2024-04-01", site.url("/two"),
    )  # fmt: skip
    assert two.first.startswith(STORY[:40])
    assert two.known is None
    assert news.count() == 0
    (added,) = news.add_previewed([two.corrected(title="The second", published="2024-04-05")])
    assert (added.status, added.source) == ("added", site.url("/two"))
    article = news.article(added.article_id or "")
    assert (article.title, str(article.published), article.date_basis) == ("The second", "2024-04-05", "user")
    assert "read out by the mayor" in article.text  # of the page, not of the feed
    assert [item.known for item in news.preview(site.url("/feed"))] == [None, added.article_id]


def test_a_preview_of_files_says_what_each_holds_and_what_can_not_be_read(news: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.md", f"---\ntitle: Bridge\noutlet: Esk Herald\npublished: 2024-04-01\n---\n{STORY}")
        archive.writestr("b.txt", "")
        archive.writestr("c.txt", STORY.replace("bridge", "ferry"))
    bridge, empty, ferry = news.preview(path)
    assert (bridge.title, bridge.outlet, bridge.date_basis) == ("Bridge", "Esk Herald", "front-matter")
    assert "empty" in (empty.reason or "")
    assert empty.extract is None
    results = news.add_previewed([empty, ferry])
    assert [item.status for item in results] == ["rejected", "added"]
    assert news.count() == 1
    assert [item.known for item in news.preview(path)] == [None, None, results[1].article_id]


def test_a_wrong_correction_stops_all_before_any_is_added(news: Newsroom) -> None:
    (found,) = news.preview_bytes(STORY.encode(), name="pasted text")
    with pytest.raises(BadDate):
        news.add_previewed([found, found.corrected(published="soon")])
    assert news.count() == 0


def test_the_preview_of_a_file_ties_later_readings_of_it(news: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    (added,) = news.add_previewed([news.preview(path)[0].corrected(outlet="Esk Herald")])
    path.write_text(STORY.replace("Monday", "Friday"), "utf-8")
    (again,) = news.add(path)
    assert (again.status, again.article_id) == ("updated", added.article_id)
    assert news.article(added.article_id or "").outlet == "Esk Herald"
