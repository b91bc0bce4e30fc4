"""Kinds of input that stand beside those of test_reading_kinds: each was read wrongly once."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers import boilerplate
from rag.readers.date_lines import read_date_line
from rag.readers.decode import decoded
from rag.readers.dispatch import read_source_bytes
from rag.readers.field_values import author_names, day_of
from rag.readers.headlines import clean_authors
from rag.readers.html import read_html
from rag.readers.pasted import read_pasted
from rag.readers.pdf import _paragraphs
from rag.readers.records import known_name
from rag.readers.transcripts import read_transcript
from rag.readers.unwrap import dehyphenated_pages
from rag.text.addresses import normalize_address, unwrapped_address
from rag.text.dates.written import written_days

FIRST = "The ice road over Lake Orne will stay shut this winter, the county of Skell said on Monday."
SECOND = "“Forty lorries a day went over it, and two went through it,” said Runa Vik, who keeps the road."
THIRD = "Villagers on the far shore asked for a ferry; the county answered that there was no money for one."
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
TITLE, OUTLET, AUTHOR, DAY = "Ice road to stay shut", "Skell Tidings", "Odd Brenna", date(2023, 12, 4)


def read(data: object, name: str = "dump.json") -> list[Extract]:
    return read_source_bytes(data if isinstance(data, bytes) else json.dumps(data).encode(), name)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("publishedts", "published"), ("articlepublished", "published"), ("bylines", "byline"), ("pagetitle", "title"),
        ("outletnames", "outlet"), ("imageurl", "imageurl"), ("publicationdate", "publicationdate"), ("text", "text"),
        ("commenttext", "commenttext"),
    ],
)  # fmt: skip
def test_a_field_is_known_by_its_stem(name: str, ours: str) -> None:
    assert known_name(name) == ours


def test_lists_that_a_program_wrote_into_a_cell_are_lists() -> None:
    table = (
        "source,authors,headline_text,published_ts,article_text\n"
        f"\"{{'id': None, 'name': '{OUTLET}'}}\",\"['{AUTHOR}', 'Tor Aas']\",{TITLE},1701680400000,\"{FIRST}\"\n"
    )
    extract = read(table.encode(), "dump.csv")[0]
    assert (extract.outlet, extract.byline) == (OUTLET, f"{AUTHOR}, Tor Aas")
    assert (extract.title, extract.published, extract.text) == (TITLE, DAY, FIRST)


@pytest.mark.parametrize(
    "dump",
    [
        {"title": {"0": TITLE}, "text": {"0": TEXT}, "date": {"0": "2023-12-04"}},
        {"columns": ["title", "text", "date"], "index": [0], "data": [[TITLE, TEXT, "2023-12-04"]]},
        {"k1": {"title": TITLE, "text": TEXT, "date": "2023-12-04"}, "k2": {"title": TITLE, "text": TEXT}},
        [{"title": TITLE, "text": TEXT, "date": {"$date": {"$numberLong": "1701680400000"}}}],
    ],
)
def test_tables_by_columns_and_records_under_their_ids_are_read(dump: object) -> None:
    extract = read(dump)[0]
    assert (extract.title, extract.text, extract.published) == (TITLE, TEXT, DAY)


@pytest.mark.parametrize(
    ("written", "day"), [("04-Dec-23", DAY), ("4 Dec 98", date(1998, 12, 4)), ("04-Dec-2023", DAY), ("12-04-23", None)]
)
def test_a_month_by_name_allows_a_year_of_two_digits(written: str, day: date | None) -> None:
    assert day_of(written) == day


def test_a_job_in_a_list_of_authors_is_no_author() -> None:
    assert author_names(["Odd Brenna", "Science Correspondent"]) == "Odd Brenna"
    assert author_names(["Ann Writer"]) == "Ann Writer"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Von Gesa Prill, Orne", "Gesa Prill"), ("Ada Reyes, Jr.", "Ada Reyes, Jr."), ("Brenna, Odd", "Odd Brenna"),
        ("Gesa Prill, Tor Aas", "Gesa Prill, Tor Aas"), ("山田太郎, 佐藤花子", "山田太郎, 佐藤花子"),
    ],
)  # fmt: skip
def test_a_single_word_behind_a_whole_name_is_a_place(line: str, names: str) -> None:
    assert clean_authors(line) == names


SAME = "https://tidings.example/ice-road"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.google.de/url?sa=t&url=https%3A%2F%2Ftidings.example%2Fice-road&ved=0a",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Ftidings.example%2Fice-road&data=05%7C01",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Ftidings.example%2Fice-road%3Ffbclid%3DIw&h=AT",
        "https://urldefense.com/v3/__https://tidings.example/ice-road__;!!Gq!a$",
        "https://archive.ph/2023.12.05-101500/https://tidings.example/ice-road",
        "https://web.archive.org/web/20231205101500/https://tidings.example/ice-road",
        "https://tidings-example.cdn.ampproject.org/v/s/tidings.example/ice-road?amp_js_v=0.1",
        "https://tidings.example/ice-road?print=true&share=twitter&nb=1",
    ],
)
def test_a_redirect_an_archive_and_a_cache_lead_to_one_article(address: str) -> None:
    assert normalize_address(address) == SAME


def test_an_address_that_only_holds_another_is_its_own() -> None:
    for address in ("https://www.google.com/search?q=https://tidings.example/a", "https://tidings.example/p?url=x"):
        assert unwrapped_address(address) == address


@pytest.mark.parametrize(
    ("line", "language", "published", "updated"),
    [
        ("Mis à jour le 6 décembre 2023 à 11h20 | Publié le 4 décembre 2023 à 6h05", "fr", DAY, date(2023, 12, 6)),
        ("Actualizado a las 10:05 del 16/12/2023 - Publicado el 4 de diciembre de 2023", "es", DAY, date(2023, 12, 16)),
        ("Geplaatst op 4 december 2023, laatst gewijzigd 6 december 2023", "nl", DAY, date(2023, 12, 6)),
        ("Última actualización: 6 de diciembre de 2023 a las 10:05 horas", "es", None, date(2023, 12, 6)),
    ],
)
def test_labels_of_several_words_decide_which_day_it_is(
    line: str, language: str, published: date | None, updated: date | None
) -> None:
    dates = read_date_line(line, language)
    assert dates is not None
    assert (dates.published, dates.updated) == (published, updated)


@pytest.mark.parametrize(
    "line", ["ב-4 בדצמבר 2023", "4 كانون الأول 2023", "4 دجنبر 2023", "2023ko abenduaren 4a", "Disyembre 4, 2023"]
)
def test_months_with_a_prefix_of_two_words_and_of_the_maghreb(line: str) -> None:
    assert [day.day for day in written_days(line)] == [DAY]


NOT_ARTICLES = [
    "Werbeblocker erkannt\n\nBitte schalten Sie Ihren Werbeblocker aus, um weiterzulesen.\n\nKlicken Sie hier.",
    "Not here\n\nOur website is unavailable in your country. We are looking at options for our readers in the EU.",
    "Welcome\n\nLog in or create an account to continue\n\nForgot your password? Create an account to read on.",
    "Page introuvable\n\nLa page que vous cherchez n'existe plus. Elle a peut-être été déplacée.",
    "We value your privacy\n\nWe and our 900 partners store information on your device, such as cookies.\n\nAccept",
]


@pytest.mark.parametrize("text", NOT_ARTICLES)
def test_walls_are_refused_as_pages_texts_and_records(text: str) -> None:
    title, *lines = text.split("\n\n")
    body = "".join(f"<p>{line}</p>" for line in lines)
    with pytest.raises(UnreadableSource, match="not the article"):
        read_html(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>")
    with pytest.raises(UnreadableSource, match="not the article"):
        read_pasted(text)
    with pytest.raises(UnreadableSource, match="not the article"):
        read([{"title": title, "text": "\n\n".join(lines)}])


@pytest.mark.parametrize(
    "text",
    [
        (
            "Court backs ad blockers\n\nA court in Skell ruled that readers may use an ad blocker on any page.\n\n"
            "The paper, Skell Tidings, had sued the maker of the blocker."
        ),
        (
            "Minister forgot his password\n\nThe minister had forgotten his password and asked an aide to create "
            "an account, a report found."
        ),
        "Clocks\n\nWhen should one pause the clock of a game of chess? Pause the clock only where the judge allows it.",
        "Archive lost\n\nThe page could not be found for weeks, the ministry said. It blamed a move to a new site.",
    ],
)
def test_an_article_about_walls_is_an_article(text: str) -> None:
    assert read_pasted(text).text.startswith(text.split("\n\n")[1][:20])


@pytest.mark.parametrize(
    "line",
    [
        "Testen Sie das Abo vier Wochen für 1 Euro, jederzeit kündbar.", "Sie haben schon ein Abo? Jetzt anmelden.",
        "Terms of Use Privacy Policy Contact", "Fehler melden", "Recevez chaque matin nos infos par e-mail",
        "Media caption, Watch: the road from the air", "Réutiliser ce contenu",
    ],
)  # fmt: skip
def test_offers_feet_and_labels_are_furniture(line: str) -> None:
    assert boilerplate.is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Der Vertrag mit dem Fährmann ist jederzeit kündbar.", "Drivers can cancel any time, the county said.",
        "Villagers receive the post every morning from a sledge.", "Prueba de fuego para el alcalde por 3 votos",
        "Source: unknown, the police file says of the letter.",
    ],
)  # fmt: skip
def test_sentences_about_others_stay_though_offers_begin_so(line: str) -> None:
    assert not boilerplate.is_furniture(line)


def mail(body: str, subject: str = "Fwd: Ice road") -> Extract:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Liv Moen <liv@office.example>", "a@b.example", subject
    message["Date"], message["Message-ID"] = "Mon, 11 Dec 2023 09:00:00 +0100", "<1@x>"
    message.set_content(body)
    return read_source_bytes(bytes(message), "m.eml")[0]


HEAD = (
    "From: Skell Tidings <n@tidings.example>\nDate: Mon, 4 Dec 2023 07:00:00 +0100\nSubject: Ice road\nTo: a@b.example"
)


@pytest.mark.parametrize(
    "body",
    [
        f"See below.\n\n-- \nLiv Moen\nOffice 3\n\n-------- Forwarded Message --------\n{HEAD}\n\n{TEXT}\n",
        f"See below.\n\n{HEAD}\n\n{TEXT}\n\n-- \nLiv Moen\nOffice 3\n",
        (
            "----- Forwarded Message ----- From: Tidings <n@tidings.example>To: a@b.exampleSent: Monday, "
            f"December 4, 2023 at 07:02:00 AM GMT+1Subject: Ice road\n\n{TEXT}\n"
        ),
        (
            f"{HEAD.replace('Ice', '[EXTERNAL] Ice')}\n\nCAUTION: This email originated from outside the company. "
            f"Do not click links.\n\n{TEXT}\n\nThis e-mail and any attachments are confidential and for you alone.\n"
        ),
    ],
)
def test_what_stands_around_a_forwarded_article_goes_and_the_article_stays(body: str) -> None:
    extract = mail(body)
    assert (extract.title, extract.published, extract.text) == ("Ice road", DAY, TEXT)


@pytest.mark.parametrize(
    "header",
    [
        "Šalje: S <s@x.example>\nDate: pon, 4. pro 2023. u 09:31\nSubject: Ice road\nTo: <a@b.example>",
        "Expeditorul: S <s@x.example>\nSubiectul: Ice road\nDată: 4 decembrie 2023, 14:25\nDestinatarul: a@b.example",
        "送信元：S <s@x.example>\n日付：2023年12月4日月曜日 17:55:44\n件名：Ice road\n送信先：a@b.example",
        "מאת: S <s@x.example>\nDate: יום ב׳, 4 בדצמ׳ 2023 ב-9:31\nSubject: Ice road\nTo: <a@b.example>",
        "Gönderen: S <s@x.example>\nGönderilme: 4 Aralık 2023 Pazartesi 12:46\nAlıcı: a@b.example\nKonu: Ice road",
    ],
)
def test_headers_of_forwarded_messages_in_further_languages(header: str) -> None:
    extract = mail(f"See below.\n\n{header}\n\n{TEXT}\n")
    assert (extract.title, extract.published, extract.text) == ("Ice road", DAY, TEXT)


def test_a_line_of_two_dashes_is_no_signature_where_the_article_goes_on() -> None:
    body = f"{TEXT}\n--\n{TEXT.replace('winter', 'year')} {FIRST} {THIRD} {FIRST} {THIRD}\n"
    assert "this year" in mail(body, "Ice road").text


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0034)https://tidings.example/ice-road -->",
        "<!--\n Page saved with SingleFile \n url: https://tidings.example/ice-road \n saved date: Dec 11 2023\n-->",
        "<!-- Saved from https://tidings.example/ice-road at 2023-12-11T08:00:00Z using monolith v2.8 -->",
        "<!-- Mirrored from tidings.example/ice-road by HTTrack Website Copier/3.x, Mon, 11 Dec 2023 08:00:00 GMT -->",
        '<link rel="canonical" href="https://archive.ph/2023.12.11-080000/https://tidings.example/ice-road">',
    ],
)
def test_a_saved_page_keeps_its_own_address(comment: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n\n"))
    page = (
        f"<!doctype html>{comment}<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"
    )
    assert read(page.encode(), "page.html")[0].url == SAME


def test_a_line_may_call_an_address_the_articles_own() -> None:
    extract = read_pasted(
        f"{TITLE}\n\nRetrieved 11 December 2023 from {SAME}\nFirst published 4 December 2023\n\n{TEXT}"
    )
    assert (extract.url, extract.published, extract.text) == (SAME, DAY, TEXT)


def test_tags_that_were_encoded_once_too_often_are_paragraphs() -> None:
    body = "".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in TEXT.split("\n\n"))
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div>{body}</div></body></html>"
    assert read_html(page).text == TEXT


def test_json_ld_that_is_cut_and_authors_of_several_tags_are_read() -> None:
    written = json.dumps(
        {"@type": "NewsArticle", "headline": TITLE, "author": {"name": AUTHOR}, "datePublished": str(DAY)}
    )
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n\n"))
    page = "<html><head><title>{0}</title>{1}</head><body><article><h1>{0}</h1>{2}</article></body></html>"
    script = f'<script type="application/ld+json">{written[:-1]}</script>'
    assert read_html(page.format(TITLE, script, body)).published == DAY
    tags = "".join(f'<meta name="author" content="{name}">' for name in (AUTHOR, "Tor Aas", "tor aas"))
    assert read_html(page.format(TITLE, tags, body)).byline == f"{AUTHOR}, Tor Aas"
    assert read_html(page.format(TITLE, f'<meta itemprop="author" content="{AUTHOR}">', body)).byline == AUTHOR


def test_turns_may_stand_behind_brackets_or_the_time() -> None:
    bracketed = "Talk\n\n[Host] Why is it shut?\n\n[Runa Vik] The ice is thin. We will wait.\n\n[Host] Until when?\n"
    assert read_transcript(bracketed).text.split("\n\n")[1] == "Runa Vik: The ice is thin. We will wait."
    stamped = "Talk\n\n00:00:01 Tor Aas: Why?\n\n00:00:09 Runa Vik: The ice is thin.\n\n00:00:20 Liv Moen: We saw it.\n"
    assert read_transcript(stamped).text.split("\n\n") == [
        "Tor Aas: Why?",
        "Runa Vik: The ice is thin.",
        "Liv Moen: We saw it.",
    ]


def test_a_rejoined_word_leaves_the_lines_as_long_as_they_were() -> None:
    column = [
        "The ice road over the lake will stay shut, said", "Runa Vik, who keeps it. The vil-",
        "lagers asked for a ferry over the lake, and the", "county of Skell answered that there was no mon-",
        "ey for one, neither this year nor next, said", "Odd Brenna, who speaks for the county of Skell.",
    ]  # fmt: skip
    assert _paragraphs(dehyphenated_pages(["\n".join(column)])[0]) == (
        "The ice road over the lake will stay shut, said Runa Vik, who keeps it. The villagers asked for a ferry "
        "over the lake, and the county of Skell answered that there was no money for one, neither this year "
        "nor next, said Odd Brenna, who speaks for the county of Skell."
    )


def test_a_correction_below_the_captions_of_an_export_stays() -> None:
    export = (
        f"{TITLE}\n{OUTLET}\nDecember 4, 2023 Monday\n\nCopyright 2023 {OUTLET} All Rights Reserved\n\n"
        f"Length: 60 words\nByline: {AUTHOR}\nBody\n\n{TEXT}\n\nGraphic\n\nRuna Vik on the ice.\n\n"
        "Correction: December 6, 2023\n\nAn earlier version gave fifty lorries.\n\n"
        "Load-Date: December 9, 2023\n\nEnd of Document\n"
    )
    text = read(export.encode(), "export.txt")[0].text
    assert text.endswith("An earlier version gave fifty lorries.")
    assert "on the ice" not in text


def test_the_author_of_a_chinese_line_of_dates_is_read() -> None:
    extract = read_pasted(
        "湖上冰路关闭\n\n2023-12-04 07:02:11 来源：湖报 作者：李娜\n\n县政府周一表示，湖上冰路今冬关闭。\n\n分享到：\n"
    )
    assert (extract.title, extract.byline, extract.published) == ("湖上冰路关闭", "李娜", DAY)
    assert extract.text == "县政府周一表示，湖上冰路今冬关闭。"


def test_an_export_of_nexis_may_be_a_web_page_and_its_publishers_line_goes() -> None:
    def article(number: int, title: str) -> str:
        fields = f"<P><B>BYLINE: </B>{AUTHOR}</P><P><B>LENGTH: </B>60 words</P>"
        words = "".join(f"<P>{line}</P>" for line in TEXT.split("\n\n"))
        return (
            f"<DIV><P>{number} of 2 DOCUMENTS</P></DIV><DIV><P>{OUTLET}</P></DIV>"
            f"<DIV><P>December 4, 2023 Monday</P></DIV><DIV><P>{title}</P></DIV>"
            f"{fields}<DIV>{words}</DIV><P>LOAD-DATE: December 9, 2023</P>"
        )

    page = f"<HTML><BODY><!-- LXNComment 1 -->{article(1, TITLE)}{article(2, 'Ferry asked for')}</BODY></HTML>"
    extracts = read(page.encode(), "export.html")
    assert [(one.title, one.outlet, one.published, one.text) for one in extracts] == [
        (TITLE, OUTLET, DAY, TEXT),
        ("Ferry asked for", OUTLET, DAY, TEXT),
    ]
    factiva = (
        f"{TITLE}\n\nBy {AUTHOR}\n60 words\n4 December 2023\n{OUTLET}\nSKTI\nEnglish\n(c) 2023 Skell Press Ltd.\n\n"
        f"{TEXT}\n\nSkell Press Ltd.\n\nDocument SKTI000020231204ejc40000a\n"
    )
    assert read(factiva.encode(), "export.txt")[0].text == TEXT


def test_fields_of_a_note_may_be_a_list_below_a_heading() -> None:
    note = (
        f"# {TITLE}\n\n![](https://x.example/a.png)\n\n## Metadata\n- Author: [[{AUTHOR}]]\n- Category: #articles\n"
        f"- URL: {SAME}\n\n## Full Document\n{TEXT}\n"
    )
    extract = read(note.encode(), "note.md")[0]
    assert (extract.title, extract.byline, extract.url) == (TITLE, AUTHOR, SAME)
    assert extract.text.endswith(TEXT)
    assert "Category" not in extract.text


@pytest.mark.parametrize(
    ("line", "is_furniture"),
    [
        ("To watch this clip, turn on JavaScript in your browser and load the page again.", True),
        ("Please turn on JavaScript to listen to the podcast.", True),
        ("Bitte aktivieren Sie JavaScript, um den Inhalt zu sehen.", True),
        ("Your browser doesn't support audio of this kind.", True),
        ("The bank said that you need to enable JavaScript to play the video of the hearing.", False),
        ("To watch the video of the crash, the jurors were driven to Velde and back.", False),
        ("Hier weiterlesen mit Nordpost Plus", True),
        ("Verder lezen", True),
        ("Kostenlos probelesen", True),
        ("30 Tage gratis lesen, danach 7,50 Euro pro Monat.", True),
        ("Toute la Gazette sur tous les écrans. Sans engagement.", True),
        ("6 weeks for £1, then £8 a month. Cancel any time.", True),
        ("2 Wochen kostenlos testen können Fahrgäste die Räder der Stadt, danach kosten sie einen Euro am Tag.", False),
        ("Die Karte der Stadtbahn kostet 40 Euro im Monat und ist jederzeit kündbar.", False),
        ("Das Angebot gelte für alle, sagte Ada Nolan. Jederzeit kündbar.", False),
        ("Weiterlesen können die Schüler künftig auch am Abend, in der Bücherei am Hafen.", False),
    ],
)
def test_player_prompts_and_offers_of_a_subscription_are_no_report(line: str, is_furniture: bool) -> None:
    assert boilerplate.is_furniture(line) is is_furniture


def test_a_job_behind_a_name_and_a_notice_to_subscribers_go() -> None:
    assert author_names(["Odd Brenna Labour correspondent"]) == "Odd Brenna"
    assert boilerplate.is_furniture("This article is for subscribers only.")
    assert not boilerplate.is_furniture("The article of the law is for farmers only, the court held.")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Der See bei Skell trägt in diesem Winter keine Lastwagen, für größere Schiffe fehlt das Geld.", "cp1252"),
        ("El condado cerró el camino sobre el lago, dijo el señor Vik, y no habrá dinero para otra cosa.", "cp1252"),
        ("Droga przez jezioro będzie zamknięta, powiedziała Runa Vik, a pieniędzy na prom nie ma.", "cp1250"),
        ("Gölün üzerindeki yol bu kış kapalı kalacak, dedi ilçe sözcüsü, çünkü buz çok ince ve kırık.", "cp1254"),
        ("Дорога через озеро закрыта на всю зиму, сообщила Руна Вик, и денег на паром в округе нет.", "koi8-r"),
        ("Дорога через озеро закрыта на всю зиму, сообщила Руна Вик, и денег на паром в округе нет.", "cp866"),
        ("Ο δρόμος πάνω στη λίμνη μένει κλειστός τον χειμώνα, είπε η Ρούνα Βικ στους δημοσιογράφους.", "cp1253"),
        ("הדרך על האגם תישאר סגורה בחורף הזה, אמרה רונה ויק, ואין כסף למעבורת אחרת במחוז כולו", "cp1255"),
    ],
)  # fmt: skip
def test_the_language_tells_the_encoding_where_nothing_names_it(text: str, codec: str) -> None:
    assert decoded(text.encode(codec), name="The file") == text


def test_lines_of_a_mail_that_flow_are_one_and_its_depths_stay_apart() -> None:
    body = FIRST.replace(" will", " \nwill") + "\n\n> The road \n> was shut \n>> in May \nand June.\n-- \nRuna"
    fields = "From: a@b.example\nSubject: Road\nDate: Mon, 04 Dec 2023 09:00:00 +0000\nMIME-Version: 1.0\n"
    mail = f"{fields}Content-Type: text/plain; charset=utf-8; format=flowed\n\n{body}"
    text = read(mail.encode(), "road.eml")[0].text
    assert FIRST in text
    assert "The road was shut" in text
    assert "shut in May" not in text
    assert "May and" not in text


def test_what_leaves_the_top_of_a_body_is_a_field() -> None:
    page = f"<html><head><title>{TITLE}</title></head><body><font>{{}}</font></body></html>"
    parts = (TITLE, f"By {AUTHOR}", "Updated: 4 December 2023, 10:15", FIRST, SECOND, THIRD)
    extract = read_html(page.format("<br><br>".join(parts)))
    assert (extract.byline, extract.published, extract.updated, extract.text) == (AUTHOR, None, DAY, TEXT)


@pytest.mark.parametrize(
    "shown",
    [
        f"<p>By <a href='/o'>{AUTHOR}</a> — Published on Monday 4 December 2023 at 07.10, changed on 6 December</p>",
        f"<meta name='author' content='Redaktion {OUTLET}'><p class='byline'>By {AUTHOR}</p>",
    ],
)
def test_days_beside_a_name_and_the_name_of_a_desk_do_not_hide_the_author(shown: str) -> None:
    lines = "".join(f"<p>{line}</p>" for line in (FIRST, SECOND, THIRD))
    page = f"<html><body><article><h1>{TITLE}</h1>{shown}{lines}</article></body></html>"
    assert read_html(page).byline == AUTHOR


def test_a_column_in_an_element_named_comment_has_none_of_the_readers_words() -> None:
    column = "".join(f"<p>{line}</p>" for line in (FIRST, SECOND, THIRD))
    column = f"<div class='comment'><h1>{TITLE}</h1><div class='comment-body'>{column}</div></div>"
    readers = "<div id='comments'><div class='comment'><p>I drove over it for thirty years myself.</p></div></div>"
    assert read_html(f"<html><body>{column}{readers}</body></html>").text == TEXT


def test_the_days_of_a_note_are_not_those_of_its_article() -> None:
    days = "updated: 2024-01-09 08:00:00Z\ncreated: 2024-01-08 08:00:00Z"
    note = f"---\ntitle: {TITLE}\n{days}\nsource: https://skell.example/1\n---\n\n{TEXT}"
    extract = read(note.encode(), "note.md")[0]
    assert (extract.published, extract.updated) == (None, None)
    dated = note.replace("created:", "published: 2023-12-04\ncreated:")
    assert read(dated.encode(), "note.md")[0].updated == date(2024, 1, 9)


def test_the_only_day_of_an_item_is_that_of_publication_and_its_foot_is_left_out() -> None:
    foot = f"Der Beitrag {TITLE} erschien zuerst auf {OUTLET}."
    body = "".join(f"<p>{line}</p>" for line in (FIRST, SECOND, THIRD, foot))
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><item>'
        f"<title>{TITLE}</title><dc:date>2023-12-04T07:00:00Z</dc:date><description><![CDATA[{body}]]></description>"
        "</item></channel></rss>"
    )
    extract = read(feed.encode(), "feed.xml")[0]
    assert (extract.published, extract.updated, extract.text) == (DAY, None, TEXT)
    assert [left.text for left in extract.left_out] == [foot]


def test_heads_of_columns_may_name_the_article() -> None:
    table = f"Titre;Auteur(s);Date de parution;Corps de l'article\n{TITLE};{AUTHOR};2023-12-04;{FIRST}\n"
    extract = read(table.encode(), "revue.csv")[0]
    assert (extract.title, extract.byline, extract.published, extract.text) == (TITLE, AUTHOR, DAY, FIRST)


@pytest.mark.parametrize(
    "line",
    [
        "You have read three free articles this month, and two are left.",
        "Enjoy access to all of our stories for the price of a coffee.",
        "Wir verwenden Cookies, um unsere Seiten zu verbessern.",
        "Si quiere saber más, suscríbase a nuestro boletín de los lunes.",
        "Reporting by Odd Brenna in Skell; editing by Runa Vik and Tor Aas.",
    ],
)
def test_what_a_site_asks_in_whole_sentences_is_furniture(line: str) -> None:
    assert boilerplate.is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Readers have access to all of our stories in the archive of the county, the clerk said.",
        "Wir verwenden Cookies nur mit Zustimmung, beteuerte der Verlag vor Gericht.",
        "All rights reserved for lorries on the ice were taken from them by the county.",
        "Reporting by the Skell Tidings led to the arrest of two officials in May.",
        "You agree to our terms or you walk, the ferryman told the villagers.",
    ],
)
def test_what_a_site_asks_is_news_where_somebody_says_it(line: str) -> None:
    assert not boilerplate.is_furniture(line)


def book_of(headline: str, **fields: str) -> bytes:
    """An electronic book with one chapter, whose headline is `headline`."""
    data = io.BytesIO()
    named = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in fields.items())
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml", '<c xmlns="x"><rootfiles><rootfile full-path="b.opf"/></rootfiles></c>'
        )
        archive.writestr(
            "b.opf",
            f'<package xmlns="x" xmlns:dc="d"><metadata>{named}</metadata><manifest><item id="a" href="a.xhtml" '
            'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>',
        )
        archive.writestr(
            "a.xhtml",
            f"<html><head><title>{headline}</title></head><body><h1>{headline}</h1><p>{FIRST}</p><p>{SECOND}</p>"
            f"<p>{THIRD}</p></body></html>",
        )
    return data.getvalue()


@pytest.mark.parametrize(
    ("headline", "source", "title", "outlet", "url"),
    [
        (TITLE, "https://skell.example/ice", TITLE, None, "https://skell.example/ice"),
        (TITLE, OUTLET, TITLE, OUTLET, None),
        ("Chapter 1", OUTLET, "Saved for later", OUTLET, None),
    ],
)
def test_a_book_of_one_chapter_keeps_its_headline_and_its_source(
    headline: str, source: str, title: str, outlet: str | None, url: str | None
) -> None:
    (extract,) = read_source_bytes(book_of(headline, title="Saved for later", source=source), "a.epub")
    assert (extract.title, extract.outlet, extract.url) == (title, outlet, url)


@pytest.mark.parametrize("behind", [" and left.", "", ". Then she left.", "\n"])
def test_a_mark_that_lost_a_byte_becomes_no_dagger(behind: str) -> None:
    (extract,) = read(f"{TITLE}\n\n{FIRST} â€œWe closed it,â€{behind}\n\n{THIRD}".encode(), "a.txt")
    assert "“We closed it,â€" in extract.text
    assert "not all could be put right" in extract.notes[0]


def test_an_article_that_was_taken_down_is_refused() -> None:
    gone = {"title": "[Removed]", "url": "https://removed.example", "content": "[Removed]"}
    with pytest.raises(UnreadableSource, match="taken down"):
        read({"articles": [gone]})


@pytest.mark.parametrize(
    ("end", "is_wall"),
    [
        ("Subscribe to continue reading", True),
        ("To continue reading, sign in or create an account.", True),
        ("Log in or subscribe now to read the full story.", True),
        ("“Sign up to read the full report,” the county said.", False),
        ("Sign up to our newsletter.", False),
    ],
)
@pytest.mark.parametrize(
    "form", ["{0}\n\n{1}\n\n{2}", "<html><body><h1>{0}</h1><article>{1}<p>{2}</p></article></body>"]
)
def test_a_wall_at_the_end_is_told(form: str, end: str, is_wall: bool) -> None:
    body = "".join(f"<p>{line}</p>" for line in (FIRST, SECOND, THIRD)) if "<" in form else TEXT
    (extract,) = read(form.format(TITLE, body, end).encode(), "a.html" if "<" in form else "a.txt")
    assert any(note.startswith("cut short?") for note in extract.notes) == is_wall


def test_a_doubtful_day_of_a_record_names_both() -> None:
    (extract,) = read({"title": TITLE, "date": "3/4/2024", "text": TEXT})
    assert extract.published is None
    assert "2024-04-03 or 2024-03-04" in extract.notes[0]


@pytest.mark.parametrize("by", ["By Odd Brenna and Liv Moe", "Odd Brenna & Liv Moe", "Odd Brenna; Liv Moe"])
def test_two_authors_of_a_record_are_two(by: str) -> None:
    assert read({"title": TITLE, "author": by, "text": TEXT})[0].byline == "Odd Brenna, Liv Moe"


@pytest.mark.parametrize("head", ["Posted by {0} » {1}, 14:02", "#{2} Posted by {0} on {1}", "by {0} » {1}"])
def test_each_post_of_a_thread_has_its_author_and_day(head: str) -> None:
    posts = [("oddb", "4 December 2023", FIRST), ("liv_m", "5 December 2023", THIRD)]
    lines = [TITLE]
    for number, (name, day, words) in enumerate(posts, start=1):
        lines += [head.format(name, day, number), f"#{number}", words]
    extracts = read("\n\n".join(lines).encode(), "a.txt")
    assert [(one.byline, one.text, one.title) for one in extracts] == [
        ("oddb", FIRST, TITLE), ("liv_m", THIRD, f"{TITLE} (2)")
    ]  # fmt: skip
    assert [one.published for one in extracts] == [date(2023, 12, 4), date(2023, 12, 5)]


def test_an_article_with_its_line_of_the_author_is_no_thread() -> None:
    assert len(read(f"{TITLE}\n\nPosted by {AUTHOR} on 4 December 2023\n\n{TEXT}".encode(), "a.txt")) == 1
