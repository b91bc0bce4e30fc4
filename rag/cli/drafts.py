"""`onrecord check`: a draft against the record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.cli.common import DONE, PARTLY, Meter, opened, show
from rag.display import tally
from rag.domain import Citation, DraftCheck, FindingOutcome

_NAMES: dict[FindingOutcome, str] = {
    "as_said": "as said", "altered": "ALTERED", "other_speaker": "SAID BY ANOTHER", "not_found": "not found",
    "supported": "supported", "contradicted": "CONTRADICTED", "newer": "a later article differs",
    "unconfirmed": "not confirmed",
}  # fmt: skip


def check_draft(args: argparse.Namespace) -> int:
    """The findings of a draft, in its order."""
    meter = Meter()
    with opened(args) as room:
        if args.file == "-":
            text = room.draft_text(sys.stdin.buffer.read(), name="standard input")
        else:
            text = room.draft_text(Path(args.file))
        check = room.check(
            text, day=args.day, progress=lambda step: meter.write(f"checked: {step.done} of {step.total}")
        )
        meter.end()
    show(args, check, lambda: _print(text, check))
    return DONE if check.stands else PARTLY


def _print(text: str, check: DraftCheck) -> None:
    for finding in check.findings:
        line = text.count("\n", 0, finding.start) + 1
        mark = "“{}”" if finding.kind == "quotation" else "{}"
        print(f"line {line}: {_NAMES[finding.outcome]}: {mark.format(' '.join(finding.text.split()))}")
        print(f"    {finding.why}")
        for n in finding.citations:
            print(f"    {_about(check.citations[n - 1])}")
    print(" ".join(f"{number}: {outcomes}." for number, outcomes in tally(check.findings, _NAMES)))
    for notice in check.notices:
        print(notice, file=sys.stderr)


def _about(item: Citation) -> str:
    return f"[{item.n}] {item.title}, {item.outlet or 'no outlet'}, {item.published or 'no date'}: “{item.quote}”"
