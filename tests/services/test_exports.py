"""Exports carry what a reader needs, take no markup from articles, and say when a word of them was changed."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import Newsroom, Settings, UnusableInput
from rag.documents import lines as form
from rag.documents import markdown, page, text, word
from rag.documents.claims import Texts
from rag.documents.document import as_shown
from rag.documents.lines import Line
from rag.documents.plots import outlets_svg, timeline_svg
from rag.domain import Answer, AnswerSentence, Briefing, Citation, Statement, Verification
from rag.services.exports import record
from rag.services.exports.export import export, file_name, verify
from rag.text.canonical import digest
from tests.guards import some
from tests.services.forging import FORMATS, altered, briefing_of, edited, forged, record_of, shown

TEXT = "Mayor Ida Holm opened the hall. “The bridge is not safe,” Holm told Radio North on Friday.\n\nTrams run again."
NASTY = '<script>alert(1)</script> ![x](http://evil.example/a.png) [1]: http://evil.example #eval("x") $x$ `y` *z* | \\'
Altering = Callable[[list[Line]], list[Line]]
Forging = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def briefing(sample_home: Path) -> Briefing:
    with Newsroom.open(Settings(home=sample_home)) as room:
        return briefing_of(room)


@pytest.fixture(scope="module")
def exported(sample_home: Path, briefing: Briefing) -> dict[str, bytes]:
    with Newsroom.open(Settings(home=sample_home)) as room:
        return {kind: room.export(briefing, kind) for kind in FORMATS}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def texts(exported: dict[str, bytes]) -> Texts:
    return record.texts_of(record_of(exported["json"], "json"))


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
    statement = Statement(
        speaker="Ida Holm", role="Mayor", kind="direct", source=None, cue=None, content=(), text="", article_id="a1",
        version=version,
    )  # fmt: skip
    one = AnswerSentence(text="Ida Holm: “The bridge is not safe”", kind="quoted", citations=(1,), statement=statement)
    answer = Answer(
        question="What did Holm say?", abstained=False, support=1.0, engine="built-in",
        answer="Ida Holm: “The bridge is not safe” [1]", sentences=(one,), citations=(cited,),
    )  # fmt: skip
    return replace(answer, **changes), {("a1", version): text}  # type: ignore[arg-type]


# -- what an export has


@pytest.mark.parametrize("kind", FORMATS)
def test_an_untouched_export_is_as_it_should_be(kind: str, exported: dict[str, bytes], sample: Newsroom) -> None:
    report = sample.verify(exported[kind], f"b.{kind}")
    assert report.ok, told(report)
    assert (report.format, report.digest, report.seal) == (kind, True, "unbroken")
    assert {item.against for item in report.checked} == {"library"}


def test_a_terminal_shows_who_says_what_where_and_nothing_that_only_a_check_needs() -> None:
    answer, texts = an_answer()
    assert text.write(as_shown(answer, texts)).splitlines() == [
        "What did Holm say?",
        "Answer · built-in engine",
        "",
        "Answer",
        "Ida Holm · Mayor",
        "- “The bridge is not safe” [1]",
        "    — direct · Radio North, 1 Mar 2024",
        "",
        "Sources",
        "[1] Bridge, Radio North, 2024-03-01: ““The bridge is not safe,” Holm told Radio North on Friday.”",
    ]


def test_a_terminal_shows_every_sentence_even_where_its_source_was_removed() -> None:
    answer, texts = an_answer()
    changed = replace(answer.sentences[0], text="Ida Holm: “The bridge is safe”")  # an export would withhold it
    for known in (texts, {}):
        assert "The bridge is safe” [1]" in text.write(as_shown(replace(answer, sentences=(changed,)), known))


@pytest.mark.parametrize("kind", ["html", "json", "docx", "pdf"])
def test_what_carries_its_texts_is_checked_without_the_library(
    kind: str, exported: dict[str, bytes], room: Newsroom
) -> None:
    report = room.verify(exported[kind])
    assert report.ok, told(report)
    assert report.seal == "of another library"
    assert {item.against for item in report.checked} == {"file"}


def test_markdown_carries_no_texts_and_needs_the_library(exported: dict[str, bytes], room: Newsroom) -> None:
    report = room.verify(exported["md"])
    assert {item.status for item in report.altered} == {"unknown article"}


@pytest.mark.parametrize("kind", ["md", "docx", "html", "pdf"])
def test_every_citation_carries_quotation_offsets_version_outlet_date_and_url(kind: str) -> None:
    answer, texts = an_answer()
    words = "".join(shown(export(answer, kind, texts), kind).split())  # type: ignore[arg-type]
    (key, text), cited = next(iter(texts.items())), answer.citations[0]
    for line in (
        text[cited.start : cited.end],
        f"article {key[0]} · version {key[1]} · characters {cited.start}–{cited.end}",
        "1 Mar 2024 · Radio North",
        "https://north.example/1",
        "[1] Bridge",
        "Ida Holm · Mayor",
        "“The bridge is not safe” [1]",
        "— direct · Radio North, 1 Mar 2024",
    ):
        assert "".join(line.split()) in words, line


def test_every_sentence_closes_with_the_outlet_and_the_day_of_what_it_cites(exported: dict[str, bytes]) -> None:
    feet = re.findall(r"(?m)^(?:> |  )?— .*$", exported["md"].decode())
    assert len(feet) > 10
    assert all(re.search(r" · [^·]+, \d{1,2} [A-Z][a-z]{2} \d{4}$", foot) for foot in feet), feet
    assert "outlets report" not in exported["md"].decode()


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
    text = export(replace(answer, sentences=(wrong,)), "md", texts).decode()
    assert "Withheld: “Ida Holm: “The bridge is safe””" in text
    assert "safe” [1]" not in text


def test_a_sentence_in_other_words_says_so() -> None:
    answer, texts = an_answer()
    other = replace(
        answer.sentences[0], text="On Friday Holm told Radio North: the bridge is not safe.", kind="indirect"
    )
    text = export(replace(answer, sentences=(other,)), "md", texts).decode()
    assert "indirect · in other words" in text


def test_a_missing_text_and_a_wrong_format_are_refused() -> None:
    answer, texts = an_answer()
    with pytest.raises(UnusableInput, match="no longer there"):
        export(answer, "md", {})
    with pytest.raises(UnusableInput, match="no format"):
        export(answer, "rtf", texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [*FORMATS])
def test_the_same_input_gives_the_same_bytes(kind: str) -> None:
    answer, texts = an_answer()
    assert export(answer, kind, texts) == export(answer, kind, texts)  # type: ignore[arg-type]


def test_names_of_files_are_harmless() -> None:
    answer, _ = an_answer(question="../../etc/passwd: Zelenskyy’s “plan”?\n")
    assert file_name(answer, "md") == "etc-passwd-zelenskyys-plan.md"
    assert file_name(replace(answer, question="سؤال"), "pdf") == "answer.pdf"


# -- hostile text


@pytest.mark.parametrize("kind", [*FORMATS])
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
    words = shown(data, kind)
    for line in (NASTY, f"{sentence.text} [1]"):
        assert (" ".join(line.replace("\\", "").split()) if kind == "md" else line) in words
    if kind == "html":
        assert b"<script" not in data
        assert b"javascript:" not in data
        assert not re.search(rb"(?:src|href)=\"(?!#)", data)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=150)
def test_any_text_survives_markdown(text: str) -> None:
    line = form.plain(text)
    if line and not line.startswith("<http"):
        bare = re.sub(r"</?p>", "", MarkdownIt("commonmark").render(markdown.escaped(line)))
        assert "<" not in bare
        assert (
            bare.strip().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == line
        )


@given(st.text(max_size=60))
@settings(max_examples=25)
def test_any_text_survives_html(text: str) -> None:
    if line := form.plain(text):
        data = page.write([Line(1, line)], {("a", "v"): line}, {}, record.pack(b"{}"))
        assert page.words(data).count(line) == 3  # the title of the page, the heading and the text
        assert page.record_in(data) == record.pack(b"{}")


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
    report = sample.verify(handled(exported["md"]))
    assert report.ok, told(report)
    assert report.digest


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
    report = sample.verify(raw.getvalue())
    assert report.ok, told(report)


# -- forgers


@pytest.mark.parametrize("kind", ["md", "docx", "html", "json"])
def test_one_changed_word_is_caught_even_if_the_record_is_made_anew(
    kind: str, exported: dict[str, bytes], texts: Texts, sample: Newsroom
) -> None:
    chance = random.Random(7)
    for _ in range(3 if kind == "docx" else 6):
        data, what = altered(exported[kind], kind, chance)
        whole, other = altered(exported["json"], "json", chance)
        own = record_of(whole, "json")
        if kind == "md" and record.texts_of(own) != texts:
            continue  # a source text, which Markdown does not carry
        for tried, way in ((data, what), (forged(own, kind, texts), other)):
            report = sample.verify(tried)
            assert not report.ok, way
            assert report.altered, (way, told(report))


@pytest.mark.parametrize("kind", FORMATS)
def test_any_word_or_digit_that_is_changed_in_what_a_file_shows_is_caught(
    kind: str, exported: dict[str, bytes], texts: Texts, sample: Newsroom
) -> None:
    chance = random.Random(11)
    for _ in range({"docx": 12, "pdf": 12}.get(kind, 40)):
        data, what = _any_word(exported[kind], kind, texts, chance)
        assert data != exported[kind]
        try:
            report = sample.verify(data)
        except UnusableInput:
            continue  # a name of JSON or a kind that nothing has: refused
        assert not report.ok, what
        assert all(item.reason for item in some(report.altered))


def _any_word(data: bytes, kind: str, texts: Texts, chance: random.Random) -> tuple[bytes, str]:
    """The file with one word or digit of what it shows changed, wherever that is."""
    if kind == "pdf":  # its glyphs can't be edited as text: the page is set again with another word on it
        shown_lines: list[str] = []

        def change(lines: list[Line]) -> list[Line]:
            at = chance.randrange(len(lines))
            word = chance.choice(list(re.finditer(r"\w+", lines[at].text)))
            text = f"{lines[at].text[: word.start()]}{_other(word[0], chance)}{lines[at].text[word.end() :]}"
            shown_lines.append(f"{lines[at].text!r} {text!r}")
            return [*lines[:at], replace(lines[at], text=text, item=None), *lines[at + 1 :]]

        return edited(data, kind, texts, change), shown_lines[0]
    packed = zipfile.ZipFile(io.BytesIO(data)) if kind == "docx" else None
    text = (packed.read("word/document.xml") if packed else data).decode()
    seen = {
        "md": r"(?s)^.*?(?=<!-- onrecord record)",
        "html": r"(?s)(?<=>)[^<>]+(?=<)(?!</style>|</template>)",
        "docx": r"(?<=>)[^<>]+(?=</w:t>)",
        "json": r'(?<=: )"[^"\n]+"|(?<=: )[\d.]+',
    }[kind]
    words = [
        (region.start() + word.start(), region.start() + word.end())
        for region in re.finditer(seen, text)
        for word in re.finditer(r"(?<![\w&#\\])[^\W_]+(?!\w*;)", region[0])
    ]
    start, end = chance.choice(words)
    changed_text = text[:start] + _other(text[start:end], chance) + text[end:]
    what = f"{text[max(0, start - 40) : end + 20]!r} {changed_text[max(0, start - 40) : end + 20]!r}"
    if packed is None:
        return changed_text.encode(), what
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as new:
        for item in packed.infolist():
            new.writestr(item, changed_text if item.filename == "word/document.xml" else packed.read(item.filename))
    return raw.getvalue(), what


def _other(word: str, chance: random.Random) -> str:
    """One digit or one letter of a word changed."""
    at = chance.randrange(len(word))
    kinds = "0123456789" if word[at].isdigit() else "abcdefghijklmnopqrstuvwxyz"
    return word[:at] + chance.choice([char for char in kinds if char != word[at]]) + word[at + 1 :]


def _swap(role: str, old: str, new: str) -> Altering:
    def change(lines: list[Line]) -> list[Line]:
        at = next(n for n, line in enumerate(lines) if line.role == role and old in line.text)
        line = replace(lines[at], text=lines[at].text.replace(old, new, 1))
        if isinstance(line.item, AnswerSentence):
            cited = tuple(int(n) for n in re.findall(r"\[(\d+)\]", line.text))
            line = replace(line, item=replace(line.item, citations=cited))
        return [*lines[:at], line, *lines[at + 1 :]]

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
def test_what_a_file_shows_otherwise_than_its_record_is_caught(
    way: str, kind: str, exported: dict[str, bytes], texts: Texts, sample: Newsroom
) -> None:
    data = edited(exported[kind], kind, texts, FORGERIES[way])
    assert data != exported[kind]
    report = sample.verify(data)
    assert not report.ok
    assert all(item.reason for item in some(report.altered))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for name, item in value.items():
            yield from _objects([one for one in item if "text" not in one] if name == "sources" else item)
    for item in value if isinstance(value, list) else ():
        yield from _objects(item)


def _everywhere(field: str, old: str, new: str) -> Forging:
    """Every such field of the record, so that nothing in it disagrees; the source texts stay."""

    def change(whole: dict[str, Any]) -> None:
        sources = whole["sources"]
        hits = [
            one
            for one in [*_objects({**whole, "sources": []}), *(sources if field != "text" else ())]
            if old in str(one.get(field) or "")
        ]
        for one in some(hits):
            one[field] = one[field].replace(old, new)

    return change


def _on(path: str, change: Forging) -> Forging:
    """The first object of a list of the record."""
    return lambda whole: change(next(iter(some(whole[path]))))


def _first_sentence(**fields: Any) -> Forging:
    def change(whole: dict[str, Any]) -> None:
        next(one for section in whole["sections"] for one in section["sentences"]).update(fields)

    return change


def _added(**fields: Any) -> Forging:
    def change(whole: dict[str, Any]) -> None:
        one = {"text": "Turkey will send twenty drones.", "kind": "reported", "citations": [1], "wording": "own"}
        some(whole["sections"])[0]["sentences"].append(one | fields)

    return change


RECORDS: dict[str, Forging] = {
    "a word of a quotation in the text": _everywhere("text", "not signing", "now signing"),
    "a word of a citation": _everywhere("quote", "not signing", "now signing"),
    "a word of an indirect sentence": _everywhere("text", "does not mean", "does mean"),
    "a quotation cut short": _everywhere("text", "not signing agreements", "signing agreements"),
    "quotation marks moved": _everywhere("text", "Russia is among the first states to know that”", "Russia” is among"),
    "other offsets": _on("citations", lambda one: one.update(start=one["start"] + 1)),
    "offsets out of the text": _on("citations", lambda one: one.update(end=999999)),
    "another version": _on("citations", lambda one: one.update(version="0" * 16)),
    "another article": _on("citations", lambda one: one.update(article_id="0" * 16)),
    "another outlet": _everywhere("outlet", "Sample Wire", "Other Wire"),
    "another day of publication": _everywhere("published", "2022-02-02", "2022-02-03"),
    "another byline": _on("sources", lambda one: one.update(byline="Somebody Else")),
    "another headline": _everywhere("title", "Turkey says", "Nobody says"),
    "another speaker": _everywhere("speaker", "Fahrettin Altun", "Vladimir Putin"),
    "another role": _everywhere("role", "communications director", "Foreign Minister"),
    "another party": _everywhere("on_behalf_of", "Turkey", "Russia"),
    "another listener": _everywhere("venue", "Bloomberg", "Radio North"),
    "another day of saying": _everywhere("said_on", "2022-02-02", "2022-02-01"),
    "a citation taken from a sentence": _first_sentence(citations=[]),
    "a wrong citation": _first_sentence(citations=[9]),
    "a citation that is not there": _first_sentence(citations=[99]),
    "a citation taken from the list": lambda whole: whole["citations"].pop(1),
    "its quotation taken away": _on("citations", lambda one: one.update(quote="")),
    "an added sentence": _added(),
    "an added sentence without a citation": _added(citations=[]),
    "an added sentence in other words": _added(wording="other"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["md", "html"])
@pytest.mark.parametrize("way", RECORDS)
def test_a_record_that_is_made_anew_is_caught(
    way: str, kind: str, exported: dict[str, bytes], texts: Texts, sample: Newsroom
) -> None:
    whole = record_of(exported["json"], "json")
    assert sample.verify(forged(whole, kind, texts)).ok
    RECORDS[way](whole)
    report = sample.verify(forged(whole, kind, texts))
    assert not report.ok
    assert all(item.reason for item in some(report.altered))


def test_a_day_that_no_article_gives_is_marked_in_whatever_record(exported: dict[str, bytes], texts: Texts) -> None:
    whole = record_of(exported["json"], "json")
    _everywhere("date", "2021-10-31", "2021-10-30")(whole)
    assert "30 Oct 2021 (inferred)" in shown(forged(whole, "md", texts), "md")


def test_a_title_or_a_note_is_guarded_by_the_record_and_the_seal(
    exported: dict[str, bytes], texts: Texts, sample: Newsroom
) -> None:
    for role, old in (("title", "Drones"), ("note", "left out"), ("gone", "20 drones")):
        assert not sample.verify(edited(exported["md"], "md", texts, _swap(role, old, "peace"))).ok
    whole = record_of(exported["json"], "json")
    seal = whole["export"]["seal"]
    whole["title"] = "Peace"
    report = sample.verify(forged(whole, "md", texts, seal=seal))
    assert (report.ok, report.seal, report.digest) == (False, "broken", True)


def test_a_changed_source_text_in_the_file_is_told(exported: dict[str, bytes], texts: Texts, room: Newsroom) -> None:
    assert not room.verify(exported["html"].replace(b"July ceasefire", b"June ceasefire")).ok
    whole = record_of(exported["json"], "json")
    whole["sources"][0]["text"] += " More."
    for kind in ("json", "html", "docx"):
        report = room.verify(forged(whole, kind, texts))
        assert "text does not match its version" in {item.status for item in report.altered}


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
    assert "link to https://evil.example/1" in word.words(raw.getvalue())
    assert not verify(raw.getvalue(), "a.docx").ok


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

    texts = record.texts_of(record_of(data, "json"))
    assert own.verify(forged(json.loads(data), "json", texts)).ok
    for change in (event, headline):
        whole = json.loads(data)
        change(whole)
        assert not own.verify(forged(whole, "json", texts)).ok, change.__name__
    own.close()
