"""The readers of files that are neither text nor a page: PDF, Word, e-mail, archives, records and feeds."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from contextlib import suppress
from datetime import date, timedelta
from email.message import EmailMessage

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from rag.domain import Extract
from rag.errors import OnRecordError, UnreadableSource
from rag.readers.dispatch import read_entries, read_source_bytes
from rag.readers.feed import feed_links, fill_missing, read_feed
from rag.text.canonical import canonical

TITLE = "Trams return to Eastmere harbour"
FIRST = "The town council of Eastmere agreed on Thursday to reopen the tram line to the harbour."
SECOND = "“We will not raise the fare,” the mayor, Ada Nolan, told the council. “That is a promise.”"


def pdf_of(pages: list[list[str]]) -> bytes:
    """A PDF with one line of Helvetica for each string."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in pages:
        shown = "".join(f"({line.translate({40: '', 41: ''})}) Tj 0 -14 Td " for line in lines)
        stream = f"BT /F1 10 Tf 40 780 Td {shown} ET"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    body = b"%PDF-1.4\n"
    offsets = []
    for number, source in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{source}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return body + f"{head}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()


def zip_of(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def word_of(*paragraphs: tuple[str, str]) -> bytes:
    document = docx.Document()
    for style, words in paragraphs:
        document.add_paragraph(words, style=style)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


# PDF


def test_lines_of_a_pdf_become_paragraphs_and_running_heads_go() -> None:
    pages = [
        [
            "The Eastmere Post, page 1",
            TITLE,
            "3 February 2022",
            "The town council of Eastmere agreed on Thursday to reopen the tram",
            "line to the harbour, which was closed when the ferries to the isl-",
            "ands stopped. Turkish-made cars are",
        ],
        [
            "The Eastmere Post, page 2",
            "to run on it, and the drivers are those of before the war on the",
            "quays.",
        ],
        ["The Eastmere Post, page 3", "The mayor said that the fare would not rise, and that it was a promise."],
    ]
    [extract] = read_source_bytes(pdf_of(pages), "post.pdf")
    assert (extract.title, extract.published) == (TITLE, date(2022, 2, 3))
    assert extract.text == (
        "The town council of Eastmere agreed on Thursday to reopen the tram line to the harbour, which was closed when "
        "the ferries to the islands stopped. Turkish-made cars are to run on it, and the drivers are those of before "
        "the war on the quays.\n\nThe mayor said that the fare would not rise, and that it was a promise."
    )


def test_a_hyphen_stays_where_the_page_writes_the_word_with_it() -> None:
    lines = ["The old tram-way was famous, and nobody on the quays had a bad word to say of the tram-", "way at all."]
    assert "of the tram-way at all." in read_source_bytes(pdf_of([lines]), "post.pdf")[0].text


def test_an_encrypted_pdf_is_refused_and_called_so() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of([[FIRST]]))))
    writer.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    with pytest.raises(UnreadableSource, match="encrypted"):
        read_source_bytes(target.getvalue(), "post.pdf")


def test_a_pdf_without_a_text_layer_is_refused_with_the_remedy() -> None:
    with pytest.raises(UnreadableSource, match="OCR"):
        read_source_bytes(pdf_of([[]]), "scan.pdf")


@settings(max_examples=60)
@given(st.integers(0, 900), st.binary(min_size=1, max_size=20))
def test_a_damaged_pdf_is_read_or_refused(at: int, damage: bytes) -> None:
    data = pdf_of([[TITLE, FIRST]])
    with suppress(OnRecordError):
        read_source_bytes(data[:at] + damage + data[at + len(damage) :], "post.pdf")


# Word


def test_a_word_document_gives_title_and_paragraphs() -> None:
    data = word_of(("Title", TITLE), ("Normal", "3 February 2022"), ("Normal", FIRST), ("Normal", SECOND))
    [extract] = read_source_bytes(data, "post.docx")
    assert (extract.title, extract.published, extract.byline) == (TITLE, date(2022, 2, 3), None)
    assert extract.text == f"{FIRST}\n\n{SECOND}"


