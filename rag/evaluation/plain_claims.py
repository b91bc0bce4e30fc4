"""What the check of a sentence without a model makes of claims about news stories, true and wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rag.evaluation.asking import read_rows
from rag.evaluation.plain_questions import HALVES, add_story, places_of
from rag.newsroom import Newsroom


def plain_claims(data: Path, room: Newsroom) -> dict[str, object]:
    """Checks the claims of `data/unseen_claims` about the stories of `data/questions`, each against what it cites.

    Of each half and label the shares that are supported, unconfirmed and withheld. Raises UnreadableSource where the
    data is absent.
    """
    metrics: dict[str, object] = {}
    for half in HALVES:
        stories = {row["id"]: row for row in read_rows(data / "questions" / f"{half}.jsonl")}
        ids = {key: add_story(room, row) for key, row in stories.items()}
        room.wait()
        outcomes: dict[str, Counter[str]] = {}
        for row in read_rows(data / "unseen_claims" / f"{half}.jsonl"):
            article_id = ids[row["id"]] or ""
            places = places_of(room.article(article_id).text, stories[row["id"]])
            for claim in row["claims"]:
                spans = [(article_id, *places[at]) for at in sorted(claim["sentences"])]
                outcome = room.check_sentence(claim["text"], spans).outcome
                outcomes.setdefault(claim["label"], Counter())[outcome] += 1
        metrics[half] = {label: _shares(counts) for label, counts in sorted(outcomes.items())}
    return metrics


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {
        "claims": total,
        **{outcome: round(counts.get(outcome, 0) / total, 3) for outcome in ("supported", "unconfirmed", "withheld")},
    }
