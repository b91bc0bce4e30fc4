"""Exports of ProQuest: text (a headline, labels, "Full text:", more labels), and references in RIS, as reference
managers give them too, with abstract or full text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import table
from rag.readers.exports import Export, build_extract, label_of, labels, one_line_value
from rag.readers.field_values import day_of
from rag.text.dates.written import written_days

_RULE = r"^[ \t]*[_=*-]{20,}[ \t]*$"
_NUMBER = r"^[ \t]*(?:document|dokument|documento) \d+ (?:of|von|de|di|van) \d+[ \t]*$"
_PARTS = re.compile(rf"{_RULE}|{_NUMBER}", re.IGNORECASE | re.MULTILINE)
_FULL = re.compile(
    rf"^[ \t]*(?:{'|'.join(table('export_labels')['proquest']['text'])})\s?:?(?:\s|$)", re.IGNORECASE | re.MULTILINE
)
_PROQUEST = re.compile(r"proquest", re.IGNORECASE)
_ABSTRACT = "cut: the export holds the abstract alone"


def _is_proquest(text: str) -> bool:
    if _FULL.search(text) is None and _PROQUEST.search(text) is None:
        return False
    lines = (line.strip() for line in text[:200_000].split("\n") if len(line) < 400)
    meanings = {label[0] for line in lines if (label := label_of(line, "proquest"))}
    return bool(meanings & {"outlet", "info", "published"}) and (
        "text" in meanings
        or _FULL.search(text) is not None
        or (_PROQUEST.search(text) is not None and "abstract" in meanings)
    )


def _split(text: str) -> Sequence[str]:
    return [part for part in _PARTS.split(text) if _is_article(part)]


def _is_article(part: str) -> bool:
    labels = (label_of(line.strip()[:300], "proquest") for line in part.split("\n"))
    return len({label[0] for label in labels if label}) >= 3


def _read(text: str) -> Extract:
    values: dict[str, list[str]] = {}
    head: list[str] = []
    meaning = ""
    for line in text.split("\n"):
        label = label_of(line.strip(), "proquest") or _bare_label(line.strip())
        if label is not None and not (meaning == "text" and label[0] == "title" and "title" in values):
            meaning = label[0]
            values.setdefault(meaning, []).append(label[1])
        elif meaning:
            values[meaning].append(line)
        elif line.strip():
            head.append(line.strip())

    line_of = partial(one_line_value, values)
    info = line_of("info") or ""
    title = line_of("title") or (head[0] if head else None)
    body, notes = values.get("text", []), tuple[str, ...]()
    if not any(line.strip() for line in body):
        body, notes = values.get("abstract", []), (_ABSTRACT,)
        if not any(line.strip() for line in body):
            raise UnreadableSource(f"“{title}” has no full text in this export; export it again with the full text.")
    days = written_days(info)
    return build_extract(
        title=title,
        outlet=re.split(r"\s*;", line_of("outlet") or "")[0]
        or re.split(r"\s*[;\[]|, | \(|\. ", info)[0].strip()
        or None,
        byline=(line_of("byline") or "").rstrip(".") or None,
        published=day_of(line_of("published") or "") or (days[0].day if len(days) == 1 else None),
        language=line_of("language"),
        url=line_of("url"),
        body=body,
        notes=notes,
    )


def _bare_label(line: str) -> tuple[str, str] | None:
    """A label without a colon on a line of its own: "FULL TEXT", "ProQuest document link"."""
    if line.lower() == "proquest document link":
        return "other", ""
    meaning = labels("proquest").get(line.lower()) if line.isupper() else None
    return (meaning, "") if meaning else None


PROQUEST = Export(name="ProQuest export", recognize=_is_proquest, split=_split, read=_read)


_RIS_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])  ?-(?: (?P<value>.*))?$")
_RIS_FIRST = re.compile(r"\s*TY  ?- ?\w+")
_RIS_TAGS: dict[str, list[str]] = table("export_labels")["ris"]
_RIS_FULL = 1_500  # characters from which a text is no abstract


def _is_ris(text: str) -> bool:
    return _RIS_FIRST.match(text) is not None


def _split_ris(text: str) -> Sequence[str]:
    return [part for part in re.split(r"^ER  ?-.*$", text, flags=re.MULTILINE) if _RIS_FIRST.match(part)]


def _read_ris(text: str) -> Extract:
    values: dict[str, list[str]] = {}
    tag = ""
    for line in text.split("\n"):
        if match := _RIS_TAG.match(line.rstrip()):
            tag = match["tag"]
            values.setdefault(tag, []).append(match["value"] or "")
        elif tag:
            values[tag][-1] += "\n" + line

    def values_of(meaning: str) -> list[str]:
        return [value.strip() for tag in _RIS_TAGS[meaning] for value in values.get(tag, []) if value.strip()]

    body = max(values_of("text"), key=len, default="")
    days = (day_of(value.strip("/").replace("/", "-")) or day_of(value) for value in values_of("published"))
    return build_extract(
        title=next(iter(values_of("title")), None), outlet=next(iter(values_of("outlet")), None),
        byline="; ".join(values_of("byline")) or None, published=next((day for day in days if day), None),
        language=next(iter(values_of("language")), None),
        url=next((value for value in values_of("url") if value.startswith("http")), None), body=body.split("\n"),
        notes=() if len(body) >= _RIS_FULL else ("cut: the export may hold the abstract alone",),
    )  # fmt: skip


RIS = Export(name="RIS references", recognize=_is_ris, split=_split_ris, read=_read_ris)
