"""Exports of Factiva: the plain layout (headline, byline, "152 words", day, outlet) and the one by field codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from rag.domain import Extract
from rag.knowledge.tables import table
from rag.readers.exports import COPYRIGHT, PAGE_LINE, Export, build_extract, day_in, labels, one_line_value
from rag.readers.field_values import day_of
from rag.readers.headlines import byline

_COUNT = re.compile(
    rf"^[ \t]*(?P<count>\d[\d.,  ]{{0,9}})\s?(?:{'|'.join(table('export_labels')['words'])})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ID = re.compile(
    rf"^[ \t]*(?:{table('export_labels')['document']})\s?:?\s+[A-Z0-9]{{10,40}}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?(?:\s?[A-Z]{2,4})?")
_CODE = re.compile(
    rf"(?P<code>{'|'.join(sorted(code.upper() for code in labels('factiva')))})(?:\s{{1,4}}(?P<value>.*)|\s*)$"
)
_KEYS = re.compile(r"^HD(?:\s|$)(?:.*\n)+?(?:.*\n)*?^(?:WC|PD)(?:\s|$)(?:.*\n)*?^(?:LP|TD)(?:\s|$)", re.MULTILINE)
_IMPRINT = re.compile(r".{0,40}©.{0,20}factiva.*", re.IGNORECASE)
_LONGEST_NAME = 80  # characters of a publisher's name
_HEADER = 16  # lines at most below the count of words


def _split(text: str) -> Sequence[str]:
    return [part for part in _ID.split(text) if _COUNT.search(part)]


def _is_factiva(text: str) -> bool:
    return _ID.search(text) is not None and _COUNT.search(text) is not None


def _read(text: str) -> Extract:
    """One article: section and headline, byline and count of words, day, outlet, code, language, copyright, words."""
    lines = [
        line.strip() for line in text.split("\n") if not (PAGE_LINE.fullmatch(line) or _IMPRINT.fullmatch(line.strip()))
    ]
    at = next(at for at, line in enumerate(lines) if _COUNT.match(line))
    title, author = _headline_and_byline(lines[:at])
    below = lines[at + 1 : at + 1 + _HEADER]
    day_at = next((number for number, line in enumerate(below[:4]) if day_in(line)), None)
    names = [line for line in below[day_at + 1 :] if line and not _CLOCK.fullmatch(line)] if day_at is not None else []
    end = _header_end(below, day_at)
    language = next((line for line in reversed(below[:end]) if line and not COPYRIGHT.match(line)), None)
    body = lines[at + 1 + end :]
    while body and (not body[-1] or _is_publisher(body[-1], below[:end])):
        body.pop()
    return build_extract(
        title=title, outlet=names[0] if names else None, byline=author,
        published=day_in(below[day_at]) if day_at is not None else None, language=language,
        body=body,
    )  # fmt: skip


def _is_publisher(line: str, header: Sequence[str]) -> bool:
    """True for the name of the publisher below the words of an article: the header has it too."""
    return (
        len(line) <= _LONGEST_NAME
        and not line.endswith((".”", "”", "!", "?"))
        and any(line in above for above in header)
    )


def _headline_and_byline(lines: list[str]) -> tuple[str | None, str | None]:
    """Headline and byline above the word count. A block right above the count, after an empty line below the headline,
    is the byline; without that empty line the last line must read as one.
    """
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    last = blocks[-1]
    above = [line for block in blocks[:-1] for line in block]
    if last and above:
        return above[-1], ", ".join(last)
    flat = above + last
    if len(flat) > 1 and byline(flat[-1]):
        return flat[-2], flat[-1]
    return (flat[-1] if flat else None), None


def _header_end(below: list[str], day_at: int | None) -> int:
    """The index of the line below the header: below the copyright, or else below the first empty line."""
    for at, line in enumerate(below):
        if COPYRIGHT.match(line):
            end = at + 1
            while end < len(below) and below[end] and len(below[end]) < 90 and not below[end].endswith((".", "”", '"')):
                end += 1  # the copyright goes on
            is_whole = end == at + 1 or COPYRIGHT.match(below[end - 1]) or end == len(below) or not below[end]
            return end if is_whole else at + 1
    return next((at for at, line in enumerate(below) if not line and at > (day_at or 0)), (day_at or 0) + 1)


def _is_by_fields(text: str) -> bool:
    return _KEYS.search(text[:60_000]) is not None and re.search(r"^AN(?:\s|$)", text, re.MULTILINE) is not None


def _split_fields(text: str) -> Sequence[str]:
    return [
        part
        for part in re.split(r"^AN(?:[ \t]+|\s*\n\s*).*$", text, flags=re.MULTILINE)
        if re.search(r"^HD(?:\s|$)", part, re.MULTILINE)
    ]


def _read_fields(text: str) -> Extract:
    """One article whose every field begins with its code: "HD  Trams return"."""
    meanings = labels("factiva")
    values: dict[str, list[str]] = {}
    meaning = ""
    for line in text.split("\n"):
        match = _CODE.match(line)
        if match and (match["value"] is None or line[2:3] in " \t"):
            meaning = meanings[match["code"].lower()]
            values.setdefault(meaning, [])
            line = match["value"] or ""
            if values[meaning]:
                values[meaning].append("")
        if meaning:
            values.setdefault(meaning, []).append(line)

    line_of = partial(one_line_value, values)
    return build_extract(
        title=line_of("title"), outlet=line_of("outlet"), byline=line_of("byline"),
        published=day_of(line_of("published") or ""), language=line_of("language"), url=line_of("url"),
        body=values.get("text", []),
    )  # fmt: skip


FACTIVA = Export(name="Factiva export", recognize=_is_factiva, split=_split, read=_read)
FACTIVA_FIELDS = Export(name="Factiva export", recognize=_is_by_fields, split=_split_fields, read=_read_fields)
