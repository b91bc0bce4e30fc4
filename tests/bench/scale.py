"""What asking costs in a library of news of any size: `python -m tests.bench.scale`.

`build HOME PASSAGES` writes generated news in bulk: invented people, places and offices, with statements; it goes on
where it stopped. Every passage is of one of some thousand threads, whose first passage the built-in model embedded; the
vectors of the others lie around it. `measure HOME` opens it as the app does and tells, in milliseconds by the clock,
what `ask`, `search` and `check` take (a draft of 1,000 words with twelve quotations), and the memory.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, insert

from rag import Newsroom, Settings
from rag.domain import ActorMention, Extract, Fragment, Span, Statement
from rag.stores import articles, corrections, narrowing, passages
from rag.stores.actors import put_mentions
from rag.stores.base import FOREVER, VectorRow, Vectors
from rag.stores.tables import version
from rag.text.canonical import digest

_THREADS, _AT_ONCE, _PARTS = 6_000, 50, 4
_NEAR = 0.3  # length of what a vector has beside its thread's
_FIRST, _DAYS = date(2019, 1, 1), 2_000
_READ = datetime(2026, 1, 1, tzinfo=UTC)
_LOUD = np.cumsum([1 / (n + 20) for n in range(_THREADS)])

_SYLLABLES = "bal cor den el far gor hal is jor kel lan mor nel or pra quin ros sel tor ul ven wes yar zel".split()
_GIVEN = """Ada Bo Carla Dirk Elsa Frida Goran Hana Ivo Jana Karel Lena Milo Nora Olaf Petra Quentin Rosa Sven
Tilda Ulla Viktor Wanda Xenia Yves Zora Anton Berta Cyril Dora Emil Flora""".split()
_ROLES = """minister|mayor|spokesman|ambassador|union leader|police chief|economist|governor|party leader|judge
surgeon|central banker|general|head of the port|director of the museum|coach""".replace("\n", "|").split("|")
_BODIES = "Council|Ministry|Port Authority|Central Bank|Police|Union|Court|University|Railway|Water Board".split("|")
_THINGS = """harbour bridge tunnel pension tax reactor ferry school hospital budget treaty border dam railway airport
market strike vaccine satellite museum forest fishery pipeline prison election archive stadium wage tariff
reservoir canal visa subsidy landfill convoy ceasefire orchard library tram glacier vineyard refinery cable
shipyard curfew census parade mine factory mill battery embargo lighthouse embassy garrison quarry monastery
clinic""".split()
_KINDS = """new old northern southern disputed public private national regional costly planned ageing empty crowded
foreign green temporary secret joint damaged""".split()
_ACTS = "close open sell repair widen fund delay tax defend privatise inspect abandon expand ban move rebuild".split()
_DONE = """closed opened sold repaired widened funded delayed taxed defended privatised inspected abandoned expanded
banned moved rebuilt""".split()
_STIRRED = """protested marched sang waited queued slept gathered wept danced shouted camped knelt picnicked
argued cheered prayed fished skated drummed voted petitioned whistled""".split()
_FAILED = "failed collapsed flooded burned leaked stalled reopened doubled vanished cracked froze overran".split()
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS_OF_WEEK = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SUMS = "people|workers|families|boats|pupils|soldiers|patients|shops|homes|passengers".split("|")
OUTLETS = [f"{place} {kind}" for place in ("Velde", "Norland", "Sudria", "Ostmark", "Harbour", "Lake") for kind in
           ("Post", "Times", "Herald")]  # fmt: skip


def _name(number: int) -> str:
    a, rest = number % len(_SYLLABLES), number // len(_SYLLABLES)
    b, c = (rest * 7 + a) % len(_SYLLABLES), (rest // len(_SYLLABLES) * 5 + a + 3) % len(_SYLLABLES)
    return f"{_SYLLABLES[a]}{_SYLLABLES[b]}{_SYLLABLES[c] if number % 3 else ''}".capitalize()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who speaks."""

    name: str
    role: str
    place: str

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


