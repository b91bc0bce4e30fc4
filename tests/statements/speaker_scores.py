"""Who said what in short paragraphs of news, against the set in tests/data/speakers.

`python -m tests.statements.speaker_scores dev` prints the figures of one half, `--wrong` what went wrong.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.domain import Span, Statement
from rag.statements import extract_statements
from rag.statements.parsed_text import Parser
from rag.text.canonical import fold

DATA = Path(__file__).parents[1] / "data" / "speakers" / "speakers.jsonl"
_LEAST = 0.5
"""Share of a content that a statement must cover to be one of it."""
_EMPTY = frozenset("a an the of for at in mr mrs ms dr sir dame lord lady judge professor and s".split())

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one wanted statement, or of one passage that is no statement.

    `speaker`: right, wrong (another one that has a name), other (words that say neither), none, missed (no statement
    there). `day`: right, wrong, none. `false`: statements in a passage that is none; then the other two are "".
    """

    item: str
    kind: str
    speaker: str = ""
    day: str = ""
    false: int = 0
    note: str = ""


def rows(half: str) -> list[Row]:
    """The paragraphs of one half, `dev` or `held`."""
    lines = DATA.read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["half"] == half]


def outcomes(paragraphs: Iterable[Row], parser: Parser) -> Iterator[Outcome]:
    """What becomes of every wanted statement and every passage that is none."""
    for row in paragraphs:
        statements = extract_statements(
            row["text"],
            parser=parser,
            article_id="a",
            version="v",
            published=date.fromisoformat(row["published"]),
            title=row["title"] or None,
        )
        yield from _of(row, statements)


def figures(results: Iterable[Outcome]) -> dict[str, float]:
    """Counts and shares: `wrong` is the share of wanted statements that another name was given to."""
    results = list(results)
    wanted = [one for one in results if one.speaker]
    speakers = Counter(one.speaker for one in wanted)
    days = Counter(one.day for one in wanted)
    return {
        "wanted": len(wanted),
        "right": speakers["right"] / len(wanted),
        "wrong": speakers["wrong"] / len(wanted),
        "other": speakers["other"] / len(wanted),
        "none": (speakers["none"] + speakers["missed"]) / len(wanted),
        "days_right": days["right"] / (days["right"] + days["none"] + days["wrong"]),
        "days_wrong": days["wrong"],
        "false": sum(one.false for one in results),
    }


def _of(row: Row, made: tuple[Statement, ...]) -> Iterator[Outcome]:
    text, since = row["text"], 0
    for wanted in row["statements"]:
        start = text.find(wanted["content"], since)
        start = start if start >= 0 else text.index(wanted["content"])
        span = Span(start, start + len(wanted["content"]))
        since = span.end
        statement = max(made, key=lambda one: (_covered(one, span), -len(one.text)), default=None)
        if statement is None or _covered(statement, span) < _LEAST * (span.end - span.start):
            yield Outcome(item=row["id"], kind=row["kind"], speaker="missed" if wanted["speaker"] else "right",
                          day="none" if wanted["said_on"] else "", note=wanted["content"])  # fmt: skip
            continue
        note = f"{wanted['speaker']!r}: {statement.speaker!r} [{statement.on_behalf_of}] {statement.text[:50]!r}"
        day, speaker = _day(statement), _speaker(wanted, statement)
        right_day = "" if day == wanted["said_on"] == "" else "right" if day == wanted["said_on"] else "none"
        right_day = "wrong" if day and right_day == "none" else right_day
        note += f" day {wanted['said_on']!r}: {day!r}" if right_day not in ("", "right") else ""
        yield Outcome(item=row["id"], kind=row["kind"], speaker=speaker, day=right_day, note=note)
    for passage in row["no_statement"]:
        start = text.find(passage)
        span = Span(start, start + len(passage))
        inside = [one for one in made if not one.stance and _covered(one, span) >= _LEAST * _size(one)]
        if inside:
            yield Outcome(item=row["id"], kind=row["kind"], false=len(inside), note=f"none: {inside[0].text[:50]!r}")


def _day(statement: Statement) -> str:
    return statement.said_on.isoformat() if statement.said_on is not None else ""


def _size(statement: Statement) -> int:
    return sum(piece.end - piece.start for piece in statement.content)


def _covered(statement: Statement, span: Span) -> int:
    return sum(max(0, min(piece.end, span.end) - max(piece.start, span.start)) for piece in statement.content)


def _speaker(wanted: Row, statement: Statement) -> str:
    name = statement.speaker
    if not wanted["speaker"]:
        return "right" if name is None else "wrong" if _named(name) else "other"
    if name is None:
        return "none"
    if name in wanted["not"]:
        return "wrong"
    names, want = _words(name), _words(wanted["speaker"])
    whole = names | _words(statement.on_behalf_of or "")
    short = wanted["speaker"].split()[-1] if ";" not in wanted["speaker"] else ""
    if want <= whole or (names and names <= want and fold(short) in names):
        return "right"
    return "wrong" if _named(name) and not names & want else "other"


def _named(name: str) -> bool:
    """True for words with a name in them."""
    return any(word[:1].isupper() and word.lower() not in _EMPTY for word in name.split()[1:]) or (
        name[:1].isupper() and name.split()[0].lower() not in _EMPTY
    )


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[^\w'-]+|['’]s\b", fold(name)) if word and word not in _EMPTY}


def main() -> None:
    """Prints the figures of a half, in all and by kind."""
    from rag.providers.spacy_parser import shared_parser

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("half", choices=("dev", "held"))
    parser.add_argument("--wrong", action="store_true", help="print each one that is not right")
    args = parser.parse_args()
    results = list(outcomes(rows(args.half), shared_parser()))
    print({name: round(value, 3) for name, value in figures(results).items()})
    for kind in sorted({one.kind for one in results}):
        own = [one for one in results if one.kind == kind]
        tally = Counter(one.speaker for one in own if one.speaker)
        days = Counter(one.day for one in own if one.day)
        print(f"{kind:22} {dict(tally)} {f'days {dict(days)}' if days else ''} false {sum(one.false for one in own)}")
    for one in results if args.wrong else ():
        if one.false or one.speaker != "right" or one.day not in ("", "right"):
            print(f"{one.item:26} {one.speaker or 'false':7} {one.note}")


if __name__ == "__main__":
    main()