def test_inserted_words_and_links_are_read_and_deleted_words_are_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The fare ")
    from docx.oxml import parse_xml

    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for part in (
        f"<w:ins {ns}><w:r><w:t>will not</w:t></w:r></w:ins>",
        f"<w:del {ns}><w:r><w:delText>will</w:delText></w:r></w:del>",
        f"<w:hyperlink {ns}><w:r><w:t xml:space='preserve'> rise</w:t></w:r></w:hyperlink>",
    ):
        paragraph._p.append(parse_xml(part))
    paragraph.add_run(", the mayor said.")
    target = io.BytesIO()
    document.save(target)
    assert read_source_bytes(target.getvalue(), "post.docx")[0].text == "The fare will not rise, the mayor said."


def test_the_cells_of_a_table_are_read() -> None:
    document = docx.Document()
    document.add_paragraph(FIRST)
    document.add_table(rows=1, cols=1).cell(0, 0).text = SECOND
    target = io.BytesIO()
    document.save(target)
    assert SECOND in read_source_bytes(target.getvalue(), "post.docx")[0].text


def test_entities_in_a_word_document_are_not_resolved() -> None:
    source = zipfile.ZipFile(io.BytesIO(word_of(("Normal", "MARK"), ("Normal", FIRST))))
    files = {name: source.read(name) for name in source.namelist()}
    xml = files["word/document.xml"].replace(b"MARK", b"&file;")
    declared = xml.replace(b"?>", b'?><!DOCTYPE d [<!ENTITY file SYSTEM "file:///etc/passwd">]>', 1)
    files["word/document.xml"] = declared
    with suppress(UnreadableSource):
        assert "root:" not in read_source_bytes(zip_of(files), "post.docx")[0].text


# E-mail


def mail(**parts: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Fwd: Ücret artmayacak"
    message["From"] = "Press office <press@eastmere.example>"
    message["To"] = "Jane Doe <jane@post.example>"
    message["Date"] = "Thu, 03 Feb 2022 23:30:00 +0300"
    message["MIME-Version"] = "1.0"
    if "plain" in parts:
        message.set_content(parts["plain"])
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    return message


def test_a_mail_gives_subject_day_and_plain_text_without_its_signature() -> None:
    message = mail(plain=f"{FIRST}\n\n{SECOND}\n\n-- \nPress office\nTown hall", html="<p>other</p>")
    [extract] = read_source_bytes(bytes(message), "note.eml")
    assert (extract.title, extract.published, extract.date_basis) == ("Ücret artmayacak", date(2022, 2, 3), "meta")
    assert extract.text == f"{FIRST}\n\n{SECOND}"
    assert "example" not in f"{extract.byline}{extract.outlet}"


def test_a_mail_with_html_alone_is_read_as_a_page() -> None:
    message = mail()
    message.set_content(f"<html><body><p>{FIRST}</p><p>{SECOND}</p><script>x</script></body></html>", subtype="html")
    assert read_source_bytes(bytes(message), "note.eml")[0].text == f"{FIRST}\n\n{SECOND}"


def test_a_mail_without_text_is_refused_with_the_remedy() -> None:
    message = mail(plain=" ")
    with pytest.raises(UnreadableSource, match="attachment"):
        read_source_bytes(bytes(message), "note.eml")


def test_a_header_that_never_ends_is_refused_before_it_is_read() -> None:
    first = b"From: a@b.example\nDate: Fri, 1 Mar 2024 08:00:00 +0000\nSubject: Trams\nContent-Transfer-Encoding: "
    with pytest.raises(UnreadableSource, match="header"):
        read_source_bytes(first + b"a b " * 20_000 + b"\n\nThe council agreed.", "note.eml")


def test_text_with_colons_is_not_taken_for_a_mail() -> None:
    text = f"Update: 3 Feb 2022\nNote: the trams\n\n{FIRST}"
    assert FIRST in read_source_bytes(text.encode(), "note.txt")[0].text


# Archives


def test_every_file_of_an_archive_is_read_and_a_bad_one_does_not_stop_the_rest() -> None:
    data = zip_of(
        {
            "a.md": b"---\ntitle: A\nurl: soon\n---\n" + FIRST.encode(),
            "sub/b.txt": f"{TITLE}\n\n{FIRST}".encode(),
            "../../c.txt": f"Other news\n\n{SECOND}".encode(),
            "d.png": b"\x89PNG\r\n",
            "__MACOSX/e.txt": b"junk",
            ".hidden": b"junk",
            "inner.zip": zip_of({"x.txt": b"x"}),
            "f.docx": word_of(("Normal", FIRST)),
        }
    )
    entries = {entry.name: entry.content for entry in read_entries(data, "all.zip")}
    assert set(entries) == {
        f"all.zip/{name}" for name in ("a.md", "sub/b.txt", "../../c.txt", "d.png", "inner.zip", "f.docx")
    }
    assert isinstance(entries["all.zip/a.md"], UnreadableSource)
    assert "archive in an archive" in str(entries["all.zip/inner.zip"])
    good = [found for found in entries.values() if isinstance(found, Extract)]
    assert [extract.text for extract in good] == [FIRST, SECOND, FIRST]
    assert read_source_bytes(data, "all.zip") == good


def test_a_zip_bomb_is_refused_unread() -> None:
    [entry] = read_entries(zip_of({"bomb.txt": b"a" * 30_000_000}), "all.zip", largest=25_000_000)
    assert "unpacks to more than 25 MB" in str(entry.content)
    [entry] = read_entries(zip_of({"bomb.txt": b"a" * 20_000_000}), "all.zip")
    assert "times its size" in str(entry.content)


def test_a_size_that_an_archive_declares_is_not_trusted() -> None:
    data = bytearray(zip_of({"bomb.txt": b"a" * 30_000_000}))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    [entry] = read_entries(bytes(data), "all.zip")
    assert isinstance(entry.content, UnreadableSource)


def test_an_encrypted_file_in_an_archive_is_called_so() -> None:
    data = bytearray(zip_of({"a.txt": FIRST.encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + offset] |= 1
    [entry] = read_entries(bytes(data), "all.zip")
    assert "encrypted" in str(entry.content)


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 200, zip_of({})])
def test_a_damaged_or_empty_archive_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSource):
        read_source_bytes(data, "all.zip")


