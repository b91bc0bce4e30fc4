"""Commands that ask: passages, answers, positions, briefings; and checking what was exported."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, get_args

from rag.cli.common import DONE, PARTLY, Meter, filters_of, opened, show
from rag.cli.library import read_source
from rag.cli.render import (
    about_hit,
    print_answer,
    print_briefing,
    print_chats,
    print_matrix,
    print_statements,
    print_understood,
    print_verification,
)
from rag.domain import Answer, Briefing, BriefingStep, ExportFormat, Hit, as_json, why
from rag.errors import UnusableInput

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom


def search_passages(asked: argparse.Namespace) -> int:
    """`onrecord search`: passages."""
    with opened(asked) as room:
        filters = filters_of(asked)
        understood = room.understood(asked.query, filters=filters, ignore=asked.ignore)
        hits, elapsed = _timed(lambda: room.search(asked.query, k=asked.k, filters=filters, ignore=asked.ignore))
        notices = room.search_notices(asked.query, hits)

    for notice in notices:
        print(notice, file=sys.stderr)

    def lines() -> None:
        print_understood(understood)
        for hit in hits:
            print(f"{about_hit(hit)}\n{hit.text}\n")
        if not hits:
            print("Nothing found.", file=sys.stderr)

    show(asked, {"hits": hits, "elapsed_ms": elapsed, "understood": understood}, lines)
    return DONE if hits else PARTLY


def ask_question(asked: argparse.Namespace) -> int:
    """`onrecord ask`: a cited answer, or one exported to files; with `--chat` it is a turn of a kept conversation."""
    formats = _formats(asked)
    filters = filters_of(asked)
    chat_id = secrets.token_urlsafe(16) if asked.chat == "new" else asked.chat
    with opened(asked) as room:
        known = chat_id in {item.chat_id for item in room.chats()} if chat_id else False
        history = room.history(chat_id) if known else []
        answer = room.ask(asked.question, filters=filters, ignore=asked.ignore, history=history)
        if chat_id:
            room.keep_turn(chat_id, asked.question, filters=filters, state="answered", answer=answer)
            print(f"Conversation {chat_id}", file=sys.stderr)
        _export(asked, room, answer, formats)
    if asked.json or not formats:
        show(asked, answer, lambda: print_answer(answer))
    return PARTLY if answer.abstained else DONE


def show_chats(asked: argparse.Namespace) -> int:
    """`onrecord chats`: the conversations of the library, or one of them with its answers."""
    with opened(asked) as room:
        if asked.forget:
            if asked.id is None:
                raise UnusableInput("Say which conversation to forget: onrecord chats ID --forget.")
            room.forget_chat(asked.id)
            return DONE
        found = [room.chat(asked.id)] if asked.id else room.chats()
    show(asked, {"chats": found}, lambda: print_chats(found, whole=asked.id is not None))
    return DONE if found else PARTLY


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


def verify_file(asked: argparse.Namespace) -> int:
    """`onrecord verify`: every citation of an exported answer or briefing, checked again."""
    with opened(asked) as room:
        found = room.verify(asked.file)
    show(asked, found, lambda: print_verification(found))
    return DONE if found.ok else PARTLY


def make_briefing(asked: argparse.Namespace) -> int:
    """`onrecord brief`: a briefing, or one exported to files."""
    meter = Meter()
    formats = _formats(asked)
    with opened(asked) as room:
        made = room.brief(
            topic=asked.topic,
            articles=asked.article or (),
            filters=replace(filters_of(asked), article=None),
            template=asked.template,
            length=asked.length,
            builtin=asked.builtin,
            progress=lambda step: meter.write(_step_line(step)),
        )
        meter.end()
        _export(asked, room, made, formats)
    if asked.json or not formats:
        show(asked, made, lambda: print_briefing(made))
    return DONE if made.finished and any(item.sentences for item in made.sections) else PARTLY


def _step_line(step: BriefingStep) -> str:
    tokens = step.usage.prompt_tokens + step.usage.completion_tokens
    counted = f": {step.done} of {step.total} {step.detail}" if step.total else ""
    return f"{step.work}{counted}" + (f", {tokens} tokens" if tokens else "")


def list_positions(asked: argparse.Namespace) -> int:
    """`onrecord positions`: statements, or a matrix of actors by topics."""
    if asked.matrix or asked.csv:
        return _matrix(asked)
    with opened(asked) as room:
        pairs = product(asked.actor or [None], asked.topic or [None])
        groups = [room.statements(actor=actor, topic=topic, filters=filters_of(asked)) for actor, topic in pairs]
    found = list(dict.fromkeys(item for group in groups for item in group))
    show(asked, {"statements": found}, lambda: print_statements(found))
    return DONE if found else PARTLY


def _matrix(asked: argparse.Namespace) -> int:
    with opened(asked) as room:
        found = room.positions(actors=asked.actor, topics=asked.topic, filters=filters_of(asked))
        table = room.positions_csv(found) if asked.csv else ""
    if asked.csv:
        with asked.csv.open("w", encoding="utf-8-sig", newline="") as file:  # a mark: spreadsheets read UTF-8 by it
            file.write(table)
        print(f"Wrote {asked.csv}.", file=sys.stderr)
    show(asked, found, lambda: print_matrix(found))
    return DONE if any(cell.statements for cell in found.cells) else PARTLY


def read_statements(asked: argparse.Namespace) -> int:
    """`onrecord statements`: who says what in a source, nothing stored."""
    with opened(asked) as room:
        read = read_source(room, asked.source)
        found = room.statements_in(read)
    told: object = [as_json(item) | {"why": why(item)} for item in found] if asked.explain else found
    show(asked, {"statements": told}, lambda: print_statements(found, explain=asked.explain))
    return DONE if found else PARTLY


def _timed(call: Callable[[], list[Hit]]) -> tuple[list[Hit], float]:
    started = time.perf_counter()
    return call(), round((time.perf_counter() - started) * 1000, 1)
