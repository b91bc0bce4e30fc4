"""A checked draft as a file: Word with a comment at each finding, a web page, Markdown, or JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from rag.display import OUTLET_UNKNOWN, tally
from rag.domain import Citation, DraftFormat, Finding, FindingOutcome, KeptDraft, as_json
from rag.errors import UnusableInput

if TYPE_CHECKING:  # it takes a quarter of a second, and only Word files need it
    from docx.text.run import Run

OUTCOMES: dict[FindingOutcome, str] = {
    "as_said": "as said", "altered": "altered", "other_speaker": "said by another", "not_found": "not found",
    "supported": "supported", "contradicted": "contradicted", "newer": "a later article differs",
    "unconfirmed": "not confirmed",
}  # fmt: skip
"""The outcomes in words for readers, those that need no second look first."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not allowed in XML
_PAGE = Markup(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body{{font:1rem/1.6 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;font:inherit}} li{{margin:.6rem 0}}
mark.wrong{{background:#ffe1dc}} mark.open{{background:#fff3c4}}
mark.stands{{background:none;border-bottom:2px solid #5a8f5a}}
</style></head><body><h1>{title}</h1><p>{summary}</p><pre>{text}</pre><ol>{findings}</ol></body></html>
"""
)
_LINE = Markup("<li><b>{outcome}</b>: {text}<br>{why}{sources}</li>")


def export_draft(item: KeptDraft, form: DraftFormat) -> bytes:
    """The bytes of the file. Raises UnusableInput for a draft that lost its findings."""
    if item.check is None:
        raise UnusableInput("An article that this check cited was removed. Check the draft again, then export it.")
    if form == "json":
        return json.dumps(as_json(item), ensure_ascii=False, indent=2).encode()
    if form == "md":
        return _markdown(item).encode()
    if form == "html":
        return _page(item).encode()
    return _word(item)


def summary(item: KeptDraft) -> str:
    """How many quotations and claims there are, with their outcomes, in one line."""
    findings = item.check.findings if item.check else ()
    lines = (f"{number}: {outcomes}." for number, outcomes in tally(findings, OUTCOMES))
    return " ".join(lines) or "There is nothing to check in it."


def _citations_of(item: KeptDraft, finding: Finding) -> Iterator[Citation]:
    citations = item.check.citations if item.check else ()
    return (citations[n - 1] for n in finding.citations)


def _source_line(cited: Citation) -> str:
    day = cited.published.isoformat() if cited.published else "no date"
    return f"{cited.title}, {cited.outlet or OUTLET_UNKNOWN}, {day}: “{cited.quote}”"


def _markdown(item: KeptDraft) -> str:
    def plain(text: str) -> str:
        return re.sub(r"([\\`*_{}\[\]()<>#+|!~-])", r"\\\1", " ".join(text.split()))

    lines = [f"# {plain(item.title)}", "", summary(item), ""]
    for at, finding in enumerate(item.check.findings if item.check else (), 1):
        lines += [f"{at}. **{OUTCOMES[finding.outcome]}**: {plain(finding.text)}", "", f"   {plain(finding.why)}", ""]
        lines += [f"   - {plain(_source_line(cited))}" for cited in _citations_of(item, finding)] + [""]
    return "\n".join(lines)


def _page(item: KeptDraft) -> str:
    findings = item.check.findings if item.check else ()
    parts, at = [], 0
    for number, finding in enumerate(findings, 1):
        if finding.start >= at:
            mark = Markup('<mark class="{}">{}<sup>{}</sup></mark>')
            parts += [escape(item.text[at : finding.start]), mark.format(finding.state, finding.text, number)]
            at = finding.end
    parts.append(escape(item.text[at:]))
    rows = (
        _LINE.format(
            outcome=OUTCOMES[one.outcome], text=one.text, why=one.why,
            sources=Markup("").join(Markup("<br>{}").format(_source_line(cited)) for cited in _citations_of(item, one)),
        )
        for one in findings
    )  # fmt: skip
    return str(
        _PAGE.format(
            title=item.title, summary=summary(item), text=Markup("").join(parts), findings=Markup("").join(rows)
        )
    )


def _word(item: KeptDraft) -> bytes:
    """The unchanged draft as a Word file, with a comment at each finding."""
    from docx import Document

    document = Document()
    findings = item.check.findings if item.check else ()
    edges = {edge for one in findings for edge in (one.start, one.end)}
    runs: dict[int, list[Run]] = {number: [] for number in range(len(findings))}
    start = 0
    for line in item.text.splitlines(keepends=True):
        end = start + len(line.rstrip("\r\n"))
        paragraph = document.add_paragraph()
        for first, last in pairwise(sorted({start, end, *(edge for edge in edges if start < edge < end)})):
            run = paragraph.add_run(_UNPRINTABLE.sub(" ", item.text[first:last]))
            for number, one in enumerate(findings):
                if one.start <= first and last <= one.end:
                    runs[number].append(run)
        start += len(line)
    for number, one in enumerate(findings):
        if runs[number]:
            sources = "".join(f"\n{_source_line(cited)}" for cited in _citations_of(item, one))
            text = _UNPRINTABLE.sub(" ", f"{OUTCOMES[one.outcome].capitalize()}. {one.why}{sources}")
            document.add_comment([runs[number][0], runs[number][-1]], text=text, author="onrecord", initials="or")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
