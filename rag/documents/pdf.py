"""PDF by typst. The text reaches typst as data, never as markup, so no article can write typst code."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from rag.documents.lines import Line
from rag.errors import UnusableInput

_ATTACHMENT = "onrecord.json"


def write(lines: Sequence[Line], figures: Mapping[int, str], record: bytes, moment: datetime | None = None) -> bytes:
    """The lines as a tagged PDF with the record attached; `moment` dates it. Bundled fonts print Latin, Cyrillic,
    Greek, Hebrew and Arabic; other scripts need a font of the computer.
    """
    import typst

    template = files("rag.documents").joinpath("template.typ").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fonts that are preferred but absent
        document = typst.compile(
            template,
            format="pdf",
            sys_inputs={
                "data": json.dumps(_template_data(lines, figures), ensure_ascii=False),
                "record": record.decode(),
            },
            timestamp=moment or datetime(2000, 1, 1, tzinfo=UTC),
        )
    return bytes(document)


def record_in(data: bytes) -> bytes | None:
    """The record that the file carries; None if it has none. Raises UnusableInput if it is not a readable PDF."""
    attachments = [item for item in _reader(data).attachment_list if item.name == _ATTACHMENT]
    return bytes(attachments[0].content) if len(attachments) == 1 else None


def words(data: bytes) -> str:
    """The text of the pages, the targets of their links, and the names of their pictures. Raises UnusableInput."""
    parts = []
    for page in _reader(data).pages:
        parts.append(page.extract_text())
        parts += [str(item.get_object().get("/A", {}).get("/URI", item)) for item in page.get("/Annots") or ()]
        parts += sorted(f"{name} {item.get_object().get('/Subtype')}" for name, item in _pictures(page))
    return "\n".join(parts)


def _pictures(page: Any) -> list[tuple[str, Any]]:
    return list((page["/Resources"].get("/XObject") or {}).items()) if "/Resources" in page else []


def _reader(data: bytes) -> Any:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        len(reader.pages)
    except Exception as exc:  # whatever a broken file makes its reader raise
        raise UnusableInput(f"This PDF can't be read ({type(exc).__name__}). Export it again.") from exc
    return reader


def _template_data(lines: Sequence[Line], figures: Mapping[int, str]) -> dict[str, object]:
    rows: list[dict[str, object]] = []
    for at, line in enumerate(lines):
        if at in figures:
            rows.append({"role": "figure", "level": 0, "text": figures[at], "marks": "", "speech": "", "rest": ""})
        text, rest = line.words, ""
        if line.role == "who":
            text, dot, rest = line.text.partition(" · ")
            rest = dot + rest
        marks = line.text[len(text) :].strip() if line.role == "sentence" else ""
        rows.append(
            {"role": line.role, "level": line.level, "text": text, "marks": marks, "speech": line.speech, "rest": rest}
        )
    return {"title": lines[0].text if lines else "", "lines": rows}
