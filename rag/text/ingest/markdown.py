"""Markdown with YAML front matter: the fields as given, the body as plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.text.canonical import canonical, fold
from rag.text.ingest.fields import NAMES, Given, extract_of, given, joined, our_name
from rag.text.ingest.pasted import read_pasted

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)(?:\n|\A)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST, _LONGEST_FRONT_MATTER = 1_000_000, 64_000  # characters
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(text: str) -> Extract:
    """What a Markdown file says. Unknown fields are ignored.

    The title is the field of that name, else the first heading of level 1, which then leaves the text. A file without
    front matter is cleaned and searched for dates as a pasted page is. Raises UnreadableSource for front matter that
    is not YAML, BadDate for a date that is none.
    """
    clean = canonical(text)
    if len(clean) > _LONGEST:
        raise UnreadableSource(f"The Markdown file is longer than {_LONGEST} characters; split it.")
    match = _FRONT_MATTER.match(clean)
    fields = _front_matter(match["yaml"]) if match else {}
    heading, paragraphs = _plain(_MARKDOWN.parse(clean[match.end() :] if match else clean))
    title = joined(fields, "title")
    if heading and (title is None or fold(heading) == fold(title)):
        title = title or heading
    elif heading:
        paragraphs.insert(0, heading)
    body = canonical("\n\n".join(paragraphs))
    if not body:
        raise UnreadableSource("There is no text below the front matter; write the article there and add it again.")
    if not match:
        return _without_front_matter(body, title)
    extract = extract_of(fields, body)
    return replace(extract, title=title or extract.title)


def has_front_matter(text: str) -> bool:
    """True if `text` begins with a block of front matter that names a known field."""
    match = _FRONT_MATTER.match(text)
    names = "|".join(name for names in NAMES.values() for name in names)
    return match is not None and re.search(rf"(?im)^(?:{names})\s*:", match["yaml"]) is not None


def _without_front_matter(body: str, title: str | None) -> Extract:
    extract = read_pasted(f"{title}\n\n{body}" if title else body)
    return replace(extract, title=title or extract.title)


def _front_matter(source: str) -> dict[str, Given]:
    """Values of the known fields, as written: YAML itself would turn "no" into false and a wrong date into an error."""
    if len(source) > _LONGEST_FRONT_MATTER:
        raise UnreadableSource(f"The front matter is longer than {_LONGEST_FRONT_MATTER} characters; shorten it.")
    try:
        node = yaml.compose(source, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 2 if exc.problem_mark else 2
        raise UnreadableSource(
            f"The front matter is not valid YAML in line {line} ({exc.problem}); write one `name: value` a line, "
            "with quotation marks around a value that holds a colon."
        ) from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise UnreadableSource("The front matter is not valid YAML; write one `name: value` a line.") from exc
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableSource("The front matter is not a list of fields; write one `name: value` a line.")
    fields: dict[str, Given] = {}
    for key, value in node.value:
        name = our_name(str(key.value))
        if name and name not in fields:
            found = given(_scalars(value), f"line {key.start_mark.line + 2} of the front matter")
            fields |= {name: found} if found else {}
    return fields


def _scalars(node: yaml.Node) -> Iterable[str]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return (item.value for item in items if isinstance(item, yaml.ScalarNode))


def _plain(tokens: Sequence[Token]) -> tuple[str | None, list[str]]:
    """The first heading of level 1 and, without it, the lines of the body."""
    heading, lines = None, []
    row: list[str] = []
    opened = ""
    for token in tokens:
        if token.nesting == 1:
            opened = f"{token.type}:{token.tag}"
        if token.type in ("fence", "code_block"):
            lines.append(token.content)
        elif token.type == "tr_close":
            lines.append(" | ".join(row))
            row = []
        elif token.type == "inline" and (words := _words(token.children or []).strip()):
            if opened in ("th_open:th", "td_open:td"):
                row.append(words)
            elif opened == "heading_open:h1" and heading is None:
                heading = " ".join(words.split())
            else:
                lines.append(words)
    return heading, [line for line in lines if line.strip()]


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
