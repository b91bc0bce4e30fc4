"""What fuzzing starts from: a good input of each kind, and the words that the formats are made of."""

from __future__ import annotations

import io
import json
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import docx
import openpyxl

from tests.fuzz.targets import BOOK, packed, unpacked

CASES = Path(__file__).parent / "cases"
STORY = (
    "Trams return to Eastmere harbour\n\nBy Ada Reyes\n15 March 2024\n\n"
    "EASTMERE, March 15 (Radio North) - The council agreed on Thursday to reopen the line.\n\n"
    "“We will not raise the fare,” the mayor, Ada Nolan, told the council. “That is a promise.”\n\n"
    "Nolan's deputy said on Friday that it “'may' take until May 2025”, according to two people. "
    "Correction, March 16: an earlier version misstated the fare.\n"
)
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Trams return | Radio North</title>'
    '<meta property="og:site_name" content="Radio North"><link rel="canonical" href="https://north.example/trams">'
    '<link rel="alternate" type="application/rss+xml" href="/feed">'
    '<meta property="article:published_time" content="2024-03-15T23:30:00Z"><script type="application/ld+json">'
    '{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"Trams return","datePublished":'
    '"2024-03-15T08:00:00+03:00","author":[{"@type":"Person","name":"Ada Reyes"}]}]}</script></head><body><nav>Menu'
    "</nav><article><h1>Trams return</h1><time datetime=2024-03-15>15 March</time><p>The council of Eastmere agreed on "
    "Thursday to reopen the tram line to the harbour.</p><p>“We will not raise the fare,” the mayor said.</p>"
    "<table><tr><td>a<td>b</table></article></body></html>"
)
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>Radio North</title><item><title>Trams &amp; ferries</title><link>https://north.example/1</link><pubDate>"
    "Fri, 15 Mar 2024 08:00:00 +0300</pubDate><author>a@b.c (Ada Reyes)</author><content:encoded><![CDATA[<p>The "
    "council of Eastmere agreed on Thursday to reopen the line.</p>]]></content:encoded></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Radio North</title><entry><title type="html">Trams</title>'
    '<link href="/1"/><updated>2024-03-15T08:00:00Z</updated><summary>The line opens again.</summary></entry></feed>'
)
FRONT = (
    "---\ntitle: Trams return\noutlet: Radio North\npublished: 2024-03-15\nauthors: [Ada Reyes, Bo Lund]\n"
    "url: https://north.example/trams\n---\n\n# Trams return\n\nThe *council* [agreed](x) on `Thursday`.\n\n> “No,” she"
    " said.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)
REPLY = (
    "<think>Let me see [s9].</think>\n- The mayor said “we will not raise the fare” [s1, s2-s4]. Others disagreed (s3)"
    ".\n\n```\nNo answer [12]\n```\n**Bold** 【s1】 end.\nThe articles do not answer this.\n"
)
ROBOTS = "User-agent: *\nDisallow: /private*/x$\nAllow: /\n\nUser-agent: onrecord\nDisallow: /*?*\nCrawl-delay: 9999\n"
TOML = '[[sections]]\nheading = "What happened"\npart = "timeline"\nsentences = {short = 3}\n'
QUESTIONS = (
    "What did Ida Holm say about trams in Radio North last week, and what did Turkey's foreign ministry deny?",
    "and Russia's?",
    "According to The New York Times and U.S. News, who said that 'it is over' between 3 and 5 March 2024?",
    "Compare Turkish-language articles since 2021-13-45 with those before the ceasefire in June",
)
# Words of the formats, and what their readers have trouble with.
TOKENS: tuple[bytes, ...] = tuple(
    part.encode("utf-8", "surrogatepass")
    for part in (
        "\0", "\ufeff", "\u202e", "\u200d", "\u2028", "\ud800", "\U0010ffff", "e\u0301", "ﷺ", "\x1b[31m", "\r", "\n\n",
        "“", "”", "‘", "’", '"', "'", "«", "»", "„", "—", "…", "[", "]", "(", ")", "{", "}", "<", ">", "&", "&#0;",
        "&#x110000;", "&lol;", "]]>", "<![CDATA[", "<!--", "-->", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>",
        "<script>", "<p>", "</p>", "<table>", "<div>", "<w:p><w:r><w:t>", "</w:t></w:r></w:p>", "<w:tbl>", "<item>",
        "---\n", "!!python/object:os.system", "&a [*a,*a]", "*a", "- ", ": ", "? ", "|", "#", "`", "~~~", "![", "](",
        "\\",
        "Content-Type: multipart/mixed; boundary=b\n", "--b\n", "=?utf-8?q?=00?=", "=?x?b?!?=", "charset=utf-7",
        "Content-Transfer-Encoding: base64\n", "Date: Fri, 99 Mar 99999 99:99:99 +9999\n", "From: ", "Subject: ",
        '{"text":"', '"}', "[[", "1e999", "-0", "NaN", "99999999999999999999", "00000000", "0000-00-00", "9999-12-31",
        "31 February 2024", "yesterday", "last week", "next Friday", "the last 99999 years", "2024-03-15T25:61:61Z",
        "datetime=", "said on Friday", "told reporters", "according to", "[s1]", "[s1-s999999999]", "[1]", "(s3)",
        "<think>", "</think>", "/Type/Page", "/Kids[2 0 R]", "/Length 999999999", "/Filter/FlateDecode", "stream\n",
        "endobj", "9 0 obj", "xref", "startxref\n0", "%PDF-1.4\n", "/Prev 0", "Tj", "(", "\\000", "Digest: ", "Seal: ",
        "article a1 · version ", "characters 0–99", "— direct", "[[sections]]\n", "Disallow: ", "*$", "%00", "%",
        "http://", "javascript:", "//[::1]", "É", "ß", "ı", "İ", "ǰ", "ΐ", "한", "漢字", "हि", "\u0e33",
    )
)  # fmt: skip


def word_file() -> bytes:
    """A Word file with headings, a table and a list."""
    result = docx.Document()
    result.add_heading("Trams return", 0)
    for line in STORY.split("\n\n")[3:]:
        result.add_paragraph(line)
    result.add_table(1, 2).cell(0, 0).text = "a"
    target = io.BytesIO()
    result.save(target)
    return target.getvalue()


def mails() -> list[bytes]:
    """A plain mail, and one with HTML in parts."""
    plain = EmailMessage()
    plain["From"], plain["To"], plain["Subject"] = "a@b.example", "c@d.example", "Fwd: Trams return ünd more"
    plain["Date"], plain["Message-ID"] = "Fri, 15 Mar 2024 08:00:00 +0300", "<1@b.example>"
    plain.set_content(STORY)
    several = EmailMessage()
    several["From"], several["Date"], several["Subject"] = "a@b.example", "Fri, 15 Mar 2024 08:00:00 +0300", "Trams"
    several.set_content(PAGE, subtype="html")
    several.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    return [bytes(plain), bytes(several)]


def pdfs() -> list[bytes]:
    """A PDF as plain as can be, and one that a typesetter made."""
    import typst

    from tests.readers.test_formats import pdf_of

    return [
        pdf_of([STORY.encode("ascii", "ignore").decode().split("\n")]),
        typst.compile(b"#set page(width: 9cm)\n= A\nThe line opens."),
    ]


@cache
def exports() -> dict[str, bytes]:
    """One answer in every format."""
    from rag.services.exports.export import export
    from tests.services.test_exports import an_answer

    answer, texts = an_answer()
    return {kind: export(answer, kind, texts) for kind in ("md", "html", "json", "docx")}


def spreadsheet() -> bytes:
    """A spreadsheet of two articles."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in (["Title", "Date", "Text"], ["Trams return", date(2024, 3, 15), STORY], ["Trams", "3/4/2024", STORY]):
        sheet.append(row)
    book.save(target)
    return target.getvalue()


def dumps() -> dict[str, list[bytes]]:
    """Exports, tables, mailboxes, transcripts, subtitles and web archives, as their tests write them."""
    from tests.readers import test_dumps, test_enex, test_exports, test_mail_and_talk

    nexis = test_exports.nexis("{} of 2 DOCUMENTS", "November {}, 2024 Tuesday", test_exports.ENGLISH)
    texts = (nexis, "\n".join(test_exports.UNI), test_exports.factiva("words", "By", "Document"))
    more = (test_exports.by_codes(), test_exports.proquest(), test_exports.ris(), test_exports.page())
    head, separator, encoding, day = test_dumps.HEADS[1]
    rows = [["1", "x", "C", day, "T", "https://a.example", STORY], ["2", "x", "C", "3/4/24", "U", "b", STORY]]
    forwarded = f"From: C <n@c.example>\nDate: Tue, Nov 5, 2024 at 7:02 AM\nSubject: T\nTo: <a@b.example>\n\n{STORY}"
    talk = (test_mail_and_talk.BRIEFING, test_mail_and_talk.NAMED, test_mail_and_talk.VTT, test_mail_and_talk.SRT)
    return {
        "database export": [text.encode() for text in (*texts, *more)],
        "table": [
            test_dumps.table(head, rows, separator, encoding),
            spreadsheet(),
            unpacked(spreadsheet())["xl/worksheets/sheet1.xml"],
        ],
        "notes": [test_enex.TWO.encode(), test_enex.STORY.encode()],
        "mailbox": [mails()[0], bytes(test_mail_and_talk.mail("Fwd: T", forwarded)), mails()[1]],
        "talk": [text.encode() for text in talk],
        "web archive": [test_dumps.warc(packed=False), test_dumps.warc(packed=True), PAGE.encode()],
        "rich text": [test_exports.rtf(STORY), b'<opml><body><outline xmlUrl="https://c.example/feed"/></body></opml>'],
        "records": [json.dumps(record).encode() for record in test_dumps.RECORDS.values()],
    }


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Inputs of a target to begin with; the cases that once crashed are among them."""
    story = STORY.encode()
    made: dict[str, list[bytes]] = {
        "text": [
            b"\n\n=====\n\n".join([story] * 2),
            b"\n\n* * *\n\n".join([story] * 3),
            story,
            story.decode().encode("utf-16"),
            STORY.encode("cp1252", "ignore"),
        ],
        "html": [PAGE.encode()],
        "feed": [RSS.encode(), ATOM.encode()],
        "front matter": [FRONT.encode()],
        "records": [json.dumps({"text": STORY, "title": "T"}).encode(), json.dumps([{"body": STORY}] * 2).encode()],
        "reply": [REPLY.encode()],
        "question": [one.encode() for one in QUESTIONS],
        "dates": [story, b"between 3 and 5 March 2024, since last June, on Friday night, 15.03.2024, March 2000"],
        "said": [story],
        "statements": [story],
        "robots": [ROBOTS.encode()],
        "template": [TOML.encode()],
    }
    if target == "saved page":
        made["saved page"] = [
            b"From: <Saved by Blink>\nSnapshot-Content-Location: https://north.example/t\nMIME-Version: 1.0\n"
            b'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html\n\n'
            + PAGE.encode()
            + b"\n--b--\n"
        ]
    if target == "book":
        made["book"] = [packed(BOOK), BOOK["O/b.opf"]]
    if target == "pdf":
        made["pdf"] = pdfs()
    if target in ("word", "archive", "file"):
        made["word"] = [word_file(), unpacked(word_file())["word/document.xml"]]
        made["archive"] = [packed({"a.txt": story, "b/c.html": PAGE.encode(), "d.jsonl": b'{"text": "One two."}'})]
    if target in ("mail", "file"):
        made["mail"] = mails()
    if target in ("export", "exported word"):
        made["export"] = [exports()[kind] for kind in ("md", "html", "json")]
        made["exported word"] = [exports()["docx"], unpacked(exports()["docx"])["word/document.xml"]]
    if target in (*dumps(), "file"):
        for kind, data in dumps().items():
            made.setdefault(kind, []).extend(data)
    if target == "file":
        made["file"] = [data for some in dumps().values() for data in some]
        made["file"] += [one for kind in ("text", "html", "feed", "records", "mail", "word") for one in made[kind]]
    return (*made[target], *(path.read_bytes() for path in sorted(CASES.glob(f"{target.replace(' ', '-')}.*"))))
