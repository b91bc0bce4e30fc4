"""Exports of news databases: many articles in one text, with their fields, and none of the database's own words."""

from __future__ import annotations

import io
import json
from datetime import date

import docx
import pytest

from rag.domain import Extract
from rag.readers.dispatch import read_entries, read_source_bytes

FIRST = (
    "The trams of Eastmere stood still for a third day after talks between the union and the city broke down, and the "
    "council met at night."
)
SECOND = "“We were offered half of what inflation took from us,” said Bo Lund, the union's negotiator."
THIRD = "Norland called its ambassador home from Sudria on Wednesday, a day after the ban on grain took effect there."
STORIES = (
    ("Tram strike halts Eastmere", "Eastmere Courier", "Ada Reyes", 5, f"{FIRST}\n\n{SECOND}"),
    ("Norland recalls its envoy", "The Norland Mail", "Petra Vold", 6, f"{THIRD}\n\n{SECOND}"),
)


def nexis(numbered: str, day: str, fields: tuple[str, ...]) -> str:
    section, length, words, byline, loaded = fields
    return "\n\n\n".join(
        f"                 {numbered.format(number)}\n\n                 {outlet}\n\n            {day.format(at)}\n"
        f"                 EDITION 1\n\n{title}\n\n{byline}: {author}\n\n{section}: NEWS; Pg. 3\n\n{length}: "
        f"152 {words}\n\n"
        f"{text}\n\n{loaded}: November 9, 2024\n\nPUBLICATION-TYPE: Newspaper\n\n    Copyright 2024 {outlet}\n"
        "      All Rights Reserved"
        for number, (title, outlet, author, at, text) in enumerate(STORIES, start=1)
    )


def uni(title: str, outlet: str, author: str, at: int, text: str) -> list[str]:
    return [
        title, outlet, f"November {at}, 2024 Tuesday", f"Copyright 2024 {outlet} All Rights Reserved", "Section: NEWS",
        "Length: 152 words", f"Byline: {author}", "Body", *text.split("\n\n"), "Graphic",
        "A tram at the depot in the rain on Tuesday, seen from the bridge over the harbour at noon, with nobody in it.",
        "Correction: an earlier version named another depot.", "Load-Date: November 9, 2024", "End of Document", "",
    ]  # fmt: skip


def factiva(words: str, by: str, document: str) -> str:
    return "\n\n".join(
        f"World\n{title}\n\n{by} {author}\n152 {words}\n{at} November 2024\n06:12\n{outlet}\nEASTC\nA3\nEnglish\n"
        f"© 2024 {outlet}. All Rights Reserved.\n\n{text}\n\n{document} EASTC00020241105ekb500001\n"
        for title, outlet, author, at, text in STORIES
    )


def by_codes() -> str:
    return "".join(
        f"SE  World\nHD  {title}\nBY  {author}\nWC  152 words\nPD  {at} November 2024\nSN  {outlet}\nSC  "
        f"EASTC\nLA  English\n"
        f"LP  \n{text.split(chr(10))[0]}\n\nTD  \n{SECOND}\n\nNS  gstrik : Strikes\nAN  Document "
        f"EASTC00020241105ekb500001\n\n"
        for title, outlet, author, at, text in STORIES
    )


def page() -> str:
    articles = "".join(
        f'<div id="article-EASTC0002024110500" class="article enArticle"><div id="hd"><span class="enHeadline">{title}'
        f"</span></div><div>{author}</div><div>152 words</div><div>{at} November 2024</div><div>{outlet}</div>"
        "<div>EASTC</div><div>English</div><div>Copyright 2024</div>"
        + "".join(f'<p class="articleParagraph">{line}</p>' for line in text.split("\n\n"))
        + "<p>Document EASTC00020241105ekb500001</p></div>"
        for title, outlet, author, at, text in STORIES
    )
    return f"<html><body>{articles}</body></html>"


def proquest() -> str:
    rule = "_" * 60
    return "".join(
        f"{rule}\n\nDocument {number} of 2\n\n{title}\n\nAuthor: "
        f"{' '.join(author.split()[::-1]).replace(' ', ', ')}\n\n"
        f"Publication info: {outlet}; Eastmere [Eastmere]. {at:02} Nov 2024: A.4.\n\nAbstract: Short.\n\nFull "
        f"text: {text}"
        f"\n\nSubject: Strikes\n\nTitle: {title}\n\nPublication title: {outlet}\n\nPublication date: Nov {at}, 2024\n\n"
        "ProQuest document ID: 99\n\nLast updated: 2024-11-20\n\n"
        for number, (title, outlet, author, at, text) in enumerate(STORIES, start=1)
    )


