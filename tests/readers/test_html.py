from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import as_json
from rag.errors import OnRecordError, UnreadableSource
from rag.readers.dispatch import read_source_bytes
from rag.readers.html import read_html
from rag.text.canonical import canonical

PAGES = sorted((Path(__file__).parents[2] / "data" / "articles").glob("*.html"))
BODY = "<p>The town council of Eastmere agreed on Thursday to reopen the tram line, which was closed long ago.</p>" * 4


def page(head: str = "", body: str = BODY) -> str:
    return f"<!doctype html><html><head><title>Trams return</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_gives_the_fields_and_paragraphs_that_are_written_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    [extract] = read_source_bytes(path.read_bytes(), path.name, url="https://fetched.example/page")
    found = as_json(extract)
    assert found["text"].split("\n\n") == expected.pop("text")
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("stamp", "elsewhere", "day"),
    [
        ("2022-02-03T23:30:00Z", '{"seen": "2022-02-06T10:00:00+02:00"}', date(2022, 2, 4)),
        ("2022-02-03T02:30:00Z", "Sun, 06 Feb 2022 10:00:00 -0500", date(2022, 2, 2)),
        ("2022-02-03T23:30:00Z", "no other time", date(2022, 2, 3)),
        ("2022-02-03T23:30:00+01:00", '{"seen": "2022-02-06T10:00:00+02:00"}', date(2022, 2, 3)),
    ],
)
def test_a_moment_in_universal_time_is_the_day_of_the_clock_that_the_page_uses(
    stamp: str, elsewhere: str, day: date
) -> None:
    head = f'<meta property="article:published_time" content="{stamp}"><script>{elsewhere}</script>'
    assert read_html(page(head)).published == day


def test_a_moment_in_universal_time_is_the_day_in_the_address_next_to_it() -> None:
    head = '<meta property="article:published_time" content="2022-02-04T01:49:09Z">'
    extract = read_html(page(head), url="https://post.example/2022/02/03/trams/")
    assert (extract.published, extract.date_basis) == (date(2022, 2, 3), "meta")


def test_the_address_dates_a_page_that_does_not_say_more() -> None:
    extract = read_html(page(), url="https://post.example/2022/02/03/trams/")
    assert (extract.published, extract.date_basis) == (date(2022, 2, 3), "url")


@pytest.mark.parametrize("url", [None, "https://post.example/2022/02/trams/", "https://post.example/1234567890"])
def test_a_page_without_a_day_stays_undated(url: str | None) -> None:
    extract = read_html(page(), url=url)
    assert (extract.published, extract.updated, extract.date_basis) == (None, None, None)


def test_a_change_before_publication_is_no_update() -> None:
    head = '<meta itemprop="datePublished" content="2022-02-03"><meta itemprop="dateModified" content="2022-01-01">'
    assert read_html(page(head)).updated is None


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Jane Doe", "Jane Doe"),
        ("By Jane Doe and John Roe", "Jane Doe, John Roe"),
        ("By Jane Doe Monday, November 18", "Jane Doe"),
        ("https://post.example/jane", None),
        ("@janedoe", None),
        ("5 Minute Read", None),
        ("Published", None),
        ("Trams Post", None),
    ],
)
def test_only_names_are_taken_for_authors(author: str, byline: str | None) -> None:
    head = f'<meta name="author" content="{author}"><meta property="og:site_name" content="Trams Post">'
    assert read_html(page(head)).byline == byline


@pytest.mark.parametrize("data", ["{", "[]", "null", "3", '{"@type": 7}', '{"@type": ["NewsArticle"], "headline": []}'])
def test_broken_structured_data_is_passed_over(data: str) -> None:
    assert read_html(page(f'<script type="application/ld+json">{data}</script>')).title == "Trams return"


def test_deeply_nested_structured_data_is_passed_over() -> None:
    head = f'<script type="application/ld+json">{"[" * 50_000}</script>'
    assert read_html(page(head)).title == "Trams return"


@pytest.mark.parametrize(
    ("publisher", "site", "outlet"),
    [
        ("The Eastmere Post", "Post", "The Eastmere Post"),
        ("Associated Press", "The Eastmere Post", "The Eastmere Post"),
        ("Reuters", "", "Reuters"),
        ("", "Eastmere Post | News and weather", "Eastmere Post"),
        ("", "@eastmerepost", None),
    ],
)
def test_the_outlet_is_the_publisher_and_not_its_agency(publisher: str, site: str, outlet: str | None) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Trams return", "publisher": {"name": publisher}})
    head = f'<meta property="og:site_name" content="{site}"><script type="application/ld+json">{data}</script>'
    assert read_html(page(head)).outlet == outlet


def test_the_site_at_the_end_of_a_title_goes() -> None:
    head = '<meta property="og:title" content="Trams - and ferries - return | EastmerePost">'
    site = '<meta property="og:site_name" content="Eastmere Post">'
    assert read_html(page(head + site)).title == "Trams - and ferries - return"


def test_the_canonical_address_of_a_front_page_is_not_that_of_the_article() -> None:
    head = '<link rel="canonical" href="https://post.example/">'
    assert read_html(page(head), url="https://post.example/trams").url == "https://post.example/trams"


def test_scripts_and_styles_never_reach_the_text() -> None:
    body = BODY + "<script>alert(1)</script><style>p{color:red}</style><p onclick='x()'>The mayor kept her word.</p>"
    text = read_html(page(body=body)).text
    assert "alert" not in text
    assert "color" not in text
    assert "<" not in text


def test_words_of_links_within_a_sentence_stay() -> None:
    body = BODY + '<p>She said that <a href="/a">the council will pay</a> for the bridge and for <b>the rails</b>.</p>'
    assert "She said that the council will pay for the bridge and for the rails." in read_html(page(body=body)).text


@pytest.mark.parametrize("html", ["", "<html></html>", "<!doctype html><html><body><script>x</script></body></html>"])
def test_a_page_without_an_article_is_refused_with_the_remedy(html: str) -> None:
    with pytest.raises(UnreadableSource, match="paste it"):
        read_html(html)


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_page_gives_canonical_text_or_a_clear_error(body: str, head: str) -> None:
    try:
        extract = read_html(page(head, f"<p>{body}</p>{BODY}"))
    except OnRecordError:
        return
    assert canonical(extract.text) == extract.text


@pytest.mark.parametrize(
    ("url", "stamp", "day"),
    [
        ("https://news.example.ca/story", "2020-08-25T00:23:33.312Z", date(2020, 8, 24)),  # evening in all of Canada
        ("https://news.example.ca/story", "2020-08-25T05:23:33Z", date(2020, 8, 25)),  # its zones differ: as written
        ("https://www.example.com.au/story", "2020-08-24T18:00:00Z", date(2020, 8, 25)),
        ("https://example.org/story", "2020-08-25T00:23:33Z", date(2020, 8, 25)),  # of no country
        ("https://example.io/story", "2020-08-25T00:23:33Z", date(2020, 8, 25)),  # used everywhere
    ],
)
def test_a_moment_in_universal_time_is_the_day_that_it_is_in_the_country_of_the_site(
    url: str, stamp: str, day: date
) -> None:
    described = f'{{"@type": "NewsArticle", "datePublished": "{stamp}"}}'
    page = (
        f'<html><head><script type="application/ld+json">{described}</script></head><body><article><h1>Bridge</h1>'
        "<p>The council of Esk voted to close the old bridge for repairs, and trams will run on the new one from May."
        "</p></article></body></html>"
    )
    assert read_html(page, url=url).published == day
