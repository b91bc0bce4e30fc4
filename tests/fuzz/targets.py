"""What is fuzzed: every parser that hostile input reaches, each as a function of bytes.

A target returns, or raises an error of rag/errors.py; anything else is a crash. Where a parser promises more than
that, the target checks it: canonical text, fields without control characters, spans within their text.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache
from urllib.parse import quote

import httpx2
from protego import Protego

from rag.domain import Extract, Filters, Span, Statement
from rag.providers.fetch import AGENT, is_public
from rag.providers.spacy_parser import SpacyParser, shared_parser
from rag.question.conversation import Turn
from rag.question.followups import rewrite_standalone
from rag.question.intent import parse_intent
from rag.question.scope import interpret_scope
from rag.readers.date_lines import dateline_day, read_date_line
from rag.readers.decode import decoded
from rag.readers.dispatch import read_entries, read_source
from rag.readers.docx_file import read_word, rtf_text
from rag.readers.enex import read_notes
from rag.readers.epub import read_epub
from rag.readers.exports import html_export
from rag.readers.factiva import FACTIVA, FACTIVA_FIELDS
from rag.readers.feed import feed_links, read_feed
from rag.readers.forwarded import innermost_message
from rag.readers.html import read_html
from rag.readers.json_records import read_records
from rag.readers.listing import opml_feeds
from rag.readers.mail import read_mails
from rag.readers.markdown import read_markdown
from rag.readers.mhtml import read_mhtml
from rag.readers.nexis import NEXIS, NEXIS_UNI
from rag.readers.pdf import read_pdf
from rag.readers.proquest import PROQUEST, RIS
from rag.readers.source import LONGEST, Entry, Source, normalized
from rag.readers.subtitles import read_subtitles
from rag.readers.transcripts import read_transcript
from rag.services.briefings.templates import _parse_template as parsed_template
from rag.services.exports import export
from rag.statements.extract import extract_statements
from rag.text import chunking
from rag.text.canonical import canonical
from rag.text.dates.in_text import mentions, resolve
from rag.text.dates.periods import periods
from rag.text.dates.written import written_days
from rag.text.directives import is_prompt_injection, is_reader_directed
from rag.text.grounding import locate
from rag.text.quotations import kind_of, quotations
from rag.text.revisions import changes, correction_notes
from rag.text.sentences import sentences
from rag.verification.replies import MOST_SENTENCES, read_reply

Target = Callable[[bytes], object]
DAY = date(2024, 3, 15)
LONGEST_TEXT = 100_000  # characters


def text_of(data: bytes) -> str:
    """Any text: bytes as UTF-8, with halves of characters as JSON can carry them."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data and _decodes(data) else "replace")


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def valid(found: Extract) -> Extract:
    """The extract, if it is what every reader promises."""
    assert found.text == canonical(found.text), "text is not canonical"
    for name in ("title", "outlet", "byline", "url", "language"):
        value = getattr(found, name)
        assert value is None or 0 < len(value) <= LONGEST.get(name, 2), name
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in value or ""), name
    assert found.url is None or found.url.startswith(("http://", "https://")), "url"
    assert all(day is None or isinstance(day, date) for day in (found.published, found.updated))
    return found


def within(spans: Iterable[Span], text: str) -> None:
    """Every span is in the text and not empty."""
    assert all(0 <= span.start < span.end <= len(text) for span in spans), "a span is not in its text"


def file(data: bytes) -> None:
    """Any file."""
    for entry in read_entries(data, "a.txt"):
        if isinstance(entry.content, Extract):
            valid(entry.content)


def plain_text(data: bytes) -> None:
    """A text file or a pasted page, its bytes in any encoding."""
    decoded(data, name="a.txt", declared="shift_jis")
    file(b"Trams return\n\n" + data)


def html(data: bytes) -> None:
    """A page as text, with its address."""
    source = decoded(data, name="a page", declared="windows-1252")
    feed_links(source, "https://news.example/front")
    valid(normalized(read_html(source, url="https://news.example/2024/03/15/trams")))


def pdf(data: bytes) -> None:
    """A PDF."""
    valid(normalized(read_pdf(data)))


def word(data: bytes) -> None:
    """A Word file; what is no archive becomes the document within one."""
    valid(
        normalized(read_word(data if data.startswith(b"PK") else packed({**_word_parts(), "word/document.xml": data})))
    )


def saved_page(data: bytes) -> None:
    """A page saved as MHTML."""
    valid(normalized(read_mhtml(data)))


def book(data: bytes) -> None:
    """A book: a whole one, or its list of contents alone."""
    whole = data if data.startswith(b"PK") else packed({**BOOK, "O/b.opf": data})
    for _, content in read_epub(whole, "a.epub"):
        if isinstance(content, Extract):
            valid(normalized(content))


