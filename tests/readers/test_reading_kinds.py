"""Pages, documents and characters as people bring them: one test for each kind of fault."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
import zipfile
from datetime import date
from typing import Literal

import docx
import pytest

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers import boilerplate
from rag.readers.decode import decoded
from rag.readers.dispatch import read_source_bytes
from rag.readers.docx_file import read_word
from rag.readers.headlines import clean_authors
from rag.readers.html import read_html
from rag.readers.ocr import _engine
from rag.readers.pasted import read_pasted
from rag.readers.pdf import _by_columns, _Piece, _rows
from rag.readers.unwrap import dehyphenated_pages, unwrap
from rag.text.addresses import normalize_address
from rag.text.dates.written import compact_day, doubtful_days, moment, written_days

LEAD = "The tram line to the harbour of Eastmere will open again in May, the council decided on Monday evening."
SECOND = "Eleven years ago a storm had washed the rails away, and no mayor since had found the money for new ones."
QUOTED = "“We will not raise the fare,” the mayor, Ada Nolan, told the council. “That is a promise.”"
LAST = "Shopkeepers at the quay said that they had given up hope in the winter and now hope for tourists again."
BODY = (LEAD, SECOND, QUOTED, LAST)


def page(*body: str, head: str = "", title: str = "Trams return to Eastmere harbour") -> str:
    paragraphs = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in body)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body><nav><a href="/">Home</a> '
        f'<a href="/world">World</a></nav><main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>'
    )


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "line",
    [
        "By continuing the siege of the port, Sudria risks losing its licence to fish.",
        "Your data is not for sale, Commissioner Odile Brandt told the companies on Monday.",
        "The regulator said this site had used cookies to follow its readers without consent.",
        "Subscribers of Tarn Telecom were cut off for two days and will get their money back today.",
        "Join the debate or leave the chamber, Speaker Noll told the deputies.",
        "Copyright law gives the heirs seventy years, the court ruled on Tuesday.",
        "Photo credits went to the wrong man, the agency admitted in a letter.",
        "Lesen Sie auch das Kleingedruckte, warnte Notarin Ida Holm die Käufer der Wohnungen.",
        "Abonnez-vous ou taisez-vous, a lancé le maire aux lecteurs du journal.",
    ],
)
def test_a_sentence_about_somebody_else_is_no_furniture(line: str) -> None:
    assert not boilerplate.is_furniture(line)
    assert line in read_pasted("\n\n".join((LEAD, line, LAST))).text


@pytest.mark.parametrize(
    "line",
    [
        "By signing up you agree to our terms of use and to our privacy policy.",
        "We use cookies to improve your experience on this site.",
        "Sign up for The Morning Tram, our free daily letter.",
        "Listen to this article · 4:12 min Learn more",
        "3.4K Shares",
        "Artikel anhören · 3:05 Min.",
        "Folgen Sie uns auf Mastodon und bei Threads!",
        "Temps de lecture : 4 minutes",
        "Síguenos en Instagram",
        "Compartir en Threads",
        "Downloaded from radionorth.example by a reader",
        "Zapisz się na nasz poranny newsletter",
        "Share this with",
        "Got a tip? Write to tips@north.example",
        "READ MORE: Why the bridge toll rises",
        '[caption id="a1" width="300"] The quay on Monday [/caption]',
        "© 2024 Radio North. All rights reserved.",
    ],
)
def test_furniture_goes_is_counted_and_can_be_taken_back(line: str) -> None:
    extract = read_pasted("\n\n".join((LEAD, line, LAST)))
    assert extract.text == f"{LEAD}\n\n{LAST}"
    assert [part.text for part in extract.left_out] == [line]
    assert extract.restored().text == f"{LEAD}\n\n{line}\n\n{LAST}"


def test_a_list_below_a_doubtful_heading_stays_where_the_text_goes_on() -> None:
    text = "\n".join((LEAD, "Recommended", "A dredger by Easter", "A second pilot at night", LAST))
    assert "A dredger by Easter" in read_pasted(text).text


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "We value your privacy",
            "We and our 812 partners store cookies on your device. You may accept all or manage options.",
        ),
        ("Just a moment...", "Verify you are human by completing the action below. We are checking your browser."),
        ("Page not found", "The page you are looking for may have been moved. Try the search or go to our front page."),
        ("north.example", "Verifying you are human. This may take a few seconds. Enable cookies and reload the page."),
        ("Back soon", "Our site is down for maintenance. Please try again in a few minutes."),
        ("Pour les abonnés", "Pour lire la suite, abonnez-vous ou connectez-vous. Déjà abonné ? Voici la porte."),
        ("Kontrola", "Nie ma takiej strony, strona została przeniesiona. Wróć na stronę główną naszego radia."),
        ("Access Denied", "You don’t have permission to access this server. Reference 18.4f2a."),
        ("Página no encontrada", "La página que busca no existe o ha cambiado de sitio. Error 404."),
        (
            "Le Nord",
            "Avec votre accord, nous utilisons des cookies. Vous pouvez retirer votre consentement à tout moment.",
        ),
        (
            "El Norte",
            "Utilizamos cookies propias y de terceros. Puede aceptar todas las cookies o configurar sus preferencias.",
        ),
        (
            "Seite nicht gefunden",
            "Die Seite wurde leider nicht gefunden. Bitte nutzen Sie unsere Suche oder unsere Startseite.",
        ),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(title: str, lines: str) -> None:
    with pytest.raises(UnreadableSource, match="not the article"):
        read_html(page(*lines.split(". "), title=title))


def test_a_report_on_a_consent_wall_is_an_article() -> None:
    told = "The court said that the wall of Radio North, which read “we value your privacy”, had broken the law."
    assert told in read_html(page(told, LEAD, LAST, title="We value your privacy: the fine print")).text


def test_a_paid_article_that_is_cut_says_so() -> None:
    article = {"@type": "NewsArticle", "headline": "Trams return to Eastmere harbour", "isAccessibleForFree": "False"}
    extract = read_html(page(*BODY, head=ld(article | {"wordCount": 940})))
    assert "of about 940 words" in extract.notes[0]
    assert read_html(page(*BODY * 3, head=ld(article | {"isAccessibleForFree": True}))).notes == ()


@pytest.mark.parametrize(
    "body",
    [
        (LEAD, SECOND, f'<div class="paid-content"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div class="subscribers-only"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (f"<h2>{LEAD}</h2><div class='text'><p>{SECOND}</p></div>", QUOTED, LAST),
        (LEAD, SECOND, f"<figure><blockquote>{QUOTED}</blockquote><figcaption>Ada Nolan</figcaption></figure>", LAST),
        (
            LEAD,
            SECOND,
            '<div class="read-also"><p><a href="/x">Six lines were shut in the city last year.</a></p></div>',
            QUOTED,
            LAST,
        ),
        (LEAD, SECOND, f'<div class="copy copy-gated no-print print-hide"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div class="social for-subscribers"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div class="newsletter premium"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div class="read-more-content"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div class="read-more expandable"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (LEAD, SECOND, f'<div id="premium-rest"><p>{QUOTED}</p><p>{LAST}</p></div>'),
        (
            f'<p class="lead">{LEAD}</p><div class="text section-social"><p>{SECOND}</p><p>{QUOTED}</p><p>{LAST}</p></div>',
        ),
        (f'<div class="comment"><p>{LEAD}</p><p>{SECOND}</p><p>{QUOTED}</p><p>{LAST}</p></div>',),
        (f"<table><tr><td>{LEAD}<br><br>{SECOND}<br><br>{QUOTED}<br><br>{LAST}</td></tr></table>",),
        (LEAD, SECOND, f'<p><a href="/x">{QUOTED}</a></p>', LAST),
    ],
)
def test_no_paragraph_of_the_article_is_passed_over(body: tuple[str, ...]) -> None:
    assert read_html(page(*body)).text.split("\n\n") == list(BODY)


def test_a_body_in_parts_keeps_the_order_of_the_page() -> None:
    parts = (
        f'<p class="lede">{LEAD}</p><div class="article-text"><p>{SECOND}</p></div><div class="paywall"><p>{QUOTED}</p>'
    )
    html = f"<html><body><main><h1>Trams return to Eastmere</h1>{parts}<p>{LAST}</p></div></main></body></html>"
    assert read_html(html).text.split("\n\n") == list(BODY)


def test_a_related_box_stays_out() -> None:
    box = f'<div class="related"><p>{QUOTED.replace("fare", "toll")}</p></div>'
    assert "toll" not in read_html(page(LEAD, SECOND, box, QUOTED, LAST)).text


def test_speech_in_q_has_its_marks_and_a_table_its_empty_cells() -> None:
    grid = "<table><tr><th>Party<th>2021<th>2025</tr><tr><td>Green<td>24<td>31</tr><tr><td>Coast<td><td>9</tr></table>"
    extract = read_html(
        page(LEAD, SECOND, "<p>The driver said <q>the brakes held</q> and went home at once.</p>", grid, LAST)
    )
    assert "said “the brakes held” and" in extract.text
    assert "Green | 24 | 31" in extract.text
    assert "Coast | | 9" in extract.text


def test_a_last_paragraph_that_names_a_journalist_stays() -> None:
    last = "Pavel Dorn was the third reporter killed in the province this year, his union told the court."
    assert read_html(page(*BODY, last)).text.endswith(last)
    author = '<meta name="author" content="Ada Reyes">'
    assert "covers" not in read_html(page(*BODY, "Ada Reyes is a reporter who covers the coast.", head=author)).text


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph":[{"@type":"NewsArticle","headline":"Trams return to Eastmere harbour","author":{"@id":"#p"},"publisher":'
        '{"@id":"#o"},"datePublished":"2024-03-15"},{"@type":"Person","@id":"#p","name":"Ada Reyes"},'
        '{"@type":"Organization","@id":"#o","name":"Radio North"}]}',
        '{"@type":"NewsArticle","headline":"Trams return to Eastmere harbour","author":[{"name":{"name":"Ada Reyes"}},],'
        '"publisher":{"name":"Radio North"}, /* day */ "datePublished":"2024-03-15",}',
        '{"@type":"Organization","name":"x"}{"@type":["NewsArticle"],"headline":"Trams return to Eastmere harbour","author":'
        '{"givenName":"Ada","familyName":"Reyes"},"publisher":{"name":"Radio North"},"datePublished":1710489600}',
        '{"@type":"NewsArticle","headline":"Trams return to Eastmere harbour","author":{"name":{"@value":"Ada Reyes"}},'
        '"publisher":[{"name":"Radio North"}],"datePublished":["2024-03-15T08:00:00+01:00"]}',
    ],
)
def test_json_ld_is_read_in_its_shapes(script: str) -> None:
    extract = read_html(page(*BODY, head=ld(script)))
    assert (extract.byline, extract.outlet, extract.published) == ("Ada Reyes", "Radio North", date(2024, 3, 15))


@pytest.mark.parametrize(
    "shown",
    [
        "Trams return | World | The Radio North",
        "Radio North: Trams return",
        "Trams return - Radio North",
        "Trams return &amp;mdash; Radio North",
    ],
)
def test_the_site_leaves_the_title(shown: str) -> None:
    meta = f'<meta property="og:title" content="{shown}"><meta property="og:site_name" content="Radio North">'
    assert read_html(page(*BODY, head=meta, title="Trams return")).title == "Trams return"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ada Reyes, Senior Reporter", "Ada Reyes"),
        ("By ADA REYES, BO LUND AND IDA HOLM", "ADA REYES, BO LUND, IDA HOLM"),
        ("Reyes, Ada", "Ada Reyes"),
        ("noreply@north.example (Ada Reyes)", "Ada Reyes"),
        ("Staff writer Ada Reyes in Eastmere", "Ada Reyes"),
        ("Ada Reyes Associated Press", "Ada Reyes"),
        ("AFP", "AFP"),
        ("Ada Reyes, Eastmere correspondent", "Ada Reyes"),
        ("Ada Reyes, reporter for the harbour", "Ada Reyes"),
        ("@adareyes", None),
        ("admin", None),
        ("Newsdesk", None),
    ],
)
def test_a_byline_holds_names_alone(written: str, names: str | None) -> None:
    assert clean_authors(written) == names


@pytest.mark.parametrize(
    "line",
    [
        "Paskelbta 2024 m. kovo 15 d. 09:15", "Objavljeno 15. ožujka 2024. u 09:15", "Thứ Sáu, ngày 15 tháng 3 năm 2024, 09:15",
        "نُشر في 15 مارس 2024", "١٥ مارس ٢٠٢٤", "2024年3月15日 9時15分", "2024년 3월 15일 금요일", "令和6年3月15日",
        "15 मार्च 2024", "15 มีนาคม 2567", "2024. gada 15. marts", "15. mars 2024", "15 березня 2024", "15 martie 2024",
        "Fri Mar 15 09:15:00 CET 2024", "15 Maret 2024", "2024(e)ko martxoaren 15(a)", "Fr, 15 Mrz 2024",
        "15 במרץ 2024", "۲۵ اسفند ۱۴۰۲",
    ],
)  # fmt: skip
def test_days_are_read_in_many_languages(line: str) -> None:
    assert [found.day for found in written_days(line)] == [date(2024, 3, 15)]
    assert read_pasted(f"{LEAD[:40]}\n\n{line}\n\n{LEAD}\n\n{LAST}").published == date(2024, 3, 15)


def test_a_month_name_of_two_languages_needs_the_language() -> None:
    assert [written_days("5 listopada 2024", language) != [] for language in (None, "pl", "hr")] == [False, True, True]
    assert written_days("5 listopada 2024", "pl")[0].day.month == 11
    assert written_days("5 listopada 2024", "hr")[0].day.month == 10


def test_counted_and_doubtful_days() -> None:
    assert (moment("1710489600") or moment("0")).date() == date(2024, 3, 15)  # type: ignore[union-attr]
    assert moment("/Date(1710489600000+0100)/") == moment("1710489600000") == moment("1710489600")
    assert compact_day("20240315T091500Z") == date(2024, 3, 15)
    assert doubtful_days("on 03/04/2024") == ("03/04/2024", date(2024, 4, 3), date(2024, 3, 4))


def test_labels_decide_and_other_articles_give_no_day() -> None:
    line = "Last updated: 17 March 2024, 18:20 | First published: 15 March 2024, 09:15"
    extract = read_html(page(f'<p class="meta">{line}</p>', *BODY))
    assert (extract.published, extract.updated) == (date(2024, 3, 15), date(2024, 3, 17))
    aside = '<aside><a href="/old">Old ferry sold</a> <span class="date">12 January 2021</span></aside>'
    assert read_html(page("3 hours ago", *BODY).replace("</main>", f"</main>{aside}")).published is None


@pytest.mark.parametrize(
    "shown",
    [
        "<dl><dt>Published</dt><dd>6 May 2024</dd><dt>Last modified</dt><dd>8 May 2024</dd></dl>",
        "<p>Pubblicato il 6 maggio 2024 alle 7:05 - Aggiornato il 8 maggio 2024 alle 9:30</p>",
        "<p>Gepubliceerd op 6 mei 2024 om 07:05 | Laatst bijgewerkt 8 mei 2024</p>",
        "<p>Published 7:05 a.m. ET May 6, 2024<br>Updated 9:30 p.m. ET May 8, 2024</p>",
        "<div><b>First published</b><span>6 May 2024</span><b>Updated</b><span>8 May 2024</span></div>",
    ],
)
def test_labels_beside_days_are_read_in_lists_and_other_languages(shown: str) -> None:
    extract = read_html(page(shown, *BODY))
    assert (extract.published, extract.updated) == (date(2024, 5, 6), date(2024, 5, 8))


def test_a_sentence_on_changes_gives_no_day_of_a_change() -> None:
    told = "Updated fares for the harbour will be published on 12 May 2026, the council said."
    assert read_html(page(told, *BODY)).updated is None


def test_the_day_of_a_change_is_not_taken_for_that_of_publication() -> None:
    shown = '<p class="date">Publicado em 06/05/2024 07h05 • Atualizado em 18/05/2024 09h30</p>'
    extract = read_html(page(shown, *BODY))
    assert (extract.published, extract.updated) == (None, date(2024, 5, 18))


def test_a_year_of_two_digits_is_read_where_the_language_writes_the_day_first() -> None:
    assert [written_days("04.05.24", language) != [] for language in (None, "en", "de", "pl")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "shown",
    [
        "<table><tr><td>Seoul<br>published: [ 2024-05-06 07:05 ]<br>by the desk</td></tr></table>",
        '<div><a href="/desk">Desk</a> | 6 May 2024 | <a href="#comments">12 comments</a></div>',
    ],
)
def test_a_day_between_other_words_below_the_headline_is_found(shown: str) -> None:
    assert read_html(page(shown, *BODY)).published == date(2024, 5, 6)


def test_an_address_of_a_post_or_of_a_version_tells_its_day() -> None:
    post = "https://twitter.com/north/status/1281836879789404160"
    assert read_html(page(*BODY), url=post).published == date(2020, 7, 11)
    article = {"@type": "Article", "headline": "Trams return to Eastmere harbour", "datePublished": "2005-07-26"}
    changed = page(*BODY, head=ld(article | {"dateModified": "2020-04-07"}))
    assert read_html(changed, url="https://wiki.example/w?title=Trams&oldid=591343").published == date(2020, 4, 7)
    assert read_html(changed, url="https://wiki.example/Trams").published == date(2005, 7, 26)


def test_words_that_begin_like_published_are_no_label() -> None:
    lines = '<span class="date">6 May 2024</span>', "<p>Notes on public order, 1 April 2023</p>"
    assert read_html(page(*lines, *BODY)).published == date(2024, 5, 6)


@pytest.mark.parametrize(
    "shown",
    [
        '<div class="author">Ada Reyes in Eastmere and Bo Lund in Velde</div>',
        '<span class="author">Von Ada Reyes und Bo Lund</span>',
        "<p>By Ada Reyes and Bo Lund</p>",
        '<div class="byline">By <b>Ada Reyes</b>, Energy Editor, and <b>Bo Lund</b> in Velde <a>@adareyes</a></div>',
        "<p>By Ada Reyes, Reporter, Bo Lund, Senior Writer, The Eastmere Post</p>",
        "<p>Von Ada Reyes, Redakteurin und Bo Lund</p>",
    ],
)
def test_a_byline_below_the_headline_is_read(shown: str) -> None:
    assert read_html(page(shown, *BODY, head='<meta name="author" content="webmaster">')).byline == "Ada Reyes, Bo Lund"


def test_a_day_in_doubt_is_told() -> None:
    extract = read_html(page('<span class="date">03/04/2024</span>', *BODY))
    assert (extract.published, extract.notes) == (
        None, ("date in doubt: the page gives 03/04/2024, which is 2024-04-03 or 2024-03-04.",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("“The rails are gone,” said Müller’s lawyer – forever", "cp1252", "utf-8"),
        ("“The rails are gone,” she said", "cp1252", "utf-8"),
        ("朱镕基 said on Monday that 陈同海 had left", "gb18030", "gb2312"),
        ("Трамвай вернулся в порт, сказал мэр города.", "cp1251", "utf-8"),
        ("İstanbul’da ışık var", "cp1254", "iso-8859-9"),
    ],
)
def test_bytes_that_are_not_what_is_declared(text: str, codec: str, declared: str) -> None:
    assert decoded(text.encode(codec), name="a.html", declared=declared) == text


def test_characters_that_were_encoded_twice_are_put_right_and_told() -> None:
    html = page(LEAD, SECOND, QUOTED, LAST).encode().replace(QUOTED.encode(), _twice(QUOTED))
    [extract] = read_source_bytes(html, "a.html")
    assert QUOTED in extract.text
    assert "encoded twice" in extract.notes[0]
    assert decoded("São Ângelo já pediu à mãe".encode(), name="a") == "São Ângelo já pediu à mãe"


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
@pytest.mark.parametrize("name", ["Françoise Lund", "Özgür Grün", "Zoë Holm", "Jørn Roe"])
def test_characters_that_were_encoded_twice_and_then_decomposed_are_put_right(
    form: Literal["NFD", "NFKD"], name: str
) -> None:
    text = f"“No,” said {_twice(name).decode()} – “it leaks.”"
    assert decoded(unicodedata.normalize(form, text).encode(), name="a") == f"“No,” said {name} – “it leaks.”"


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
def test_letters_with_marks_that_were_encoded_once_stay(form: Literal["NFD", "NFKD"]) -> None:
    text = "NÃO é 1⁄4, disse Đặng Thị Huế à São João"
    assert unicodedata.normalize(form, decoded(unicodedata.normalize(form, text).encode(), name="a")) == (
        unicodedata.normalize(form, text)
    )


def _twice(text: str) -> bytes:
    undefined = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return "".join(
        chr(byte) if byte in undefined else bytes([byte]).decode("cp1252") for byte in text.encode()
    ).encode()


def test_ligatures_become_letters() -> None:
    assert read_pasted("The ﬁrst ﬀ office\n\nThe ﬁremen of Eastmere left the oﬃce at noon.").text.count("fi") == 2


def test_saved_pages_keep_their_address_and_not_the_day_of_saving() -> None:
    html = page(*BODY)
    single = f"<!doctype html><!--\n Page saved with SingleFile \n url: https://north.example/t \n saved date: Mon Apr 01 2024\n-->{html}"
    mhtml = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://north.example/t\r\nSubject: Trams\r\nDate: Mon, 1 Apr "
        '2024 09:12:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n'
        "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: "
        f"https://north.example/t\r\n\r\n{html}\r\n--b--\r\n"
    )
    for data in (
        single,
        mhtml,
        html.replace("<html", "<!-- saved from url=(0024)https://north.example/t -->\n<html", 1),
    ):
        [extract] = read_source_bytes(data.encode(), "a")
        assert (extract.url, extract.published, QUOTED in extract.text) == ("https://north.example/t", None, True)


def test_a_book_is_read_chapter_by_chapter() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml", '<c xmlns="x"><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></c>'
        )
        archive.writestr(
            "O/b.opf",
            '<package xmlns="x" xmlns:dc="d"><metadata><dc:title>Week 12</dc:title></metadata><manifest>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" '
            'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/></spine></package>',
        )
        archive.writestr("O/a.xhtml", page(LEAD, SECOND, LAST))
        archive.writestr("O/b.xhtml", page(SECOND, QUOTED, LAST, title="Ferries stay away"))
    assert [extract.title for extract in read_source_bytes(book.getvalue(), "a.epub")] == [
        "Ferries stay away", "Trams return to Eastmere harbour",
    ]  # fmt: skip


def test_word_tables_are_rows_and_notes_stand_below_their_paragraph() -> None:
    document = docx.Document()
    document.add_paragraph(LEAD)
    grid = document.add_table(rows=2, cols=3)
    for cell, words in zip(
        (*grid.rows[0].cells, *grid.rows[1].cells), ("Party", "2021", "2025", "Coast", "", "9"), strict=True
    ):
        cell.text = words
    hidden = document.add_paragraph(LAST).add_run("secret")
    hidden.font.hidden = True
    stream = io.BytesIO()
    document.save(stream)
    assert read_word(stream.getvalue()).text.split("\n\n") == [LEAD, "Party | 2021 | 2025", "Coast | | 9", LAST]


def test_columns_are_read_one_after_the_other_whatever_the_order_of_drawing() -> None:
    left, right = ([f"{side} line {at} of the report" for at in range(8)] for side in ("Left", "Right"))
    drawn = [(50.0, 700.0 - 13 * at, text) for at, text in enumerate(left)]
    drawn += [(310.0, 700.0 - 13 * at, text) for at, text in enumerate(right)]
    for pieces in (drawn, sorted(drawn, key=lambda piece: -piece[1])):
        rows = _rows([_Piece(x=x, y=y, size=10, text=text) for x, y, text in pieces])
        assert (_by_columns(rows) or "").split() == " ".join((*left, *right)).split()
    grid = [(50.0 + 90 * column, 700.0 - 13 * row, f"{row}{column}") for row in range(9) for column in range(3)]
    assert _by_columns(_rows([_Piece(x=x, y=y, size=10, text=text) for x, y, text in grid])) is None


def test_hyphens_at_line_ends() -> None:
    joined = dehyphenated_pages(["the har-\nbour and a well-\nknown man, Sud-\nria and Sudria, ex-\nMinister"])
    ragged = f"{LEAD[:60]}\n{LEAD[61:]}\n“We will not raise the fare,” said Coun-\ncillor Ada Nolan in the harbour hall.\n{SECOND[:60]}\n{SECOND[61:]}"
    assert "said Councillor Ada Nolan" in unwrap(ragged)
    assert [" ".join(page.split()) for page in joined] == [
        "the harbour and a well-known man, Sudria and Sudria, ex-Minister"
    ]


def test_a_scan_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(UnreadableSource, match=r"onrecord\[ocr\]"):
        _engine.__wrapped__()


def test_addresses_of_one_article_have_one_form() -> None:
    one = [
        "https://www.north.example/t?utm_source=a&fbclid=b", "http://north.example/t/#top", "https://m.north.example/t?amp=1",
        "https://north.example/t/amp", "https://www.google.com/amp/s/www.north.example/t",
        "https://web.archive.org/web/20240401/https://north.example/t",
    ]  # fmt: skip
    assert {normalize_address(address) for address in one} == {"https://north.example/t"}
    other = ["https://north.example/t?id=1", "https://north.example/t?id=2", "https://north.example/amplifier"]
    assert len({normalize_address(address) for address in other}) == 3
    assert normalize_address("/home/a/t.html") == "/home/a/t.html"


def test_restoring_what_was_not_left_out_changes_nothing() -> None:
    extract = Extract(text=LEAD)
    assert extract.restored() == extract


@pytest.mark.parametrize(
    ("encoded", "note"),
    [
        ("â€œThe weir held,â€\x9d the warden said on Monday in Oss.", "and were put right"),
        ("â€œThe weir held,â€\ufffd the warden said on Monday in Oss.", "not all could be put right"),
    ],
)
def test_a_note_says_whether_double_encoding_was_corrected(encoded: str, note: str) -> None:
    (extract,) = read_source_bytes(encoded.encode(), "weir.txt")
    assert any(note in one for one in extract.notes)
