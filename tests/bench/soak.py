"""A long run of questions, additions and removals on one newsroom: `python -m tests.bench.soak MINUTES`.

The library stays at about ARTICLES articles, so memory, threads and open files should stay where they were after the
warm-up. Prints one JSON object with what they were at the start, in the middle and in the end.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rag import Newsroom, Settings
from tests.killing import story

ARTICLES = 60
PAUSE = 1.5  # seconds between two rounds: a reader thinks
PEOPLE = ("Ida Holm", "Ada Nolan", "Tom Reyes", "Vera Lund")
PLACES = ("Esk", "Eastmere", "Fenwick", "Northport")


def article(number: int) -> str:
    """Some paragraphs with a statement of somebody."""
    draw = random.Random(number)
    who, where = draw.choice(PEOPLE), draw.choice(PLACES)
    text = f"“Tram {number} of {where} will run in May,” the mayor, {who}, told the council on Friday."
    return f"{text}\n\n{story(number)}\n\n{who} said that the fare of line {number} would not rise."


def resources() -> dict[str, Any]:
    """Memory, threads and open files of this process."""
    gc.collect()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return {
        "rss_mb": round(int(status["VmRSS"].split()[0]) / 1024, 1),
        "threads": int(status["Threads"]),
        "files": len(list(Path("/proc/self/fd").iterdir())),
    }


def one_round(room: Newsroom, number: int, kept: list[str], draw: random.Random) -> None:
    """Add one, remove the oldest, ask two questions, now and then make a briefing and forget it."""
    result = room.add_text(article(number), title=f"Tram {number}", outlet="Radio North", published="2024-03-15")
    kept.append(result.article_id or "")
    if len(kept) > ARTICLES:
        room.remove(kept.pop(0))
    who, where = draw.choice(PEOPLE), draw.choice(PLACES)
    room.ask(f"What did {who} say about trams?")
    room.ask(f"What happened in {where} to line {number}?")
    room.search(f"fare {where}")
    if number % 20 == 0:
        briefing = room.brief(topic=f"trams in {where}")
        if briefing.briefing_id:  # one that found nothing is not kept
            room.forget_briefing(briefing.briefing_id)


def soak(minutes: float) -> dict[str, Any]:
    """Rounds for so long; a quarter as a warm-up is not counted."""
    draw, kept, marks = random.Random(1), [], []
    with tempfile.TemporaryDirectory() as home, Newsroom.open(Settings(home=Path(home))) as room:
        started = time.monotonic()
        number = 0
        while (passed := time.monotonic() - started) < 60 * minutes:
            one_round(room, number, kept, draw)
            number += 1
            if passed >= 60 * len(marks) * minutes / 30:
                marks.append(resources())
                print(number, marks[-1], file=sys.stderr, flush=True)
            time.sleep(PAUSE)
        room.wait()
        marks.append(resources())
        state = room.doctor()
    after = marks[len(marks) // 4 :]
    return {
        "minutes": minutes,
        "rounds": number,
        "questions": 2 * number,
        "articles_left": state.articles,
        "healthy": state.healthy,
        "start": after[0],
        "middle": after[len(after) // 2],
        "end": after[-1],
        "highest_rss_mb": max(item["rss_mb"] for item in marks),
    }


if __name__ == "__main__":
    json.dump(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0), sys.stdout, indent=1)
