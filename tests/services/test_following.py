"""Addresses that are read again, and what is new for what is watched, over a site on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from rag import Newsroom, Settings
from rag.cli import main
from rag.domain import Refresh
from rag.errors import BadSettings, LibraryBusy, UnreadableSource, UnusableInput
from rag.providers.fetch import Fetcher
from rag.readers.listing import is_sitemap, listed_addresses
from rag.services.following.noticing import find_news
from rag.services.following.scheduler import Scheduler
from rag.stores.following import FollowingStore
from tests.sites import Site, fetcher, send

ROUTINE = "The fishing boats of Velde left the port in the morning and came back in the evening with their catch. " * 3


def page(title: str, text: str, day: str = "2031-05-03") -> bytes:
    return (
        f"<html lang='en'><head><title>{title}</title><meta property='article:published_time' content='{day}'></head>"
        f"<body><article><h1>{title}</h1><p>{text}</p><p>{ROUTINE}</p></article></body></html>"
    ).encode()


def feed(site: Site, *paths: str) -> bytes:
    items = "".join(f"<item><title>{path}</title><link>{site.url(path)}</link></item>" for path in paths)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Velde Post</title>{items}</channel></rss>".encode()


@pytest.fixture
def desk(room: Newsroom, site: Site) -> Newsroom:
    room._parts.__dict__["fetcher"] = fetcher()
    site.answers["/robots.txt"] = send(404, b"")
    site.answers["/stays"] = send(200, page("Port stays open", "“The port stays open,” Ada Lund said on Saturday."))
    site.answers["/feed"] = send(200, feed(site, "/stays"), ETag='"1"')
    return room


def test_a_feed_is_read_again_and_only_what_is_new_is_added(desk: Newsroom, site: Site) -> None:
    desk.follow(site.url("/feed"))
    first = desk.refresh()
    assert [item.status for item in first.results] == ["added"]
    assert desk.refresh().read == 0  # it is not due
    site.answers["/again"] = send(200, page("A second story", "The ferry to Norland was late by two hours. " * 9))
    site.answers["/feed"] = send(200, feed(site, "/again", "/stays"), ETag='"2"')
    second = desk.refresh(everything=True)
    assert [item.status for item in second.results] == ["added"]
    assert desk.count() == 2
    assert desk.following()[0].added == 2


def test_what_has_not_changed_is_asked_for_with_its_mark(desk: Newsroom, site: Site) -> None:
    desk.follow(site.url("/feed"))
    desk.refresh()

    def unchanged(handler: BaseHTTPRequestHandler) -> None:
        send(304 if handler.headers.get("If-None-Match") == '"1"' else 200, b"")(handler)

    site.answers["/feed"] = unchanged
    before = len(site.requests)
    assert desk.refresh(everything=True).results == ()
    questions = [path for path, _ in site.requests[before:]]
    assert questions.count("/feed") == 1
    assert "/stays" not in questions


def test_sites_are_read_at_the_same_time_and_the_addresses_of_one_in_turn(desk: Newsroom, site: Site) -> None:
    both = threading.Barrier(2)

    def together(handler: BaseHTTPRequestHandler) -> None:
        both.wait(30)  # breaks, and fails, where the other site waits for this one
        send(200, feed(site, "/stays"))(handler)

    site.answers |= {"/one": together, "/two": together}
    for address in (site.url("/one", "a.example"), site.url("/two", "b.example"), site.url("/feed", "a.example")):
        desk.follow(address)
    outcome = desk.refresh()
    assert (outcome.read, outcome.errors, desk.count()) == (3, (), 1)
    assert site.paths().index("/feed") > site.paths().index("/one")


def test_a_round_that_is_stopped_keeps_what_it_read_and_its_marks(desk: Newsroom, site: Site) -> None:
    cancel = threading.Event()

    def last(handler: BaseHTTPRequestHandler) -> None:
        cancel.set()
        send(200, page("Second", "The ferry to Norland was late by two hours."), ETag='"2"')(handler)

    site.answers["/first"] = send(200, page("First", "A goat was seen on the roof of the town hall."), ETag='"1"')
    site.answers["/second"] = last
    site.answers["/feed"] = send(200, feed(site, "/first", "/second", "/stays"))
    desk.follow(site.url("/feed"))
    assert desk.refresh(cancel=cancel).read == 1
    assert desk.count() in (2, 3)  # the thread that reads may begin the next before it is told
    site.requests.clear()
    desk.refresh(everything=True)
    assert desk.count() == 3
    assert dict(site.requests)["/first"]["if-none-match"] == '"1"'


def test_only_articles_with_the_words_are_added(desk: Newsroom, site: Site) -> None:
    site.answers["/goats"] = send(200, page("Goats", "A goat was seen on the roof of the town hall."))
    site.answers["/feed"] = send(200, feed(site, "/stays", "/goats"))
    desk.follow(site.url("/feed"), words=["goat"], outlet="Velde Herald")
    desk.refresh()
    assert [(item.title, item.outlet) for item in desk.articles()] == [("Goats", "Velde Herald")]


def test_an_address_that_fails_waits_longer_each_time_and_is_paused(desk: Newsroom, site: Site) -> None:
    site.answers["/feed"] = send(500, b"")
    desk.follow(site.url("/feed"))
    waits = []
    for _ in range(8):
        outcome = desk.refresh(everything=True)
        (item,) = desk.following()
        waits.append(item.next_read)
        assert outcome.errors[0][0] == item.address
        assert item.error
    assert waits == sorted(waits)
    assert item.paused
    assert desk.refresh().read == 0
    site.answers["/feed"] = send(200, feed(site, "/stays"))
    desk.refresh(everything=True)
    (item,) = desk.following()
    assert (item.paused, item.failures, item.error) == (False, 0, None)


def test_a_listing_and_a_sitemap_are_followed_like_feeds(desk: Newsroom, site: Site) -> None:
    site.answers["/2031/05/03/port"] = send(200, page("Port", "The port stays open."))
    site.answers["/news"] = send(
        200, b"<html><body><a href='/2031/05/03/port'>Port</a><a href='/about-us'>Us</a></body></html>"
    )
    site.answers["/map.xml"] = send(
        200,
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{site.url('/stays')}</loc></url></urlset>".encode(),
    )
    desk.follow(site.url("/news"))
    desk.follow(site.url("/map.xml"))
    desk.refresh()
    assert {item.title for item in desk.articles()} >= {"Port", "Port stays open"}


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "<a href='/2031/05/03/x'>x</a><a href='/tag/port'>t</a><a href='https://b.example/2031/05/03/y'>y</a>",
            ["https://a.example/2031/05/03/x"],
        ),
        (
            "<a href='/port-stays-open-all-year'>x</a><a href='/port-stays-open-all-year#top'>x</a>",
            ["https://a.example/port-stays-open-all-year"],
        ),
        ("<a href='javascript:alert(1)'>x</a><a href='mailto:a@b.example'>y</a>", []),
    ],
)
def test_a_page_lists_the_articles_of_its_own_site(text: str, addresses: list[str]) -> None:
    assert listed_addresses(f"<html><body>{text}</body></html>", "https://a.example/") == addresses


def test_a_sitemap_lists_the_newest_first() -> None:
    places = "".join(f"<url><loc>https://a.example/{n}</loc><lastmod>2031-05-0{n}</lastmod></url>" for n in (1, 3, 2))
    assert [one[-1] for one in listed_addresses(f"<urlset>{places}</urlset>", "https://a.example/")] == ["3", "2", "1"]


def test_a_sitemap_loads_nothing_from_outside() -> None:
    text = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>https://a.example/&e;</loc></url></urlset>"
    assert not is_sitemap("<html>")
    assert all("root:" not in address for address in listed_addresses(text, "https://a.example/"))


def publish(room: Newsroom, title: str, text: str, day: str) -> None:
    room.add_text(f"{text}\n\n{ROUTINE}", title=title, outlet="Velde Post", published=day)
    room.wait()


@pytest.mark.parametrize(
    "watch",
    [lambda room: room.watch("What is Ada Lund's position on the harbour?"), lambda room: room.watch(actor="Ada Lund")],
)
def test_a_changed_position_is_news_once(desk: Newsroom, watch: Callable[[Newsroom], object]) -> None:
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    watch(desk)
    assert desk.refresh().news == ()  # what was there is no news
    publish(desk, "Weather", "It rained in Norland.", "2031-05-04")
    assert desk.refresh().news == ()
    publish(desk, "Turn", "“We will not close the harbour of Velde in June,” Ada Lund said on Friday.", "2031-05-10")
    (news,) = desk.refresh().news
    assert news.kind == "position"
    assert news.before is not None
    assert "will close" in news.before.text
    assert desk.refresh().news == ()
    assert [item.news_id for item in desk.news(unread=True)] == [news.news_id]
    assert desk.watches()[0].unread == 1
    desk.see_news()
    assert desk.news(unread=True) == []


@pytest.mark.parametrize("order", [("original", "copy"), ("copy", "original")])
def test_a_statement_that_a_wire_copy_repeats_is_news_of_the_original(desk: Newsroom, order: tuple[str, str]) -> None:
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    watch = desk.watch(actor="Ada Lund")
    (summary,) = desk.articles()
    statement = desk.statements(actor="Ada Lund")[0]
    articles = {
        "original": replace(summary, article_id="original"),
        "copy": replace(summary, article_id="copy", copy_of="original"),
    }
    statements = [replace(statement, article_id=name) for name in order]
    news = find_news(watch, statements, set(), articles, lambda before, after: None)
    assert [item.article_id for item in news] == ["original"]


def test_what_another_source_denies_is_a_contradiction_and_another_side_is_none(desk: Newsroom) -> None:
    publish(desk, "Open", "“The old harbour of Velde closes in June,” Ada Lund said on Saturday.", "2031-05-03")
    publish(desk, "For", "“We support the tunnel to Norland,” Ida Holm said on Saturday.", "2031-05-03")
    desk.watch(topic="harbour")
    desk.watch(topic="tunnel")
    publish(desk, "Denied", "“The old harbour of Velde does not close in June,” Bo Marsh said on Monday.", "2031-05-05")
    publish(desk, "Against", "“We oppose the tunnel to Norland,” Tom Reed said on Monday.", "2031-05-05")
    news = {item.title: item for item in desk.refresh().news}
    assert (news["Denied"].kind, news["Against"].kind) == ("conflict", "statement")
    assert news["Denied"].before is not None
    assert "(Ada Lund says otherwise: “The old harbour of Velde closes in June" in news["Denied"].text


def test_a_list_of_feeds_is_followed_and_written(desk: Newsroom, site: Site, tmp_path: Path) -> None:
    first, second = site.url("/feed"), site.url("/other?a=1&b=2")
    desk.follow(first, interval=30)
    outlines = "".join(f"<outline text='x' xmlUrl='{escape(url)}'/>" for url in (first, second))
    data = f"<opml version='2.0'><body>{outlines}</body></opml>".encode()
    assert [item.address for item in desk.follow_list(data, "feeds.opml")] == [second]
    assert {item.address: item.interval for item in desk.following()} == {first: 30, second: 60}
    feeds = desk.following_list()
    desk.unfollow(first)
    desk.unfollow(second)
    assert {item.address for item in desk.follow_list(feeds.encode(), "feeds.opml")} == {first, second}
    with pytest.raises(UnusableInput, match="names none"):
        desk.follow_list(b"<opml><body/></opml>", "feeds.opml")


def test_indirect_words_are_never_in_quotation_marks_and_an_order_holds(desk: Newsroom) -> None:
    publish(desk, "For", "Ida Holm said on Saturday that she supports the tunnel to Norland.", "2031-05-03")
    watch = desk.watch(actor="Ida Holm")
    publish(desk, "Against", "Ida Holm said on Monday that she opposes the tunnel to Norland.", "2031-05-05")
    publish(desk, "More", "“The boats of Velde need a new pier,” Ida Holm said on Friday.", "2031-05-09")
    news = desk.refresh().news
    assert [item.title for item in desk.news(watch_id=watch.watch_id)] == ["More", "Against"]
    (changed,) = (item for item in news if item.kind == "position")
    assert changed.text == "Ida Holm may have changed sides: she opposes the tunnel to Norland"
    text = desk.digest_document(desk.digest(date.today() - timedelta(days=1)), "text")  # noqa: DTZ011
    assert "(before: she supports the tunnel to Norland)" in text
    assert "““" not in text


def test_a_digest_of_chosen_watches_and_stories(desk: Newsroom) -> None:
    one, other = desk.watch(actor="Ada Lund"), desk.watch(actor="Ida Holm")
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    publish(desk, "For", "Ida Holm said on Saturday that she supports the tunnel to Norland.", "2031-05-03")
    desk.refresh()
    story = desk.stories()[0]
    day = date.today() - timedelta(days=1)  # noqa: DTZ011
    assert [item.watch_id for item, _ in desk.digest(day).watches] == [one.watch_id, other.watch_id]
    digest = desk.digest(day, only=[other.watch_id])
    assert ([item.watch_id for item, _ in digest.watches], digest.stories) == ([other.watch_id], ())
    digest = desk.digest(date(2031, 1, 1), only=[story.story_id])
    assert (digest.watches, [item.story_id for item in digest.stories]) == ((), [story.story_id])
    with pytest.raises(UnusableInput, match="no story"):
        desk.digest(day, only=["nonsense"])


def test_a_story_that_is_watched_tells_of_its_new_articles_and_statements(desk: Newsroom) -> None:
    publish(desk, "Ferry aground off Velde", "The ferry Marisol ran aground off Velde on Saturday.", "2031-05-03")
    (story,) = desk.stories()
    watch = desk.watch(story=story.story_id)
    assert (watch.title, desk.refresh().news) == ("Ferry aground off Velde", ())
    publish(desk, "Goats", "A goat was seen on the roof of the town hall of Norland.", "2031-05-04")
    assert desk.refresh().news == ()  # another story
    publish(desk, "Ferry Marisol towed off Velde", "Tugs towed the ferry Marisol off Velde on Sunday.", "2031-05-04")
    text = "The ferry Marisol ran aground off Velde. “We will keep the Marisol in service,” Ada Lund said on Monday."
    publish(desk, "Ferry Marisol stays, says Velde", text, "2031-05-05")
    assert len(desk.story(story.story_id).articles) == 3
    news = {item.title: item.kind for item in desk.refresh().news}
    assert news == {"Ferry Marisol towed off Velde": "article", "Ferry Marisol stays, says Velde": "statement"}
    assert desk.refresh().news == ()
    for article_id in desk.story(story.story_id).articles:
        desk.remove(article_id)
    assert (desk.refresh().news, desk.news()) == ((), [])


def test_what_is_refused_is_told_once_with_the_setting_that_opens_it(room: Newsroom, site: Site) -> None:
    room.follow(f"http://127.0.0.1:{site.port}/feed")
    outcome = room.refresh()
    assert outcome.results == ()
    ((_, reason),) = outcome.errors
    assert "ONRECORD_ALLOW_HOSTS" in reason


def test_the_same_words_in_another_article_are_no_news(desk: Newsroom) -> None:
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    desk.watch(actor="Ada Lund")
    publish(
        desk, "Review", "The week in Velde. “We will close the harbour of Velde in June,” Ada Lund said.", "2031-05-09"
    )
    assert desk.refresh().news == ()


def test_what_is_removed_takes_its_news_along(desk: Newsroom) -> None:
    desk.watch(actor="Ada Lund")
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    assert len(desk.refresh().news) == 1
    desk.remove(desk.articles()[0].article_id)
    assert desk.news() == []


def test_a_digest_has_what_is_new_since_a_day(desk: Newsroom) -> None:
    desk.watch(actor="Ada Lund")
    publish(desk, "Open", "“We will close the harbour of Velde in June,” Ada Lund said on Saturday.", "2031-05-03")
    desk.refresh()
    digest = desk.digest(date(2031, 1, 1))
    assert digest.articles == 1
    assert digest.outlets == (("Velde Post", 1),)
    assert desk.digest(date(2020, 1, 1)).watches[0][1][0].kind == "statement"


def test_what_is_due_is_read_in_the_background(desk: Newsroom, site: Site) -> None:
    desk.follow(site.url("/feed"))
    read = threading.Event()

    def refresh(cancel: threading.Event) -> Refresh:
        outcome = desk.refresh(cancel=cancel)
        read.set()
        return outcome

    scheduler = Scheduler(refresh, every=0.05)
    assert read.wait(60)
    scheduler.close()
    assert desk.count() == 1


def test_one_process_reads_at_a_time(desk: Newsroom, site: Site) -> None:
    desk.follow(site.url("/feed"))
    store = FollowingStore(desk._parts.library)
    assert store.acquire_lease("refresh", "another", 60)
    with pytest.raises(LibraryBusy, match="Try again"):
        desk.refresh()
    store.release_lease("refresh", "another")
    assert desk.refresh().read == 1
    assert store.acquire_lease("refresh", "one", -1)  # who holds it was killed
    assert isinstance(desk.refresh(), Refresh)


@pytest.mark.parametrize(
    ("call", "remedy"),
    [
        (lambda room: room.follow("velde.example"), "http"),
        (lambda room: room.follow("https://a.example/feed", interval=1), "shortest interval is 5 minutes"),
        (lambda room: room.unfollow("https://a.example/feed"), "onrecord following"),
        (lambda room: room.watch(), "question"),
        (lambda room: room.watch(story="nothing"), "onrecord stories"),
        (lambda room: room.watch(actor="Ada Lund", story="nothing"), "on its own"),
        (lambda room: room.unwatch("nothing"), "onrecord following"),
    ],
)
def test_what_cannot_be_followed_says_why(desk: Newsroom, call: Callable[[Newsroom], object], remedy: str) -> None:
    with pytest.raises(UnusableInput, match=remedy):
        call(desk)


@pytest.mark.parametrize(
    ("allowed", "passes"),
    [
        ([], False),
        (["wiki.example"], True),
        (["*.example"], True),
        (["127.0.0.0/8"], True),
        (["10.2.0.0/16", "other.example", "*.wiki.example"], False),
    ],
)
def test_private_hosts_are_fetched_only_where_they_are_opened(site: Site, allowed: list[str], passes: bool) -> None:
    site.answers["/feed"] = send(200, b"ok")
    fetcher = Fetcher(allow_hosts=allowed, resolver=lambda host, port: ["127.0.0.1"], obey_robots=False)
    if passes:
        assert fetcher.get(site.url("/feed", host="wiki.example")).data == b"ok"
        return
    with pytest.raises(UnreadableSource, match="not on the public internet"):
        fetcher.get(site.url("/feed", host="wiki.example"))
    assert site.requests == []


def test_what_is_no_host_is_a_setting_that_cannot_be_used() -> None:
    with pytest.raises(BadSettings, match="neither a host nor a network"):
        Fetcher(allow_hosts=["http://wiki.example/"])


def test_the_commands(desk: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(desk.settings.home), "--json"]
    assert main(["follow", "https://a.example/feed", "--actor", "Ada Lund", *home]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["following"]["address"] == "https://a.example/feed"
    assert main(["following", *home]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [item["actor"] for item in listed["watches"]] == ["Ada Lund"]
    assert main(["unfollow", "https://a.example/feed", *home]) == 0
    assert main(["unfollow", data["watch"]["watch_id"], *home]) == 0
    assert main(["refresh", *home]) == 1
    assert main(["digest", "--since", "yesterday", *home]) == 1
    capsys.readouterr()
    assert main(["digest", "--since", "last-week", *home]) == 1
    week_ago = datetime.now(UTC).astimezone().date() - timedelta(days=7)
    assert json.loads(capsys.readouterr().out)["since"] == week_ago.isoformat()
    with pytest.raises(SystemExit):
        main(["digest", "--since", "last-month", *home])
    assert Settings(home=desk.settings.home).allow_hosts == ""


# -- what a site may do wrong


def listed(site: Site, item: str) -> bytes:
    return (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Velde Post</title>"
        f"<item><title>Stays</title><link>{site.url('/stays')}</link>{item}</item></channel></rss>"
    ).encode()


@pytest.mark.parametrize("day", ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "yesterday", ""])
def test_a_feed_that_lies_about_its_days_does_not_move_an_article(desk: Newsroom, site: Site, day: str) -> None:
    site.answers["/feed"] = send(200, listed(site, f"<pubDate>{day}</pubDate>"))
    desk.follow(site.url("/feed"))
    (result,) = desk.refresh().results
    assert result.status == "added"
    assert desk.articles()[0].published == date(2031, 5, 3)  # as its page has it
    assert desk.refresh(everything=True).results == ()


def test_a_feed_of_60000_items_is_read_in_bounded_rounds_told_in_a_line(
    desk: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.readers.feed._MOST", 20)
    monkeypatch.setattr("rag.readers.feed._NEWEST", 5)
    site.answers["/feed"] = send(200, feed(site, *(f"/{number}" for number in range(60_000))), ETag='"1"')
    desk.follow(site.url("/feed"))
    for asked, left in ((range(20), 59_980), ([*range(5), *range(20, 35)], 59_965)):
        site.requests.clear()
        outcome = desk.refresh(everything=True)
        assert {path for path in site.paths() if path != "/robots.txt"} == {"/feed", *(f"/{one}" for one in asked)}
        assert (outcome.left, desk.following()[0].left) == (left, left)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<?xml version='1.0'?><rss version='2.0'><channel>")
    while True:
        handler.wfile.write(b"<item><title>again</title></item>" * 1000)


def inside(handler: BaseHTTPRequestHandler) -> None:
    send(302, b"", Location="http://10.0.0.7/secret")(handler)


@pytest.mark.parametrize("answer", [endless, inside])
def test_what_is_endless_or_leads_inside_is_refused_and_the_rest_is_read(
    desk: Newsroom, site: Site, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    desk._parts.__dict__["fetcher"] = Fetcher(
        largest=2_000_000, allow_loopback=True,
        resolver=lambda host, port: ["127.0.0.1" if host.endswith(".example") else host],
    )  # fmt: skip
    site.answers["/bad"] = answer
    desk.follow(site.url("/bad"))
    site.answers["/feed"] = send(200, feed(site, "/bad", "/stays"))
    desk.follow(site.url("/feed"))
    outcome = desk.refresh()
    assert [address for address, _ in outcome.errors] == [site.url("/bad")]
    assert "\n" not in outcome.errors[0][1]
    assert sorted(item.status for item in outcome.results) == ["added", "rejected"]  # that of the address is an error


def test_a_clock_that_jumped_ahead_does_not_stop_the_reading(desk: Newsroom, site: Site) -> None:
    item = desk.follow(site.url("/feed"))
    store = FollowingStore(desk._parts.library)
    store.put(replace(item, next_read=item.next_read + timedelta(days=4000), last_read=item.next_read))
    assert desk.refresh().read == 1
