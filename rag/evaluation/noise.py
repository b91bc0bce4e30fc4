"""How well questions are answered from noisy, missing and contradictory snippets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rag.domain import Answer, Filters
from rag.evaluation.asking import Asker, add_article
from rag.evaluation.data import bootstrap_interval, load_scorers, mean, read_rows
from rag.newsroom import Newsroom
from rag.settings import Settings

_FIRST = date(2000, 1, 1)  # snippets have no date: each question gets three days of its own, to filter by
_KINDS = ("negative", "positive", "positive_wrong")
_DAYS_PER_QUESTION = timedelta(days=len(_KINDS) + 1)
_Row = dict[str, Any]


def rgb(data: Path, home: Path) -> dict[str, object]:
    """Asks each question of `data/rgb_en_fact` three times, of its own snippets in a library of all, under `home`.

    `right`: with noisy and correct snippets, the answer is right. `abstained`: with only noise, the question is
    declined. `conflict_shown`: with correct and falsified snippets, a conflict is listed whose sides have both answers;
    `both_told`: the answer has both, listed as a conflict or not. Raises UnreadableSource if the data is absent.
    """
    scorers = load_scorers(data)
    asker = Asker()
    tallies: dict[str, list[bool]] = {name: [] for name in ("right", "answered", "abstained", "conflict_shown")}
    both_told: list[bool] = []
    for number, rows in enumerate(_divide_by_snippets(read_rows(data / "rgb_en_fact" / "dev.jsonl"))):
        with closing(Newsroom.open(Settings(home=home / f"shelf-{number}"))) as room:
            for at, row in enumerate(rows):
                _add(room, row, _FIRST + at * _DAYS_PER_QUESTION)
            room.wait()
            for at, row in enumerate(rows):
                noise, right, wrong = (
                    _FIRST + at * _DAYS_PER_QUESTION + timedelta(days=day) for day in range(len(_KINDS))
                )
                answer = asker.ask(room, row["query"], Filters(since=noise, until=right))
                tallies["answered"].append(not answer.abstained)
                tallies["right"].append(not answer.abstained and scorers.rgb_correct(answer.answer, row["answer"]))
                answer = asker.ask(room, row["query"], Filters(since=noise, until=noise))
                tallies["abstained"].append(answer.abstained)
                answer = asker.ask(room, row["query"], Filters(since=right, until=wrong))
                both_told.append(all(scorers.rgb_correct(answer.answer, row[one]) for one in ("answer", "fakeanswer")))
                tallies["conflict_shown"].append(_shows_conflict(answer, scorers, row))
    return {
        "questions": len(both_told),
        **{name: round(mean(values), 3) for name, values in tallies.items()},
        **{f"{name}_interval": bootstrap_interval(values, mean) for name, values in tallies.items()},
        "both_told": round(mean(both_told), 3),
        **asker.counts(),
    }


def _divide_by_snippets(rows: Iterable[_Row]) -> list[list[_Row]]:
    """The questions divided into libraries so that no two with a snippet in common share one, where it would be a
    single article."""
    libraries: list[tuple[list[_Row], set[str]]] = []
    for row in rows:
        snippets = {text for kind in _KINDS for text in row[kind]}
        library = next((one for one in libraries if not snippets & one[1]), None)
        if library is None:
            libraries.append(library := ([], set()))
        library[0].append(row)
        library[1].update(snippets)
    return [questions for questions, _ in libraries]


def _add(room: Newsroom, row: _Row, first: date) -> None:
    """Add each kind of snippet on a day of its own, none folded under another: falsified ones differ only in a name."""
    for day, kind in enumerate(_KINDS):
        snippets: Sequence[str] = row[kind]
        for n, text in enumerate(dict.fromkeys(snippets), start=1):
            title, outlet = " ".join(text.split()[:8]), f"{row['qid']} {kind} {n}"
            article = add_article(room, text, title=title, outlet=outlet, published=first + timedelta(days=day))
            if article and room.article(article).copy_of:
                room.unfold(article)


def _shows_conflict(answer: Answer, scorers: Any, row: dict[str, Any]) -> bool:
    """True if a conflict has one side with the right answer and another with the false one."""
    quotes = {item.n: item.quote for item in answer.citations}
    for conflict in answer.conflicts:
        sides = [" ".join(quotes.get(n, "") for n in side) for side in conflict.sides]
        sides_with = [
            {at for at, side in enumerate(sides) if scorers.rgb_correct(side, row[key])}
            for key in ("answer", "fakeanswer")
        ]
        if all(sides_with) and len(sides_with[0] | sides_with[1]) > 1:
            return True
    return False