# Records


def test_each_line_of_json_is_an_article_and_a_bad_line_does_not_stop_the_rest() -> None:
    lines = [
        json.dumps(
            {"headline": "A", "body": FIRST, "author": ["Jane Doe", "John Roe"], "date": "2022-02-03T10:00:00Z"}
        ),
        "{broken",
        json.dumps({"title": "B"}),
        json.dumps({"title": "C", "text": SECOND, "url": "ftp://x"}),
        json.dumps({"text": f"{TITLE}\n\n{FIRST}"}),
    ]
    found = [entry.content for entry in read_entries("\n".join(lines).encode(), "all.jsonl")]
    assert isinstance(found[0], Extract)
    assert (found[0].title, found[0].byline, found[0].published) == ("A", "Jane Doe, John Roe", date(2022, 2, 3))
    assert isinstance(found[4], Extract)
    assert (found[4].title, found[4].text) == (TITLE, FIRST)
    assert [str(error)[-80:] for error in found[1:4] if "line" not in str(error)] == []


@pytest.mark.parametrize("wrap", ["[{}]", "{}"])
def test_a_list_of_objects_and_a_single_object_are_read_too(wrap: str) -> None:
    source = wrap.replace("{}", json.dumps({"title": "A", "text": FIRST}, indent=1))
    assert [extract.title for extract in read_source_bytes(source.encode(), "all.json")] == ["A"]


