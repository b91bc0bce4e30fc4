"""The command `onrecord`: parse, call the newsroom, show.

Exit codes: 0 done, 1 done in part or nothing found, 2 unusable input.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from rag.domain import (
    AddResult,
    AmendedField,
    Answer,
    AnswerSentence,
    Backup,
    Briefing,
    BriefingStep,
    ExportFormat,
    Extract,
    Filters,
    Hit,
    Positions,
    Progress,
    Removal,
    Statement,
    Understood,
    Verification,
    as_json,
    parse_day,
)
from rag.errors import OnRecordError, UnusableInput
from rag.evaluation import reports

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom
    from rag.settings import Settings

DONE, PARTLY, UNUSABLE = 0, 1, 2
_INTERRUPTED = 130
_FIELDS = get_args(AmendedField)
_FOR_ADDING = {"found", "key", "given"}  # parts of a preview that are no news to anybody


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except OnRecordError as exc:
        print(f"onrecord: {exc}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("onrecord: stopped; what was reported as done is done.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


# -- commands


def _add(asked: argparse.Namespace) -> int:
    given = _fields_given(asked)
    results: list[AddResult] = []
    meter = _Meter()
    with _open(asked) as room:
        for source in asked.sources:
            if source == "-":
                found = room.add_bytes(sys.stdin.buffer.read(), name="standard input", **given)
            else:
                found = room.add(source, feed=asked.feed, **given, progress=meter.show)
                meter.end()
            results += found
            for item in found:
                _note(asked, _added(item))
        if asked.no_wait:
            room.close()
        else:
            _wait(room)
    _show(asked, {"results": results}, lambda: None)
    good = sum(item.status != "rejected" for item in results)
    return DONE if results and good == len(results) else PARTLY if good else UNUSABLE


def _fields_given(asked: argparse.Namespace) -> dict[str, Any]:
    """What the user says of the article."""
    return {name: getattr(asked, name) for name in _FIELDS}


def _added(item: AddResult) -> str:
    parts = [item.status, item.source]
    if item.article_id:
        parts.append(f"({item.article_id})")
    if item.reason:
        parts.append(f"- {item.reason}")
    return " ".join(parts)


def _list(asked: argparse.Namespace) -> int:
    filters = _filters(asked)
    with _open(asked) as room:
        articles, total = (
            room.articles(filters, limit=asked.limit, query=asked.query),
            room.count(filters, query=asked.query),
        )

    def lines() -> None:
        for item in articles:
            outlet = _short(item.outlet or "-", 20)
            print(f"{item.article_id}  {item.published or '-'!s:10}  {outlet:20}  {item.title}")
        print(f"{len(articles)} of {total} articles" if total else "No article fits.", file=sys.stderr)

    _show(asked, {"articles": articles, "total": total}, lines)
    return DONE if articles else PARTLY


def _show_article(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
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

    _show(asked, {**as_json(article), "differences": differences}, lines)
    return DONE


def _amend(asked: argparse.Namespace) -> int:
    given = _fields_given(asked)
    if not asked.undo and all(value is None for value in given.values()):
        raise UnusableInput("Nothing is given to amend. Name a field, such as --title TEXT, or --undo title.")
    with _open(asked) as room:
        article = room.amend(asked.id, **given, undo=asked.undo or ())
        _wait(room)

    def lines() -> None:
        for name in _FIELDS:
            print(f"{name}: {getattr(article, name) or '-'}")

    _show(asked, article, lines)
    return DONE


def _remove(asked: argparse.Namespace) -> int:
    removed: list[Removal] = []
    failed = False
    with _open(asked) as room:
        for article_id in asked.ids:
            try:
                removed.append(room.remove(article_id))
                cited = removed[-1].answers
                told = f"; {cited} earlier {'answer' if cited == 1 else 'answers'} cited it" if cited else ""
                _note(asked, f"removed {article_id} from library, words and vectors{told}")
            except OnRecordError as exc:
                failed = True
                print(f"onrecord: {exc}", file=sys.stderr)
    ids = [item.article_id for item in removed]
    _show(asked, {"removed": ids, "reports": [as_json(item) for item in removed]}, lambda: None)
    return DONE if not failed else PARTLY if removed else UNUSABLE


def _reindex(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        room.reindex()
        _wait(room)
        state = room.doctor()
    _show(asked, state, lambda: print(f"{state['articles']} articles, {state['vectors']} vectors"))
    return DONE if state["healthy"] else PARTLY


def _backup(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        made = room.backup(asked.file)
    _show(asked, made, lambda: print(f"{made.path}: {_held(made)}, checked"))
    return DONE


def _restore(asked: argparse.Namespace) -> int:
    from rag.newsroom import Newsroom

    made = Newsroom.restore_backup(asked.file, _settings(asked))
    with _open(asked) as room:
        _wait(room)
    _show(asked, made, lambda: print(f"{made.path}: {_held(made)}, checked; indices made again"))
    return DONE


def _held(made: Backup) -> str:
    return f"{made.articles} articles in {made.versions} versions, {made.statements} statements"


def _doctor(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        state = room.doctor()

    def lines() -> None:
        for name, value in state.items():
            if name not in ("advice", "healthy"):
                shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
                print(f"{name:10} {'-' if shown in (None, '') else shown}")
        print("\n".join(f"To do: {line}" for line in state["advice"]) or "All is well.")

    _show(asked, state, lines)
    return DONE if state["healthy"] else PARTLY


def _search(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        filters = _filters(asked)
        understood = room.understood(asked.query, filters=filters, ignore=asked.ignore)
        hits, elapsed = _timed(lambda: room.search(asked.query, k=asked.k, filters=filters, ignore=asked.ignore))

    def lines() -> None:
        _print_understood(understood)
        for hit in hits:
            print(f"{_about(hit)}\n{hit.text}\n")
        if not hits:
            print("Nothing found.", file=sys.stderr)

    _show(asked, {"hits": hits, "elapsed_ms": elapsed, "understood": understood}, lines)
    return DONE if hits else PARTLY


def _ask(asked: argparse.Namespace) -> int:
    formats = _formats(asked)
    with _open(asked) as room:
        answer = room.ask(asked.question, filters=_filters(asked), ignore=asked.ignore)
        _export(asked, room, answer, formats)
    if asked.json or not formats:
        _show(asked, answer, lambda: _print_answer(answer))
    return PARTLY if answer.abstained else DONE


def _formats(asked: argparse.Namespace) -> list[ExportFormat]:
    """The formats that are asked for by `--format` or by the name of the file. Raises UnusableInput."""
    named = asked.format.split(",") if asked.format else []
    if asked.output and not named:
        named = [asked.output.suffix.removeprefix(".")]
    wrong = [name for name in named if name not in get_args(ExportFormat)]
    if wrong:
        known = ", ".join(get_args(ExportFormat))
        raise UnusableInput(f"{wrong[0]!r} is no format of an export. Give --format, one or more of {known}.")
    if named and not asked.output and (len(named) > 1 or named[0] in ("docx", "pdf") or asked.json):
        raise UnusableInput("Say with -o where to write; only one text format goes to standard output.")
    return [name for name in get_args(ExportFormat) if name in named]


def _export(asked: argparse.Namespace, room: Newsroom, value: Answer | Briefing, formats: list[ExportFormat]) -> None:
    """Write the value in each format: to the file that is named, or into the folder, or to standard output."""
    for name in formats:
        data = room.export(value, name)
        if asked.output is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            continue
        path = asked.output / room.export_name(value, name) if asked.output.is_dir() else asked.output
        path = path.with_suffix(f".{name}") if len(formats) > 1 else path
        try:
            path.write_bytes(data)
        except OSError as exc:
            raise UnusableInput(f"{path} cannot be written: {exc.strerror or exc}. Name another file.") from exc
        print(f"Wrote {path}.", file=sys.stderr)


def _verify(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        found = room.verify(asked.file)
    _show(asked, found, lambda: _print_verification(found))
    return DONE if found.ok else PARTLY


def _print_verification(found: Verification) -> None:
    for item in found.checked:
        name = f"[{item.n}] " if item.n is not None else ""
        against = f" (checked against the {item.against})" if item.against else ""
        print(f"{name}{item.place}: {item.status}{f' - {item.reason}' if item.reason else ''}{against}")
    seals = {
        "unbroken": "Sealed by this library, and as it was exported.",
        "broken": "Sealed by this library, but not as it was exported.",
        "of another library": "Sealed by another library; only that one can tell if the seal is whole.",
        "none": "No seal: whether more was changed than the texts can tell is not known.",
    }
    print(seals[found.seal])
    print("All is as it should be." if found.ok else f"{len(found.altered)} not as they should be.")


def _print_understood(understood: Sequence[Understood]) -> None:
    """What a question was read to say of where to look, and how to take it back."""
    for item in understood:
        if item.kind not in ("part", "actor"):
            undo = f" (--ignore {item.kind} takes it back)" if item.applied else ""
            print(f"Understood “{item.text}”: {item.note}{undo}")


def _print_answer(answer: Answer) -> None:
    _print_understood(answer.understood)
    if answer.abstained:
        print("The articles do not answer this.")
    told = False
    for sentence in answer.sentences:
        if sentence.kind == "reported" and not told:
            print("What the outlets report:")
            told = True
        _print_sentence(sentence)
    if answer.citations:
        print("\nSources")
    for item in answer.citations:
        print(f"[{item.n}] {item.title}, {item.outlet or 'no outlet'}, {item.published or 'no date'}: “{item.quote}”")
    if answer.nearest:
        print("\nNearest passages")
    for hit in answer.nearest:
        print(f"- {_about(hit)}: {_short(hit.text, 200)}")
    for gone in answer.withheld:
        print(f"Withheld: {_short(gone.text, 120)} ({gone.reason})")
    for notice in answer.notices:
        print(notice)


def _brief(asked: argparse.Namespace) -> int:
    meter = _Meter()
    formats = _formats(asked)
    with _open(asked) as room:
        made = room.brief(
            topic=asked.topic,
            articles=asked.article or (),
            filters=replace(_filters(asked), article=None),
            template=asked.template,
            length=asked.length,
            builtin=asked.builtin,
            progress=lambda step: meter.write(_step_line(step)),
        )
        meter.end()
        _export(asked, room, made, formats)
    if asked.json or not formats:
        _show(asked, made, lambda: _print_briefing(made))
    return DONE if made.finished and any(item.sentences for item in made.sections) else PARTLY


def _step_line(step: BriefingStep) -> str:
    tokens = step.usage.prompt_tokens + step.usage.completion_tokens
    counted = f": {step.done} of {step.total} {step.detail}" if step.total else ""
    return f"{step.work}{counted}" + (f", {tokens} tokens" if tokens else "")


def _print_briefing(made: Briefing) -> None:
    print(made.title)
    days = {item.sentence: item.date for item in made.timeline}
    for section in made.sections:
        print(f"\n{section.heading}")
        for sentence in section.sentences:
            _print_sentence(sentence, f"{days[sentence]}  " if section.part == "timeline" else "")
        for note in section.notes:
            print(f"  {note}")
    print("\nCitations")
    for item in made.citations:
        print(f"[{item.n}] {item.title}, {item.outlet or 'no outlet'}, {item.published or 'no date'}: “{item.quote}”")
    for gone in made.withheld:
        print(f"Withheld: {_short(gone.text, 120)} ({gone.reason})")
    for notice in made.notices:
        print(notice)


def _print_sentence(sentence: AnswerSentence, before: str = "") -> None:
    marks = "".join(f"[{n}]" for n in sentence.citations)
    line = _speaker_line(sentence.statement) if sentence.statement and sentence.kind != "reported" else ""
    print(f"- {before}{sentence.text} {marks}" + (f"\n    {line}" if line else ""))


def _speaker_line(item: Statement) -> str:
    parts = (
        item.speaker,
        item.role,
        item.on_behalf_of and f"for {item.on_behalf_of}",
        item.venue and f"to {item.venue}",
        item.said_on and f"said {item.said_on}",
        "denial" if item.denied else None,
        "as the outlet tells it" if item.stance else item.kind,
    )
    return " · ".join(part for part in parts if part)


def _preview(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        found = room.preview(asked.source, feed=asked.feed)

    def lines() -> None:
        for item in found:
            if item.reason:
                print(f"unreadable  {item.source} - {item.reason}")
                continue
            known = f" (known: {item.known})" if item.known else ""
            print(f"{item.published or '-'!s:10}  {_short(item.outlet or '-', 20):20}  {item.title or '-'}{known}")
            print(f"    {_short(item.first, 200)}")

    entries = [{name: value for name, value in as_json(item).items() if name not in _FOR_ADDING} for item in found]
    _show(asked, {"entries": entries}, lines)
    return DONE if found and not any(item.reason for item in found) else PARTLY


def _extract(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        found = _read(room, asked.source)

    def lines() -> None:
        for name, value in as_json(found).items():
            if name != "text" and value:
                print(f"{name}: {value}")
        print(f"\n{found.text}")

    _show(asked, found, lines)
    return DONE


def _read(room: Newsroom, source: str) -> Extract:
    """What a file, an address or standard input holds, without storing it."""
    if source == "-":
        return room.extract_bytes(sys.stdin.buffer.read(), name="standard input")[0]
    return room.extract(source)


def _positions(asked: argparse.Namespace) -> int:
    if asked.matrix or asked.csv:
        return _matrix(asked)
    with _open(asked) as room:
        pairs = product(asked.actor or [None], asked.topic or [None])
        groups = [room.statements(actor=actor, topic=topic, filters=_filters(asked)) for actor, topic in pairs]
    found = list(dict.fromkeys(item for group in groups for item in group))
    _show(asked, {"statements": found}, lambda: _print_statements(found))
    return DONE if found else PARTLY


def _matrix(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        found = room.positions(actors=asked.actor, topics=asked.topic, filters=_filters(asked))
        table = room.positions_csv(found) if asked.csv else ""
    if asked.csv:
        with asked.csv.open("w", encoding="utf-8-sig", newline="") as file:  # a mark: spreadsheets read UTF-8 by it
            file.write(table)
        print(f"Wrote {asked.csv}.", file=sys.stderr)
    _show(asked, found, lambda: _print_matrix(found))
    return DONE if any(cell.statements for cell in found.cells) else PARTLY


def _print_matrix(found: Positions) -> None:
    for cell in found.cells:
        count = f"{len(cell.statements)} statements" if cell.statements else "no statement found"
        sides = f" (+{cell.supporting} -{cell.opposing})" if cell.supporting or cell.opposing else ""
        print(f"{cell.actor} | {cell.topic}: {count}{sides}")
    for change in found.changes:
        print(f"\nChanged? {change.actor} on {change.topic} ({change.rule})")
        for item in (found.statements[change.earlier], found.statements[change.later]):
            print(f"    {item.said_on or item.published}: “{_short(item.text, 200)}”")
    if not found.cells:
        print("No statement found.", file=sys.stderr)


def _statements(asked: argparse.Namespace) -> int:
    with _open(asked) as room:
        read = _read(room, asked.source)
        found = room.statements_in(read)
    _show(asked, {"statements": found}, lambda: _print_statements(found))
    return DONE if found else PARTLY


def _print_statements(found: Sequence[Statement]) -> None:
    for item in found:
        where = f" ({item.title}, {item.outlet or 'no outlet'}, {item.published or 'no date'})" if item.title else ""
        print(f"{_speaker_line(item)}{where}\n    {_short(item.text, 300)}")
    if not found:
        print("No statement found.", file=sys.stderr)


def _eval(asked: argparse.Namespace) -> int:
    given, wanted = len(asked.files), {"compare": 2, "pin": 1}.get(asked.name, 0)
    if given != wanted:
        raise UnusableInput(f"`onrecord eval {asked.name}` takes {wanted} report files, not {given}.")
    doing = {"compare": _eval_compare, "check": _eval_check, "pin": _eval_pin, "report": _eval_page}
    return doing.get(asked.name, _eval_measure)(asked)


def _eval_measure(asked: argparse.Namespace) -> int:
    from rag.evaluation.measures import measured  # not needed by any other command, and slow to load

    if asked.data is None:
        raise UnusableInput("Give the folder of the evaluation data with --data.")
    found: dict[str, Any] = measured(asked.name, asked.data, home=asked.home)
    report = reports.report_of(found)
    if asked.out:
        reports.write(report, asked.out)
        print(f"Wrote {asked.out}.", file=sys.stderr)
    means = {name: report.metrics[name] for name in report.items}
    shown = {**found, "metrics": {**found["metrics"], **means}, "intervals": report.intervals}
    shown.pop("items")
    _show(asked, shown, lambda: _print_measures(shown))
    return DONE


def _eval_compare(asked: argparse.Namespace) -> int:
    found = reports.compare(*(reports.read(path) for path in asked.files))

    def lines() -> None:
        for item in found:
            sure = f" {item.interval[0]:+g} to {item.interval[1]:+g}," if item.interval else ""
            moved = f" {item.rose} rose, {item.fell} fell" if item.rose is not None else ""
            print(f"{item.metric}: {item.first:g} -> {item.second:g} ({item.second - item.first:+.4g}){sure}{moved}")

    _show(asked, {"differences": found}, lines)
    return DONE


def _eval_check(asked: argparse.Namespace) -> int:
    where = asked.reports or reports.folder()
    faults = reports.check(reports.latest(where), reports.read_floors(where / reports.FLOORS))
    told = [f"{fault.measure} {fault.metric}: {fault.told}" for fault in faults]
    _show(asked, {"faults": faults}, lambda: print("\n".join(told) or "Every floor holds."))
    return PARTLY if faults else DONE


def _eval_pin(asked: argparse.Namespace) -> int:
    path = (asked.reports or reports.folder()) / reports.FLOORS
    pinned = reports.pin(reports.read_floors(path), reports.read(asked.files[0]), lower=asked.lower)
    reports.write_floors(pinned, path)
    _show(asked, {"floors": pinned}, lambda: print(f"Wrote {path}."))
    return DONE


def _eval_page(asked: argparse.Namespace) -> int:
    where = asked.reports or reports.folder()
    out = asked.out or where.with_suffix(".md")
    out.write_text(reports.page(where), "utf-8")
    _show(asked, {"figures": reports.figures(where)}, lambda: print(f"Wrote {out}."))
    return DONE


def _print_measures(found: Mapping[str, Any], indent: str = "") -> None:
    for name, value in found.items():
        if isinstance(value, Mapping):
            print(f"{indent}{name}")
            _print_measures(value, f"{indent}  ")
        else:
            print(f"{indent}{name}: {value}")


def _serve(asked: argparse.Namespace) -> int:
    environment = {**os.environ, "ONRECORD_HOME": str(_settings(asked).home)}
    command = [sys.executable, "-m", "rag.ui.server", "--host", asked.host, "--port", str(asked.port)]
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return DONE


# -- arguments


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON object on standard output")
    shared.add_argument("--home", type=Path, help="folder of the library (ONRECORD_HOME, else .onrecord)")
    filters = argparse.ArgumentParser(add_help=False)
    filters.add_argument("--outlet", help="only this outlet")
    filters.add_argument("--since", type=_a_day, metavar="DATE", help="published on or after YYYY-MM-DD")
    filters.add_argument("--until", type=_a_day, metavar="DATE", help="published on or before YYYY-MM-DD")
    filters.add_argument("--speaker", help="articles in which this person or body makes a statement")
    filters.add_argument("--language", metavar="CODE", help="only this language, as en or tr")

    top = argparse.ArgumentParser(prog="onrecord", description="Ask a body of news what was said, on the record.")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str, *, filtered: bool = False) -> Any:
        made = commands.add_parser(
            name, help=text, description=text, parents=[shared, filters] if filtered else [shared]
        )
        if filtered and name != "brief":
            made.add_argument("--article", metavar="ID", help="only this article")
        made.set_defaults(run=run)
        return made

    made = command("add", _add, "add files, folders, web addresses, feeds, or - for standard input")
    made.add_argument("sources", nargs="+", metavar="SOURCE")
    _take_fields(made, "instead of what is found")
    made.add_argument("--feed", action="store_true", help="of a web page, add what the feed that it offers lists")
    made.add_argument("--no-wait", action="store_true", help="return once stored; vectors and statements follow later")
    made = command("list", _list, "list articles", filtered=True)
    made.add_argument("--limit", type=int, help="at most this many")
    made.add_argument("--query", help="words of the title")
    made = command("show", _show_article, "show an article")
    made.add_argument("id", metavar="ID")
    made.add_argument("--version", help="an earlier version, and how the current one differs")
    made = command("amend", _amend, "correct the fields of an article; no later reading changes them")
    made.add_argument("id", metavar="ID")
    _take_fields(made, "from now on; an empty one empties the field")
    made.add_argument("--undo", action="append", choices=_FIELDS, help="back to what was found; may be repeated")
    made = command("remove", _remove, "remove articles from the library and every index")
    made.add_argument("ids", nargs="+", metavar="ID")
    command("reindex", _reindex, "make every index again from the library")
    made = command("backup", _backup, "copy the library to a new file and check it")
    made.add_argument("file", type=Path, metavar="FILE")
    made = command("restore", _restore, "check a backup and put it into a home without a library")
    made.add_argument("file", type=Path, metavar="FILE")
    command("doctor", _doctor, "say engine, models, stores, versions, health and what to do")
    made = command("search", _search, "find passages", filtered=True)
    made.add_argument("query", metavar="QUERY")
    made.add_argument("-k", type=_at_least_one, default=10, metavar="N", help="how many (10)")
    made = command("ask", _ask, "ask a question and get a cited answer", filtered=True)
    made.add_argument("question", metavar="QUESTION")
    made.add_argument("--as-of", type=_a_day, metavar="DATE", help="answer from what was known by YYYY-MM-DD")
    _take_export(made)
    made = command("verify", _verify, "check an exported answer or briefing again: Markdown, Word, HTML or JSON")
    made.add_argument("file", type=Path, metavar="FILE")
    for made in (commands.choices["search"], commands.choices["ask"]):
        made.add_argument(
            "--ignore",
            action="append",
            default=[],
            metavar="KIND",
            help="don't narrow by what the question says: outlet, date, language, actor, part, or one as outlet:NAME",
        )
    made = command(
        "preview", _preview, "show every article that a file, a folder, a page or a feed holds, without storing it"
    )
    made.add_argument("source", metavar="SOURCE")
    made.add_argument("--feed", action="store_true", help="of a web page, what the feed that it offers lists")
    made = command("extract", _extract, "show what adding a file would make of it, without storing it")
    made.add_argument("source", metavar="SOURCE")
    made = command("statements", _statements, "show who says what in a file, without storing it")
    made.add_argument("source", metavar="SOURCE")
    made = command("positions", _positions, "list stated positions", filtered=True)
    several = "; may be repeated"
    made.add_argument("--actor", action="append", help=f"only by or on behalf of this person, body or country{several}")
    made.add_argument("--topic", action="append", help=f"only statements about this{several}")
    made.add_argument("--matrix", action="store_true", help="actors by topics, with changes over time")
    made.add_argument("--csv", type=Path, metavar="FILE", help="write the matrix to a file as a table")
    made = command("brief", _brief, "make a briefing: on a topic, a span of dates or chosen articles", filtered=True)
    made.add_argument("topic", nargs="?", metavar="TOPIC")
    made.add_argument("--article", action="append", metavar="ID", help=f"about this article{several}")
    made.add_argument("--template", default="situation", help="situation, digest, positions, summary or a TOML file")
    made.add_argument("--length", default="medium", help="short, medium, long or a number of words (medium)")
    made.add_argument("--builtin", action="store_true", help="without the model that is set")
    _take_export(made)
    made = command("eval", _eval, "measure against the evaluation data, compare, check floors, write the page")
    made.add_argument("name", metavar="NAME", help="a measure, or compare A B, check, pin FILE, report")
    made.add_argument("files", nargs="*", type=Path, metavar="FILE", help="reports to compare or to pin floors to")
    made.add_argument("--data", type=Path, metavar="DIR", help="folder of the evaluation data")
    made.add_argument("--out", type=Path, metavar="FILE", help="write the report, or the page, here")
    made.add_argument("--reports", type=Path, metavar="DIR", help="folder of reports and floors (docs/evaluation)")
    made.add_argument("--lower", action="store_true", help="let pin lower a floor")
    made = command("serve", _serve, "run the app in the browser, with its security headers")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    made.add_argument("--port", type=int, default=8501, help="port to listen on (8501)")
    return top


def _take_fields(made: argparse.ArgumentParser, when: str) -> None:
    for name in _FIELDS:
        if name == "published":
            made.add_argument("--published", metavar="DATE", help=f"day of publication, YYYY-MM-DD, {when}")
        else:
            made.add_argument(f"--{name}", help=f"{name}, {when}")


def _take_export(made: argparse.ArgumentParser) -> None:
    made.add_argument("--format", metavar="LIST", help="export as md, docx, pdf, html, json, one or more with commas")
    made.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to: a file, or a folder")


def _a_day(value: str) -> date:
    try:
        return parse_day(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a date; write YYYY-MM-DD, for example 2022-02-03") from None


def _at_least_one(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number from 1")
    return int(value)


def _filters(asked: argparse.Namespace) -> Filters:
    names = ("outlet", "since", "until", "speaker", "article", "language", "as_of")
    return Filters(**{name: getattr(asked, name, None) for name in names})


def _settings(asked: argparse.Namespace) -> Settings:
    from rag.settings import Settings

    return Settings(home=asked.home) if asked.home else Settings()


def _open(asked: argparse.Namespace) -> Newsroom:
    from rag.newsroom import Newsroom

    return Newsroom.open(_settings(asked))


# -- showing


def _show(asked: argparse.Namespace, value: Any, lines: Callable[[], None]) -> None:
    if asked.json:
        json.dump(as_json(value), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        lines()


def _note(asked: argparse.Namespace, line: str) -> None:
    print(line, file=sys.stderr if asked.json else sys.stdout)


class _Meter:
    """Progress on standard error, of what takes over a second: one line that is written anew on a terminal, elsewhere a
    line every few seconds.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + 1
        self._begun = False

    def show(self, at: Progress) -> None:
        """What, how many of how many, how long still."""
        left = "" if at.seconds_left is None else f", {_duration(at.seconds_left)} left"
        self.write(f"{at.step}: {at.done} of {at.total}{left}")

    def write(self, line: str) -> None:
        """The line, unless one was written a moment ago."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + (0.2 if self._terminal else 5)
        print(
            f"\r\x1b[K{line}" if self._terminal else line,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )
        self._begun = True

    def end(self) -> None:
        """Clear the line."""
        if self._terminal and self._begun:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self._begun = False


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min"


def _wait(room: Newsroom) -> None:
    """Wait for vectors and statements, and show how far they are."""
    meter = _Meter()
    while not room.wait(0.2):
        for at in room.progress()[:1]:
            meter.show(at)
    meter.end()


def _timed(call: Callable[[], list[Hit]]) -> tuple[list[Hit], float]:
    started = time.perf_counter()
    return call(), round((time.perf_counter() - started) * 1000, 1)


def _about(hit: Hit) -> str:
    return f"{hit.title}, {hit.outlet or 'no outlet'}, {hit.published or 'no date'}"


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
