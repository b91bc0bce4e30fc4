"""Dumps and tables: the record of each article under whatever names its maker gave to the fields."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date, datetime

import openpyxl
import pytest

from rag.domain import Extract
from rag.errors import UnusableInput
from rag.readers.dispatch import read_entries, read_source, read_source_bytes
from rag.readers.field_values import author_names, day_of, language_code
from rag.readers.source import Source

FIRST = "The trams of Eastmere stood still for a third day after the talks broke down, and the council met at night."
SECOND = "“We were offered half of what inflation took from us,” said Bo Lund, the union's negotiator."
TEXT = f"{FIRST}\n\n{SECOND}"
HTML = f"<p>{FIRST}</p><p>{SECOND}</p>"
TITLE, OUTLET, AUTHOR, DAY = "Tram strike halts Eastmere", "Eastmere Courier", "Ada Reyes", "2024-11-05"
URL = "https://courier.example/2024/trams"


def read(data: object, name: str = "dump.json") -> list[Extract]:
    return read_source_bytes(data if isinstance(data, bytes) else json.dumps(data).encode(), name)


RECORDS: dict[str, object] = {
    "news-please": {
        "maintext": TEXT, "title": TITLE, "authors": [AUTHOR], "date_publish": f"{DAY} 07:00:00",
        "date_download": "2024-12-01 07:00:00", "source_domain": "courier.example", "url": URL, "language": "en",
    },
    "newspaper4k": {
        "text": TEXT, "title": TITLE, "authors": [AUTHOR], "publish_date": f"{DAY}T07:00:00+01:00", "url": URL,
        "source_url": "https://courier.example", "meta_lang": "en",
    },
    "fundus": {
        "title": TITLE, "authors": [AUTHOR], "publishing_date": f"{DAY} 07:00:00+01:00", "publisher": OUTLET,
        "body": {"summary": [FIRST], "sections": [{"headline": [], "paragraphs": [SECOND]}]},
        "html": {"requested_url": URL, "content": "<html>"},
    },
    "trafilatura": {
        "title": TITLE, "author": AUTHOR, "date": DAY, "source": URL, "hostname": "courier.example", "text": TEXT,
        "source-hostname": OUTLET, "raw_text": TEXT.replace("\n\n", " "), "filedate": "2024-12-01",
    },
    "NewsAPI": {"status": "ok", "articles": [
        {"source": {"id": None, "name": OUTLET}, "author": AUTHOR, "title": TITLE, "url": URL,
         "publishedAt": f"{DAY}T07:00:00Z", "content": TEXT},
    ]},
    "The Guardian's": {"response": {"status": "ok", "results": [
        {"webPublicationDate": f"{DAY}T07:00:00Z", "webTitle": "x", "webUrl": URL,
         "fields": {"headline": TITLE, "byline": AUTHOR, "bodyText": TEXT, "publication": OUTLET}},
    ]}},
    "WordPress": [{"date": f"{DAY}T07:00:00", "link": URL, "title": {"rendered": TITLE}, "author_name": AUTHOR,
                   "content": {"rendered": HTML, "protected": False}}],
    "CC-News": {"plain_text": TEXT, "published_date": DAY, "title": TITLE, "author": AUTHOR, "sitename": OUTLET,
                "requested_url": URL, "crawl_date": "2024-12-01"},
    "Elasticsearch": {"_index": "news", "_source": {"headline": TITLE, "media": OUTLET, "pub_date": 1730790000,
                                                    "fulltext": TEXT, "link": URL, "byline": AUTHOR}},
    "a search engine's answer": {"hits": {"total": 1, "hits": [
        {"_id": "7", "_source": {"title": TITLE, "body": TEXT, "pubDate": f"{DAY}T07:00:00", "url": URL,
                                 "source": {"title": OUTLET, "uri": "courier.example"}, "authors": [{"name": AUTHOR}]}},
    ]}},
    "JSON Feed": {"version": "https://jsonfeed.org/version/1.1", "title": OUTLET, "items": [
        {"id": "1", "url": URL, "title": TITLE, "content_html": HTML, "date_published": f"{DAY}T07:00:00+01:00",
         "authors": [{"name": AUTHOR}]},
    ]},
}  # fmt: skip


@pytest.mark.parametrize("maker", RECORDS)
def test_a_dump_is_read_under_its_own_names(maker: str) -> None:
    [extract] = read(RECORDS[maker])
    assert (extract.title, extract.byline, extract.published) == (TITLE, AUTHOR, date(2024, 11, 5))
    assert extract.text == TEXT
    assert extract.outlet in (OUTLET, "courier.example", None)
    assert extract.url == URL


def table(head: list[str], rows: list[list[str]], separator: str, encoding: str) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=separator)
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue().encode(encoding)


HEADS = (
    (["id", "indexed_date", "media_name", "publish_date", "title", "url", "text"], ",", "utf-8", "2024-11-05"),
    (["Nr", "Ladetag", "Zeitung", "Datum", "Überschrift", "Link", "Volltext"], ";", "cp1252", "05.11.2024"),
    (["n", "x", "média", "date de publication", "titre", "lien", "texte"], "\t", "utf-16", "5 novembre 2024"),
    (["n", "x", "Medio", "Fecha", "Título", "Enlace", "Texto"], "|", "utf-8-sig", "2024/11/05"),
    (["№", "х", "Источник", "Дата", "Заголовок", "Ссылка", "Текст"], ";", "utf-8", "5 ноября 2024"),
    (["编号", "x", "媒体", "日期", "标题", "链接", "正文"], ",", "utf-8", "2024年11月5日"),
)


@pytest.mark.parametrize(("head", "separator", "encoding", "day"), HEADS)
def test_a_table_is_read_in_any_language_separator_and_encoding(
    head: list[str], separator: str, encoding: str, day: str
) -> None:
    data = table(head, [["1", "2025-01-01", OUTLET, day, TITLE, URL, TEXT]], separator, encoding)
    [entry] = read_entries(data, "export.csv")
    assert (entry.name, entry.format, entry.certainty) == ("export.csv, row 2", "table (CSV)", "certain")
    extract = entry.content
    assert isinstance(extract, Extract)
    assert (extract.title, extract.outlet, extract.published) == (TITLE, OUTLET, date(2024, 11, 5))
    assert (extract.url, extract.text) == (URL, TEXT)


def test_days_in_doubt_are_settled_by_their_column_or_left_empty() -> None:
    def days(*written: str) -> list[date | None]:
        rows = [[f"{TITLE} {number}", day, TEXT] for number, day in enumerate(written)]
        return [one.published for one in read(table(["title", "date", "text"], rows, ",", "utf-8"), "a.csv")]

    assert days("11/5/2024", "11/25/2024") == [date(2024, 11, 5), date(2024, 11, 25)]
    assert days("5/11/2024", "25/11/2024") == [date(2024, 11, 5), date(2024, 11, 25)]
    assert days("11/5/2024", "25/11/2024", "11/25/2024") == [None, date(2024, 11, 25), date(2024, 11, 25)]
    [doubtful] = read(table(["title", "date", "text"], [[TITLE, "11/5/2024", TEXT]], ",", "utf-8"), "a.csv")
    assert doubtful.published is None
    assert "left empty" in doubtful.notes[0]


def test_a_spreadsheet_is_read_below_its_row_of_names() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["Export of December"], [], ["Title", "Source", "Published", "Full text"]):
        sheet.append(row)
    sheet.append([TITLE, OUTLET, datetime(2024, 11, 5), TEXT])  # noqa: DTZ001  # as spreadsheets hold days
    sheet.append([TITLE, OUTLET, "", ""])
    book.save(target)
    good, bad = read_entries(target.getvalue(), "a.xlsx")
    assert isinstance(good.content, Extract)
    assert (good.format, good.content.outlet, good.content.published) == ("spreadsheet", OUTLET, date(2024, 11, 5))
    assert isinstance(bad.content, UnusableInput)
    assert "row 5" in bad.name


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"URL,MobileURL,Date,Title\nhttps://a.example/1,,2024-11-05,Trams\n", "add the addresses"),
        (b"kop,blad,tekst_v\nTrams,Courier,The trams stood still.\n", "--map"),
        (b"20241105061500-1\t20241105\t" + b"x\t" * 20 + b"\n", "GDELT"),
    ],
)
def test_a_table_without_text_is_refused_once_with_the_remedy(data: bytes, remedy: str) -> None:
    [entry] = read_entries(data, "a.csv")
    assert remedy in str(entry.content)


def test_a_map_names_fields_that_nobody_knows() -> None:
    data = table(["kop", "blad", "tekst_v"], [[TITLE, OUTLET, TEXT]], ";", "utf-8")
    mine = {"title": "kop", "outlet": "blad", "text": "tekst_v"}
    for source in (
        Source(name="a.csv", content=data, field_map=mine),
        Source(name="a.csv", content=data, known_maps=[{"text": "other"}, mine]),
    ):
        [entry] = read_source(source)
        assert isinstance(entry.content, Extract)
        assert (entry.content.title, entry.content.outlet, entry.content.text) == (TITLE, OUTLET, TEXT)
    [wrong] = read_source(Source(name="a.csv", content=data, field_map={"text": "tekts", "title": "kop"}))
    assert "no field 'tekts'" in str(wrong.content)


def test_what_is_cut_says_so_and_what_cannot_be_read_is_named() -> None:
    lines = [
        {"title": TITLE, "content": f"{FIRST[:60]}… [+812 chars]"},
        {"title": TITLE, "description": FIRST},
        {"title": TITLE, "text": TEXT, "date": "March 2025"},
        {"title": TITLE, "text": TEXT, "date": "n/a"},
        {"title": TITLE},
    ]
    data = "\n".join(json.dumps(line) for line in lines) + '\n{"title": broken\n'
    entries = list(read_entries(data.encode(), "a.jsonl"))
    read_ones = [entry.content for entry in entries if isinstance(entry.content, Extract)]
    assert [bool(one.notes) for one in read_ones] == [True, True, True, False]
    assert "812 characters" in read_ones[0].notes[0]
    assert [entry.name for entry in entries if not isinstance(entry.content, Extract)] == [
        "a.jsonl, line 5",
        "a.jsonl, line 6",
    ]


def test_html_in_records_is_text_and_five_tags_are_no_page() -> None:
    data = "\n".join(json.dumps({"title": f"{TITLE} {n}", "date": DAY, "content": HTML * 2}) for n in range(3))
    extracts = read(data.encode(), "a.jsonl")
    assert [one.title for one in extracts] == [f"{TITLE} {n}" for n in range(3)]
    assert all("<" not in one.text and SECOND in one.text for one in extracts)


def warc(*, packed: bool) -> bytes:
    records = b""
    for name, kind, body in (
        ("trams", "text/html", f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{HTML}</body>"),
        ("logo.png", "image/png", "\x89PNG"),
    ):  # fmt: skip
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}".encode()
        record = (
            (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://courier.example/{name}\r\nWARC-Date: "
                f"2025-01-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: "
                f"{len(answer)}"
                "\r\n\r\n"
            ).encode()
            + answer
            + b"\r\n\r\n"
        )
        records += gzip.compress(record) if packed else record
    return records


@pytest.mark.parametrize("packed", [False, True])
def test_a_web_archive_gives_its_pages_under_their_addresses(packed: bool) -> None:
    [entry] = read_entries(warc(packed=packed), "a.warc.gz" if packed else "a.warc")
    assert isinstance(entry.content, Extract)
    assert entry.content.url == "https://courier.example/trams"
    assert SECOND in entry.content.text


def test_a_packed_dump_is_read() -> None:
    [extract] = read(gzip.compress(json.dumps({"title": TITLE, "text": TEXT}).encode()), "a.jsonl.gz")
    assert extract.title == TITLE


def test_a_list_of_feeds_is_refused_and_names_them() -> None:
    text = '<?xml version="1.0"?><opml version="2.0"><body><outline text="C" xmlUrl="https://c.example/feed"/></body></opml>'
    [entry] = read_entries(text.encode(), "feeds.opml")
    assert "onrecord add --feed https://c.example/feed" in str(entry.content)


def test_bookmarks_are_refused_with_what_to_add() -> None:
    text = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF="https://c.example/1">C</A></DL>'
    [entry] = read_entries(text.encode(), "export")
    assert "the pages" in str(entry.content)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-11-05T07:00:00Z", date(2024, 11, 5)),
        ("20241105T070000Z", date(2024, 11, 5)),
        ("1730790000", date(2024, 11, 5)),
        ("1730790000123", date(2024, 11, 5)),
        ("Tue Nov 05 07:00:00 CET 2024", date(2024, 11, 5)),
        ("Tue, 05 Nov 2024 07:00:00 +0100", date(2024, 11, 5)),
        ("05.11.2024 07:00", date(2024, 11, 5)),
        ("5 de noviembre de 2024", date(2024, 11, 5)),
        ("11/5/2024", None),
        ("2024", None),
        ("November 2024", None),
        ("3 hours ago", None),
        ("0", None),
    ],
)
def test_days_as_programs_write_them(written: str, day: date | None) -> None:
    assert day_of(written) == day


def test_names_and_languages_as_programs_write_them() -> None:
    assert author_names(["By Ada Reyes; Lund, Bo", "desk@courier.example"]) == "Ada Reyes, Bo Lund"
    assert [language_code(one) for one in ("en-US", "eng", "GERMAN; DEUTSCH", "français", "xx?")] == [
        "en", "en", "de", "fr", None,
    ]  # fmt: skip
