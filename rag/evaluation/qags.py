"""Whether the support check tells supported summary sentences from unsupported ones."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.domain import DraftSentence, Evidence, EvidenceSentence
from rag.evaluation.intervals import interval
from rag.evaluation.scorers import load_scorers, required
from rag.newsroom import Newsroom
from rag.text.canonical import canonical
from rag.text.sentences import sentences
from rag.verification import SUPPORT_FLOOR, verify

_SETS = ("cnndm", "xsum")
_Row = dict[str, Any]


def qags(data: Path, room: Newsroom, limit: int | None = None) -> dict[str, object]:
    """`Newsroom.support` over the sentences of `data/qags/dev.jsonl` (or of its first `limit` articles), for both sets
    and together.

    `auc` with its 95 % interval over sentences. At the threshold that is shipped: `withheld_supported`, the share of
    the sentences that people judged supported which is below it, and `caught_unsupported`, the share of the others;
    `all_rules` has the same two for the whole of verification with the article's sentences as sources. Raises
    UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    rows: list[_Row] = []
    for line in required(data / "qags" / "dev.jsonl").read_text("utf-8").splitlines()[:limit]:
        item = json.loads(line)
        text = canonical(_whole_numbers(item["article"]))
        evidence = _evidence(text)
        for one in item["sentences"]:
            text_checked = canonical(_whole_numbers(one["sentence"]))
            draft = DraftSentence(text=text_checked, sids=tuple(s.sid for s in evidence.sentences))
            rows.append(
                {
                    "set": item["src"],
                    "supported": bool(one["supported"]),
                    "score": room.support(text_checked, text),
                    "withheld": verify(draft, evidence).outcome != "supported",
                }
            )
    result: dict[str, object] = {"threshold": SUPPORT_FLOOR}
    for name in _SETS:
        result[name] = _told(scorers, [row for row in rows if row["set"] == name])
    return result | {"both": _told(scorers, rows)}


def _whole_numbers(text: str) -> str:
    """The data has a blank behind every comma, in numbers too ("3, 800 km"), which no article has."""
    return re.sub(r"(?<![\d,])(\d{1,3}), (?=\d{3}(?!\d))", r"\1,", text)


def _evidence(text: str) -> Evidence:
    key = ("article", "1")
    found = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=key[0], version=key[1], start=span.start, end=span.end, text=span.of(text),
            title="", outlet=None, published=None,
        )
        for n, span in enumerate(sentences(text), start=1)
    )  # fmt: skip
    return Evidence(sentences=found, texts={key: text})


def _told(scorers: Any, rows: Sequence[_Row]) -> dict[str, object]:
    def auc(some: Sequence[_Row]) -> float:
        labels = [row["supported"] for row in some]
        return float(scorers.auc([row["score"] for row in some], labels)) if len(set(labels)) == 2 else 0.5

    good = [row for row in rows if row["supported"]]
    bad = [row for row in rows if not row["supported"]]

    def below(some: Sequence[_Row]) -> float:
        return round(sum(float(row["score"]) < SUPPORT_FLOOR for row in some) / max(1, len(some)), 3)

    def withheld(some: Sequence[_Row]) -> float:
        return round(sum(bool(row["withheld"]) for row in some) / max(1, len(some)), 3)

    return {
        "sentences": len(rows),
        "supported": len(good),
        "auc": round(auc(rows), 3),
        "auc_interval": interval(rows, auc, draws=200),
        "withheld_supported": below(good),
        "caught_unsupported": below(bad),
        "all_rules": {"withheld_supported": withheld(good), "caught_unsupported": withheld(bad)},
    }
