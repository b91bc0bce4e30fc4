"""Exports to check, and the ways in which somebody may change one: a word at a time, and by a record made anew."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rag import Newsroom
from rag.documents import markdown, page, pdf, word
from rag.documents.claims import Texts
from rag.documents.document import as_lines
from rag.documents.lines import Line
from rag.domain import (
    AnswerSentence,
    Article,
    Briefing,
    BriefingSection,
    BriefingSource,
    Citation,
    Conflict,
    TimelineEntry,
    Withheld,
)
from rag.services.exports import export as exporting
from rag.services.exports import record

FORMATS = ("md", "docx", "html", "json", "pdf")
QUESTIONS = (
    "What is Turkey's stated position?",
    "What does Putin say about the drones?",
    "What did Zelensky say?",
    "What did Reznikov say about the plant?",
    "What happened in the Donbass in October?",
)
OTHERS = "never only Ankara seventeen 41 allegedly war peace not twelve Minister Istanbul denied agreed small".split()
_WORD = re.compile(r"[^\W_]+")
_SPEECH = re.compile(
    r"<w:p>(?:(?!</w:p>).)*?w:val=\"Onrecord(?:Direct|Mixed|Indirect|Reported|Summary)\"/>.*?</w:p>", re.DOTALL
)


def briefing_of(room: Newsroom, questions: Sequence[str] = QUESTIONS, **changes: Any) -> Briefing:
    """A briefing made of checked answers, with everything that one may have."""
    citations: dict[tuple[str, str, int, int], Citation] = {}

    def renumbered(sentence: AnswerSentence, given: Sequence[Citation]) -> AnswerSentence:
        numbers = []
        for item in given:
            if item.n in sentence.citations:
                key = (item.article_id, item.version, item.start, item.end)
                known = citations.setdefault(key, replace(item, n=len(citations) + 1))
                numbers.append(known.n)
        return replace(sentence, citations=tuple(numbers))

    sections = []
    for question in questions:
        answer = room.ask(question)
        messages = tuple(renumbered(one, answer.citations) for one in answer.sentences)
        if messages:
            sections.append(
                BriefingSection(heading=question, sentences=messages, notes=("The articles hold no more.",))
            )
    by_number = {item.n: item for item in citations.values()}
    dated = [
        TimelineEntry(date=day, sentence=one)
        for section in sections
        for one in section.sentences
        if (day := by_number[one.citations[0]].published)
    ]
    articles = [room.article(key) for key in dict.fromkeys(item.article_id for item in citations.values())]
    briefing = Briefing(
        title="Drones [for] *Ukraine* & <others>",
        template="situation",
        engine="built-in",
        topic="drones",
        sections=tuple(sections),
        timeline=tuple(sorted(dated, key=lambda item: item.date)),
        conflicts=(Conflict(about="the accord [1]", sides=((1,), (2,))),) if len(citations) > 1 else (),
        citations=tuple(citations.values()),
        withheld=(Withheld(text="It sold 20 drones.", reason="the number 20 does not occur in its source"),),
        sources=tuple(_source(item, copies=("Copy Daily",) if at == 0 else ()) for at, item in enumerate(articles)),
        made=datetime(2024, 5, 1, 12, 30, tzinfo=UTC),
        notices=("One article was left out.",),
    )
    return replace(briefing, **changes)


def _source(article: Article, copies: tuple[str, ...]) -> BriefingSource:
    return BriefingSource(
        article_id=article.article_id,
        version=article.version,
        title=article.title,
        outlet=article.outlet,
        byline=article.byline,
        published=article.published,
        url=article.url,
        copies=copies,
    )


def altered(data: bytes, kind: str, chance: random.Random) -> tuple[bytes, str]:
    """The file with one word of a sentence or a quotation replaced, taken out or put in, and what was done."""
    packed = zipfile.ZipFile(io.BytesIO(data)) if kind == "docx" else None
    text = (packed.read("word/document.xml") if packed else data).decode()
    start, end = chance.choice([span for region in _regions(text, kind) for span in _words(text, *region)])
    old = text[start:end]
    way = chance.choice(("replace", "replace", "drop", "insert"))
    new = chance.choice([item for item in OTHERS if item != old])
    if way == "drop":
        changed_text = text[:start] + text[end:]
    elif way == "insert":
        changed_text = f"{text[:start]}{new} {text[start:]}"
    else:
        changed_text = text[:start] + new + text[end:]
    what = f"{way} {old!r} {new!r}: {text[max(0, start - 60) : end + 40]!r}"
    return (_repacked(packed, changed_text) if packed else changed_text.encode()), what


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _WORD.finditer(text, start, end):
        if text[found.start() - 1] not in "&#\\" and text[found.start() - 2 : found.start()] != "&#":
            yield found.span()


def _regions(text: str, kind: str) -> list[tuple[int, int]]:
    """Where sentences and quotations stand in a file."""
    if kind == "json":
        pattern = re.compile(r'"(?:text|quote)": "((?:[^"\\]|\\.)*)"')
        first, last = text.index('"withheld"'), text.index('"usage"')  # what was withheld is no sentence of the export
        return [found.span(1) for found in pattern.finditer(text) if not first < found.start() < last]
    if kind == "html":
        pattern = re.compile(r'<p class="sentence"[^>]*>(.*?)&nbsp;<a|<mark>(?!<)(.*?)</mark>', re.DOTALL)
        return [found.span(found.lastindex or 1) for found in pattern.finditer(text)]
    if kind == "docx":
        found = []
        for paragraph in _SPEECH.finditer(text):
            if "Foot" not in paragraph[0]:
                inner = re.search(r"<w:t[^>]*>(.*?)</w:t>", paragraph[0])
                assert inner
                found.append((paragraph.start() + inner.start(1), paragraph.start() + inner.end(1)))
        return found
    pattern = re.compile(r"^(.+) (?:\[\d+\])+$", re.MULTILINE)
    body, cited = [found.span(1) for found in pattern.finditer(text)], text.index("## Citations")
    return [*body, *(found.span(1) for found in re.compile(r"^> (.+)$", re.MULTILINE).finditer(text, cited))]


def _repacked(packed: zipfile.ZipFile, document: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for item in packed.infolist():
            new.writestr(item, document if item.filename == "word/document.xml" else packed.read(item.filename))
    return raw.getvalue()


def record_of(data: bytes, kind: str) -> dict[str, Any]:
    """The record that a file carries."""
    if kind == "json":
        return record.read(data)
    if kind == "pdf":
        raw = pdf.record_in(data)
        assert raw
        return record.read(raw)
    packed = {"md": markdown, "html": page, "docx": word}[kind].record_in(data)
    assert packed
    return record.read(record.unpack(packed))


def forged(whole: dict[str, Any], kind: str, texts: Texts, *, seal: str = "") -> bytes:
    """The file of a changed record with a digest that fits and no seal: what a forger who knows the format would do."""
    digest = record.digest_of(whole)
    kept = {key: item for key, item in whole.items() if key != "export"}
    if kind == "md":
        kept["sources"] = [{key: item for key, item in one.items() if key != "text"} for one in kept["sources"]]
    raw = record.write(kept, digest, seal)
    value = record.as_value(kept)
    cited = dict.fromkeys((item.article_id, item.version) for item in value.citations)
    held = {key: texts[key] for key in cited if key in texts}
    packed = raw if kind in exporting.UNPACKED_FORMATS else record.pack(raw).encode()
    lines = exporting.with_seal_lines(as_lines(value, held), digest, seal)
    return exporting.render(kind, value, lines, held, packed)  # type: ignore[arg-type]


def edited(data: bytes, kind: str, texts: Texts, change: Callable[[list[Line]], list[Line]]) -> bytes:
    """The file with other lines over its own record: what somebody does who changes what it shows."""
    whole = record_of(data, kind)
    value = record.as_value(whole)
    stamp = whole["export"]
    raw = record.write({key: item for key, item in whole.items() if key != "export"}, stamp["digest"], stamp["seal"])
    packed = raw if kind in exporting.UNPACKED_FORMATS else record.pack(raw).encode()
    held = {key: texts[key] for key in dict.fromkeys((item.article_id, item.version) for item in value.citations)}
    lines = change(exporting.with_seal_lines(as_lines(value, held), stamp["digest"], stamp["seal"]))
    return exporting.render(kind, value, lines, held, packed)  # type: ignore[arg-type]


def shown(data: bytes, kind: str) -> str:
    """What a file says, on one line, without the marks of escaping."""
    words = {"md": markdown, "html": page, "docx": word, "pdf": pdf}[kind].words(data)
    return " ".join((words.replace("\\", "") if kind == "md" else words).split())