def mail(data: bytes) -> None:
    """An e-mail."""
    for item in read_mails(Source(name="a.eml", content=data)):
        if isinstance(item, Entry) and isinstance(item.content, Extract):
            valid(normalized(item.content))


def feed(data: bytes) -> None:
    """A feed with all of its items."""
    result = read_feed(text_of(data).encode("utf-8", "replace").decode(), url="https://news.example/feed")
    for item in result.items:
        listed = item.partial_extract(result.title)
        if listed.text:
            valid(listed)


def front_matter(data: bytes) -> None:
    """Markdown with front matter."""
    valid(normalized(read_markdown(decoded(data, name="a.md").lstrip("\ufeff \t\r\n"))))


def lines_of_json(data: bytes) -> None:
    """JSON Lines, a list or an object."""
    source = Source(name="a.jsonl", content=text_of(data).encode("utf-8", "replace"), known_maps=[{"text": "body"}])
    for _, found in read_records(source):
        if isinstance(found, Extract):
            valid(normalized(found))


def database_export(data: bytes) -> None:
    """Exports of news databases, each by its own reader, whether it would be taken for one or not."""
    text = decoded(data, name="a.txt")
    for kind in (NEXIS, NEXIS_UNI, FACTIVA, FACTIVA_FIELDS, PROQUEST, RIS):
        for entry in kind.entries(text, "a.txt"):
            if isinstance(entry.content, Extract):
                valid(normalized(entry.content))
    html_export(f"factiva {text}")


def table_file(data: bytes) -> None:
    """A table; what is no archive is also a sheet of a spreadsheet."""
    sources = [Source(name="a.csv", content=data)]
    if data.startswith(b"<"):
        sources = [Source(name="a.xlsx", content=packed({**_book_parts(), "xl/worksheets/sheet1.xml": data}))]
    for source in sources:
        for entry in read_source(source):
            if isinstance(entry.content, Extract):
                valid(entry.content)


def clipped_notes(data: bytes) -> None:
    """Notes of Evernote; what is none is the content of one."""
    if b"<en-export" not in data[:1000]:
        data = b"<en-export><note><content><![CDATA[" + data + b"]]></content></note></en-export>"
    for entry in read_notes(Source(name="a.enex", content=data)):
        if isinstance(entry.content, Extract):
            valid(normalized(entry.content))


def mailbox(data: bytes) -> None:
    """A mailbox, and a mail with a message in its text."""
    for item in read_mails(Source(name="a.mbox", content=b"From a@b Tue Nov  5 07:02:00 2024\n" + data)):
        if isinstance(item, Entry) and isinstance(item.content, Extract):
            valid(normalized(item.content))
    innermost_message(text_of(data)[:LONGEST_TEXT].split("\n"))


def talk(data: bytes) -> None:
    """Transcripts and subtitles."""
    text = decoded(data, name="a.srt")
    valid(normalized(read_transcript(text)))
    valid(normalized(read_subtitles(text)))


def web_archive(data: bytes) -> None:
    """A web archive; what is none is the page of one record."""
    if not data.startswith((b"WARC/", b"\x1f\x8b")):
        record = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + data
        length = str(len(record)).encode()
        data = (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\n"
            b"Content-Type: application/http\r\nContent-Length: " + length + b"\r\n\r\n" + record + b"\r\n\r\n"
        )
    for entry in read_source(Source(name="a.warc", content=data)):
        if isinstance(entry.content, Extract):
            valid(entry.content)


def rich(data: bytes) -> None:
    """Rich text, and a list of feeds."""
    rtf_text(data if data.startswith(b"{\\rtf") else b"{\\rtf1\\ansi " + data + b"}")
    opml_feeds(text_of(data))


def archive(data: bytes) -> None:
    """A zip archive; what is none becomes a file in one, under a name that leads out of a folder."""
    file(data if data.startswith(b"PK") else packed({"../../a.txt": data, "b.html": data, "/c.docx": data}))


def reply(data: bytes) -> None:
    """A model's reply, in pieces that the first byte sizes."""
    text, size = text_of(data), (data[0] % 40 + 1) if data else 1
    whole = list(read_reply([text]))
    pieces = list(read_reply(text[at : at + size] for at in range(0, len(text), size)))
    assert whole == pieces, "a reply reads otherwise in pieces"
    assert len(whole) <= MOST_SENTENCES


def exported(data: bytes) -> None:
    """An export that comes back, of any format."""
    export.verify(data, "a file", key="key")


def exported_word(data: bytes) -> None:
    """An exported Word file; what is no archive becomes the document within one."""
    exported(data if data.startswith(b"PK") else packed({**_word_parts(), "word/document.xml": data}))


