"""How the thresholds of `rag/services/answers/selection.py` were chosen, and how fast the judge is.

    python -m tests.bench.judging DATA [--home DIR]

DATA is the folder of the evaluation data. Each half of the questions of `clapnq` (by the sum of the characters of their
ids) is shown for itself: choose on the first, report the second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag import Filters, Newsroom, Settings
from rag.domain import EvidenceSentence
from rag.evaluation.abstention import sentences_at
from rag.evaluation.asking import add_article
from rag.evaluation.data import load_scorers, mean, read_rows
from rag.providers.base import log_odds
from rag.providers.cross_encoder import shared_cross_encoder
from rag.question.interpret import interpret_one
from rag.services.answers import selection
from rag.services.answers.gathering import Gatherer

_FLOORS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Newsroom.open(Settings(home=args.home or Path(folder))) as room:
        cases = _judged(args.data, room)
    scorers = load_scorers(args.data)
    for half, name in enumerate(("to choose on", "held out")):
        own = [case for case in cases if sum(map(ord, case["qid"])) % 2 == half]
        print(f"{name}: {len(own)} questions, AUC {_auc(scorers, own):.3f}")
        for floor in _FLOORS:
            print(
                f"  floor {floor}: "
                + ", ".join(f"{key} {value:.3f}" for key, value in _at(scorers, own, floor).items())
            )
    _speed()


def _judged(data: Path, room: Newsroom) -> list[dict[str, Any]]:
    """The questions with their judged sentences and the text that these stand in."""
    rows = read_rows(data / "clapnq" / "dev.jsonl")
    ids = [add_article(room, row["passage"], title=row["title"]) for row in rows]
    room.wait()
    parts, cases = room._parts, []
    gatherer = Gatherer(parts.library, parts.retriever, parts.judge)
    for row, article in zip(rows, ids, strict=True):
        filters = Filters(article=article)
        read = interpret_one(row["question"], parts.library.corpus, (), filters)
        evidence = gatherer.gather(read).assessment.evidence
        cases.append({**row, "judged": evidence.sentences, "text": room.article(article or "").text})
    return cases


def _auc(scorers: Any, cases: Sequence[dict[str, Any]]) -> float:
    best = [max((log_odds(item.score) for item in case["judged"]), default=-14.0) for case in cases]
    return float(scorers.auc(best, [case["answerable"] for case in cases]))


def _at(scorers: Any, cases: Sequence[dict[str, Any]], floor: float) -> dict[str, float]:
    selection.ANSWERS = floor
    chosen = [(case, selection.answering(case["judged"])) for case in cases]
    cited = [_f1(scorers, case, items) for case, items in chosen if case["answerable"] and items]
    return {
        "answered": mean([bool(items) for case, items in chosen if case["answerable"]]),
        "declined": mean([not items for case, items in chosen if not case["answerable"]]),
        "citation F1 of the answered": mean(cited),
        "sentences": mean([float(len(items)) for case, items in chosen if items]),
    }


def _f1(scorers: Any, case: dict[str, Any], items: Sequence[EvidenceSentence]) -> float:
    told = sentences_at([(item.start, item.end) for item in items], case["text"], case["sentences"])
    return float(scorers.sentence_citation(told, case["selected_sentences"])["f1"]) if told else 0.0


def _speed() -> None:
    judge = shared_cross_encoder()
    texts = [
        f"The council of town {number} met on Friday to talk about its library and the bridge." for number in range(240)
    ]
    judge.judge("warm?", texts[:8])
    started = time.perf_counter()
    judge.judge("When did the council meet?", texts)
    print(f"{len(texts) / (time.perf_counter() - started):.0f} pairs a second")


if __name__ == "__main__":
    main()
