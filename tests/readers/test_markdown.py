from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.errors import OnRecordError, UnreadableSource
from rag.readers.markdown import read_markdown
from rag.text.canonical import canonical

PAGE = """---
title: "Trams: back to the harbour"
outlet: Eastmere Post
author: [Jane Doe, John Roe]
date: 2022-02-03T16:56:00Z
updated: 2022-02-04
lang: en-GB
url: https://post.example/trams
note: A sample.
draft: no
---
# Trams: back to the harbour

The council *agreed* on [Monday](https://post.example/monday) to reopen
the line.

![a tram](tram.jpg)

> “We will not raise the fare,” the mayor said.

## What comes next

- Work begins in May.
- It takes two years.

<div style="display: none">hidden</div>

| Year | Riders |
|------|--------|
| 2019 | 1,200  |
"""


def test_front_matter_gives_the_fields_as_written() -> None:
    extract = read_markdown(PAGE)
    assert extract.title == "Trams: back to the harbour"
    assert (extract.outlet, extract.byline) == ("Eastmere Post", "Jane Doe, John Roe")
    assert (extract.published, extract.updated, extract.date_basis) == (
        date(2022, 2, 3),
        date(2022, 2, 4),
        "front-matter",
    )
    assert (extract.language, extract.url, extract.notes) == ("en", "https://post.example/trams", ("A sample.",))


def test_the_body_becomes_plain_paragraphs_without_pictures_links_and_hidden_html() -> None:
    assert read_markdown(PAGE).text.split("\n\n") == [
        "The council agreed on Monday to reopen the line.",
        "“We will not raise the fare,” the mayor said.",
        "What comes next",
        "Work begins in May.",
        "It takes two years.",
        "Year | Riders",
        "2019 | 1,200",
    ]


def test_html_within_markdown_is_read() -> None:
    page = "<div class='lead'><p>The council agreed.</p></div>\n<p>Work begins in May.</p>\n"
    extract = read_markdown(f"---\ntitle: Trams return\n---\n{page}")
    assert extract.text.split("\n\n") == ["The council agreed.", "Work begins in May."]


def test_the_first_heading_is_the_title_where_none_is_given() -> None:
    extract = read_markdown("---\noutlet: Post\n---\n# Trams return\n\nThe council agreed.")
    assert (extract.title, extract.text) == ("Trams return", "The council agreed.")


def test_a_heading_that_differs_from_the_title_stays() -> None:
    extract = read_markdown("---\ntitle: Trams\n---\n# Harbour\n\nThe council agreed.")
    assert (extract.title, extract.text) == ("Trams", "Harbour\n\nThe council agreed.")


def test_without_front_matter_the_body_is_read_as_a_pasted_page() -> None:
    extract = read_markdown(
        "# Trams return\n\nBy Jane Doe\n\n3 Feb 2022\n\nThe council agreed to reopen the line.\n\nShare"
    )
    assert (extract.title, extract.byline, extract.published) == ("Trams return", "Jane Doe", date(2022, 2, 3))
    assert extract.text == "The council agreed to reopen the line."


@pytest.mark.parametrize("value", ["2022-13-45", "soon", "March 2022", "2022-02-30"])
def test_a_date_that_is_none_stays_empty_with_its_line_and_the_remedy(value: str) -> None:
    extract = read_markdown(f"---\ntitle: Trams\npublished: {value}\n---\nThe council agreed.")
    assert (extract.title, extract.published) == ("Trams", None)
    assert re.match(r"date in doubt: .*line 3 of the front matter.*YYYY-MM-DD", extract.notes[0])


def test_a_date_that_may_be_two_days_is_told() -> None:
    extract = read_markdown("---\ntitle: Trams\npublished: 03/02/2022\n---\nThe council agreed.")
    assert (extract.published, "2022-02-03 or 2022-03-02" in extract.notes[0]) == (None, True)


@pytest.mark.parametrize("value", ["n/a", "null", "~", "None"])
def test_what_stands_for_nothing_is_nothing(value: str) -> None:
    assert read_markdown(f"---\ntitle: Trams\npublished: {value}\n---\nThe council agreed.").notes == ()


def test_what_a_web_clipper_writes_is_understood() -> None:
    extract = read_markdown(
        '---\ntitle: Trams\nsource: "https://north.example/trams"\nauthor:\n  - "[[Ada Reyes]]"\n'
        '  - "[[people/bo|Bo Lund]]"\npublished: 2024-03-15\ncreated: 2024-04-01\n---\nThe council agreed.'
    )
    assert (extract.outlet, extract.url, extract.byline) == (None, "https://north.example/trams", "Ada Reyes, Bo Lund")
    assert extract.published == date(2024, 3, 15)


def test_a_date_written_out_is_understood() -> None:
    assert read_markdown("---\ndate: Feb 3, 2022\n---\nThe council agreed.").published == date(2022, 2, 3)


