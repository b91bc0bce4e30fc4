"""How well the support check separates supported summary sentences from unsupported ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.domain import CheckOutcome, DraftSentence
from rag.evaluation.asking import evidence_of
from rag.evaluation.data import bootstrap_interval, load_scorers, read_rows
from rag.newsroom import Newsroom
from rag.text.canonical import canonical
from rag.verification import SUPPORT_FLOOR, verify

_SETS = ("cnndm", "xsum")
_Row = dict[str, Any]


def qags(data: Path, room: Newsroom) -> dict[str, object]:
    """Scores of `Newsroom.support` over the sentences of `data/qags/dev.jsonl`, for each set and for both together.

    `auc` has its 95 % interval over sentences. `withheld_supported` is the share of the sentences that people judged
    supported which score below the threshold in use, `caught_unsupported` that of the others. `all_rules` is about
    verification as a whole, with the article's sentences as sources: which of the supported are withheld, and which are
    withheld or marked as not confirmed (`doubted_supported`), as `caught_unsupported` are of the others. Raises
    UnreadableSource if the data is absent.
    """
    scorers = load_scorers(data)
    rows: list[_Row] = []
    for item in read_rows(data / "qags" / "dev.jsonl"):
        text = canonical(_close_up(item["article"]))
        evidence = evidence_of(text, ("article", "1"))
        for one in item["sentences"]:
            text_checked = canonical(_close_up(one["sentence"]))
            draft = DraftSentence(text=text_checked, sids=tuple(s.sid for s in evidence.sentences))
            rows.append(
                {
                    "set": item["src"],
                    "supported": bool(one["supported"]),
                    "score": room.support(text_checked, text),
                    "outcome": verify(draft, evidence).outcome,
                }
            )
    result: dict[str, object] = {"threshold": SUPPORT_FLOOR}
    for name in _SETS:
        result[name] = _set_scores(scorers, [row for row in rows if row["set"] == name])
    return result | {"both": _set_scores(scorers, rows)}


def _close_up(text: str) -> str:
    """The text without the blanks within numbers ("3, 800 km", "2. 4 miles") and initials ("u. S."), which the data has
    and articles do not."""
    text = re.sub(r"(?<![\d,])(\d{1,3}), (?=\d{3}(?!\d))", r"\1,", text)
    text = re.sub(r"(?<![\d.])(\d{1,3})\. (?=\d{1,2}\b)", r"\1.", text)
    return re.sub(r"\b([A-Za-z])\. (?=[A-Z]\.)", r"\1.", text)


def _set_scores(scorers: Any, rows: Sequence[_Row]) -> dict[str, object]:
    def auc(items: Sequence[_Row]) -> float:
        labels = [row["supported"] for row in items]
        return float(scorers.auc([row["score"] for row in items], labels)) if len(set(labels)) == 2 else 0.5

    supported = [row for row in rows if row["supported"]]
    unsupported = [row for row in rows if not row["supported"]]

    def below(items: Sequence[_Row]) -> float:
        return round(sum(float(row["score"]) < SUPPORT_FLOOR for row in items) / max(1, len(items)), 3)

    def share(items: Sequence[_Row], *outcomes: CheckOutcome) -> float:
        return round(sum(row["outcome"] in outcomes for row in items) / max(1, len(items)), 3)

    return {
        "sentences": len(rows),
        "supported": len(supported),
        "auc": round(auc(rows), 3),
        "auc_interval": bootstrap_interval(rows, auc, draws=200),
        "withheld_supported": below(supported),
        "caught_unsupported": below(unsupported),
        "all_rules": {
            "withheld_supported": share(supported, "withheld"),
            "doubted_supported": share(supported, "withheld", "unconfirmed"),
            "caught_unsupported": share(unsupported, "withheld", "unconfirmed"),
        },
    }
