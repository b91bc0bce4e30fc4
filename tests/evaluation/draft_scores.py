"""How well drafts by another hand are judged: `python -m tests.evaluation.draft_scores FILE [--show]`.

A line of FILE has `articles`, a `draft` and its `truth`: stretches of the draft with their kind, outcome and, for what
is wrong, what was done. Told for each: how many there are, how many are noticed (do not stand, or are not confirmed),
how many get the very outcome, and of what stands how many are accused. `--show` prints what is not as it should be;
never use it on a half that is kept out of tuning.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from rag import Newsroom, Settings
from rag.domain import DraftCheck, Finding, Span

RIGHT = {"as_said", "supported"}
NAMES = {
    "changed number": "number", "dropped not": "negation", "added not": "negation", "cut in the middle": "cut",
    "added words": "added", "changed name": "name", "order changed": "order", "words swapped": "order",
    "word changed": "wording", "changed word": "wording",
}  # fmt: skip


def scored(rows: list[dict[str, Any]], *, show: bool) -> dict[str, dict[str, int]]:
    """Counts by kind, outcome and what was done."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as home, Newsroom.open(Settings(home=Path(home))) as room:
        for row in rows:
            for item in row["articles"]:
                room.add_text(item["text"], **{name: item.get(name) for name in ("title", "outlet", "published")})
        room.wait()
        for row in rows:
            days = [date.fromisoformat(item["published"]) for item in row["articles"] if item.get("published")]
            check = room.check(row["draft"], day=max(days, default=None))
            for truth in row["truth"]:
                result = finding(check, row["draft"], truth)
                name = ", ".join(filter(None, (truth["kind"], truth["outcome"], truth["what"])))
                wrong = tally(counts[name], truth, result)
                if wrong and show:
                    said = result and (result.kind, result.outcome, result.alteration, result.speaker, result.why)
                    print(f"{row['id']} {name} {truth['text']!r}\n    {said}")
    return {name: dict(some) for name, some in sorted(counts.items())}


def tally(count: Counter[str], truth: dict[str, Any], found: Finding | None) -> bool:
    """Count one; True where it is not as it should be."""
    count["made"] += 1
    outcome = found.outcome if found else "nothing"
    alteration = NAMES.get(truth["what"], truth["what"])
    same = outcome == truth["outcome"]
    count["outcome"] += same
    if truth["outcome"] in RIGHT:
        count["accused"] += found is not None and not found.stands
        return not same
    count["noticed"] += found is not None and not found.stands
    count["doubted"] += outcome == "unconfirmed"
    if truth["outcome"] == "altered":
        named = found is not None and found.alteration == alteration
        count["named"] += named
        return not (same and named)
    return not same


def finding(check: DraftCheck, draft: str, truth: dict[str, Any]) -> Finding | None:
    """The finding about a stretch of the draft, one of its kind first."""
    start = draft.index(truth["text"])
    span = Span(start, start + len(truth["text"]))

    def shared(item: Finding) -> tuple[bool, int]:
        return item.kind == truth["kind"], min(span.end, item.end) - max(span.start, item.start)

    touching = [item for item in check.findings if Span(item.start, item.end).touches(span)]
    return max(touching, key=shared, default=None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    lines = [json.loads(line) for line in args.file.read_text("utf-8").splitlines()]
    for name, some in scored(lines, show=args.show).items():
        print(f"{name}: {json.dumps(some)}")
