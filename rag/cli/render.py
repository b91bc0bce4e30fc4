"""Prints answers, briefings, positions and statements for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from rag.display import plural, source_line, truncate
from rag.domain import (
    Answer,
    Chat,
    Hit,
    Positions,
    Statement,
    Turn,
    Understood,
    Verification,
    citation_marks,
    explain_statement,
)


def print_verification(verification: Verification) -> None:
    """Print the result for each citation and sentence of an exported file."""
    for item in verification.checked:
        name = f"[{item.n}] " if item.n is not None else ""
        against = f" (checked against the {item.against})" if item.against else ""
        print(f"{name}{item.place}: {item.status}{f' - {item.reason}' if item.reason else ''}{against}")
    seals = {
        "unbroken": "Sealed by this library and unchanged since.",
        "broken": "Sealed by this library, but changed since.",
        "of another library": "Sealed by another library; only that library can tell whether the seal is intact.",
        "none": "No seal: changes outside the cited texts can't be ruled out.",
    }
    print(seals[verification.seal])
    citations = [item for item in verification.checked if item.place.startswith("citation ")]
    print(f"Citations word for word in their articles: {sum(item.fine for item in citations)} of {len(citations)}.")
    supported = sum(item.basis in ("words", "statement") for item in verification.sentences)
    total = len(verification.sentences)
    print(f"Sentences that match the record, word for word or as a statement: {supported} of {total}.")
    for sentence in verification.vouched:
        marks = citation_marks(sentence.citations)
        print(f"Only its writer vouches for: “{sentence.text}” {marks} ({sentence.place})")
    if not verification.ok:
        print(f"{len(verification.altered)} citations or sentences do not match.")
    elif count := len(verification.vouched):
        sentences = "1 sentence is" if count == 1 else f"{count} sentences are"
        print(f"Nothing was altered. {sentences} in the writer's own words: compare them with the cited sources.")
    else:
        print("Everything matches.")


def print_understood(understood: Sequence[Understood]) -> None:
    """Print how the scope of a question was understood, and how to undo each part."""
    for item in understood:
        if item.kind not in ("part", "segment", "actor"):
            undo = f" (--ignore {item.kind} takes it back)" if item.applied else ""
            print(f"Understood “{item.text}”: {item.note}{undo}")


def print_answer(answer: Answer, text: str) -> None:
    """Print an answer from its text, after how the question was understood; then what came nearest, if nothing
    answered.
    """
    print_understood(answer.understood)
    print(text)
    if answer.nearest:
        print("\nNearest passages")
    for hit in answer.nearest:
        print(f"- {about_hit(hit)}: {truncate(hit.text, 200)}")


def print_chats(chats: Sequence[Chat]) -> None:
    """Print a line for each conversation."""
    for chat in chats:
        count = plural(chat.total, "question")
        print(f"{chat.chat_id}  {chat.begun:%Y-%m-%d %H:%M}  {count}  {truncate(chat.turns[0].question, 80)}")
    if not chats:
        print("No conversations are kept.", file=sys.stderr)


def print_turns(turns: Sequence[Turn], texts: Mapping[int, str]) -> None:
    """Print the turns of a conversation with later changes to the cited articles; `texts` has that of each answer."""
    for turn in turns:
        print(f"\n{turn.number}. {turn.question}")
        if turn.answer:
            print_answer(turn.answer, texts[turn.number])
        elif turn.error:
            print(turn.error)
        for mark in turn.marks:
            print(f"[{mark.n}] has been {mark.kind} since.")


def speaker_line(item: Statement) -> str:
    """Speaker, role, party, venue, day and kind of a statement as one line."""
    candidates = " or ".join(item.speaker_candidates)
    parts = (
        item.speaker or (f"speaker not certain: {candidates}" if candidates else None),
        item.role,
        item.on_behalf_of and f"for {item.on_behalf_of}",
        item.venue and f"to {item.venue}",
        item.said_on and f"said {item.said_on}",
        "denial" if item.denied else None,
        "in the outlet’s own words" if item.stance else item.kind,
    )
    return " · ".join(part for part in parts if part)


def print_matrix(positions: Positions) -> None:
    """Print each cell of a matrix with its numbers of statements by kind, and the changes."""
    for cell in positions.cells:
        statements = [positions.statements[at] for at in cell.statements]
        count = ", ".join(
            f"{n} {what}"
            for what, n in (
                ("stated", sum(not item.stance and not item.denied for item in statements)),
                ("denied", sum(item.denied and not item.stance for item in statements)),
                ("in the outlet’s own words", sum(item.stance for item in statements)),
            )
            if n
        )
        count = count or "no statement found"
        sides = f" (+{cell.supporting} -{cell.opposing})" if cell.supporting or cell.opposing else ""
        print(f"{cell.actor} | {cell.topic}: {count}{sides}")
    for change in positions.changes:
        print(f"\nChanged? {change.actor} on {change.topic} ({change.rule})")
        for item in (positions.statements[change.earlier], positions.statements[change.later]):
            kind = "" if item.kind == "direct" else f" [{item.kind}]"  # only direct words bear marks of their own
            print(f"    {item.day}{kind}: {truncate(item.text, 200)}")
    if not positions.cells:
        print("No statement found.", file=sys.stderr)


def print_statements(statements: Sequence[Statement], *, explain: bool = False) -> None:
    """Print each statement; with `explain`, also why it is attributed to its speaker."""
    for item in statements:
        where = f" ({source_line(item.title, item.outlet, item.published)})" if item.title else ""
        print(f"{speaker_line(item)}{where}\n    {truncate(item.text, 300)}")
        if explain:
            print(f"    why: {explain_statement(item)}")
    if not statements:
        print("No statement found.", file=sys.stderr)


def about_hit(hit: Hit) -> str:
    """Title, outlet and day of a passage."""
    return source_line(hit.title, hit.outlet, hit.published)
