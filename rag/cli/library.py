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
    open_newsroom,
    print_note,
    print_result,
    settings_of,
    wait_for,
)
from rag.display import plural, truncate
from rag.domain import NEAR_COPY_PREFIX, AddResult, Backup, Extract, Removal, as_json
from rag.errors import OnRecordError, UnusableInput

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom

_CERTAINTY_NOTES = {"certain": "", "likely": ", likely", "unsure": ", not sure"}
_HIDDEN_FIELDS = {"extract", "key", "corrections"}  # fields of a preview that only adding needs


def add_sources(args: argparse.Namespace) -> int:
    """`onrecord add`: a line for each source as soon as it is done."""
    fields = _article_fields(args)
    results: list[AddResult] = []
    meter = Meter()
    reason: str | None = None
    with open_newsroom(args) as room:
        for source in args.sources:
            if source == "-":
                entries = room.add_bytes(sys.stdin.buffer.read(), name="standard input", field_map=args.map, **fields)
            else:
                entries = room.add(source, feed=args.feed, field_map=args.map, **fields, progress=meter.show)
                meter.end()
            results += entries
            for item in entries:
                print_note(args, _result_line(item))
        if args.no_wait:
            room.close()
        else:
            wait_for(room)
            reason = room.why_pending()
        if reason:
            print_note(args, f"stored, and found by words; vectors or statements are waiting: {reason}")
    print_result(args, {"results": results}, lambda: None)
    accepted = sum(item.status != "rejected" for item in results)
    return DONE if results and accepted == len(results) and not reason else PARTLY if accepted else UNUSABLE