@pytest.mark.parametrize(
    "broken", ["title: [a", "title: a: b", "title: 'a", "\ttitle: a", "- a\n- b", "&a [*a, *a, *b]"]
)
def test_front_matter_that_is_not_yaml_is_refused_with_the_remedy(broken: str) -> None:
    with pytest.raises(UnreadableSource, match=r"front matter.*write one `name: value` per line"):
        read_markdown(f"---\n{broken}\n---\nThe council agreed.")


def test_nested_front_matter_does_not_exhaust_the_stack() -> None:
    with pytest.raises(UnreadableSource, match="front matter"):
        read_markdown(f"---\ntitle: {'[' * 30_000}\n---\nThe council agreed.")


def test_python_tags_in_front_matter_are_never_run() -> None:
    extract = read_markdown("---\ntitle: !!python/object/apply:os.system ['true']\n---\nThe council agreed.")
    assert extract.title == "true"


def test_an_address_that_is_no_web_page_is_refused() -> None:
    with pytest.raises(UnreadableSource, match=r"line 2 of the front matter.*http"):
        read_markdown("---\nurl: javascript:alert(1)\n---\nThe council agreed.")


def test_empty_fields_stay_empty() -> None:
    extract = read_markdown("---\ntitle: Trams\noutlet:\nbyline: ~\npublished: null\n---\nThe council agreed.")
    assert (extract.outlet, extract.byline, extract.published, extract.date_basis) == (None, None, None, None)


def test_front_matter_without_a_body_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="no text"):
        read_markdown("---\ntitle: Trams\n---\n")


def test_a_heading_below_other_lines_is_the_title_and_nothing_is_moved() -> None:
    extract = read_markdown("The Esk Herald\n\n# Trams to return\n\nThe council agreed on Monday to lay rails again.")
    assert extract.title == "Trams to return"
    assert extract.text == "Trams to return\n\nThe council agreed on Monday to lay rails again."


BLOCKS = st.one_of(
    st.text(max_size=80), st.sampled_from([*PAGE.split("\n"), "---", "***", "    code", "```", "[x](y)"])
)


@given(st.lists(BLOCKS, max_size=12).map("\n".join))
@example("1\x1e\n0\n=")
def test_any_text_gives_canonical_text_of_its_own_words_or_a_clear_error(text: str) -> None:
    try:
        extract = read_markdown(text)
    except OnRecordError:
        return
    assert canonical(extract.text) == extract.text
    if "&" not in text:  # character references spell letters
        given_letters = iter(re.findall(r"[^\W_]", canonical(text)))
        assert all(letter in given_letters for letter in re.findall(r"[^\W_]", extract.text)), "none added, none moved"


def test_more_marks_than_an_article_has_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(UnreadableSource, match="brackets"):
        read_markdown("The council agreed. " + "[" * 20_001)


@pytest.mark.parametrize(
    "written",
    [
        '+++\ntitle = "Trams return"\ndate = 2024-05-06\nauthors = ["Ada Reyes"]\n+++\n\n{text}\n',
        "# Trams return\n\nAuthor: Ada Reyes\nPublished: May 6, 2024\nCreated: June 1, 2024\n\n{text}\n",
    ],
)
def test_fields_in_toml_and_below_the_headline(written: str) -> None:
    text = "The tram line to the harbour will open again in May, the council of Eastmere decided."
    extract = read_markdown(written.format(text=text))
    assert (extract.title, extract.byline, extract.published) == ("Trams return", "Ada Reyes", date(2024, 5, 6))
    assert extract.text == text


def test_labels_of_speakers_below_a_headline_are_no_fields() -> None:
    extract = read_markdown(
        "# Talk\n\nReyes: We open in May.\nNolan: That is a promise to the harbour.\n\nThey left.\n"
    )
    assert "We open in May" in extract.text


def test_toml_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="not valid TOML"):
        read_markdown("+++\ntitle = Trams\n+++\n\nText of the article.\n")


def test_the_name_of_the_site_is_the_outlet() -> None:
    extract = read_markdown(
        "---\ntitle: Trams return\nSite Name: Radio North\nPublish Date: 2024-05-06\n---\n\nThe trams run.\n"
    )
    assert (extract.outlet, extract.published) == ("Radio North", date(2024, 5, 6))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("By JANE DOE. Email: jane@post.example,Account: @janedoe", "JANE DOE"),
        ("John D. Roe. Follow him on Birdsong @roe.", "John D. Roe"),
        ("John D. Roe", "John D. Roe"),
        ("@janedoe", "@janedoe"),
    ],
)
def test_addresses_and_accounts_are_no_part_of_a_byline(written: str, names: str) -> None:
    page = f'---\ntitle: Trams return\nbyline: "{written}"\n---\nThe council agreed on Monday.'
    assert read_markdown(page).byline == names
