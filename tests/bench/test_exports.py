"""One-word alterations of exports: how many are caught, and how many false alarms there are. Run by `make bench`.

Articles are those of the sample corpus, and of `shared/eval/polnear` (train part) where that folder is. One word is
changed in what a file shows, over its own record; and one in the record, with the digest made anew, the seal taken away
and the file written again from it, with the library at hand and without.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from rag import Newsroom, Settings, UnusableInput
from rag.domain import Briefing
from rag.services.exports import record
from tests.conftest import PROJECT, SHARED
from tests.services.forging import altered, briefing_of, forged, record_of

pytestmark = pytest.mark.bench
KINDS = ("md", "docx", "html", "json")
ALTERATIONS = int(os.environ.get("ALTERATIONS", "500"))
ARTICLES = 40


def briefings(room: Newsroom) -> list[Briefing]:
    """Briefings over the sample corpus, and over the articles of the data set by topic."""
    room.add(PROJECT / "corpus")
    found = SHARED / "eval" / "polnear" / "train.jsonl.gz"
    topics = ["drones"]
    if found.exists():
        with gzip.open(found, "rt", encoding="utf-8") as file:
            for line in list(file)[:ARTICLES]:
                item = json.loads(line)
                room.add_text(item["text"], title=item["title"], outlet=item["publisher"], published=item["published"])
        topics += ["Clinton", "Trump", "election"]
    else:
        print(f"without {found.relative_to(PROJECT.parent)}: the sample corpus alone")
    room.wait()
    return [briefing_of(room), *(room.brief(topic=topic, length="long") for topic in topics)]


def test_every_alteration_is_caught_and_nothing_else(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    spent: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with Newsroom.open(Settings(home=tmp_path / "a")) as room, Newsroom.open(Settings(home=tmp_path / "b")) as empty:
        result = briefings(room)
        files = [(kind, room.export(one, kind)) for one in result for kind in KINDS]  # type: ignore[arg-type]
        alarms = []
        for kind, data in files:
            started = time.perf_counter()
            alarms += [(kind, item) for item in room.verify(data).altered]
            spent[kind].append(time.perf_counter() - started)
            if kind != "md":
                alarms += [(kind, item) for item in empty.verify(data).altered]
                unsealed = forged(record_of(data, kind), kind, record.texts_of(record_of(data, kind)))
                alarms += [(kind, item) for item in room.verify(unsealed).altered]
        missed, unnamed, caught, named = [], [], Counter[str](), 0
        for n in range(ALTERATIONS):
            kind, data = files[n % len(files)]
            changed, what = altered(data, kind, chance)
            whole = next(one for name, one in files[n % len(files) :] + files if name == "json")
            altered_record, other = altered(whole, "json", chance)
            texts, own = record.texts_of(record_of(whole, "json")), json.loads(altered_record)
            if kind == "md" and record.texts_of(own) != texts:
                continue  # a source text, which Markdown does not carry
            again = forged(own, kind, texts)
            tries = [("as it is", changed, room), ("record made anew", again, room)]
            tries += [("record made anew, no library", again, empty)] if kind != "md" else []
            for way, tried, against in tries:
                try:
                    report = against.verify(tried)
                except UnusableInput:
                    caught[way] += 1
                    continue
                caught[way] += not report.ok
                if any(item.n for item in report.altered):
                    named += 1
                elif not report.ok:
                    unnamed.append((kind, way, what, other, report.altered[0]))
                if report.ok:
                    missed.append((kind, way, what, other))
    words = sum(len(one.citations) for one in result)
    print(f"\n{len(files)} files of {len(result)} briefings with {words} citations, seed {seed}")
    print(f"false alarms on untouched files: {len(alarms)} {alarms[:3]}")
    print(f"{ALTERATIONS} alterations: {dict(caught)} caught, {len(missed)} missed, {named} with a citation named")
    for told, those in (("missed", missed), ("no citation named", unnamed)):
        for one in those[:12]:
            print(f"{told}:", *one)
    print("seconds to verify:", {kind: round(sum(times) / len(times), 2) for kind, times in spent.items()})
    assert not alarms
    assert not missed
