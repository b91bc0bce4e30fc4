"""Templates of briefings: which sections, under which headings, how long. Data, shipped or a user's own TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from rag.domain import BriefingPart
from rag.errors import UnreadableSource, UnusableInput
from rag.text.canonical import canonical, digest

SHIPPED_TEMPLATES = ("situation", "digest", "positions", "summary")
LENGTHS = ("short", "medium", "long")
MOST_WORDS = 5000
_MOST_BYTES = 64_000
_MOST_SECTIONS = 20
_MOST_SENTENCES = 200
_PARTS: tuple[str, ...] = get_args(BriefingPart)
PROSE = ("summary", "bottom-line")  # parts whose length may be given in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section. `most` sentences, or `words` words, by length; one of the two is set, but for `sources`."""

    part: BriefingPart
    heading: str
    most: Mapping[str, int] | None = None
    words: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The title and the sections of a briefing. `title` may have the placeholder `{subject}`."""

    name: str
    title: str
    sections: tuple[Section, ...]
    fingerprint: str

    def title_for(self, subject: str) -> str:
        """The title of a briefing about `subject`."""
        return self.title.replace("{subject}", subject)


def load_template(name: str) -> Template:
    """The shipped template of that name, or else the one in the TOML file of that path.

    Raises UnusableInput for an unknown name or a file that is not a template, saying why; UnreadableSource.
    """
    if name in SHIPPED_TEMPLATES:
        data = resources.files("rag.services.briefings").joinpath("templates", f"{name}.toml").read_bytes()
        return _parse_template(name, data)
    path = Path(name)
    if path.suffix != ".toml":
        raise UnusableInput(
            f"There is no template {name!r}. There are {', '.join(SHIPPED_TEMPLATES)}; "
            "your own is a file that ends in .toml."
        )
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as exc:
        raise UnreadableSource(f"The template {name!r} can't be read: {exc.strerror}. Check its path.") from exc
    if len(data) > _MOST_BYTES:
        raise UnusableInput(f"The template {name!r} is over {_MOST_BYTES} bytes long; a template is a short list.")
    return _parse_template(name, data)


def length_in_words(length: str) -> int | None:
    """The length as a number of words; None for short, medium and long. Raises UnusableInput for any other."""
    if length in LENGTHS:
        return None
    if length.isdecimal() and 1 <= int(length) <= MOST_WORDS:
        return int(length)
    raise UnusableInput(f"{length!r} is no length. Use short, medium, long or a number of words up to {MOST_WORDS}.")


def _parse_template(name: str, data: bytes) -> Template:
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise UnusableInput(f"The template {name!r} is not TOML: {exc}.") from exc
    keys = {"title", "sections"}
    if unknown := sorted(set(table) - keys):
        raise _template_error(name, f"{unknown[0]!r} is not a key of a template; use title and [[sections]]")
    title = _checked_line(name, "title", table.get("title"))
    section_list = table.get("sections")
    if not isinstance(section_list, list) or not 1 <= len(section_list) <= _MOST_SECTIONS:
        raise _template_error(name, f"it needs 1 to {_MOST_SECTIONS} [[sections]]")
    sections = tuple(_section(name, at, item) for at, item in enumerate(section_list, 1))
    parts = [item.part for item in sections]
    if repeated := next((part for part in parts if parts.count(part) > 1), None):
        raise _template_error(name, f"it has the part {repeated!r} twice")
    return Template(name=name, title=title, sections=sections, fingerprint=digest(data.decode("utf-8")))


def _section(name: str, at: int, item: object) -> Section:
    where = f"section {at}"
    if not isinstance(item, dict):
        raise _template_error(name, f"{where} is not a table; write [[sections]]")
    if unknown := sorted(set(item) - {"part", "heading", "most", "words"}):
        raise _template_error(name, f"{where} has an unknown key {unknown[0]!r}; use part, heading, most or words")
    part = item.get("part")
    if part not in _PARTS:
        raise _template_error(name, f"{where} has the part {part!r}; the parts are {', '.join(_PARTS)}")
    most = _lengths(name, f"most of {where}", item.get("most"), _MOST_SENTENCES)
    words = _lengths(name, f"words of {where}", item.get("words"), MOST_WORDS)
    if part != "sources" and (most is None) == (words is None):
        raise _template_error(name, f"{where} needs either most (sentences) or words")
    if words is not None and part not in PROSE:
        raise _template_error(name, f"{where}: only {' and '.join(PROSE)} are measured in words; give most instead")
    heading = _checked_line(name, f"heading of {where}", item.get("heading"))
    return Section(part=part, heading=heading, most=most, words=words)


def _lengths(name: str, what: str, value: Any, highest: int) -> dict[str, int] | None:
    """Limits by length; a single number is the limit for all three."""
    if value is None:
        return None
    limits = dict.fromkeys(LENGTHS, value) if isinstance(value, int) else value
    is_complete = isinstance(limits, dict) and set(limits) == set(LENGTHS)
    if not is_complete or not all(type(one) is int and 1 <= one <= highest for one in limits.values()):
        raise _template_error(
            name, f"{what} must be a number from 1 to {highest}, or one each for {', '.join(LENGTHS)}"
        )
    return dict(limits)


def _checked_line(name: str, what: str, value: object) -> str:
    line = " ".join(canonical(value).split()) if isinstance(value, str) else ""
    if not 1 <= len(line) <= 200:
        raise _template_error(name, f"{what} must be text of 1 to 200 characters")
    return line


def _template_error(name: str, what: str) -> UnusableInput:
    return UnusableInput(f"The template {name!r} can't be used: {what}.")
