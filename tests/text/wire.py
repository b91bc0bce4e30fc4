"""Versions of wire stories, and what only looks like one, as edits of invented stories (`data/wire.json`).

The rules were worked out with the half `dev`; the half `held` was looked at in the end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA = json.loads((Path(__file__).parent / "data" / "wire.json").read_text("utf-8"))


def pairs(kind: str, half: str | None = None) -> list[tuple[str, str, str]]:
    """Id, edited text and story of each pair of a kind: `version` or `other`."""
    stories: dict[str, str] = _DATA["stories"]
    return [
        (item["id"], _edited(stories[item["story"]], item), stories[item["story"]])
        for item in _DATA["pairs"]
        if item["kind"] == kind and half in (None, item["half"])
    ]


def _edited(text: str, item: dict[str, Any]) -> str:
    for before, after in item["edits"]:
        text = text.replace(before, after)
    paragraphs = [paragraph for at, paragraph in enumerate(text.split("\n\n")) if at not in item["drop"]]
    for at, paragraph in item["add"]:
        paragraphs.insert(min(at, len(paragraphs)), paragraph)
    before, after = item["prepend"], item["append"]
    between = "" if not before or before.endswith("\n") else " " if before.endswith(("—", "-")) else "\n"
    ends = "" if not after else " " if after.startswith("(") else "\n"
    return f"{before}{between}" + "\n\n".join(paragraphs) + f"{ends}{after}"
