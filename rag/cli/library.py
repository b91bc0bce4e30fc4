"""Commands that add to the library, look after it and show it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from rag.cli.common import (
    DONE,
    FIELDS,
    PARTLY,
    UNUSABLE,
    Meter,
    filters_of,
    note,
    opened,
    settings_of,
    short,
    show,
    wait_for,
)
from rag.domain import NEAR_COPY, AddResult, Backup, Extract, Removal, as_json
from rag.errors import OnRecordError, UnusableInput

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom

_FOR_ADDING = {"found", "key", "given"}  # parts of a preview that are no news to anybody


def add_sources(asked: argparse.Namespace) -> int:
    """`onrecord add`: a line for each source as soon as it is done."""
    given = _fields_given(asked)
    results: list[AddResult] = []
    meter = Meter()
    reason: str | None = None
    with opened(asked) as room:
        for source in asked.sources:
            if source == "-":
                found = room.add_bytes(sys.stdin.buffer.read(), name="standard input", **given)
            else:
                found = room.add(source, feed=asked.feed, **given, progress=meter.show)
                meter.end()
            results += found
            for item in found:
                note(asked, _added(item))
        if asked.no_wait:
            room.close()
        else:
            wait_for(room)
            reason = room.why_pending()
        if reason:
            note(asked, f"stored and found by words; vectors or statements wait - {reason}")
    show(asked, {"results": results}, lambda: None)
    good = sum(item.status != "rejected" for item in results)
    return DONE if results and good == len(results) and not reason else PARTLY if good else UNUSABLE


def _fields_given(asked: argparse.Namespace) -> dict[str, Any]:
    """What the user says of the article."""
    return {name: getattr(asked, name) for name in FIELDS}


def _added(item: AddResult) -> str:
    parts = [item.status, item.source]
    if item.article_id:
        parts.append(f"({item.article_id})")
    if item.reason:
        parts.append(f"- {item.reason}")
    return " ".join(parts)


def list_articles(asked: argparse.Namespace) -> int:
    """`onrecord list`: the articles that the filters allow."""
    filters = filters_of(asked)
    with opened(asked) as room:
        articles, total = (
            room.articles(filters, limit=asked.limit, query=asked.query),
            room.count(filters, query=asked.query),
        )

    def lines() -> None:
        for item in articles:
            outlet = short(item.outlet or "-", 20)
            print(f"{item.article_id}  {item.published or '-'!s:10}  {outlet:20}  {item.title}")
            for near in (line for line in item.notes if line.startswith(NEAR_COPY)):
                print(f"{'':{len(item.article_id)}}  {near}")
        print(f"{len(articles)} of {total} articles" if total else "No article fits.", file=sys.stderr)

    show(asked, {"articles": articles, "total": total}, lines)
    return DONE if articles else PARTLY


def show_article(asked: argparse.Namespace) -> int:
    """`onrecord show`: an article whole, and how an earlier version differs."""
    with opened(asked) as room:
        article = room.article(asked.id, asked.version)
        earlier = asked.version and asked.version != room.article(asked.id).version
        differences = room.differences(asked.id, asked.version) if earlier else []

    def lines() -> None:
        print(article.title)
        facts = (article.outlet, article.byline, article.published and f"published {article.published}", article.url)
        print(" · ".join(str(fact) for fact in facts if fact))
        print(f"{article.article_id} version {article.version} of {len(article.versions)}\n")
        print("\n".join(f"Note: {note}" for note in article.notes))
        print(article.text)
        for before, after in differences:
            print(f"\n- {before or '(nothing)'}\n+ {after or '(nothing)'}")

    show(asked, {**as_json(article), "differences": differences}, lines)
    return DONE


def amend_article(asked: argparse.Namespace) -> int:
    """`onrecord amend`: fields in the user's word."""
    given = _fields_given(asked)
    if not asked.undo and all(value is None for value in given.values()):
        raise UnusableInput("Nothing is given to amend. Name a field, such as --title TEXT, or --undo title.")
    with opened(asked) as room:
        article = room.amend(asked.id, **given, undo=asked.undo or ())
        wait_for(room)

    def lines() -> None:
        for name in FIELDS:
            print(f"{name}: {getattr(article, name) or '-'}")

    show(asked, article, lines)
    return DONE


def remove_articles(asked: argparse.Namespace) -> int:
    """`onrecord remove`: out of the library and every index, with a report."""
    removed: list[Removal] = []
    failed = False
    with opened(asked) as room:
        for article_id in asked.ids:
            try:
                removed.append(room.remove(article_id))
                cited = removed[-1].answers
                told = f"; {cited} earlier {'answer' if cited == 1 else 'answers'} cited it" if cited else ""
                note(asked, f"removed {article_id} from library, words and vectors{told}")
            except OnRecordError as exc:
                failed = True
                print(f"onrecord: {exc}", file=sys.stderr)
    ids = [item.article_id for item in removed]
    show(asked, {"removed": ids, "reports": [as_json(item) for item in removed]}, lambda: None)
    return DONE if not failed else PARTLY if removed else UNUSABLE