@dataclass(frozen=True, slots=True)
class Thread:
    """What passages are about: two people, a body, and two things in a place."""

    people: tuple[Person, Person]
    body: str
    things: tuple[str, str]
    act: int

    @classmethod
    def of(cls, number: int) -> Thread:
        drawn = random.Random(number)
        place = _name(drawn.randrange(300) + 5_000)

        def person() -> Person:
            return Person(
                f"{drawn.choice(_GIVEN)} {_name(int(drawn.triangular(0, 2_500, 0)))}", drawn.choice(_ROLES), place
            )

        def thing() -> str:
            return f"{drawn.choice(_KINDS)} {drawn.choice(_THINGS)}"

        return cls((person(), person()), f"{place} {drawn.choice(_BODIES)}", (thing(), thing()), drawn.randrange(16))


class Page:
    """The text of an article as it is written, with the statements in it."""

    def __init__(self, article_id: str, published: date) -> None:
        self.article_id, self.published = article_id, published
        self._parts: list[str] = []
        self._at = 0
        self.said: list[tuple[Person, bool, Span, Span, Span]] = []  # direct?, content, source, cue

    def put(self, text: str) -> Span:
        span = Span(self._at, self._at + len(text))
        self._parts.append(text)
        self._at = span.end
        return span

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def quote(self, person: Person, words: str, *, full: bool, day: str) -> None:
        self.put("“")
        content = self.put(words)
        self.put(",” ")
        source = self.put(person.name if full else person.surname)
        if full:
            self.put(f", the {person.role} of {person.place}, ")
        else:
            self.put(" ")
        cue = self.put("said")
        self.put(f" on {day}. ")
        self.said.append((person, True, content, source, cue))

    def report(self, person: Person, words: str) -> None:
        source = self.put(person.surname)
        self.put(" ")
        cue = self.put("said")
        self.put(" that ")
        content = self.put(words)
        self.put(". ")
        self.said.append((person, False, content, source, cue))

    def statements(self, hashed: str) -> list[Statement]:
        text = self.text

        def fragment(span: Span) -> Fragment:
            return Fragment(start=span.start, end=span.end, text=span.of(text))

        return [
            Statement(
                speaker=person.name, role=person.role, on_behalf_of=person.place,
                kind="direct" if direct else "indirect",
                source=fragment(source), cue=fragment(cue), content=(fragment(content),), text=content.of(text),
                article_id=self.article_id, version=hashed, said_on=self.published,
            )
            for person, direct, content, source, cue in self.said
        ]  # fmt: skip


def write(page: Page, thread: Thread, drawn: random.Random) -> None:
    """A passage's worth of sentences about a thread."""
    (a, b), (x, y) = thread.people, thread.things
    act, other = _ACTS[thread.act], (thread.act + drawn.randrange(1, 16)) % 16
    number, month = drawn.randrange(3, 9_000), drawn.choice(_MONTHS)
    day = drawn.choice(_DAYS_OF_WEEK)
    page.put(
        f"The {thread.body} {_DONE[thread.act]} the {x} in {a.place} on {day}, and {number:,} {drawn.choice(_SUMS)} "
    )
    page.put(f"were told to wait until {month} for the {y}. ")
    deny = drawn.choice(("will", "will not", "cannot", "must"))
    page.quote(
        a, f"We {deny} {act} the {x} before {month}, whatever the {drawn.choice(_THINGS)} costs", full=True, day=day
    )
    page.report(a, f"the {y} had cost {drawn.randrange(2, 400)} million crowns since {drawn.randrange(1990, 2019)}")
    page.quote(
        b, f"Nobody asked the {drawn.choice(_SUMS)} of {b.place} whether they want to {_ACTS[other]} the {y}",
        full=drawn.random() < 0.5, day=day,
    )  # fmt: skip
    page.put(f"A {drawn.choice(_KINDS)} {drawn.choice(_THINGS)} near {_name(drawn.randrange(300) + 5_000)} was ")
    page.put(
        f"{drawn.choice(_DONE)} after a {drawn.choice(_KINDS)} {drawn.choice(_THINGS)} {drawn.choice(_FAILED)} in "
        f"{month}. "
    )
    if drawn.random() < 0.5:
        page.report(b, f"the {thread.body} would {_ACTS[other]} the {x} by {month}")
    page.put(
        f"It was the {drawn.choice(('second', 'third', 'fourth'))} {drawn.choice(_THINGS)} in {a.place} that year, "
    )
    page.put(
        f"and about {drawn.randrange(20, 900)} {drawn.choice(_SUMS)} {drawn.choice(_STIRRED)} outside the "
        f"{drawn.choice(_THINGS)}.\n\n"
    )


