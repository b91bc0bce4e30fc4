"""What the checks of sentences and of drafts, without a chat model, make of claims about news, true and wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.evaluation.data import read_rows
from rag.evaluation.plain_questions import HALVES, add_story, places_of
from rag.newsroom import Newsroom

# What the names of their metrics begin with, the folder of the stories, and that of the claims.
_SETS = (
    ("", "questions", "unseen_claims"),
    ("close_", "questions", "close_claims"),
    ("far_", "far_claims", "far_claims"),
)
_OF_SENTENCES = ("supported", "unconfirmed", "withheld")
_OF_DRAFTS = ("supported", "newer", "contradicted", "unconfirmed", "not_found")


def plain_claims(data: Path, room: Newsroom) -> dict[str, object]:
    """Checks the claims of `data/unseen_claims` about the stories of `data/questions`, each against what it cites; and
    all of a story as a draft, against the library of the stories so far. So it does those of `data/close_claims`, which
    keep most of the words of their source, and those of `data/far_claims`, which stand with stories of their own and
    keep few: their metrics are named `close_` and `far_` and the half.

    Of each half and label the shares that are supported, unconfirmed and withheld; and of those that a draft has a
    finding for, the shares with each outcome. Raises UnreadableSource where the data is absent.
    """
    metrics: dict[str, object] = {}
    for prefix, stories_folder, claims_folder in _SETS:
        for half in HALVES:
            stories = {row["id"]: row for row in read_rows(data / stories_folder / f"{half}.jsonl")}
            ids = {key: add_story(room, row) for key, row in stories.items()}
            room.wait()
            rows = read_rows(data / claims_folder / f"{half}.jsonl")
            metrics[f"{prefix}{half}"] = _of_rows(room, rows, stories, ids)
    return metrics


def _of_rows(
    room: Newsroom,
    rows: Sequence[Mapping[str, Any]],
    stories: Mapping[str, Mapping[str, Any]],
    ids: Mapping[str, str | None],
) -> dict[str, dict[str, float]]:
    outcomes: dict[str, Counter[str]] = {}
    findings: dict[str, Counter[str]] = {}
    for row in rows:
        article_id = ids[row["id"]] or ""
        places = places_of(room.article(article_id).text, stories[row["id"]])
        for claim in row["claims"]:
            spans = [(article_id, *places[at]) for at in sorted(claim["sentences"])]
            outcome = room.check_sentence(claim["text"], spans).outcome
            outcomes.setdefault(claim["label"], Counter())[outcome] += 1
        for label, of_draft in _findings(room, row["claims"]):
            findings.setdefault(label, Counter())[of_draft] += 1
    return {
        **{label: _shares(counts, _OF_SENTENCES) for label, counts in sorted(outcomes.items())},
        **{f"draft_{label}": _shares(counts, _OF_DRAFTS) for label, counts in sorted(findings.items())},
    }


def _findings(room: Newsroom, claims: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Label and outcome of the claims that the check of a draft, a paragraph each, has a finding for."""
    text = "\n\n".join(claim["text"] for claim in claims)
    for finding in room.check(text).findings:
        if finding.kind == "claim":
            yield next(claim["label"] for claim in claims if finding.text in claim["text"]), finding.outcome


def _shares(counts: Mapping[str, int], outcomes: Sequence[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {"claims": total, **{outcome: round(counts.get(outcome, 0) / total, 3) for outcome in outcomes}}
