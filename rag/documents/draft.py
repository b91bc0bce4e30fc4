"""A checked draft as lines: its text, and each finding with what the record says of it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.display import FINDING_OUTCOMES, citation_line, tally
from rag.documents.lines import Line, plain
from rag.domain import DraftCheck, Finding, KeptDraft


def draft_lines(item: KeptDraft) -> Iterator[Line]:
    """The lines of a draft with its check."""
    check = item.check or DraftCheck()
    yield Line(1, plain(item.title), "title")
    counts = " ".join(f"{number}: {outcomes}." for number, outcomes in tally(check.findings))
    yield Line(0, counts or "There is nothing to check in it.")
    for notice in check.notices:
        yield Line(0, plain(notice), "note")
    yield Line(0, item.text, "draft", item=item)
    for number, finding in enumerate(check.findings, 1):
        yield Line(3, f"{number}: {FINDING_OUTCOMES[finding.outcome]}", "entry")
        yield Line(0, plain(finding.text), "quote")
        yield Line(0, plain(finding.why), "note")
        for line in source_lines(check, finding):
            yield Line(0, line, "facts")


def source_lines(check: DraftCheck, finding: Finding) -> list[str]:
    """The citations of a finding, a line each."""
    return [plain(citation_line(check.citations[n - 1])) for n in finding.citations]
