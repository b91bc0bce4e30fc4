"""Answers from noisy, missing and contradicting snippets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rag.domain import Answer, Filters
from rag.evaluation.asking import Asker, added, rows_of, share
from rag.evaluation.intervals import interval
from rag.evaluation.scorers import load_scorers
from rag.newsroom import Newsroom
from rag.settings import Settings

_FIRST = date(2000, 1, 1)  # snippets have no date: each question gets three days of its own to be asked by
_KINDS = ("negative", "positive", "positive_wrong")
_APART = timedelta(days=len(_KINDS) + 1)
_Row = dict[str, Any]


def rgb(data: Path, home: Path) -> dict[str, object]:
    """Asks each question of `data/rgb_en_fact` three times, of its own snippets in a library of all, under `home`.

    `right`: with snippets that hold the answer among others that don't, the answer holds it. `abstained`: with only
    the others, it is declined. `conflict_shown`: with right and falsified snippets, a conflict is listed whose sides
    tell both answers; `both_told` counts those where both stand in the answer at all, listed as a conflict or not.
    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    asker = Asker()
    tallies: dict[str, list[bool]] = {name: [] for name in ("right", "answered", "abstained", "conflict_shown")}
    both: list[bool] = []
    for number, rows in enumerate(_shelves(rows_of(data / "rgb_en_fact" / "dev.jsonl"))):
        with closing(Newsroom.open(Settings(home=home / f"shelf-{number}"))) as room:
            for at, row in enumerate(rows):
                _add(room, row, _FIRST + at * _APART)
            room.wait()
            for at, row in enumerate(rows):
                noise, right, wrong = (_FIRST + at * _APART + timedelta(days=day) for day in range(len(_KINDS)))
                answer = asker.ask(room, row["query"], Filters(since=noise, until=right))
                tallies["answered"].append(not answer.abstained)
                tallies["right"].append(not answer.abstained and scorers.rgb_correct(answer.answer, row["answer"]))
                answer = asker.ask(room, row["query"], Filters(since=noise, until=noise))
                tallies["abstained"].append(answer.abstained)
                answer = asker.ask(room, row["query"], Filters(since=right, until=wrong))
                both.append(all(scorers.rgb_correct(answer.answer, row[one]) for one in ("answer", "fakeanswer")))
                tallies["conflict_shown"].append(_differ(answer, scorers, row))
    return {
        "questions": len(both),
        **{name: round(share(values), 3) for name, values in tallies.items()},
        **{f"{name}_interval": interval(values, share) for name, values in tallies.items()},
        "both_told": round(share(both), 3),
        **asker.counts(),
    }


def _shelves(rows: Iterable[_Row]) -> list[list[_Row]]:
    """The questions in as few libraries as keep apart those with a snippet in common: a text is an article once."""
    shelves: list[tuple[list[_Row], set[str]]] = []
    for row in rows:
        own = {text for kind in _KINDS for text in row[kind]}
        shelf = next((one for one in shelves if not own & one[1]), None)
        if shelf is None:
            shelves.append(shelf := ([], set()))
        shelf[0].append(row)
        shelf[1].update(own)
    return [questions for questions, _ in shelves]


def _add(room: Newsroom, row: _Row, first: date) -> None:
    """Each kind of snippet on a day of its own, none folded under another: those falsified differ in a name only."""
    for day, kind in enumerate(_KINDS):
        snippets: Sequence[str] = row[kind]
        for n, text in enumerate(dict.fromkeys(snippets), start=1):
            title, outlet = " ".join(text.split()[:8]), f"{row['qid']} {kind} {n}"
            article = added(room, text, title=title, outlet=outlet, published=first + timedelta(days=day))
            if article and room.article(article).copy_of:
                room.unfold(article)


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
