"""Exports of Nexis: the text of LexisNexis ("1 of 3 DOCUMENTS") and that of Nexis Uni ("End of Document")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.domain import Extract
from rag.knowledge.tables import table
from rag.readers import boilerplate
from rag.readers.exports import COPYRIGHT, PAGE_LINE, Export, build_extract, day_in, label_of

_START = re.compile(
    r"^[ \t]*(?:\d+ (?:{of}) \d+ (?:{document})|(?:{document}) \d+ (?:{of}) \d+)[ \t]*$".format_map(
        table("export_labels")
    ),
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(rf"^[ \t]*(?:{'|'.join(table('export_labels')['end'])})[ \t.]*$", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(
    rf"^[ \t]*[^\W\d_]+\s?:\s*(?P<count>[\d.,]+)\s+(?:{'|'.join(table('export_labels')['words'])})\b",
    re.IGNORECASE | re.MULTILINE,
)
_LOAD_DATE = re.compile(rf"^[ \t]*(?:{table('export_labels')['load_date']})\s?:", re.IGNORECASE | re.MULTILINE)
_BODY = set(table("export_labels")["nexis"]["body"])
_TAIL = set(table("export_labels")["nexis"]["tail"])
_CAPTIONS = set(table("export_labels")["nexis"]["captions"])
_HEADER = 40  # lines at most above the words
_MOST_CAPTIONS = 8  # lines at most of captions below the word that heads them


@dataclass(slots=True)
class _Parts:
    """The lines of one article, by what they are."""

    head: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)


def _split(text: str) -> Sequence[str]:
    return [part for part in _START.split(text) if _LENGTH.search(part) or len(part.split()) > 60]


def _split_uni(text: str) -> Sequence[str]:
    return [part for part in _END.split(text) if _LENGTH.search(part)]


def _sort_lines(text: str) -> _Parts:
    """Each line goes to the head (before the first label), to a field or to the body.

    The body begins after the last label of the header, or below the label that names it.
    """
    parts = _Parts()
    lines = [line for line in text.split("\n") if not PAGE_LINE.fullmatch(line)]
    begin = _body_at(lines)
    meaning = "head"
    for line in lines[:begin]:
        label = label_of(line.strip(), "nexis")
        if line.strip().lower().rstrip(":") in _BODY:
            continue
        if label is not None:
            meaning = label[0]
            parts.fields.setdefault(meaning, label[1])
        elif meaning == "head":
            parts.head.append(line.strip())
        elif line.strip():
            parts.fields[meaning] = f"{parts.fields[meaning]} {line.strip()}".strip()
        else:
            meaning = ""
            parts.fields.setdefault("", "")
    body, tail = _split_tail(_blocks(lines[begin:]))
    for block in (*body, *_corrections(tail)):
        parts.body += ["", *(line for line in block if not (COPYRIGHT.match(line) and len(line) < 200))]
    for block in tail:
        if (label := label_of(block[0].strip(), "nexis")) is not None:
            parts.fields.setdefault(*label)
    return parts


def _corrections(blocks: list[list[str]]) -> Iterator[list[str]]:
    """The blocks of corrections among those below the words, which a reader must see, each up to the next label."""
    within = False
    for block in blocks:
        meaning = _meaning(block[0])
        within = meaning == "correction" or (within and meaning is None)
        if within:
            yield block


def _blocks(lines: list[str]) -> list[list[str]]:
    """The lines in blocks: a block ends at an empty line, and where a label or a copyright begins another."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line.strip() or _meaning(line):
            blocks.append([])
        if line.strip():
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _split_tail(blocks: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The words, and what follows them: labels with their values, captions of pictures, the copyright."""
    end = at = len(blocks)
    while at:
        at -= 1
        above = blocks[max(0, at - _MOST_CAPTIONS) : at]
        if _meaning(blocks[at][0]):
            end = at
        elif not _may_follow(blocks[at], [_meaning(block[0]) for block in above]):
            break
    while end and _meaning(blocks[end - 1][0]) == "correction":  # what follows it may be its next paragraph
        end -= 1
    return blocks[:end], blocks[end:]


def _may_follow(block: list[str], above: list[str | None]) -> bool:
    """True if a block without a label can belong to what follows the words: a caption below the head of captions, or
    the value of a label. A quotation never does.
    """
    last = block[-1].strip()
    sentence = last[-1:] in ".!?…" and len(last.split()) > 3
    if boilerplate.has_quotes(" ".join(block)):
        return False
    return "captions" in above or "tail" in above or ("other" in above and not sentence)


def _meaning(line: str) -> str | None:
    """What a line below the words is: a label, the head of captions or of more such, a copyright; None for words."""
    bare = line.strip()
    if bare.lower() in _TAIL:
        return "tail"
    if bare.partition(":")[0].strip().lower() in _CAPTIONS:
        return "captions"
    if label := label_of(bare, "nexis"):
        return None if label[0] in ("title", "outlet", "body", "byline", "dateline", "highlight") else label[0]
    return "copyright" if COPYRIGHT.match(bare) and len(bare) < 200 else None


def _body_at(lines: list[str]) -> int:
    """The number of the line below the header."""
    for at, line in enumerate(lines[: _HEADER * 3]):
        bare = line.strip().lower().rstrip(":")
        if bare in _BODY and any(_LENGTH.match(above) for above in lines[:at]):
            return at + 1
    length = next((at for at, line in enumerate(lines) if _LENGTH.match(line)), 0)
    at, end = length + 1, length + 1
    while at < min(len(lines), length + _HEADER):
        label = label_of(lines[at].strip(), "nexis")
        if lines[at].strip() and (label is None or label[0] == "body"):
            return at
        at += 1
        while label and at < len(lines) and lines[at].strip():  # a long value goes on over lines
            if label_of(lines[at].strip(), "nexis"):
                break
            at += 1
        end = at
    return end


def _read(text: str) -> Extract:
    """One article of LexisNexis: outlet, day and edition centred above the headline."""
    parts = _sort_lines(text)
    head = [line for line in parts.head if not COPYRIGHT.match(line)]
    at = next((at for at, line in enumerate(head) if day_in(line)), None)
    if at is None:
        return _build(parts, parts.fields.get("title") or _last_block(head, 0), None, None)
    outlet = next((line for line in head[:at] if line), None)
    title = parts.fields.get("title") or _last_block(head, at + 1)
    return _build(parts, title, outlet, head[at])


def _read_uni(text: str) -> Extract:
    """One article of Nexis Uni: headline, outlet, day, one line each, whatever list of articles stands above them."""
    parts = _sort_lines(text)
    head = [line for line in parts.head if line]
    at = max((at for at, line in enumerate(head) if day_in(line) and at >= 1), default=None)
    if at is None:
        return _build(parts, head[-1] if head else None, None, None)
    return _build(parts, head[at - 2] if at >= 2 else None, head[at - 1], head[at])


def _last_block(lines: list[str], start: int) -> str | None:
    """The last lines that stand together: a headline may take two."""
    block: list[str] = []
    for at in range(len(lines) - 1, start - 1, -1):
        if not lines[at] and block:
            break
        if lines[at]:
            block.insert(0, lines[at])
    else:
        block = block[-1:]  # without an empty line between them, what is above it is the edition
    return " ".join(block) or None


def _build(parts: _Parts, title: str | None, outlet: str | None, day: str | None) -> Extract:
    fields = parts.fields
    return build_extract(
        title=title, outlet=outlet or fields.get("outlet"), byline=fields.get("byline"),
        published=day_in(day or fields.get("date", "")), language=fields.get("language"), url=fields.get("url"),
        body=parts.body,
    )  # fmt: skip


def _is_nexis(text: str) -> bool:
    return _START.search(text[:5000]) is not None and _LENGTH.search(text) is not None


def _is_uni(text: str) -> bool:
    return (_END.search(text) or _LOAD_DATE.search(text)) is not None and _LENGTH.search(text) is not None


NEXIS = Export(name="Nexis export", recognize=_is_nexis, split=_split, read=_read)
NEXIS_UNI = Export(name="Nexis Uni export", recognize=_is_uni, split=_split_uni, read=_read_uni)