# Feeds

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The Eastmere Post</title>
<item><title>{TITLE}</title><link>/trams</link><dc:creator>Jane Doe</dc:creator>
<pubDate>Thu, 03 Feb 2022 23:30:00 +0300</pubDate><description>short &file;</description>
<content:encoded><![CDATA[<p>{FIRST}</p><p>{SECOND}</p><script>x</script>]]></content:encoded></item>
<item><title>Other</title><link>javascript:alert(1)</link></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title>
<entry><title>{TITLE}</title><link href="https://post.example/trams"/><published>2022-02-03T23:30:00+03:00</published>
<updated>2022-02-05T01:00:00Z</updated><author><name>Jane Doe</name></author>
<summary>{FIRST}</summary></entry></feed>"""


def test_a_feed_lists_its_articles() -> None:
    feed = read_feed(RSS, url="https://post.example/feed")
    first, second = feed.items
    assert (feed.title, first.url, first.title) == ("The Eastmere Post", "https://post.example/trams", TITLE)
    assert (first.byline, first.published) == ("Jane Doe", date(2022, 2, 3))
    assert second.url is None
    assert "root:" not in first.html


@pytest.mark.parametrize(
    "authors",
    [
        "<dc:creator>Jane Doe</dc:creator><dc:creator>By Bo Lund</dc:creator>",
        "<author>desk@post.example (Jane Doe)</author><dc:creator>Bo Lund</dc:creator>",
        "<dc:creator>Jane Doe, Energy Editor, and Bo Lund</dc:creator>",
    ],
)
def test_an_item_of_a_feed_names_all_its_authors(authors: str) -> None:
    head = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>x</title>"
    [item] = read_feed(f"{head}<item><title>{TITLE}</title>{authors}</item></channel></rss>").items
    assert set((item.byline or "").split(", ")) == {"Jane Doe", "Bo Lund"}


def test_an_entry_of_an_atom_feed_names_all_its_authors() -> None:
    authors = (
        "<author><name>Jane Doe</name></author><author><name>Bo Lund</name><email>bo@post.example</email></author>"
    )
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>"
    [item] = read_feed(f"{atom}<entry><title>{TITLE}</title>{authors}</entry></feed>").items
    assert item.byline == "Jane Doe, Bo Lund"


def test_a_feed_without_its_pages_gives_the_texts_that_it_holds() -> None:
    entries = list(read_entries(RSS.encode(), "feed.xml", url="https://post.example/feed"))
    extract = entries[0].content
    assert isinstance(extract, Extract)
    assert (extract.title, extract.outlet, extract.text) == (TITLE, "The Eastmere Post", f"{FIRST}\n\n{SECOND}")
    assert isinstance(entries[1].content, UnreadableSource)


def test_what_the_page_says_counts_before_what_the_feed_says() -> None:
    item = read_feed(ATOM).items[0]
    page = Extract(text=FIRST, title="Title of the page", published=date(2022, 2, 2), date_basis="json-ld")
    made = fill_missing(page, item.partial_extract("Post"))
    assert (made.title, made.published, made.date_basis) == ("Title of the page", date(2022, 2, 2), "json-ld")
    assert (made.byline, made.outlet, made.updated) == ("Jane Doe", "Post", date(2022, 2, 5))


def test_an_empty_feed_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="no articles"):
        read_feed("<rss version='2.0'><channel><title>x</title></channel></rss>")


def test_a_long_feed_is_read_in_rounds_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.readers.feed._MOST", 20)
    monkeypatch.setattr("rag.readers.feed._NEWEST", 4)
    day = date(2020, 1, 1)
    items = "".join(
        f"<item><title>{at}</title><link>https://a.example/{at}</link><pubDate>{day + timedelta(at)}</pubDate></item>"
        for at in range(50)
    )
    text = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    read: set[str] = set()
    left: int | None = None
    rounds = []
    while left != 0:
        feed = read_feed(text, left=left)
        assert feed.items[0].title == "49"
        assert len(feed.items) <= 20
        read |= {item.title or "" for item in feed.items}
        left = feed.left
        rounds.append(left)
    assert rounds == [30, 14, 0]
    assert read == set(map(str, range(50)))
    entries = list(read_entries(text.encode(), "feed.xml"))
    assert "30 older articles" in str(entries[-1].content)


def test_a_page_names_its_feeds() -> None:
    html = """<html><head>
    <link rel="alternate" type="application/rss+xml" href="/feed.xml">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="https://other.example/atom">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed">
    <link rel="alternate" type="text/html" href="/en"><link type="application/rss+xml" href="file:///etc/x">
    </head></html>"""
    assert feed_links(html, "https://post.example/a/") == [
        "https://post.example/feed.xml",
        "https://other.example/atom",
    ]


@settings(max_examples=40)
@given(st.sampled_from([RSS, ATOM]), st.integers(0, 900), st.text(max_size=12))
def test_a_damaged_feed_is_read_or_refused(source: str, at: int, damage: str) -> None:
    for entry in read_entries((source[:at] + damage + source[at + 5 :]).encode("utf-8", "replace"), "feed.xml"):
        if isinstance(entry.content, Extract):
            assert canonical(entry.content.text) == entry.content.text
