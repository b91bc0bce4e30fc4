from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import Extract
from rag.errors import OnRecordError, UnreadableSource
from rag.readers.dispatch import read_source_bytes
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

SHARED = Path(__file__).parents[3] / ".." / "shared" / "articles" / "turkish-drones-2022-02-03.txt"

BODY = """The town council of Eastmere agreed on Monday to reopen the tram line to the harbour.

“We will not raise the fare,” the mayor, Ada Nolan, told the council. “That is a promise.

Work begins in May, according to the transport office, and should take two years."""


@pytest.fixture(scope="module")
def drones() -> Extract:
    if not SHARED.is_file():
        pytest.skip("the folder `shared` with the article is not beside the project")
    return read_pasted(SHARED.read_text(encoding="utf-8"))


def test_the_headline_that_stands_twice_is_the_title_and_leaves_the_text(drones: Extract) -> None:
    assert drones.title == "Ukraine set to get Turkish military drones"
    assert drones.title not in drones.text


def test_the_run_of_icon_names_goes_and_the_standfirst_stays_first(drones: Extract) -> None:
    assert "icon" not in drones.text
    assert drones.text.startswith("The use of Turkish-made drones in Ukraine has previously been a sore point")


def test_the_day_above_the_headline_is_the_day_of_publication(drones: Extract) -> None:
    assert (drones.published, drones.date_basis, drones.updated) == (date(2022, 2, 3), "dateline", None)
    assert "16:56" not in drones.text


def test_no_paragraph_of_the_article_is_lost(drones: Extract) -> None:
    source = SHARED.read_text(encoding="utf-8").split("\n")
    paragraphs = [line for line in source if len(line) > 100 and not line.startswith("icon")]
    assert drones.text == "\n\n".join(paragraphs)
    assert "\n\nWe’re not signing agreements for collaboration to target another country." in drones.text
    assert (drones.language, drones.outlet, drones.byline) == ("en", None, None)


def test_headline_byline_and_date_are_lifted_out_of_the_text() -> None:
    extract = read_pasted(
        f"World\nTrams return to Eastmere harbour\nBy Jane Doe in Eastmere\n3 February 2022\n\n{BODY}"
    )
    assert extract.title == "Trams return to Eastmere harbour"
    assert extract.byline == "Jane Doe"
    assert extract.published == date(2022, 2, 3)
    assert extract.text == BODY


def test_an_unclosed_quotation_mark_changes_nothing() -> None:
    assert "“That is a promise.\n\nWork begins in May" in read_pasted(BODY).text


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("Published 3 Feb 2022, 16:56 GMT | Updated 4 Feb 2022", date(2022, 2, 3), date(2022, 2, 4)),
        ("Last updated: February 4, 2022 at 9:01 a.m.", None, date(2022, 2, 4)),
        ("Thu, 3 Feb 2022", date(2022, 2, 3), None),
        ("2022-02-03T16:56:00+03:00", date(2022, 2, 3), None),
        ("Eastmere, 3. Februar 2022", date(2022, 2, 3), None),
        ("Veröffentlicht am 3. Februar 2022 um 16:56 Uhr", date(2022, 2, 3), None),
        ("3 Şubat 2022 Perşembe", date(2022, 2, 3), None),
        ("Güncelleme: 4 Şubat 2022", None, date(2022, 2, 4)),
        ("3 февраля 2022 г., 16:56", date(2022, 2, 3), None),
        ("Publicado el 3 de febrero de 2022", date(2022, 2, 3), None),
        ("2022年2月3日", date(2022, 2, 3), None),
        ("03.02.2022", date(2022, 2, 3), None),
        ("13/02/2022", date(2022, 2, 13), None),
        ("03/02/2022", None, None),
        ("31 February 2022", None, None),
        ("2 hours ago", None, None),
    ],
)
def test_a_line_with_nothing_but_a_date_dates_the_article(
    line: str, published: date | None, updated: date | None
) -> None:
    extract = read_pasted(f"Trams return to Eastmere harbour\n{line}\n\n{BODY}")
    assert (extract.published, extract.updated) == (published, updated)
    assert (extract.date_basis == "dateline") == (published is not None or updated is not None)


def test_the_days_of_a_timeline_are_not_taken_for_the_date_and_stay() -> None:
    text = (
        f"How the trams came back\n\n3 February 2022\n\n{BODY}\n\n5 March 2022\n\nThe first tram ran at noon that day."
    )
    extract = read_pasted(text)
    assert extract.published is None
    assert "3 February 2022" in extract.text
    assert "5 March 2022" in extract.text


def test_a_labelled_date_counts_before_the_day_that_the_page_was_read() -> None:
    extract = read_pasted(f"Sunday, 6 March 2022\nTrams return to Eastmere harbour\nPublished: 3 Feb 2022\n\n{BODY}")
    assert extract.published == date(2022, 2, 3)