def _article_fields(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of the article among the arguments; None for those that are not given."""
    return {name: getattr(args, name) for name in FIELDS}


def _result_line(item: AddResult) -> str:
    parts = [item.status, item.source]
    if item.article_id:
        parts.append(f"({item.article_id})")
    if item.reason:
        parts.append(f"- {item.reason}")
    return " ".join(parts)


def list_articles(args: argparse.Namespace) -> int:
    """`onrecord list`: the articles that the filters allow."""
    filters = filters_of(args)
    with open_newsroom(args) as room:
        articles, total = (
            room.articles(filters, limit=args.limit, query=args.query),
            room.count(filters, query=args.query),
        )

    def lines() -> None:
        for item in articles:
            outlet = truncate(item.outlet or "-", 20)
            print(f"{item.article_id}  {item.published or '-'!s:10}  {outlet:20}  {item.title}")
            for near in (line for line in item.notes if line.startswith(NEAR_COPY_PREFIX)):
                print(f"{'':{len(item.article_id)}}  {near}")
        print(f"{len(articles)} of {total} articles" if total else "No article matches.", file=sys.stderr)

    print_result(args, {"articles": articles, "total": total}, lines)
    return DONE if articles else PARTLY


def show_article(args: argparse.Namespace) -> int:
    """`onrecord show`: a whole article, and how an earlier version differs."""
    with open_newsroom(args) as room:
        article = room.article(args.id, args.version)
        earlier = args.version and args.version != room.article(args.id).version
        differences = room.differences(args.id, args.version) if earlier else []

    def lines() -> None:
        print(article.title)
        facts = (article.outlet, article.byline, article.published and f"published {article.published}", article.url)
        print(" · ".join(str(fact) for fact in facts if fact))
        print(f"{article.article_id} version {article.version} of {len(article.versions)}\n")
        print("\n".join(f"Note: {remark}" for remark in article.notes))
        print(article.text)
        for before, after in differences:
            print(f"\n- {before or '(nothing)'}\n+ {after or '(nothing)'}")

    print_result(args, {**as_json(article), "differences": differences}, lines)
    return DONE


def amend_article(args: argparse.Namespace) -> int:
    """`onrecord amend`: correct fields of an article."""
    fields = _article_fields(args)
    if not args.undo and all(value is None for value in fields.values()):
        raise UnusableInput("There is nothing to amend. Name a field, such as --title TEXT, or --undo title.")
    with open_newsroom(args) as room:
        article = room.amend(args.id, **fields, undo=args.undo or ())
        wait_for(room)

    def lines() -> None:
        for name in FIELDS:
            print(f"{name}: {getattr(article, name) or '-'}")

    print_result(args, article, lines)
    return DONE


def remove_articles(args: argparse.Namespace) -> int:
    """`onrecord remove`: remove articles from the library and every index."""
    removals: list[Removal] = []
    has_failures = False
    with open_newsroom(args) as room:
        for article_id in args.ids:
            try:
                removals.append(room.remove(article_id))
                cited = removals[-1].answers
                note_of_answers = f"; {plural(cited, 'earlier answer')} cited it" if cited else ""
                print_note(args, f"removed {article_id} from library, words and vectors{note_of_answers}")
            except OnRecordError as exc:
                has_failures = True
                print(f"onrecord: {exc}", file=sys.stderr)
    ids = [item.article_id for item in removals]
    print_result(args, {"removed": ids, "reports": [as_json(item) for item in removals]}, lambda: None)
    return DONE if not has_failures else PARTLY if removals else UNUSABLE


def reindex(args: argparse.Namespace) -> int:
    """`onrecord reindex`: rebuild every index."""
    with open_newsroom(args) as room:
        room.reindex()
        wait_for(room)
        health = room.doctor()
    print_result(args, health, lambda: print(f"{health.articles} articles, {health.vectors} vectors"))
    return DONE if health.healthy else PARTLY


def run_worker(args: argparse.Namespace) -> int:
    """`onrecord worker`: do the work of a shared library until told to end."""
    room = open_newsroom(args)
    try:
        print_note(args, "worker: waiting for work" if not args.once else "worker: until nothing is left to do")
        room.work(once=args.once)
    finally:
        room.close()
    print_result(args, {"ended": True}, lambda: None)
    return DONE


def back_up(args: argparse.Namespace) -> int:
    """`onrecord backup`: copy the library to a checked file."""
    with open_newsroom(args) as room:
        backup = room.backup(args.file)
    print_result(args, backup, lambda: print(f"{backup.path}: {_backup_counts(backup)}, checked"))
    return DONE


def restore(args: argparse.Namespace) -> int:
    """`onrecord restore`: put a backup into a home without a library."""
    from rag.newsroom import Newsroom

    backup = Newsroom.restore_backup(args.file, settings_of(args))
    with open_newsroom(args) as room:
        wait_for(room)
    print_result(args, backup, lambda: print(f"{backup.path}: {_backup_counts(backup)}, checked; indices rebuilt"))
    return DONE


def migrate_store(args: argparse.Namespace) -> int:
    """`onrecord migrate-store`: copy the library to a server, or back into a folder."""
    meter = Meter()
    with open_newsroom(args) as room:
        report = room.move_store(
            args.to, chroma=args.chroma, progress=lambda what, n, of: meter.write(f"{what}: {n} of {of}")
        )
    meter.end()
    vectors = "vectors are rebuilt" if report.vectors is None else f"{report.vectors} vectors"
    counts = (
        f"{report.target}: {report.articles} articles in {report.versions} versions, {report.statements} statements"
    )
    print_result(args, report, lambda: print(f"{counts}, {vectors}; the same as {report.source}"))
    return DONE


def _backup_counts(backup: Backup) -> str:
    return f"{backup.articles} articles in {backup.versions} versions, {backup.statements} statements"


def doctor(args: argparse.Namespace) -> int:
    """`onrecord doctor`: settings, health and advice; with --model, a trial of the language model."""
    if args.model:
        return _try_model(args)
    with open_newsroom(args) as room:
        health = room.doctor()

    def lines() -> None:
        for name, value in as_json(health).items():
            if name not in ("advice", "healthy"):
                text = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
                print(f"{name:10} {'-' if text in (None, '') else text}")
        print("\n".join(f"To do: {line}" for line in health.advice) or "Everything is working.")

    print_result(args, health, lines)
    return DONE if health.healthy else PARTLY


def _try_model(args: argparse.Namespace) -> int:
    with open_newsroom(args) as room:
        trial = room.model_trial()

    def lines() -> None:
        print(trial.model or "no model")
        for step in trial.steps:
            print(f"{'works' if step.works else 'fails':6} {step.name:10} {step.says}")

    print_result(args, {**as_json(trial), "works": trial.works}, lines)
    return DONE if trial.works else PARTLY


def preview_source(args: argparse.Namespace) -> int:
    """`onrecord preview`: every article of a source, without storing it."""
    with open_newsroom(args) as room:
        previews = room.preview(args.source, feed=args.feed, field_map=args.map)

    def lines() -> None:
        for item in previews:
            if item.reason:
                print(f"unreadable  {item.source} - {item.reason}")
                continue
            known_id = f" (known: {item.known})" if item.known else ""
            if item.format:
                print(f"{item.source}: {item.format}{_CERTAINTY_NOTES[item.certainty]}")
            print(f"{item.published or '-'!s:10}  {truncate(item.outlet or '-', 20):20}  {item.title or '-'}{known_id}")
            print(f"    {truncate(item.first, 200)}")
            print("".join(f"    note: {truncate(remark, 200)}\n" for remark in item.notes), end="")
            if item.left_out:
                print(f"    left out: {len(item.left_out)} lines, such as {truncate(item.left_out[0], 80)!r}")

    entries = [
        {name: value for name, value in as_json(item).items() if name not in _HIDDEN_FIELDS}
        | {"left_out": list(item.left_out)}
        for item in previews
    ]
    print_result(args, {"entries": entries}, lines)
    return DONE if previews and not any(item.reason for item in previews) else PARTLY


def extract_source(args: argparse.Namespace) -> int:
    """`onrecord extract`: the article of a source as adding would store it, without storing it."""
    with open_newsroom(args) as room:
        extract = read_source(room, args.source)

    def lines() -> None:
        for name, value in as_json(extract).items():
            if name != "text" and value:
                print(f"{name}: {value}")
        print(f"\n{extract.text}")

    print_result(args, extract, lines)
    return DONE


def read_source(room: Newsroom, source: str) -> Extract:
    """The extract of a file, an address or standard input."""
    if source == "-":
        return room.extract_bytes(sys.stdin.buffer.read(), name="standard input")[0]
    return room.extract(source)
