"""Articles from addresses: pages, feeds and what they list, over a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Newsroom
from rag.domain import Extract
from rag.engines.addresses import is_address, read_address
from rag.errors import UnusableInput
from rag.providers.fetch import Fetcher
from tests.providers.test_fetch import Site, send

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
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(resolver=lambda *_: ["127.0.0.1"], allow_loopback=True, obey_robots=False)


def read(url: str, fetcher: Fetcher, *, follow: bool = False) -> list[Extract | UnusableInput]:
    return [entry.found for entry in read_address(url, fetcher, feed=follow)]


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
    room.__dict__["_fetcher"] = fetcher
    story = tmp_path / "story.txt"
    story.write_text("A ferry sank in the harbour of Orm.\n\nNobody was hurt, said the harbour master.", "utf-8")
    site.answers["/story"] = send(200, page("Bridge to close"), Content_Type="text/html")
    results = room.add(site.url("/story"), story, site.url("/gone"), "file:///etc/passwd")
    assert [item.status for item in results] == ["added", "added", "rejected", "rejected"]
    assert [item.status for item in room.add(site.url("/story"))] == ["duplicate"]
    site.answers["/story"] = send(200, page("Bridge to close").replace(b"Monday", b"Tuesday"), Content_Type="text/html")
    (again,) = room.add(site.url("/story"))
    assert (again.status, again.article_id) == ("updated", results[0].article_id)