def reindex(asked: argparse.Namespace) -> int:
    """`onrecord reindex`: every index made again."""
    with opened(asked) as room:
        room.reindex()
        wait_for(room)
        health = room.doctor()
    show(asked, health, lambda: print(f"{health.articles} articles, {health.vectors} vectors"))
    return DONE if health.healthy else PARTLY


def run_worker(asked: argparse.Namespace) -> int:
    """`onrecord worker`: do the work of a shared library until told to end."""
    room = opened(asked)
    try:
        note(asked, "worker: waiting for work" if not asked.once else "worker: until nothing waits")
        room.work(once=asked.once)
    finally:
        room.close()
    show(asked, {"ended": True}, lambda: None)
    return DONE


def back_up(asked: argparse.Namespace) -> int:
    """`onrecord backup`: the library as one checked file."""
    with opened(asked) as room:
        made = room.backup(asked.file)
    show(asked, made, lambda: print(f"{made.path}: {_held(made)}, checked"))
    return DONE


def restore(asked: argparse.Namespace) -> int:
    """`onrecord restore`: a backup into a home without a library."""
    from rag.newsroom import Newsroom

    made = Newsroom.restore_backup(asked.file, settings_of(asked))
    with opened(asked) as room:
        wait_for(room)
    show(asked, made, lambda: print(f"{made.path}: {_held(made)}, checked; indices made again"))
    return DONE


def migrate_store(asked: argparse.Namespace) -> int:
    """`onrecord migrate-store`: the library to a server, or back into a folder."""
    meter = Meter()
    with opened(asked) as room:
        moved = room.move_store(
            asked.to, chroma=asked.chroma, progress=lambda what, n, of: meter.write(f"{what}: {n} of {of}")
        )
    meter.end()
    along = "vectors are made again" if moved.vectors is None else f"{moved.vectors} vectors"
    told = f"{moved.target}: {moved.articles} articles in {moved.versions} versions, {moved.statements} statements"
    show(asked, moved, lambda: print(f"{told}, {along}; the same as {moved.source}"))
    return DONE


def _held(made: Backup) -> str:
    return f"{made.articles} articles in {made.versions} versions, {made.statements} statements"


def doctor(asked: argparse.Namespace) -> int:
    """`onrecord doctor`: what is set, what is there, what to do; with --model, what the language model can do."""
    if asked.model:
        return _try_model(asked)
    with opened(asked) as room:
        health = room.doctor()

    def lines() -> None:
        for name, value in as_json(health).items():
            if name not in ("advice", "healthy"):
                shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
                print(f"{name:10} {'-' if shown in (None, '') else shown}")
        print("\n".join(f"To do: {line}" for line in health.advice) or "All is well.")

    show(asked, health, lines)
    return DONE if health.healthy else PARTLY


def _try_model(args: argparse.Namespace) -> int:
    with opened(args) as room:
        trial = room.model_trial()

    def lines() -> None:
        print(trial.model or "no model")
        for step in trial.steps:
            print(f"{'works' if step.works else 'fails':6} {step.name:10} {step.says}")

    show(args, {**as_json(trial), "works": trial.works}, lines)
    return DONE if trial.works else PARTLY


def preview_source(asked: argparse.Namespace) -> int:
    """`onrecord preview`: all that a source holds, nothing stored."""
    with opened(asked) as room:
        found = room.preview(asked.source, feed=asked.feed)

    def lines() -> None:
        for item in found:
            if item.reason:
                print(f"unreadable  {item.source} - {item.reason}")
                continue
            known = f" (known: {item.known})" if item.known else ""
            print(f"{item.published or '-'!s:10}  {short(item.outlet or '-', 20):20}  {item.title or '-'}{known}")
            print(f"    {short(item.first, 200)}")

    entries = [{name: value for name, value in as_json(item).items() if name not in _FOR_ADDING} for item in found]
    show(asked, {"entries": entries}, lines)
    return DONE if found and not any(item.reason for item in found) else PARTLY


def extract_source(asked: argparse.Namespace) -> int:
    """`onrecord extract`: what adding would make of a source, nothing stored."""
    with opened(asked) as room:
        found = read_source(room, asked.source)

    def lines() -> None:
        for name, value in as_json(found).items():
            if name != "text" and value:
                print(f"{name}: {value}")
        print(f"\n{found.text}")

    show(asked, found, lines)
    return DONE


def read_source(room: Newsroom, source: str) -> Extract:
    """What a file, an address or standard input holds, without storing it."""
    if source == "-":
        return room.extract_bytes(sys.stdin.buffer.read(), name="standard input")[0]
    return room.extract(source)
