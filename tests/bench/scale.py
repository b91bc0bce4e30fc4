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
        rng = random.Random(number)
        place = _name(rng.randrange(300) + 5_000)

        def person() -> Person:
            return Person(f"{rng.choice(_GIVEN)} {_name(int(rng.triangular(0, 2_500, 0)))}", rng.choice(_ROLES), place)

        def thing() -> str:
            return f"{rng.choice(_KINDS)} {rng.choice(_THINGS)}"

        return cls((person(), person()), f"{place} {rng.choice(_BODIES)}", (thing(), thing()), rng.randrange(16))


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
        rng = random.Random(10**6 + number)
        first = int(np.searchsorted(_LOUD, rng.random() * _LOUD[-1]))
        threads = [(first + part * 37) % _THREADS for part in range(_PARTS)]
        page = Page("", _FIRST + timedelta(days=number * 7 % _DAYS))
        for thread in threads:
            write(page, Thread.of(thread), rng)
        main = Thread.of(first)
        yield page, threads, f"{main.people[0].surname} speaks on {main.things[0]} of {main.people[0].place} ({number})"


def build(home: Path, passage_goal: int) -> None:
    """Write until the library has so many passages."""
    with Newsroom.open(Settings(home=home)) as room:
        parts = room._parts
        cut_as, stated_as = parts.indexer.cut_as, parts.extractor.fingerprint if parts.extractor else None
        assert parts.vectors is not None
        middles = _middles(home, room)
        number = room.count()
        while (passage_count := parts.library.passages.count()) < passage_goal:
            rows: list[VectorRow] = []
            about: list[int] = []
            with parts.library.writing() as connection:
                for at, (page, threads, title) in enumerate(pages(number, _AT_ONCE), number):
                    article_rows = _put(
                        connection, page, title, OUTLETS[at % len(OUTLETS)], parts.indexer.cut, cut_as, stated_as
                    )
                    spread = [
                        threads[min(n * _PARTS // len(article_rows), _PARTS - 1)] for n in range(len(article_rows))
                    ]
                    rows += article_rows
                    about += spread
            noise = np.random.default_rng(number).standard_normal((len(rows), middles.shape[1]), dtype=np.float32)
            embeddings = middles[about] + _NEAR * noise / np.linalg.norm(noise, axis=1, keepdims=True)
            parts.vectors.upsert(rows, embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True))
            number += _AT_ONCE
            if number % 1_000 == 0:
                print(
                    json.dumps({"articles": number, "passages": passage_count, "cpu_s": round(time.process_time())}),
                    flush=True,
                )


def _middles(home: Path, room: Newsroom) -> Vectors:
    """The vectors of each thread's first passage, kept beside the library."""
    path = home / "threads.npy"
    if not path.is_file():
        texts = []
        for number in range(_THREADS):
            page = Page("", _FIRST)
            write(page, Thread.of(number), random.Random(number))
            texts.append(page.text)
        assert room._parts.embedder is not None
        batches = [room._parts.embedder.embed(texts[at : at + 128], "document") for at in range(0, _THREADS, 128)]
        np.save(path, np.concatenate(batches))
    middles: Vectors = np.load(path)
    return middles


def _put(
    connection: Connection, page: Page, title: str, outlet: str, cut: Callable[[str], list[Span]], cut_as: str,
    stated_as: str | None,
) -> list[VectorRow]:  # fmt: skip
    text = page.text.strip()
    extract = Extract(text=text, title=title, outlet=outlet, published=page.published)
    key, hashed = articles.id_of(extract), digest(text)
    page.article_id = key
    known_from = narrowing.known_since(_READ, page.published)
    articles.put_article(connection, key, hashed, extract, _READ)
    connection.execute(
        insert(version).values(
            article_id=key, version=hashed, number=1, text=text, ingested=_READ.isoformat(), known_from=known_from,
            known_to=FOREVER, cut_as=cut_as, embedded_as=cut_as, stated_as=stated_as,
        )
    )  # fmt: skip
    spans = cut(text)
    passages.put_passages(connection, key, hashed, extract, spans, known_from)
    items = page.statements(hashed)
    corrections.rebuild_statements(connection, key, hashed, items)
    people = {item.speaker: item for item in items if item.speaker}
    mentions = [
        ActorMention(name=name, kind="person", forms=(name.split()[-1],), role=item.role, body=item.on_behalf_of,
                     statements=sum(one.speaker == name for one in items))
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
    texts = []
    for at, form in zip(range(count), itertools.cycle(forms), strict=False):
        rng = random.Random(at + 77)
        thread = Thread.of(rng.randrange(600))
        a = thread.people[0]
        texts.append(
            form.format(
                a=a.name, s=a.surname, x=thread.things[0], y=thread.things[1], place=a.place, act=_ACTS[thread.act],
                body=thread.body, month=rng.choice(_MONTHS),
            )
        )  # fmt: skip
    return texts


def drafts(count: int, size: int) -> list[str]:
    """Drafts of about 1,000 words with twelve quotations of the library, each second one altered by a word."""
    texts = []
    for at in range(count):
        rng = random.Random(at + 5)
        lines = []
        for place in range(12):
            page, threads, _ = next(pages(rng.randrange(size), 1))
            person, _, content, _, _ = next(item for item in page.said if item[1])
            words = content.of(page.text).split()
            if place % 2:
                words[rng.randrange(2, len(words) - 1)] = rng.choice(_KINDS)
            thread = Thread.of(threads[0])
            lines.append(f"“{' '.join(words)},” {person.name} said on {rng.choice(_DAYS_OF_WEEK)}.")
            lines.append(
                f"The {thread.body} {_DONE[thread.act]} the {thread.things[0]} in {person.place} in {_MONTHS[at % 12]}."
            )
            lines.append(f"About {rng.randrange(20, 900)} {rng.choice(_SUMS)} protested in {person.place} that year.")
            for _ in range(3):
                lines.append(
                    f"Many of those who had come with their children said little and went home before it was dark, as "
                    f"the {rng.choice(_KINDS)} {rng.choice(_THINGS)} was {rng.choice(_DONE)} again."
                )
        texts.append(" ".join(lines))
    return texts


def _timed(name: str, call: Callable[[str], object], given: Sequence[str]) -> dict[str, object]:
    walls, cpus = [], []
    for at, text in enumerate(given):
        wall, cpu = time.perf_counter(), time.process_time()
        call(text)
        if at >= 3 or len(given) <= 3:
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    wall_quantiles, cpu_quantiles = statistics.quantiles(walls, n=20), statistics.quantiles(cpus, n=20)
    times = {"p50_ms": round(wall_quantiles[9]), "p95_ms": round(wall_quantiles[18]), "max_ms": round(max(walls))}
    cost = {"cpu_p50_ms": round(cpu_quantiles[9]), "cpu_p95_ms": round(cpu_quantiles[18])}
    return {"what": name, "calls": len(walls), **times, **cost}


def measure(home: Path, question_count: int = 103, draft_count: int = 23) -> Iterator[dict[str, object]]:
    """A line for each of search, ask and check, and one with the size and the memory."""
    with Newsroom.open(Settings(home=home)) as room:
        size = room.count()
        yield {"articles": size, "passages": room._parts.library.passages.count(), "pending": room.pending()}
        texts = questions(question_count)
        yield _timed("search", room.search, texts)
        yield _timed("ask", room.ask, texts)
        yield _timed("ask again", room.ask, texts)
        texts_to_check = drafts(draft_count, size)
        yield {"words of a draft": statistics.mean(len(text.split()) for text in texts_to_check)}
        yield _timed("check", room.check, texts_to_check)
        yield {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="doing", required=True)
    build_parser = commands.add_parser("build")
    build_parser.add_argument("home", type=Path)
    build_parser.add_argument("passages", type=int)
    measure_parser = commands.add_parser("measure")
    measure_parser.add_argument("home", type=Path)
    measure_parser.add_argument("--asked", type=int, default=103)
    measure_parser.add_argument("--checked", type=int, default=23)
    args = parser.parse_args()
    if args.doing == "build":
        build(args.home, args.passages)
    else:
        for line in measure(args.home, args.asked, args.checked):
            print(json.dumps(line, default=str), flush=True)
