"""PDF by typst. The text reaches typst as data, never as markup, so no article can write typst code."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files

from rag.services.exports.figures import figures
from rag.services.exports.lines import Line, roles, speech_of, split_sentence


def write(lines: Sequence[Line], made: datetime | None = None) -> bytes:
    """The lines as a tagged PDF; `made` dates it. Fonts that are bundled print Latin, Cyrillic, Greek, Hebrew and
    Arabic; other scripts need a font of the computer.
    """
    import typst

    template = files("rag.services.exports").joinpath("template.typ").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fonts that are preferred but absent
        made_pdf = typst.compile(
            template,
            format="pdf",
            sys_inputs={"data": json.dumps(_data(lines), ensure_ascii=False)},
            timestamp=made or datetime(2000, 1, 1, tzinfo=UTC),
        )
    return bytes(made_pdf)


def _data(lines: Sequence[Line]) -> dict[str, object]:
    found = roles(lines)
    drawn = figures(found)
    rows: list[dict[str, object]] = []
    kind = "summary"
    for at, line in enumerate(found):
        if at in drawn:
            rows.append({"role": "figure", "level": 0, "text": drawn[at], "marks": "", "speech": "", "rest": ""})
        text, rest = line.text, ""
        if line.role == "sentence":
            foot = found[at + 1].text if at + 1 < len(found) and found[at + 1].role == "foot" else ""
            kind = speech_of(foot)
            text = split_sentence(line.text)[0]
        elif line.role == "who":
            text, dot, rest = line.text.partition(" · ")
            rest = dot + rest
        marks = line.text[len(text) :].strip() if line.role == "sentence" else ""
        rows.append(
            {"role": line.role, "level": line.level, "text": text, "marks": marks, "speech": kind, "rest": rest}
        )
    return {"title": found[0].text if found else "", "lines": rows}