def test_a_dateline_dates_the_article_only_if_it_gives_the_year() -> None:
    dated = read_pasted(f"Trams return to Eastmere harbour\n\nEASTMERE, February 3, 2022 (Wire) - {BODY}")
    undated = read_pasted(f"Trams return to Eastmere harbour\n\nEASTMERE, Feb 3 (Wire) - {BODY}")
    assert dated.published == date(2022, 2, 3)
    assert undated.published is None
    assert (dated.outlet, undated.outlet) == (None, None)
    assert undated.text.startswith("EASTMERE, Feb 3 (Wire) - The town council")


@pytest.mark.parametrize(
    "line",
    [
        "Share",
        "Facebook Twitter WhatsApp Email Copy link",
        "Advertisement",
        "ADVERTISEMENT - CONTINUE READING BELOW",
        "Read more: Harbour fees rise again",
        "READ ALSO: Harbour fees rise again",
        "Читайте также: Порт закрыт",
        "Lesen Sie auch: Der Hafen ist zu",
        "We use cookies to improve your experience. Accept all cookies",
        "Sign up for our newsletter and get the news in your inbox",
        "Follow us on Telegram",
        "Image source, Getty Images",
        "FILE PHOTO: A tram in Eastmere, April 2, 2019. REUTERS/Jane Doe",
        "A tram in Eastmere. (Photo by Jane Doe/Getty Images)",
        "© 2022 Eastmere Media. All rights reserved.",
        "5 min read",
        "12 comments",
        "Tags: trams, harbour",
        "Reporting by Jane Doe; editing by John Roe",
        "***",
        "icon homeicon searchicon shareicon closeicon menuicon print",
    ],
)
def test_furniture_goes_from_among_the_paragraphs(line: str) -> None:
    first, rest = BODY.split("\n\n", 1)
    assert read_pasted(f"Trams return to Eastmere harbour\n\n{first}\n\n{line}\n\n{rest}\n\n{line}").text == BODY


@pytest.mark.parametrize(
    "line",
    [
        "“Read more: that is my advice,” she said.",
        "The regulator fined the firm because it uses tracking cookies without consent.",
        "He signed up for the deal in your name today.",
        "Share prices fell.",
        "Nolan shook hands with the minister and left.",
        "The image, she said, was false.",
        "Turkey will not take part. (Reuters)",
        '"Advertisement," he shouted.',
    ],
)
def test_sentences_that_resemble_furniture_stay(line: str) -> None:
    assert line in read_pasted(f"Trams return to Eastmere harbour\n\n{BODY}\n\n{line}").text.split("\n\n")


def test_a_list_of_other_articles_goes_until_the_text_goes_on() -> None:
    first, rest = BODY.split("\n\n", 1)
    listed = "Related stories\nHarbour fees rise again\nMayor opens new bridge"
    assert read_pasted(f"Trams return to Eastmere harbour\n\n{first}\n\n{listed}\n\n{rest}\n\n{listed}").text == BODY


def test_the_menus_of_a_whole_copied_page_go_and_its_sentences_stay() -> None:
    menu = [f"{name} {kind}" for name in ("Local", "World", "Harbour", "Money") for kind in ("news", "pages", "sport")]
    other = ["Bakery of the year is named again", "Ferries: “Never again”", "Storm warning is lifted for the bay"]
    page = [
        *menu,
        *other,
        "Your session ended because you did nothing for a while.",
        *menu,
        "Trams return to Eastmere harbour",
        "By Jane Doe",
        "3 February 2022",
        *BODY.split("\n\n"),
        *menu,
    ]
    extract = read_pasted("\n".join(page))
    assert (extract.title, extract.byline) == ("Trams return to Eastmere harbour", "Jane Doe")
    assert extract.published == date(2022, 2, 3)
    lines = extract.text.split("\n\n")
    assert lines[-3:] == BODY.split("\n\n")
    assert "Ferries: “Never again”" in lines
    assert "Your session ended because you did nothing for a while." in lines
    assert lines.count("World news") <= 1


def test_the_short_answers_of_an_interview_stay() -> None:
    lines = [line for n in range(40) for line in (f"And in year {n}?", "No.", f"Why not in year {n}?", "Ask her.")]
    assert read_pasted("\n".join(["An interview with the mayor", *lines])).text.split("\n\n") == lines


def test_lines_cut_at_a_width_are_joined_into_paragraphs() -> None:
    wrapped = "\n\n".join(fill(paragraph, 66) for paragraph in BODY.split("\n\n"))
    assert read_pasted(f"Trams return to Eastmere harbour\n\n{wrapped}").text == BODY


def test_short_lines_of_a_list_are_not_joined() -> None:
    lines = [f"Stop number {n} is called {name} Street East" for n, name in enumerate(["Mill", "Hill", "Rill", "Gill"])]
    assert read_pasted("\n".join([BODY, *lines])).text.split("\n\n")[-4:] == lines


