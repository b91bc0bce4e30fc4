"""Kinds of input of one more round: hearings, captions, letters, teasers, names in archives, days and bylines."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest

from rag.domain import Extract
from rag.readers import boilerplate
from rag.readers.date_lines import DateLine, read_date_line
from rag.readers.decode import decoded
from rag.readers.dispatch import read_entries, read_source_bytes
from rag.readers.headlines import clean_authors
from rag.readers.html import read_html
from rag.readers.transcripts import is_transcript, read_transcript

HEARING = """Harbour Committee
Oral evidence: the north pier
12 March 2025

{} Chair: When was the pier last inspected?

Orla Finch: It was inspected in May, and the report is public.

{} Rhea Pym (Norrby West): Who paid for it?

Orla Finch: The port paid for it. The town refused to pay.
"""


@pytest.mark.parametrize("numbers", [("Q1", "Q2"), ("Q14.", "Q15."), ("**Q9**", "**Q10**"), ("Q 101", "Q 102")])
def test_the_number_of_a_question_is_no_part_of_a_name(numbers: tuple[str, str]) -> None:
    text = HEARING.format(*numbers)
    assert is_transcript(text)
    turns = read_transcript(text).text.split("\n\n")
    assert [turn.partition(":")[0] for turn in turns[-4:]] == [
        "Chair", "Orla Finch", "Rhea Pym (Norrby West)", "Orla Finch"
    ]  # fmt: skip


def test_a_numbered_question_without_a_name_keeps_its_label() -> None:
    talk = (
        "Q1: When does it open?\nA: In the autumn.\nQ2: Is there a toll?\nA: There is none.\nQ3: Why?\nA: We promised."
    )
    assert read_transcript(talk).text.startswith("Q1: When does it open?")


@pytest.mark.parametrize(
    "line",
    [
        "(3 Minuten)", "[5 min]", "4 minutos", "ca. 3 Min. Lesezeit", "Écouter l'article", "Guardar", "Delen",
        "Zur Startseite", "Retour à l'accueil", "Volver arriba", "Terug naar boven", "Torna all’inizio",
        "На главную", "返回首页",
    ],
)  # fmt: skip
def test_buttons_and_lengths_are_furniture_in_other_languages_too(line: str) -> None:
    assert boilerplate.is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "90 minuten later wees het bedrijf het verwijt van de hand.", "Zurück in Norrby", "Drei Minuten Stille",
        "Retour à Norrby", "3 Minuten nach dem Anpfiff fiel das Tor.", "Nach oben offen",
    ],
)  # fmt: skip
def test_lines_of_an_article_that_begin_like_buttons_stay(line: str) -> None:
    assert not boilerplate.is_furniture(line)


STORY = (
    "Ferry crews in Norrby voted on Tuesday to stop work from Monday, after talks broke down for the third time.\n\n"
    "“We have waited for years,” said Oona Brask, who leads the union.\n\n"
)


def letter(*foot: str) -> Extract:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Norrby Post <n@post.example>", "a@b.example", "Ferry crews"
    message["Date"], message["Message-ID"] = "Tue, 04 Mar 2025 06:45:00 +0100", "<1@post.example>"
    message.set_content(STORY + "\n".join(foot))
    [extract] = read_source_bytes(bytes(message), "a.eml")
    return extract


@pytest.mark.parametrize(
    "line",
    [
        "You get these letters because you signed up at norrby.example.",
        "Why this letter? You are on our list because you subscribed at a fair.",
        "Sie bekommen diesen Brief, weil Sie sich auf norrby.example angemeldet haben.",
        "Ce message vous parvient car vous êtes inscrit à la lettre du Courrier.",
        "Te escribimos porque te has suscrito al boletín de Norrby.",
        "Je krijgt deze mail omdat je bent geabonneerd op de brief van Norrby.",
        "Вы читаете это письмо, потому что вы подписались на рассылку.",
    ],
)
def test_why_a_newsletter_comes_is_left_out_and_counted(line: str) -> None:
    extract = letter(line, "Norrby Post, 1 Quay")
    assert extract.text.endswith("who leads the union.")
    assert [left.text for left in extract.left_out] == [line, "Norrby Post, 1 Quay"]
    assert extract.restored().text.endswith(f"union.\n\n{line}\n\nNorrby Post, 1 Quay")


@pytest.mark.parametrize(
    "line",
    [
        "The crews are owed a day's pay “because you signed up for it”, as their contract has it, the union said.",
        "The men were called to the quay because you have registered them, the union told the port.",
        "Die Fährleute kamen an den Kai, weil sie sich für den Dienst angemeldet hatten, und warteten bis zum Abend.",
        "La huelga sigue porque la empresa no suscribió el acuerdo que el puerto le ofreció en enero.",
    ],
)
def test_a_sentence_about_others_who_signed_up_stays(line: str) -> None:
    assert letter(line).text.endswith(line)


PAGE = """<html><head><title>Pier in Ostley shut</title></head><body><main><h1>Pier in Ostley shut</h1>{}
<div itemprop="articleBody"><p>The pier was built in 1911 and had been due for repair since the storm, records show.</p>
<p>“I heard it crack,” said the harbour master, Ludo Marrin. “It sounded like a walnut.”</p>
<p>The council said that boats would leave from the north quay, and that tickets would stay valid until May.</p></div>
{}</main></body></html>"""
FIRST = "Ostley shut its pier on Wednesday after an inspector put his foot through a plank."


@pytest.mark.parametrize(
    "lead",
    [
        f'<p class="teaser">{FIRST}</p>',
        f'<header><div class="article__teaser teaser-text"><p>{FIRST}</p></div><p>By Dag Moen</p></header>',
    ],
)
def test_a_first_paragraph_below_the_headline_may_be_named_a_teaser(lead: str) -> None:
    assert read_html(PAGE.format(lead, "")).text.startswith(f"{FIRST}\n\nThe pier was built")


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (f'<a class="teaser" href="/y"><p>{FIRST}</p></a>', ""),
        (f'<div class="teaser"><h3><a href="/x">Trams</a></h3><p>{FIRST}</p></div>', ""),
        (f'<div class="teaser related"><p>{FIRST}</p></div>', ""),
        ("", f'<div class="teaser"><p>{FIRST}</p></div>'),
    ],
)
def test_a_teaser_of_another_article_stays_out(above: str, below: str) -> None:
    assert FIRST not in read_html(PAGE.format(above, below)).text


@pytest.mark.parametrize("own", ["Brücke über Ålby.txt", "“What’s next” – Norrby.txt", "서울 신문.txt", "📰 news.txt"])
def test_names_that_a_mac_took_apart_are_put_together(own: str) -> None:
    packed = io.BytesIO()
    name = unicodedata.normalize("NFD", own)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x" * len(name.encode()), STORY)
    data = packed.getvalue().replace(b"x" * len(name.encode()), name.encode())  # without the mark of UTF-8
    assert [entry.name for entry in read_entries(data, "a.zip")] == [f"a.zip/{own}"]


@pytest.mark.parametrize(
    ("language", "line", "published", "updated"),
    [
        (
            "pt",
            "Atualizado em 05/03/2025 às 10h12 | Publicado em 03/03/2025 às 08h00",
            date(2025, 3, 3),
            date(2025, 3, 5),
        ),
        ("en", "Updated 05/03/2025 | Published 03/03/2025", date(2025, 3, 3), None),
        ("fr", "Publié le 03/04/2025 à 9h15", date(2025, 4, 3), None),
        ("en", "Published 03/04/2025", None, None),
        ("es", "Publicado el 03/04/2025", None, None),  # Panama and Puerto Rico write the month first
    ],
)
def test_a_day_with_a_slash_is_read_where_the_language_writes_the_day_first(
    language: str, line: str, published: date | None, updated: date | None
) -> None:
    dates = read_date_line(line, language) or DateLine()
    assert (dates.published, dates.updated) == (published, updated)


@pytest.mark.parametrize(
    "written",
    [
        "Mara Lind @maralind",
        "Mara Lind (@mara_lind)",
        "Text: Mara Lind, Fotos: Tor Lie",
        "Mara Lind | Photos by: Tor Lie",
    ],
)
def test_accounts_and_who_took_the_pictures_are_no_part_of_a_byline(written: str) -> None:
    assert clean_authors(written) == "Mara Lind"


def test_central_european_text_is_read_in_either_of_its_old_encodings() -> None:
    text = "Śluza w Marn pozostała w czwartek zamknięta, podał zarząd kanału. Rolnicy żądają wody, a gmina milczy."
    assert [decoded(text.encode(codec), name="a.txt") for codec in ("iso8859_2", "cp1250")] == [text, text]


def test_a_sentence_that_names_its_source_is_no_furniture() -> None:
    line = "Suivez-nous jusqu'au quai de Norrby, a lancé le capitaine selon deux pêcheurs qui l'ont suivi mardi."
    assert not boilerplate.is_furniture(line)
    assert boilerplate.is_furniture("Abonnez-vous à notre newsletter, selon vos préférences, dès maintenant.")


def test_paragraphs_of_a_dump_are_its_text() -> None:
    [extract] = read_source_bytes(
        json.dumps([{"heading": "Ferry", "paragraphs": STORY.split("\n\n")[:2]}]).encode(), "a.json"
    )
    assert extract.text == STORY.strip()


def test_fields_in_bold_below_a_headline_are_fields() -> None:
    fields = "**Author:** Mara Lind\n**Published:** March 3, 2025\n**Source:** [Norrby Post](https://n.example/1)"
    head = f"# Ferry crews\n\n{fields}\n\n"
    [extract] = read_source_bytes((head + STORY).encode(), "a.md")
    assert (extract.title, extract.byline, extract.outlet) == ("Ferry crews", "Mara Lind", "Norrby Post")
    assert (extract.published, extract.url, extract.text) == (date(2025, 3, 3), "https://n.example/1", STORY.strip())