def ris() -> str:
    return "".join(
        f"TY  - NEWS\nT1  - {title}\nAU  - {' '.join(author.split()[::-1]).replace(' ', ', ')}\nJF  - {outlet}\n"
        f"Y1  - 2024/11/{at:02}/\nN2  - {text.replace(chr(10) * 2, chr(10))}\nER  - \n\n"
        for title, outlet, author, at, text in STORIES
    )


def rtf(text: str) -> bytes:
    escaped = "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in text)
    return ("{\\rtf1\\ansi " + escaped.replace("\n", "\\par\n") + "}").encode("ascii")


def word(lines: list[str]) -> bytes:
    made, target = docx.Document(), io.BytesIO()
    for line in ["Job Number: 1", "Documents (2)", *lines]:
        made.add_paragraph(line)
    made.save(target)
    return target.getvalue()


ENGLISH = ("SECTION", "LENGTH", "words", "BYLINE", "LOAD-DATE")
GERMAN = ("RUBRIK", "LÄNGE", "Wörter", "AUTOR", "UPDATE")
FRENCH = ("RUBRIQUE", "LONGUEUR", "mots", "AUTEUR", "DATE-CHARGEMENT")
UNI = [line for story in STORIES for line in uni(*story)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (nexis("{} of 2 DOCUMENTS", "November {}, 2024 Tuesday", ENGLISH), "Nexis export (text)"),
        (nexis("Dokument {} von 2", "{}. November 2024 Dienstag", GERMAN), "Nexis export (text)"),
        (nexis("Document {} de 2", "{} novembre 2024 mardi", FRENCH), "Nexis export (text)"),
        ("\n\n".join(UNI), "Nexis Uni export (text)"),
        (rtf("\n".join(UNI)), "Nexis Uni export (RTF)"),
        (word(UNI), "Nexis Uni export (Word)"),
        (factiva("words", "By", "Document"), "Factiva export (text)"),
        (factiva("Wörter", "Von", "Dokument"), "Factiva export (text)"),
        (rtf(factiva("mots", "Par", "Document")), "Factiva export (RTF)"),
        (by_codes(), "Factiva export (text)"),
        (page(), "Factiva export (HTML)"),
        (proquest(), "ProQuest export (text)"),
        (ris(), "RIS references (text)"),
    ],
)  # fmt: skip
def test_an_export_is_split_into_its_articles(data: str | bytes, kind: str) -> None:
    entries = list(read_entries(data.encode() if isinstance(data, str) else data, "export"))
    assert [entry.format for entry in entries] == [kind] * len(STORIES)
    for entry, (title, outlet, author, at, text) in zip(entries, STORIES, strict=True):
        extract = entry.content
        assert isinstance(extract, Extract)
        assert (extract.title, extract.outlet, extract.byline) == (title, outlet, author)
        assert extract.published == date(2024, 11, at)
        assert extract.text.removesuffix("\n\nCorrection: an earlier version named another depot.") == text
        assert ("Correction" in extract.text) == ("Uni" in kind)


def test_words_of_the_article_that_look_like_a_label_stay() -> None:
    text = nexis("{} of 2 DOCUMENTS", "November {}, 2024 Tuesday", ENGLISH)
    text = text.replace(
        SECOND, f"Notes: three of them were found, she said.\n\nCity: a word that nobody used.\n\n{SECOND}"
    )
    [first, _] = read_source_bytes(text.encode(), "export.txt")
    assert first.text == (
        f"{FIRST}\n\nNotes: three of them were found, she said.\n\nCity: a word that nobody used.\n\n{SECOND}"
    )


def test_an_article_of_an_export_without_text_is_told_and_the_others_are_read() -> None:
    text = proquest().replace(f"Full text: {STORIES[1][4]}", "Full text: ").replace("Abstract: Short.", "")
    entries = list(read_entries(text.encode(), "export.txt"))
    assert isinstance(entries[0].content, Extract)
    assert "full text" in str(entries[1].content)


def test_an_abstract_alone_is_told_as_cut() -> None:
    [extract] = read_source_bytes(
        b"TY  - NEWS\nTI  - Trams\nAB  - The council met at night.\nDA  - 2024 Nov 05\nER  -\n", "a.ris"
    )
    assert (extract.published, extract.notes) == (date(2024, 11, 5), ("cut: the export may hold the abstract alone",))


def test_a_news_item_that_speaks_of_documents_is_no_export() -> None:
    text = f"{FIRST}\n\nThe court read 1 of 3 documents.\n\nLENGTH: it took 200 words, the judge said.\n\n{SECOND}"
    [extract] = read_source_bytes(text.encode(), "page.txt")
    assert SECOND in extract.text
    assert json.dumps(extract.title)