def test_without_a_headline_the_first_sentence_is_the_title_and_stays() -> None:
    extract = read_pasted(BODY)
    assert extract.title == "The town council of Eastmere agreed on Monday to reopen the tram line to the harbour."
    assert extract.text == BODY


def test_a_long_first_sentence_is_cut_at_a_word_for_the_title() -> None:
    extract = read_pasted("and so it went on " * 20 + "until the end.")
    assert extract.title is not None
    assert len(extract.title) <= 100
    assert extract.title.endswith(("and…", "so…", "it…", "went…", "on…"))


def test_a_single_line_is_title_and_text() -> None:
    extract = read_pasted("Trams return to Eastmere harbour")
    assert extract.title == extract.text == "Trams return to Eastmere harbour"


@pytest.mark.parametrize("text", ["", " \n\t", "---\n***", "\u200b"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="no words"):
        read_pasted(text)


def test_a_line_of_five_million_characters_is_read() -> None:
    assert len(read_pasted("word " * 1_000_000).text) > 4_900_000


LINES = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        [*BODY.split("\n"), "Share", "Related", "By Jane Doe", "3 Feb 2022", "Updated 4 Feb 2022", "“", "—"]
    ),
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_any_text_gives_canonical_text_of_its_own_words_or_a_clear_error(text: str) -> None:
    try:
        extract = read_pasted(text)
    except OnRecordError:
        return
    assert extract.text
    assert extract.title
    assert canonical(extract.text) == extract.text
    words = set(re.findall(r"\w+", canonical(text)))
    for value in (extract.text, extract.title, extract.byline or ""):
        assert set(re.findall(r"\w+", value)) <= words or value.endswith("…")


@given(
    st.lists(st.sampled_from(["He said: ", "She added ", "No one, ", "“Not us,” ", '"Never" ']), min_size=1, max_size=4)
)
def test_a_line_with_quotation_marks_is_never_dropped(parts: list[str]) -> None:
    line = "".join(parts) + "“we will share the cookies by email”"
    assert line in read_pasted(f"Trams return to Eastmere harbour\n\n{BODY}\n\n{line}").text


_FIRST = "Trams return to Eastmere\nBy Jane Doe\n3 February 2022"
_SECOND = "Ferry company sells its oldest boat\nBy Tor Asp\n4 February 2022"
_NOTE = "The company said on Friday that the boat had been sold to a museum in Sudria for one crown, as a gift."


@pytest.mark.parametrize(
    "rule",
    ["=====", "----------", "* * *", "***", "— — —", "Article 2 of 2", ""],
)
def test_articles_with_headline_and_byline_are_told_apart_by_any_rule_or_none(rule: str) -> None:
    found = read_source_bytes(f"{_FIRST}\n\n{BODY}\n\n{rule}\n\n{_SECOND}\n\n{_NOTE}".encode(), "pasted text")
    assert [one.title for one in found] == ["Trams return to Eastmere", "Ferry company sells its oldest boat"]
    assert [(one.byline, one.published) for one in found] == [
        ("Jane Doe", date(2022, 2, 3)),
        ("Tor Asp", date(2022, 2, 4)),
    ]
    assert found[0].text == canonical(BODY)
    assert found[1].text == _NOTE


@pytest.mark.parametrize(
    "below",
    [
        f"* * *\n\n{_NOTE}",
        f"-----\n\nThe oldest boat\n\n{_NOTE}",
        "---\n\nCorrection: an earlier version of this article gave the wrong fare for children under six.",
        f"Related stories\n\nFerry sells oldest boat\n\n4 February 2022\n\n{_NOTE}",
        f"Letter of the company\n4 February 2022\n\n{_NOTE}",
        f"###\n\nAbout Eastmere Trams\n\n{_NOTE}",
    ],
)
def test_a_break_of_scene_a_box_and_a_note_part_no_article(below: str) -> None:
    assert len(read_source_bytes(f"{_FIRST}\n\n{BODY}\n\n{below}".encode(), "pasted text")) == 1


def test_the_address_on_top_of_a_pasted_article_is_its_address() -> None:
    extract = read_pasted(f"https://eastmere.example/trams\n{_FIRST}\n\n{BODY}")
    assert (extract.url, extract.title) == ("https://eastmere.example/trams", "Trams return to Eastmere")
    assert "https" not in extract.text


def test_references_to_characters_are_read_as_the_characters() -> None:
    text = (
        "Ministers at the caf&#233;\n\nThe communiqu&#xE9; of Esk &amp; Osk said: &ldquo;Debt falls by 5%.&rdquo; R&D."
    )
    assert read_pasted(text).text.endswith("The communiqué of Esk & Osk said: “Debt falls by 5%.” R&D.")
    assert read_pasted(text).title == "Ministers at the café"
