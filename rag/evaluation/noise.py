"""Answers from noisy, missing and contradicting snippets."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from rag.domain import Answer
from rag.evaluation.asking import Asker, added, rows_of, share
from rag.evaluation.intervals import interval
from rag.evaluation.scorers import load_scorers
from rag.newsroom import Newsroom
from rag.settings import Settings


def rgb(data: Path, home: Path) -> dict[str, object]:
    """Asks each question of `data/rgb_en_fact` three times, in a small library of its own under `home`.

    `right`: with snippets that hold the answer among others that don't, the answer holds it. `abstained`: with only
    the others, it is declined. `conflict_shown`: with right and falsified snippets, a conflict is listed whose sides
    tell both answers; `both_told` counts those where both stand in the answer at all, listed as a conflict or not.
    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    asker = Asker()
    found: dict[str, list[bool]] = {name: [] for name in ("right", "answered", "abstained", "conflict_shown")}
    both: list[bool] = []
    for row in rows_of(data / "rgb_en_fact" / "dev.jsonl"):
        with closing(Newsroom.open(Settings(home=home / row["qid"]))) as room:
            right = _add(room, row["positive"], "right")
            noise = _add(room, row["negative"], "noise")
            room.wait()
            answer = asker.ask(room, row["query"])
            found["answered"].append(not answer.abstained)
            found["right"].append(not answer.abstained and scorers.rgb_correct(answer.answer, row["answer"]))
            _remove(room, right)
            room.wait()
            found["abstained"].append(asker.ask(room, row["query"]).abstained)
            _remove(room, noise)
            _add(room, row["positive"], "right")
            _add(room, row["positive_wrong"], "other")
            room.wait()
            answer = asker.ask(room, row["query"])
            told = [scorers.rgb_correct(answer.answer, one) for one in (row["answer"], row["fakeanswer"])]
            both.append(all(told))
            found["conflict_shown"].append(_differ(answer, scorers, row))
    return {
        "questions": len(both),
        **{name: round(share(values), 3) for name, values in found.items()},
        **{f"{name}_interval": interval(values, share) for name, values in found.items()},
        "both_told": round(share(both), 3),
        **asker.told(),
    }


def _add(room: Newsroom, snippets: Iterable[str], outlet: str) -> list[str]:
    ids = [
        added(room, text, title=" ".join(text.split()[:8]), outlet=f"{outlet} {n}")
        for n, text in enumerate(snippets, start=1)
    ]
    return [article for article in dict.fromkeys(ids) if article]


def _remove(room: Newsroom, articles: Iterable[str]) -> None:
    for article in articles:
        room.remove(article)


def _differ(answer: Answer, scorers: Any, row: dict[str, Any]) -> bool:
    """A conflict with one side that tells the right answer and another that tells the false one."""
    quotes = {item.n: item.quote for item in answer.citations}
    for conflict in answer.conflicts:
        sides = [" ".join(quotes.get(n, "") for n in side) for side in conflict.sides]
        tells = [
            {at for at, side in enumerate(sides) if scorers.rgb_correct(side, row[key])}
            for key in ("answer", "fakeanswer")
        ]
        if all(tells) and len(tells[0] | tells[1]) > 1:
            return True
    return False
