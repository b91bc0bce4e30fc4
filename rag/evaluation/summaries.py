"""How close built-in summaries of single articles come to reference summaries, compared with leads of that length."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from rag.domain import Briefing
from rag.evaluation.asking import is_true
from rag.evaluation.data import load_scorers, read_rows
from rag.newsroom import Newsroom


def summaries(data: Path, room: Newsroom) -> dict[str, object]:
    """Summaries of the articles of `data/bbc_summary/dev.jsonl` by `room`, each asked for in the length of its
    reference and cut to it, as the lead is: ROUGE-1 and ROUGE-2 F1 of both.

    `resolved`: share of all citations whose quotation is at its offsets; `withheld`: share of sentences that were
    withheld; `ms`: median of a summary. Raises UnreadableSource if the data is absent.
    """
    scorers = load_scorers(data)
    items: dict[str, dict[str, float]] = {"rouge_1": {}, "rouge_2": {}, "lead_rouge_1": {}, "lead_rouge_2": {}}
    briefings: list[Briefing] = []
    ms: list[float] = []
    for item in read_rows(data / "bbc_summary" / "dev.jsonl"):
        result = room.add_text(item["text"], title=item["title"])
        size = len(scorers.toks(item["summary"]))
        length = round(size * len(item["text"].split()) / max(1, len(scorers.toks(item["text"]))))
        started = time.perf_counter()
        briefing = room.brief(
            articles=[result.article_id or ""], template="summary", length=str(max(1, length)), builtin=True
        )
        ms.append((time.perf_counter() - started) * 1000)
        briefings.append(briefing)
        summary = " ".join(one.text for one in briefing.sections[0].sentences)
        for name, text in (("", summary), ("lead_", item["text"])):
            for n in (1, 2):
                score = scorers.rouge_n(_first_words(scorers, text, size), item["summary"], n)[2]
                items[f"{name}rouge_{n}"][item["id"]] = score
    citations = [(briefing, one) for briefing in briefings for one in briefing.citations]
    sentence_count = sum(len(section.sentences) for briefing in briefings for section in briefing.sections)
    withheld = sum(len(briefing.withheld) for briefing in briefings)
    return {
        "articles": len(briefings),
        **{name: round(statistics.mean(values.values()), 4) for name, values in items.items()},
        "resolved": round(sum(is_true(room, one) for _, one in citations) / max(1, len(citations)), 4),
        "withheld": round(withheld / max(1, sentence_count + withheld), 4),
        "ms": round(statistics.median(ms), 1),
        "items": items,
    }


def _first_words(scorers: Any, text: str, size: int) -> str:
    """The first `size` words of the text, as the scorer counts words."""
    ends = [match.end() for match in scorers.W.finditer(text)][:size]
    return text[: ends[-1]] if ends else ""
