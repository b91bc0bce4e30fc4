"""Exports carry what a reader needs, take no markup from articles, and say when a word of them was changed."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import Newsroom, Settings, UnusableInput
from rag.domain import Answer, AnswerSentence, Briefing, Citation, Statement, Verification
from rag.services.exports import lines as form
from rag.services.exports import markdown, page, word
from rag.services.exports.export import export, file_name, verify
from rag.services.exports.lines import Line
from rag.services.exports.plots import outlets_svg, timeline_svg
from rag.text.canonical import digest
from tests.guards import some
from tests.services.forging import READ_BACK, altered, briefing_of, forged, rows_of, written

TEXT = "Mayor Ida Holm opened the hall. “The bridge is not safe,” Holm told Radio North on Friday.\n\nTrams run again."
NASTY = '<script>alert(1)</script> ![x](http://evil.example/a.png) [1]: http://evil.example #eval("x") $x$ `y` *z* | \\'
Altering = Callable[[list[Line]], list[Line]]


@pytest.fixture(scope="module")
def briefing(sample_home: Path) -> Briefing:
    with Newsroom.open(Settings(home=sample_home)) as room:
        return briefing_of(room)


@pytest.fixture(scope="module")
def exported(sample_home: Path, briefing: Briefing) -> dict[str, bytes]:
    with Newsroom.open(Settings(home=sample_home)) as room:
        return {kind: room.export(briefing, kind) for kind in READ_BACK}  # type: ignore[arg-type]


def told(found: Verification) -> str:
    return "; ".join(f"{item.n} {item.place}: {item.reason}" for item in found.altered)


def an_answer(text: str = TEXT, **changes: object) -> tuple[Answer, dict[tuple[str, str], str]]:
    """An answer of one sentence over one text."""
    version = digest(text)
    sentence = text.split("\n")[0]
    start = text.index("“") if "“" in sentence else 0
    cited = Citation(
        n=1, article_id="a1", version=version, start=start, end=len(sentence), quote=text[start : len(sentence)],
        match="exact", title="Bridge", outlet="Radio North", published=date(2024, 3, 1), url="https://north.example/1",
    )  # fmt: skip
    said = Statement(
        speaker="Ida Holm", role="Mayor", kind="direct", source=None, cue=None, content=(), text="", article_id="a1",
        version=version,
    )  # fmt: skip
    one = AnswerSentence(text="Ida Holm: “The bridge is not safe”", kind="quoted", citations=(1,), statement=said)
    made = Answer(
        question="What did Holm say?", abstained=False, support=1.0, engine="built-in",
        answer="Ida Holm: “The bridge is not safe” [1]", sentences=(one,), citations=(cited,),
    )  # fmt: skip
    return replace(made, **changes), {("a1", version): text}  # type: ignore[arg-type]


# -- what an export has


@pytest.mark.parametrize("kind", READ_BACK)
def test_an_untouched_export_is_as_it_should_be(kind: str, exported: dict[str, bytes], sample: Newsroom) -> None:
    found = sample.verify(exported[kind], f"b.{kind}")
    assert found.ok, told(found)
    assert (found.format, found.digest, found.seal) == (kind, True, "unbroken")
    assert {item.against for item in found.checked} == {"library"}


@pytest.mark.parametrize("kind", ["html", "json"])
def test_html_and_json_are_checked_without_the_library(kind: str, exported: dict[str, bytes], room: Newsroom) -> None:
    found = room.verify(exported[kind])
    assert found.ok, told(found)
    assert found.seal == "of another library"
    assert {item.against for item in found.checked} == {"file"}


@pytest.mark.parametrize("kind", ["md", "docx"])
def test_what_embeds_no_text_needs_the_library(kind: str, exported: dict[str, bytes], room: Newsroom) -> None:
    found = room.verify(exported[kind])
    assert {item.status for item in found.altered} == {"unknown article"}


@pytest.mark.parametrize("kind", ["md", "docx", "html"])
def test_every_citation_carries_quotation_offsets_version_outlet_date_and_url(kind: str) -> None:
    answer, texts = an_answer()
    lines = [line.text for line in rows_of(export(answer, kind, texts), kind)[0]]  # type: ignore[arg-type]
    (key, text), cited = next(iter(texts.items())), answer.citations[0]
    assert text[cited.start : cited.end] in lines
    assert f"article {key[0]} · version {key[1]} · characters {cited.start}–{cited.end}" in lines
    assert {"1 Mar 2024 · Radio North", "https://north.example/1", "[1] Bridge"} <= set(lines)
    assert {"Ida Holm · Mayor", "“The bridge is not safe” [1]", "— direct"} <= set(lines)


def test_the_json_is_that_of_the_command_with_the_source_texts(exported: dict[str, bytes], briefing: Briefing) -> None:
    whole = json.loads(exported["json"])
    assert {"title", "template", "engine", "sections", "timeline", "positions", "conflicts", "citations"} <= set(whole)
    texts = {(item["article_id"], item["version"]): item["text"] for item in whole["sources"] if "text" in item}
    for item in whole["citations"]:
        assert texts[item["article_id"], item["version"]][item["start"] : item["end"]] == item["quote"]
    assert len(whole["citations"]) == len(briefing.citations)


def test_sources_withheld_and_conflicts_are_told(exported: dict[str, bytes], briefing: Briefing) -> None:
    text = exported["md"].decode()
    number = len(briefing.sources)
    assert f"{number} independent articles of 3 outlets; 1 wire copy folded under them" in text
    assert "Withheld: “It sold 20 drones.” Reason: the number 20 does not occur in its source" in text
    assert "Sources differ: " in text
    assert "in other words" not in text.split("## About")[0]


def test_a_sentence_that_its_source_does_not_bear_out_is_withheld() -> None:
    answer, texts = an_answer()
    wrong = replace(answer.sentences[0], text="Ida Holm: “The bridge is safe”")
    made = export(replace(answer, sentences=(wrong,)), "md", texts).decode()
    assert "Withheld: “Ida Holm: “The bridge is safe””" in made
    assert verify(made.encode(), "a.md").altered[0].status == "unknown version" or "safe” [1]" not in made


def test_a_sentence_in_other_words_says_so() -> None:
    answer, texts = an_answer()
    other = replace(
        answer.sentences[0], text="On Friday Holm told Radio North: the bridge is not safe.", kind="indirect"
    )
    made = export(replace(answer, sentences=(other,)), "md", texts).decode()
    assert "indirect · in other words" in made


def test_a_missing_text_and_a_wrong_format_are_refused() -> None:
    answer, texts = an_answer()
    with pytest.raises(UnusableInput, match="no longer there"):
        export(answer, "md", {})
    with pytest.raises(UnusableInput, match="no format"):
        export(answer, "rtf", texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [*READ_BACK, "pdf"])
def test_the_same_input_gives_the_same_bytes(kind: str) -> None:
    answer, texts = an_answer()
    assert export(answer, kind, texts) == export(answer, kind, texts)  # type: ignore[arg-type]


def test_names_of_files_are_harmless() -> None:
    answer, _ = an_answer(question="../../etc/passwd: Zelenskyy’s “plan”?\n")
    assert file_name(answer, "md") == "etc-passwd-zelenskyys-plan.md"
    assert file_name(replace(answer, question="سؤال"), "pdf") == "answer.pdf"


# -- hostile text


@pytest.mark.parametrize("kind", [*READ_BACK, "pdf"])
def test_hostile_text_is_shown_as_it_is(kind: str) -> None:
    text = f"{NASTY} said Ida Holm.\n\nMore."
    answer, texts = an_answer(text, question=NASTY, notices=(NASTY,))
    sentence = AnswerSentence(text=text.split("\n")[0], kind="reported", citations=(1,))
    cited = replace(answer.citations[0], title=NASTY, outlet=NASTY, url="javascript:alert(1)")
    answer = replace(answer, sentences=(sentence,), citations=(cited,), answer=f"{sentence.text} [1]")
    data = export(answer, kind, texts)  # type: ignore[arg-type]
    if kind == "pdf":
        assert data.startswith(b"%PDF")
        return
    if kind == "json":
        assert json.loads(data)["question"] == NASTY
        return
    lines = [line.text for line in rows_of(data, kind)[0]]
    assert lines[0] == NASTY
    assert f"{sentence.text} [1]" in lines
    if kind == "html":
        assert b"<script" not in data
        assert b"javascript:" not in data
        assert not re.search(rb"(?:src|href)=\"(?!#)", data)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=150)
def test_any_text_survives_markdown(text: str) -> None:
    line = form.plain(text)
    if line and not line.startswith("<http"):
        assert [item.text for item in markdown.read(markdown.write([Line(0, line, "meta")]))] == [line]
        shown = MarkdownIt("commonmark").render(markdown.escaped(line))
        bare = re.sub(r"</?p>", "", shown)
        assert "<" not in bare
        assert (
            bare.strip().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == line
        )


@given(st.text(max_size=60))
@settings(max_examples=25)
def test_any_text_survives_html(text: str) -> None:
    if line := form.plain(text):
        found = page.read(page.write([Line(1, line)], {("a", "v"): line}))
        assert ([item.text for item in found.lines], found.texts) == ([line], {("a", "v"): line})


def test_a_page_loads_nothing_and_runs_nothing(exported: dict[str, bytes]) -> None:
    text = exported["html"].decode()
    assert "default-src 'none'" in text
    assert not re.search(r"<(?:script|img|link|iframe|object|form)\b|\son\w+=|\bstyle=|url\(", text)


# -- handling that does no harm


@pytest.mark.parametrize(
    "handled",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.rstrip(b"\n"),
        lambda data: data + b"\n\n",
        lambda data: data.replace("“".encode(), b'"').replace("”".encode(), b'"').replace("’".encode(), b"'"),
        lambda data: re.sub(rb"(?m)^((?!#).{30,}[a-z]) (?=[a-z]{5})", rb"\1\n", data),
    ],
    ids=["crlf", "bom", "no newline", "more newlines", "straight quotes", "wrapped"],
)
def test_harmless_handling_of_markdown_is_no_alarm(
    handled: Callable[[bytes], bytes], exported: dict[str, bytes], sample: Newsroom
) -> None:
    found = sample.verify(handled(exported["md"]))
    assert found.ok, told(found)
    assert found.digest


def test_word_may_save_the_file_again(exported: dict[str, bytes], sample: Newsroom) -> None:
    import docx

    document = docx.Document(io.BytesIO(exported["docx"]))
    for paragraph in document.paragraphs:  # as Word does: runs are split, proofing marks are put in
        if paragraph.runs and len(paragraph.runs[0].text) > 8:
            run = paragraph.runs[0]
            words = run.text
            run.text = words[:5]
            run._r.addnext(paragraph.add_run(words[5:])._r)
    raw = io.BytesIO()
    document.save(raw)
    found = sample.verify(raw.getvalue())
    assert found.ok, told(found)


# -- forgers


@pytest.mark.parametrize("kind", READ_BACK)
def test_one_changed_word_is_caught_even_if_the_digest_is_made_anew(
    kind: str, exported: dict[str, bytes], sample: Newsroom
) -> None:
    chance = random.Random(7)
    for _ in range(3 if kind == "docx" else 6):
        data, what = altered(exported[kind], kind, chance)
        for tried in (data, forged(data, kind)):
            found = sample.verify(tried)
            assert not found.ok, what
            assert any(item.n for item in found.altered), (what, told(found))


def _swap(role: str, old: str, new: str) -> Altering:
    def change(lines: list[Line]) -> list[Line]:
        at = next(n for n, line in enumerate(lines) if line.role == role and old in line.text)
        return [*lines[:at], replace(lines[at], text=lines[at].text.replace(old, new, 1)), *lines[at + 1 :]]

    return change


def _drop(role: str, old: str) -> Altering:
    def change(lines: list[Line]) -> list[Line]:
        at = next(n for n, line in enumerate(lines) if line.role == role and old in line.text)
        return lines[:at] + lines[at + 1 :]

    return change


def _put(role: str, text: str) -> Altering:
    def change(lines: list[Line]) -> list[Line]:
        at = next(n for n, line in enumerate(lines) if line.role == role)
        return [*lines[: at + 1], *(Line(0, one) for one in text.split("\n")), *lines[at + 1 :]]

    return change


def _entry_gone(lines: list[Line]) -> list[Line]:
    at = next(n for n, line in enumerate(lines) if line.role == "entry" and line.text.startswith("[2] "))
    end = next(n for n, line in enumerate(lines) if n > at and line.role == "entry")
    return lines[:at] + lines[end:]


FORGERIES: dict[str, Altering] = {
    "a word of a quotation in the text": _swap("sentence", "not signing", "now signing"),
    "a word of a citation": _swap("quote", "not signing", "now signing"),
    "a word of an indirect sentence": _swap("sentence", "does not mean", "does mean"),
    "a quotation cut short": _swap("sentence", "not signing agreements", "signing agreements"),
    "quotation marks moved": _swap("sentence", "Russia is among the first states to know that”", "Russia” is among"),
    "quotation marks taken away": _swap("sentence", "“We’re", "We’re"),
    "other offsets": _swap("place", "characters 0–", "characters 1–"),
    "offsets out of the text": _swap("place", "characters 0–", "characters 99999–9"),
    "another version": _swap("place", "version ", "version 0"),
    "another article": _swap("place", "article ", "article 0"),
    "another outlet": _swap("facts", "Sample Wire", "Other Wire"),
    "another day of publication": _swap("facts", "2 Feb 2022", "3 Feb 2022"),
    "another byline": _put("facts", "By Somebody Else"),
    "another headline": _swap("entry", "Turkey says", "Nobody says"),
    "another speaker": _swap("who", "Fahrettin Altun", "Vladimir Putin"),
    "another role": _swap("who", "communications director", "Foreign Minister"),
    "another party": _swap("who", "for Turkey", "for Russia"),
    "another listener": _swap("foot", "to Bloomberg", "to Radio North"),
    "another day of saying": _swap("foot", "said 2 Feb 2022", "said 1 Feb 2022"),
    "another kind of speech": _swap("foot", "indirect", "reported"),
    "another day in the timeline": _swap("day", "31 Oct 2021", "30 Oct 2021"),
    "a citation taken from a sentence": _swap("sentence", " [1]", ""),
    "a wrong citation": _swap("sentence", " [1]", " [9]"),
    "a citation that is not there": _swap("sentence", " [1]", " [99]"),
    "a citation taken from the list": _entry_gone,
    "its quotation taken away": _drop("quote", "not signing"),
    "an added sentence": _put("foot", "Turkey will send twenty drones. [1]\n— direct"),
    "an added sentence without a citation": _put("foot", "Turkey will send twenty drones."),
    "an added sentence in other words": _put("foot", "Turkey sends twenty drones. [1]\n— indirect · in other words"),
    "a line under a sentence taken away": _drop("foot", "direct"),
    "the count of sources": _swap("count", "independent articles", "highly independent articles"),
    "the form taken away": _drop("form", "onrecord"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["md", "html"])
@pytest.mark.parametrize("way", FORGERIES)
def test_a_forgery_with_a_new_digest_is_caught(
    way: str, kind: str, exported: dict[str, bytes], sample: Newsroom
) -> None:
    lines, found = rows_of(exported[kind], kind)
    data = written(FORGERIES[way]([line for line in lines if line.role != "seal"]), kind, found)
    checked = sample.verify(data)
    assert not checked.ok
    assert all(item.reason for item in some(checked.altered))


def test_a_title_or_a_note_is_guarded_by_digest_and_seal(exported: dict[str, bytes], sample: Newsroom) -> None:
    for role, old in (("title", "Drones"), ("note", "left out"), ("gone", "20 drones")):
        lines, _ = rows_of(exported["md"], "md")
        changed = _swap(role, old, "peace")(lines)
        assert not sample.verify(markdown.write(form.roles(changed))).ok
        sealed = next(line for line in lines if line.role == "seal")
        kept = [line for line in changed if line.role not in ("digest", "seal")]
        made = [*kept, Line(0, f"Digest: {form.digest_of(kept)}"), sealed]
        checked = sample.verify(markdown.write(form.roles(made)))
        assert (checked.ok, checked.seal, checked.digest) == (False, "broken", True)


def test_a_changed_source_text_in_the_file_is_told(exported: dict[str, bytes], room: Newsroom) -> None:
    data = exported["html"].replace(b"July ceasefire", b"June ceasefire")
    assert "text does not match its version" in {item.status for item in room.verify(forged(data, "html")).altered}
    whole = json.loads(exported["json"])
    whole["sources"][0]["text"] += " More."
    data = forged(json.dumps(whole).encode(), "json")
    assert "text does not match its version" in {item.status for item in room.verify(data).altered}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</main>", b"<p hidden>x</p></main>"),
        (b"</main>", b"<script>1</script></main>"),
        (b"</style>", b".foot{display:none}</style>"),
        (b'<span class="around">', b'<span class="around">Not: '),
        (b'rx="', b'rx="1'),
        (b"Articles by outlet.", b"Articles by party."),
        (b'<p class="sentence"', b'<p style="display:none" class="sentence"'),
        (b"default-src 'none'", b"default-src *"),
    ],
)
def test_nothing_hides_in_a_page(old: bytes, new: bytes, exported: dict[str, bytes], sample: Newsroom) -> None:
    data = exported["html"].replace(old, new)
    if data != exported["html"]:
        assert not sample.verify(data).ok


def test_nothing_hides_in_a_word_file(exported: dict[str, bytes], sample: Newsroom) -> None:
    import docx

    def changed(change: Callable[..., None]) -> Verification:
        document = docx.Document(io.BytesIO(exported["docx"]))
        change(document)
        raw = io.BytesIO()
        document.save(raw)
        return sample.verify(raw.getvalue())

    def hidden(document: object) -> None:
        run = next(item for item in document.paragraphs if "not signing" in item.text).runs[0]  # type: ignore[attr-defined]
        run.font.hidden = True

    def footer(document: object) -> None:
        document.sections[0].footer.paragraphs[0].add_run("All lies")  # type: ignore[attr-defined]

    def table(document: object) -> None:
        document.add_table(1, 1).cell(0, 0).text = "Turkey agreed."  # type: ignore[attr-defined]

    def link(document: object) -> None:
        for item in document.part.rels.values():  # type: ignore[attr-defined]
            if item.is_external:
                item._target = "https://evil.example"

    assert not changed(hidden).ok
    assert not changed(footer).ok
    assert not changed(table).ok
    assert changed(link).ok  # the sample articles have no address


def test_a_link_of_a_word_file_leads_where_it_says() -> None:
    answer, texts = an_answer()
    data = export(answer, "docx", texts)
    packed = zipfile.ZipFile(io.BytesIO(data))
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as new:
        for item in packed.infolist():
            part = packed.read(item.filename)
            leads = part.replace(b"north.example", b"evil.example") if "rels" in item.filename else part
            new.writestr(item, leads)
    assert any("link to https://evil.example/1" in line.text for line in word.read(raw.getvalue()))


def test_a_field_that_is_there_twice_is_refused(exported: dict[str, bytes], sample: Newsroom) -> None:
    data = exported["json"].replace(b'"template": "situation"', b'"template": "x", "template": "situation"')
    with pytest.raises(UnusableInput, match="twice"):
        sample.verify(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"# Notes\n\nNothing.", b"<html><p>x</p></html>", b"PK\x03\x04broken", b"%PDF-1.7", b"{}", b'{"question": 1}',
     b"\xff\xfe\x00", b'{"a":' * 3000, b"[]"],
)  # fmt: skip
def test_what_is_no_export_is_refused_with_a_remedy(data: bytes, room: Newsroom) -> None:
    with pytest.raises(UnusableInput):
        room.verify(data, "thing")


# -- plots


def test_plots_say_in_words_what_they_show() -> None:
    svg = timeline_svg([(date(2022, 2, 2), 2), (date(2021, 10, 31), 9)])
    assert "<title>Timeline</title>" in svg
    assert "31 Oct 2021: 9; 2 Feb 2022: 2." in svg
    assert "&lt;b&gt;: 3" in outlets_svg([("<b>", 3), ("Wire", 1)])
    assert (timeline_svg([]), outlets_svg([])) == ("", "")


def test_what_only_the_json_tells_twice_is_checked_twice(sample_home: Path, tmp_path: Path) -> None:
    own = Newsroom.open(Settings(home=shutil.copytree(sample_home, tmp_path / "home")))
    data = own.export(own.brief(topic="drones"), "json")

    def event(whole: dict[str, Any]) -> None:
        told_again = next(item for item in whole["sections"] if item["part"] == "timeline")["sentences"][0]
        told_again["text"] = told_again["text"].replace(" ", " not ", 1)

    def headline(whole: dict[str, Any]) -> None:
        whole["positions"][0]["title"] += " not"

    assert own.verify(forged(data, "json")).ok
    for change in (event, headline):
        whole = json.loads(data)
        change(whole)
        found = own.verify(forged(json.dumps(whole, ensure_ascii=False).encode(), "json"))
        assert not found.ok, change.__name__
    own.close()