def pages(start: int, count: int) -> Iterator[tuple[Page, list[int], str]]:
    """Articles by number, each with the threads of its parts and a title."""
    for number in range(start, start + count):
        drawn = random.Random(10**6 + number)
        first = int(np.searchsorted(_LOUD, drawn.random() * _LOUD[-1]))
        threads = [(first + part * 37) % _THREADS for part in range(_PARTS)]
        page = Page("", _FIRST + timedelta(days=number * 7 % _DAYS))
        for thread in threads:
            write(page, Thread.of(thread), drawn)
        main = Thread.of(first)
        yield page, threads, f"{main.people[0].surname} speaks on {main.things[0]} of {main.people[0].place} ({number})"


def build(home: Path, wanted: int) -> None:
    """Write until the library has so many passages."""
    with Newsroom.open(Settings(home=home)) as room:
        parts = room._parts
        cut_as, stated_as = parts.indexer.cut_as, parts.extractor.fingerprint if parts.extractor else None
        assert parts.vectors is not None
        middles = _middles(home, room)
        number = room.count()
        while (held := parts.library.passages.count()) < wanted:
            rows: list[VectorRow] = []
            about: list[int] = []
            with parts.library.writing() as connection:
                for at, (page, threads, title) in enumerate(pages(number, _AT_ONCE), number):
                    made = _put(
                        connection, page, title, OUTLETS[at % len(OUTLETS)], parts.indexer.cut, cut_as, stated_as
                    )
                    spread = [threads[min(n * _PARTS // len(made), _PARTS - 1)] for n in range(len(made))]
                    rows += made
                    about += spread
            noise = np.random.default_rng(number).standard_normal((len(rows), middles.shape[1]), dtype=np.float32)
            found = middles[about] + _NEAR * noise / np.linalg.norm(noise, axis=1, keepdims=True)
            parts.vectors.upsert(rows, found / np.linalg.norm(found, axis=1, keepdims=True))
            number += _AT_ONCE
            if number % 1_000 == 0:
                print(
                    json.dumps({"articles": number, "passages": held, "cpu_s": round(time.process_time())}), flush=True
                )


def _middles(home: Path, room: Newsroom) -> Vectors:
    """The vectors of each thread's first passage, kept beside the library."""
    kept = home / "threads.npy"
    if not kept.is_file():
        texts = []
        for number in range(_THREADS):
            page = Page("", _FIRST)
            write(page, Thread.of(number), random.Random(number))
            texts.append(page.text)
        assert room._parts.embedder is not None
        made = [room._parts.embedder.embed(texts[at : at + 128], "document") for at in range(0, _THREADS, 128)]
        np.save(kept, np.concatenate(made))
    found: Vectors = np.load(kept)
    return found


def _put(
    connection: Connection, page: Page, title: str, outlet: str, cut: Callable[[str], list[Span]], cut_as: str,
    stated_as: str | None,
) -> list[VectorRow]:  # fmt: skip
    text = page.text.strip()
    found = Extract(text=text, title=title, outlet=outlet, published=page.published)
    key, hashed = articles.id_of(found), digest(text)
    page.article_id = key
    known_from = narrowing.known_since(_READ, page.published)
    articles.put_article(connection, key, hashed, found, _READ)
    connection.execute(
        insert(version).values(
            article_id=key, version=hashed, number=1, text=text, ingested=_READ.isoformat(), known_from=known_from,
            known_to=FOREVER, cut_as=cut_as, embedded_as=cut_as, stated_as=stated_as,
        )
    )  # fmt: skip
    spans = cut(text)
    passages.put_passages(connection, key, hashed, found, spans, known_from)
    said = page.statements(hashed)
    corrections.rebuild_statements(connection, key, hashed, said)
    people = {item.speaker: item for item in said if item.speaker}
    mentions = [
        ActorMention(name=name, kind="person", forms=(name.split()[-1],), role=item.role, body=item.on_behalf_of,
                     statements=sum(one.speaker == name for one in said))
        for name, item in people.items()
    ]  # fmt: skip
    put_mentions(connection, key, hashed, mentions)
    return [
        VectorRow(passage_id=digest(key, hashed, str(span.start), str(span.end), length=24), article_id=key)
        for span in spans
    ]


# -- measuring


def questions(count: int) -> list[str]:
    """Questions of several kinds, each about another thread."""
    forms = (
        "What did {a} say about the {x}?", "When will {place} {act} the {x}?", "Who is {a}?",
        "How many people protested in {place}?", "What is the position of {place} on the {x}?",
        "Did the {body} {act} the {x}?", "What did {s} say about the {y} before {month}?", "How much has the {y} cost?",
        "Summarise the dispute over the {x} in {place}", "Who was against the {x}?",
    )  # fmt: skip
    made = []
    for at, form in zip(range(count), itertools.cycle(forms), strict=False):
        drawn = random.Random(at + 77)
        thread = Thread.of(drawn.randrange(600))
        a = thread.people[0]
        made.append(
            form.format(
                a=a.name, s=a.surname, x=thread.things[0], y=thread.things[1], place=a.place, act=_ACTS[thread.act],
                body=thread.body, month=drawn.choice(_MONTHS),
            )
        )  # fmt: skip
    return made


def drafts(count: int, size: int) -> list[str]:
    """Drafts of about 1,000 words with twelve quotations of the library, each second one altered by a word."""
    made = []
    for at in range(count):
        drawn = random.Random(at + 5)
        lines = []
        for said in range(12):
            page, threads, _ = next(pages(drawn.randrange(size), 1))
            person, _, content, _, _ = next(item for item in page.said if item[1])
            words = content.of(page.text).split()
            if said % 2:
                words[drawn.randrange(2, len(words) - 1)] = drawn.choice(_KINDS)
            thread = Thread.of(threads[0])
            lines.append(f"“{' '.join(words)},” {person.name} said on {drawn.choice(_DAYS_OF_WEEK)}.")
            lines.append(
                f"The {thread.body} {_DONE[thread.act]} the {thread.things[0]} in {person.place} in {_MONTHS[at % 12]}."
            )
            lines.append(
                f"About {drawn.randrange(20, 900)} {drawn.choice(_SUMS)} protested in {person.place} that year."
            )
            for _ in range(3):
                lines.append(
                    f"Many of those who had come with their children said little and went home before it was dark, as "
                    f"the {drawn.choice(_KINDS)} {drawn.choice(_THINGS)} was {drawn.choice(_DONE)} again."
                )
        made.append(" ".join(lines))
    return made


def _timed(name: str, call: Callable[[str], object], given: Sequence[str]) -> dict[str, object]:
    walls, cpus = [], []
    for at, text in enumerate(given):
        wall, cpu = time.perf_counter(), time.process_time()
        call(text)
        if at >= 3 or len(given) <= 3:
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    cut, spent = statistics.quantiles(walls, n=20), statistics.quantiles(cpus, n=20)
    found = {"p50_ms": round(cut[9]), "p95_ms": round(cut[18]), "max_ms": round(max(walls))}
    cost = {"cpu_p50_ms": round(spent[9]), "cpu_p95_ms": round(spent[18])}
    return {"what": name, "calls": len(walls), **found, **cost}


def measure(home: Path, asked: int = 103, checked: int = 23) -> Iterator[dict[str, object]]:
    """A line for each of search, ask and check, and one with the size and the memory."""
    with Newsroom.open(Settings(home=home)) as room:
        size = room.count()
        yield {"articles": size, "passages": room._parts.library.passages.count(), "pending": room.pending()}
        given = questions(asked)
        yield _timed("search", room.search, given)
        yield _timed("ask", room.ask, given)
        yield _timed("ask again", room.ask, given)
        made = drafts(checked, size)
        yield {"words of a draft": statistics.mean(len(text.split()) for text in made)}
        yield _timed("check", room.check, made)
        yield {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    doing = given.add_subparsers(dest="doing", required=True)
    building = doing.add_parser("build")
    building.add_argument("home", type=Path)
    building.add_argument("passages", type=int)
    measuring = doing.add_parser("measure")
    measuring.add_argument("home", type=Path)
    measuring.add_argument("--asked", type=int, default=103)
    measuring.add_argument("--checked", type=int, default=23)
    asked_for = given.parse_args()
    if asked_for.doing == "build":
        build(asked_for.home, asked_for.passages)
    else:
        for line in measure(asked_for.home, asked_for.asked, asked_for.checked):
            print(json.dumps(line, default=str), flush=True)
