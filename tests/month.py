"""A month of made-up news (`tests/data/stories/month.jsonl`): articles in stories, and where somebody changes position.

`python -m tests.month [PART ...]` measures the stories and the news of a watch on each person, each part of the stories
apart, and then all of them in one library (`all`). The misses of the parts `held` and `last` are never looked at.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from rag import Newsroom, Settings
from rag.domain import News

Half = Literal["development", "unseen", "held", "last"]
HALVES: tuple[Half, ...] = get_args(Half)


@dataclass(frozen=True, kw_only=True)
class Item:
    """An article of the month; `changed` names who changes position in it."""

    story: str
    half: Half
    day: str
    outlet: str
    title: str
    text: str
    changed: str | None


def month(half: Half | None = None) -> list[Item]:
    """The articles in the order of their days."""
    lines = (Path(__file__).parent / "data" / "stories" / "month.jsonl").read_text("utf-8").splitlines()
    items = [Item(**json.loads(line)) for line in lines]
    return [item for item in items if half is None or item.half == half]


def bcubed(found: Mapping[str, str], true: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping (B-cubed): of each item, how many of those beside it belong there, and how
    many that belong there are beside it.
    """
    precision = recall = 0.0
    for item in true:
        beside = {one for one in true if found[one] == found[item]}
        belong = {one for one in true if true[one] == true[item]}
        both = len(beside & belong)
        precision += both / len(beside) / len(true)
        recall += both / len(belong) / len(true)
    return precision, recall, 2 * precision * recall / (precision + recall)


def publish(room: Newsroom, items: Sequence[Item]) -> dict[str, Item]:
    """Add articles; gives them by their ids."""
    published = {}
    for item in items:
        result = room.add_text(item.text, title=item.title, outlet=item.outlet, published=item.day)
        published[result.article_id or ""] = item
    return published


def grouping(room: Newsroom) -> dict[str, str]:
    """The story of each article."""
    return {one: story.story_id for story in room.stories() for one in story.articles}


def follow_month(room: Newsroom, items: Sequence[Item], actors: Sequence[str]) -> tuple[dict[str, Item], list[News]]:
    """Let the days pass with a watch on each actor; gives the articles and what was noticed as changed."""
    for actor in actors:
        room.watch(actor=actor)
    published: dict[str, Item] = {}
    news: list[News] = []
    for day in sorted({item.day for item in items}):
        published |= publish(room, [item for item in items if item.day == day])
        room.wait()
        news += room.refresh().news
    return published, [item for item in news if item.kind in ("position", "conflict")]


def scored(published: Mapping[str, Item], news: Sequence[News]) -> tuple[list[Item], list[News], list[Item]]:
    """What was found, what is false, and what was missed."""
    results = {one.article_id for one in news if published[one.article_id].changed}
    false = [one for one in news if not published[one.article_id].changed]
    real = {name: item for name, item in published.items() if item.changed}
    return [real[one] for one in results], false, [item for name, item in real.items() if name not in results]


def people(items: Sequence[Item]) -> list[str]:
    """Who is watched: who changes position, and some who never do."""
    others = {
        "Piet Oden",
        "Jan Peel",
        "Karel Dunn",
        "Emil Grau",
        "Tomas Rehn",
        "Felix Amber",
        "Lotte Kray",
        "Vera Castell",
        "Lidia Perl",
        "Rolf Anders",
        "Johan Breit",
        "Benno Krall",
        "Hugo Stern",
        "Reno Abt",
        "Petra Dahl",
        "Sonja Pryce",
        "Paula Renn",
        "Carl Benning",
        "Jule Ahrend",
    }
    texts = " ".join(item.text for item in items)
    return sorted({item.changed for item in items if item.changed} | {name for name in others if name in texts})


def main(parts: Sequence[str]) -> None:
    """Print the figures of parts, of `all` together."""
    for half in (*HALVES, None):
        if parts and (half or "all") not in parts:
            continue
        items = month(half)
        with TemporaryDirectory() as folder, Newsroom.open(Settings(home=Path(folder))) as room:
            published, news = follow_month(room, items, people(items))
            found, false, missed = scored(published, news)
            true = {name: item.story for name, item in published.items()}
            figures = bcubed(grouping(room), true)
            size = f"{len(items)} articles of {len(set(true.values()))} stories"
            bcubed_figures = " / ".join(f"{one:.3f}" for one in figures)
            sys.stdout.write(f"{half or 'all'}: {size}, B-cubed {bcubed_figures}\n")
            sys.stdout.write(f"  changes found {len(found)}, false {len(false)}, missed {len(missed)}\n")
            for one in false:
                before = one.before.text if one.before else ""
                sys.stdout.write(f"  false: {one.text} [before: {before}]\n" if half == "development" else "")
            for item in missed:
                sys.stdout.write(f"  missed: {item.changed}: {item.text}\n" if half == "development" else "")


if __name__ == "__main__":
    main(sys.argv[1:])
