"""Markdown with front matter (YAML or TOML): the declared fields, and the body as plain paragraphs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers import declared_fields
from rag.readers.declared_fields import FieldValues, extract_from_fields, field_text
from rag.readers.mail import visible_lines
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical, fold

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)(?:\n|\A)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?P<toml>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
# Lines of fields below the headline, as note-takers export them: "Author: Jane Doe", "**Author:** Jane Doe".
_PROPERTIES = re.compile(
    r"\A(?P<head>#[ \t][^\n]+\n\s*)?(?:\[[^\]\n]{0,80}\]\((?P<link>https?://[^\s()]+)\)\s*\n\s*)?"
    r"(?:!\[[^\]\n]{0,80}\]\([^\s()]+\)\s*\n\s*)?(?:##+[ \t]Metadata[ \t]*\n\s*)?"
    r"(?P<fields>(?:(?:[-*][ \t])?\*{0,2}[^\W\d_][^:\n]{0,29}:\*{0,2}[ \t][^\n]{0,300}\n){2,})[ \t]*(?:\n|\Z)"
)
_LINKED = re.compile(r"\[([^\[\]]{1,200})\]\((https?://[^\s()]+)\)")
_LONGEST, _LONGEST_FRONT_MATTER = 1_000_000, 64_000  # characters
_MARKS, _MOST_MARKS = "[*_`<", 20_000  # the parser takes up to a ten-thousandth of a second for each
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(text: str) -> Extract:
    """The article of a Markdown file. Unknown fields are ignored.

    The title is the field of that name, else the first heading of level 1, which then leaves the text. A file without
    front matter is cleaned and searched for dates as a pasted page is. A field that holds no date is left empty, with
    a note. Raises UnreadableSource for front matter that is not valid.
    """
    clean = canonical(text)
    if len(clean) > _LONGEST:
        raise UnreadableSource(f"The Markdown file is longer than {_LONGEST} characters; split it.")
    fields, markup = _split_fields(clean)
    if sum(map(markup.count, _MARKS)) > _MOST_MARKS:
        raise UnreadableSource(f"The Markdown file has more than {_MOST_MARKS} brackets and other marks; split it.")
    lines, at = _plain_lines(_MARKDOWN.parse(markup))
    title, rest = field_text(fields or {}, "title"), lines
    if at is not None and (title is None or fold(lines[at]) == fold(title)):
        title, rest = title or lines[at], [*lines[:at], *lines[at + 1 :]]
    body = canonical("\n\n".join(rest))
    if not body:
        raise UnreadableSource("There is no text below the front matter; write the article there and add it again.")
    # Without front matter the heading stays where it is: lines above it may say who wrote this, and when.
    extract = extract_from_fields(fields, body) if fields is not None else read_pasted(canonical("\n\n".join(lines)))
    return replace(extract, title=title or extract.title)


def has_front_matter(text: str) -> bool:
    """True if `text` begins with a block of front matter that names a known field."""
    match = _FRONT_MATTER.match(text) or _TOML.match(text)
    names = "|".join(name for names in declared_fields.NAMES.values() for name in names)
    return match is not None and re.search(rf"(?im)^(?:{names})\s*[:=]", match[1]) is not None


def _split_fields(text: str) -> tuple[dict[str, FieldValues] | None, str]:
    """The fields of a file, None where it gives none, and the rest of it."""
    if match := _FRONT_MATTER.match(text):
        return _parse_yaml(match["yaml"]), text[match.end() :]
    if match := _TOML.match(text):
        return _parse_toml(match["toml"]), text[match.end() :]
    if match := _PROPERTIES.match(text):
        pairs = [line.lstrip("-* \t").split(":", 1) for line in match["fields"].splitlines()]
        pairs = [[name.strip(" *"), value.strip(" *")] for name, value in pairs]
        linked = (link[2] for _, value in pairs if (link := _LINKED.fullmatch(value)))
        pairs += [["url", address] for address in (match["link"], *linked) if address]
        fields = _known_fields((name, [_LINKED.sub(r"\1", value)]) for name, value in pairs)
        if len(fields) > 1:
            return fields, (match["head"] or "") + text[match.end() :]
    return None, text


def _parse_toml(source: str) -> dict[str, FieldValues]:
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as exc:
        raise UnreadableSource(
            f'The front matter is not valid TOML ({exc}); write one `name = "value"` per line.'
        ) from exc
    return _known_fields(
        (name, map(str, value if isinstance(value, list) else [value])) for name, value in values.items()
    )


def _known_fields(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, FieldValues]:
    """The fields with known names, the first of each."""
    return _first_of_each((name, values, f"the field {name.strip()!r}") for name, values in pairs)


def _first_of_each(entries: Iterable[tuple[str, Iterable[str], str]]) -> dict[str, FieldValues]:
    """The fields with known names, of triples of name, values and place, the first that is not empty of each."""
    fields: dict[str, FieldValues] = {}
    is_note = False
    for name, values, where in entries:
        ours = declared_fields.canonical_field(name)
        is_note |= fold(name) == "created"
        if ours and ours not in fields and (value := declared_fields.field_values(values, where)):
            fields[ours] = value
    if is_note and "published" not in fields:  # "created" and "updated" are the days of a note, not of its article
        fields.pop("updated", None)
    return fields


def _parse_yaml(source: str) -> dict[str, FieldValues]:
    """Values of the known fields, as written: YAML itself would turn "no" into false and a wrong date into an error."""
    if len(source) > _LONGEST_FRONT_MATTER:
        raise UnreadableSource(f"The front matter is longer than {_LONGEST_FRONT_MATTER} characters; shorten it.")
    try:
        node = yaml.compose(source, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 2 if exc.problem_mark else 2
        raise UnreadableSource(
            f"The front matter is not valid YAML in line {line} ({exc.problem}); write one `name: value` per line, "
            "with quotation marks around a value with a colon."
        ) from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise UnreadableSource("The front matter is not valid YAML; write one `name: value` per line.") from exc
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableSource("The front matter is not a list of fields; write one `name: value` per line.")
    return _first_of_each(
        (str(key.value), _scalars(value), f"line {key.start_mark.line + 2} of the front matter")
        for key, value in node.value
    )


def _scalars(node: yaml.Node) -> Iterable[str]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return (item.value for item in items if isinstance(item, yaml.ScalarNode))


def _plain_lines(tokens: Sequence[Token]) -> tuple[list[str], int | None]:
    """The lines of the body, and which of them is the first heading of level 1."""
    lines: list[str] = []
    heading: int | None = None
    row: list[str] = []
    block = ""
    for token in tokens:
        if token.nesting == 1:
            block = f"{token.type}:{token.tag}"
        line = ""
        if token.type in ("fence", "code_block"):
            line = token.content
        elif token.type == "html_block":
            lines += filter(None, visible_lines(token.content))
        elif token.type == "tr_close":
            line, row = (" ".join(" | ".join(row).split()) if any(row) else ""), []
        elif token.type == "inline":
            line = _words(token.children or []).strip()
            if block in ("th_open:th", "td_open:td"):
                row, line = [*row, line], ""
            elif line and block == "heading_open:h1" and heading is None:
                heading, line = len(lines), " ".join(line.split())
        if line.strip():
            lines.append(line)
    return lines, heading


def _words(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
    return "".join(parts)