def question(data: bytes) -> None:
    """A question as the door takes it, alone and as a follow-up."""
    asked = canonical(text_of(data))[:1000]
    outlets = ["Radio North", "The New York Times", "Новости", "A (B) [C]", "U.S. News", asked[:30] or "x"]
    for given in (Filters(), Filters(as_of=DAY)):
        reading = interpret_scope(asked, given, outlets=outlets, anchor=DAY, has_articles=lambda _: True)
        within([Span(item.start, item.end) for item in reading.understood], asked)
        parse_intent(asked, ["ida holm", "turkey", "nato", asked[:20].casefold()], reading)
    half = len(asked) // 2
    rewrite_standalone(
        asked[:half], [Turn(asked[half:], "Ida Holm said no [1]."), Turn("What did Turkey say?", asked[:half])]
    )


def dates(data: bytes) -> None:
    """Days in running text, date lines and spans of days."""
    text = canonical(text_of(data))[:LONGEST_TEXT]
    for anchor in (DAY, date.min, date.max, date(2024, 2, 29)):
        within([item.span for item in mentions(text, anchor)], text)
        within([item.span for item in periods(text[:1000], anchor)], text)  # it reads questions alone
        resolve(text[:100], anchor)
    for line in text.split("\n"):
        written_days(line), read_date_line(line), dateline_day(line)


def text_rooms(data: bytes) -> None:
    """Quotations, sentences, passages, changes and places of a text."""
    text = canonical(text_of(data))[:LONGEST_TEXT]
    result = quotations(text)
    within([item.span for item in result], text)
    if result:
        assert kind_of(text, [item.span for item in result]) == "direct"
    parts = sentences(text)
    within(parts, text)
    within(chunking.passages(text, count=lambda texts: [len(one.split()) + 1 for one in texts], limit=40), text)
    half = len(text) // 2
    within([item.span for item in correction_notes(text)], text)
    changes(text[:half], text[half:])
    locate(text[half : half + 200], text)
    for part in parts[:50]:
        is_reader_directed(part.of(text)), is_prompt_injection(part.of(text))


def statements(data: bytes) -> None:
    """Statements of an article, as far as its first 2,000 characters: the parser reads longer ones in such pieces."""
    text = canonical(text_of(data))[:2000]
    title = text[:80].replace("\n", " ")
    for item in extract_statements(text, parser=_parser(), article_id="a", version="v", published=DAY, title=title):
        _whole(item, text)


def robots(data: bytes) -> None:
    """robots.txt, asked about a path; and addresses as a resolver gives them."""
    text = text_of(data)
    url = httpx2.URL("http://a.example/").join("/" + quote(text[:300], errors="replace"))
    Protego.parse(data.decode("utf-8-sig", "replace")).can_fetch(str(url), AGENT)
    is_public(text[:60])


def template(data: bytes) -> None:
    """A briefing's template."""
    parsed_template("own.toml", data)


BOOK = {
    "mimetype": b"application/epub+zip",
    "META-INF/container.xml": b'<c xmlns="x"><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></c>',
    "O/b.opf": b'<package xmlns="x"><metadata><title>Week</title></metadata><manifest><item id="a" href="a.xhtml" '
    b'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>',
    "O/a.xhtml": b"<html><body><p>The council of Eastmere agreed to reopen the line.</p></body></html>",
}


TARGETS: dict[str, Target] = {
    "file": file, "text": plain_text, "html": html, "pdf": pdf, "word": word, "saved page": saved_page, "book": book,
    "mail": mail, "feed": feed,
    "front matter": front_matter, "records": lines_of_json, "archive": archive, "database export": database_export,
    "table": table_file, "mailbox": mailbox, "notes": clipped_notes, "talk": talk, "web archive": web_archive,
    "rich text": rich,
    "reply": reply, "export": exported,
    "exported word": exported_word, "question": question, "dates": dates, "said": text_rooms, "statements": statements,
    "robots": robots, "template": template,
}  # fmt: skip


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return {name: made.read(name) for name in made.namelist()}


@cache
def _word_parts() -> dict[str, bytes]:
    from tests.fuzz.seeds import word_file

    return unpacked(word_file())


@cache
def _book_parts() -> dict[str, bytes]:
    from tests.fuzz.seeds import spreadsheet

    return unpacked(spreadsheet())


@cache
def _parser() -> SpacyParser:
    return shared_parser()


def _whole(item: Statement, text: str) -> None:
    for part in (item.source, item.cue, *item.content):
        assert part is None or part.text == text[part.start : part.end], "a part is not its span"
    assert item.content, "a statement without content"
    assert item.said_on is None or abs(item.said_on - DAY) < timedelta(days=400_000)
