"""Commands for searching, asking, positions and briefings, and for checking drafts and exported files."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from rag.cli.common import DONE, PARTLY, Meter, filters_of, open_newsroom, print_result
from rag.cli.library import read_source
from rag.cli.render import (
    about_hit,
    print_answer,
    print_chats,
    print_matrix,
    print_statements,
    print_turns,
    print_understood,
    print_verification,
)
from rag.display import FINDING_OUTCOMES, citation_line, tally
from rag.domain import (
    Answer,
    Briefing,
    BriefingStep,
    Citation,
    DraftCheck,
    DraftProgress,
    ExportFormat,
    Finding,
    FindingOutcome,
    Hit,
    as_json,
    explain_statement,
)
from rag.errors import UnusableInput

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom

_SHOUTED: tuple[FindingOutcome, ...] = ("altered", "other_speaker", "contradicted")  # outcomes to see at a glance


def search_passages(args: argparse.Namespace) -> int:
    """`onrecord search`: passages."""
    with open_newsroom(args) as room:
        filters = filters_of(args)
        understood = room.understood(args.query, filters=filters, ignore=args.ignore)
        hits, elapsed = _time_call(lambda: room.search(args.query, k=args.k, filters=filters, ignore=args.ignore))
        notices = room.search_notices(args.query, hits)

    for notice in notices:
        print(notice, file=sys.stderr)

    def lines() -> None:
        print_understood(understood)
        for hit in hits:
            print(f"{about_hit(hit)}\n{hit.text}\n")
        if not hits:
            print("Nothing found.", file=sys.stderr)

    print_result(args, {"hits": hits, "elapsed_ms": elapsed, "understood": understood}, lines)
    return DONE if hits else PARTLY


def ask_question(args: argparse.Namespace) -> int:
    """`onrecord ask`: a cited answer, printed or exported; with `--chat` it is a turn of a kept conversation."""
    formats = _formats(args)
    filters = filters_of(args)
    chat_id = secrets.token_urlsafe(16) if args.chat == "new" else args.chat
    with open_newsroom(args) as room:
        exists = chat_id in {item.chat_id for item in room.chats()} if chat_id else False
        history = room.history(chat_id) if exists else []
        answer = room.ask(args.question, filters=filters, ignore=args.ignore, history=history)
        if chat_id:
            room.keep_turn(chat_id, args.question, filters=filters, state="answered", answer=answer)
            print(f"Conversation {chat_id}", file=sys.stderr)
        _export(args, room, answer, formats)
        text = "" if args.json else room.as_text(answer)
    if args.json or not formats:
        print_result(args, answer, lambda: print_answer(answer, text))
    return PARTLY if answer.abstained else DONE


def show_chats(args: argparse.Namespace) -> int:
    """`onrecord chats`: list the conversations of the library, or show or delete one."""
    with open_newsroom(args) as room:
        if args.forget:
            if args.id is None:
                raise UnusableInput("Name the conversation to delete: onrecord chats ID --forget.")
            room.forget_chat(args.id)
            return DONE
        chats = [room.chat(args.id)] if args.id else room.chats()
        turns = [turn for chat in chats for turn in chat.turns] if args.id else []
        texts = {turn.number: room.as_text(turn.answer) for turn in turns if turn.answer}
    print_result(args, {"chats": chats}, lambda: print_turns(turns, texts) if args.id else print_chats(chats))
    return DONE if chats else PARTLY


def _formats(args: argparse.Namespace) -> list[ExportFormat]:
    """The formats of `--format`, or else of the suffix of the output file. Raises UnusableInput."""
    formats = args.format.split(",") if args.format else []
    if args.output and not formats:
        formats = [args.output.suffix.removeprefix(".")]
    unknown = [name for name in formats if name not in get_args(ExportFormat)]
    if unknown:
        supported = ", ".join(get_args(ExportFormat))
        raise UnusableInput(f"{unknown[0]!r} is not an export format. Use --format with one or more of {supported}.")
    if formats and not args.output and (len(formats) > 1 or formats[0] in ("docx", "pdf") or args.json):
        raise UnusableInput("Name a file or folder with -o: only a single text format can go to standard output.")
    return [name for name in get_args(ExportFormat) if name in formats]


def _export(args: argparse.Namespace, room: Newsroom, value: Answer | Briefing, formats: list[ExportFormat]) -> None:
    """Write the value in each format to the output file, into the output folder, or to standard output."""
    for name in formats:
        data = room.export(value, name)
        if args.output is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            continue
        path = args.output / room.export_name(value, name) if args.output.is_dir() else args.output
        path = path.with_suffix(f".{name}") if len(formats) > 1 else path
        try:
            path.write_bytes(data)
        except OSError as exc:
            raise UnusableInput(f"{path} cannot be written: {exc.strerror or exc}. Name another file.") from exc
        print(f"Wrote {path}.", file=sys.stderr)


def verify_file(args: argparse.Namespace) -> int:
    """`onrecord verify`: every citation of an exported answer or briefing, checked again."""
    with open_newsroom(args) as room:
        verification = room.verify(args.file)
    print_result(args, verification, lambda: print_verification(verification))
    return DONE if verification.ok else PARTLY


def make_briefing(args: argparse.Namespace) -> int:
    """`onrecord brief`: a briefing, printed or exported."""
    meter = Meter()
    formats = _formats(args)
    with open_newsroom(args) as room:
        briefing = room.brief(
            topic=args.topic,
            articles=args.article or (),
            filters=replace(filters_of(args), article=None),
            template=args.template,
            length=args.length,
            builtin=args.builtin,
            progress=lambda step: meter.write(_step_line(step)),
        )
        meter.end()
        _export(args, room, briefing, formats)
        text = "" if args.json else room.as_text(briefing)
    if args.json or not formats:
        print_result(args, briefing, lambda: print(text))
    return DONE if briefing.finished and any(item.sentences for item in briefing.sections) else PARTLY


def _step_line(step: BriefingStep) -> str:
    tokens = step.usage.prompt_tokens + step.usage.completion_tokens
    counts = f": {step.done} of {step.total} {step.detail}" if step.total else ""
    return f"{step.work}{counts}" + (f", {tokens} tokens" if tokens else "")


def list_positions(args: argparse.Namespace) -> int:
    """`onrecord positions`: list statements, or a matrix of actors by topics."""
    if args.matrix or args.csv:
        return _matrix(args)
    with open_newsroom(args) as room:
        pairs = product(args.actor or [None], args.topic or [None])
        groups = [room.statements(actor=actor, topic=topic, filters=filters_of(args)) for actor, topic in pairs]
    statements = list(dict.fromkeys(item for group in groups for item in group))
    print_result(args, {"statements": statements}, lambda: print_statements(statements))
    return DONE if statements else PARTLY


def _matrix(args: argparse.Namespace) -> int:
    with open_newsroom(args) as room:
        positions = room.positions(actors=args.actor, topics=args.topic, filters=filters_of(args))
        table = room.positions_csv(positions) if args.csv else ""
    if args.csv:
        with args.csv.open("w", encoding="utf-8-sig", newline="") as file:  # a mark: spreadsheets read UTF-8 by it
            file.write(table)
        print(f"Wrote {args.csv}.", file=sys.stderr)
    print_result(args, positions, lambda: print_matrix(positions))
    return DONE if any(cell.statements for cell in positions.cells) else PARTLY


def read_statements(args: argparse.Namespace) -> int:
    """`onrecord statements`: the statements of a source, without storing it."""
    with open_newsroom(args) as room:
        extract = read_source(room, args.source)
        statements = room.statements_in(extract)
    output: object = (
        [as_json(item) | {"why": explain_statement(item)} for item in statements] if args.explain else statements
    )
    print_result(args, {"statements": output}, lambda: print_statements(statements, explain=args.explain))
    return DONE if statements else PARTLY


def _time_call(call: Callable[[], list[Hit]]) -> tuple[list[Hit], float]:
    started = time.perf_counter()
    return call(), round((time.perf_counter() - started) * 1000, 1)


def check_draft(args: argparse.Namespace) -> int:
    """`onrecord check`: the findings of a draft, in its order, each as soon as it is made."""
    meter = Meter()
    with open_newsroom(args) as room:
        if args.file == "-":
            text = room.draft_text(sys.stdin.buffer.read(), name="standard input")
        else:
            text = room.draft_text(Path(args.file))

        if readers := room.settings.draft_readers:
            print(readers, file=sys.stderr)

        def report(step: DraftProgress) -> None:
            if step.finding and not args.json:
                meter.end()
                _print_finding(text, step.finding, step.citations)
            meter.write(f"checked: {step.done} of {step.total}")

        check = room.check(text, day=args.day, progress=report)
        meter.end()
    print_result(args, check, lambda: _print_counts(check))
    return DONE if check.stands else PARTLY


def _print_finding(text: str, finding: Finding, citations: Sequence[Citation]) -> None:
    line = text.count("\n", 0, finding.start) + 1
    mark = "“{}”" if finding.kind == "quotation" else "{}"
    outcome = FINDING_OUTCOMES[finding.outcome]
    label = outcome.upper() if finding.outcome in _SHOUTED else outcome
    print(f"line {line}: {label}: {mark.format(' '.join(finding.text.split()))}")
    for about in (finding.why, *map(citation_line, citations)):
        print(f"    {about}", flush=True)


def _print_counts(check: DraftCheck) -> None:
    print(" ".join(f"{number}: {outcomes}." for number, outcomes in tally(check.findings)))
    for notice in check.notices:
        print(notice, file=sys.stderr)
