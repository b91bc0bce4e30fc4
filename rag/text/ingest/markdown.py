"""Markdown with YAML front matter: the fields as given, the body as plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.domain import Extract, parse_day
from rag.errors import BadDate, UnreadableSource
from rag.text.canonical import canonical, fold
from rag.text.ingest.headlines import first_words
from rag.text.ingest.language import detected
from rag.text.ingest.pasted import read_pasted
from rag.text.ingest.written_dates import written_days

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)(?:\n|\A)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST_FRONT_MATTER = 64_000
_NAMES = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "publisher", "source", "site"),
    "byline": ("byline", "author", "authors"),
    "published": ("published", "date", "published_at"),
    "updated": ("updated", "modified", "lastmod"),
    "language": ("language", "lang"),
    "url": ("url", "link", "canonical"),
    "notes": ("note", "notes"),
}
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The values of one front matter field and the line of the file on which it stands."""

    values: tuple[str, ...]
    line: int


def read_markdown(text: str) -> Extract:
    """What a Markdown file says. Unknown fields are ignored.

    The title is the field of that name, else the first heading of level 1, which then leaves the text. A file without
    front matter is cleaned and searched for dates as a pasted page is. Raises UnreadableSource for front matter that
    is not YAML, BadDate for a date that is none.
    """
    clean = canonical(text)
    match = _FRONT_MATTER.match(clean)
    given = _front_matter(match["yaml"]) if match else {}
    heading, paragraphs = _plain(_MARKDOWN.parse(clean[match.end() :] if match else clean))
    title = _one(given, "title")
    if heading and (title is None or fold(heading) == fold(title)):
        title = title or heading
    elif heading:
        paragraphs.insert(0, heading)
    body = canonical("\n\n".join(paragraphs))
    if not body:
        raise UnreadableSource("There is no text below the front matter; write the article there and add it again.")
    if not match:
        return _without_front_matter(body, title)
    published, updated = _day(given, "published"), _day(given, "updated")
    return Extract(
        text=body,
        title=title or first_words(body.split("\n", 1)[0]),
        outlet=_one(given, "outlet"),
        byline=_one(given, "byline"),
        published=published,
        updated=updated,
        date_basis="front-matter" if published or updated else None,
        language=_language(given) or detected(body),
        url=_url(given),
        notes=given["notes"].values if "notes" in given else (),
    )


def has_front_matter(text: str) -> bool:
    """True if `text` begins with a block of front matter that names a known field."""
    match = _FRONT_MATTER.match(text)
    names = "|".join(name for names in _NAMES.values() for name in names)
    return match is not None and re.search(rf"(?im)^(?:{names})\s*:", match["yaml"]) is not None


def _without_front_matter(body: str, title: str | None) -> Extract:
    extract = read_pasted(f"{title}\n\n{body}" if title else body)
    return replace(extract, title=canonical(title)) if title else extract


def _front_matter(source: str) -> dict[str, _Given]:
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
    given: dict[str, _Given] = {}
    for key, value in node.value:
        name = next((ours for ours, names in _NAMES.items() if str(key.value).lower() in names), None)
        if name and name not in given and (values := tuple(_scalars(value))):
            given[name] = _Given(values=values, line=key.start_mark.line + 2)
    return given


def _scalars(node: yaml.Node) -> Iterable[str]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for item in items:
        if isinstance(item, yaml.ScalarNode) and (value := canonical(item.value)) and value not in ("~", "null"):
            yield " ".join(value.split())


def _one(given: dict[str, _Given], name: str) -> str | None:
    return ", ".join(given[name].values) if name in given else None


def _day(given: dict[str, _Given], name: str) -> date | None:
    if name not in given:
        return None
    value = given[name].values[0]
    try:
        return parse_day(value)
    except ValueError:
        days = written_days(value)
        if len(days) == 1:
            return days[0].day
    raise BadDate(f"{name} in line {given[name].line} of the front matter is {value!r}; write it as YYYY-MM-DD.")


def _language(given: dict[str, _Given]) -> str | None:
    code = (_one(given, "language") or "").lower()
    return code[:2] if re.fullmatch(r"[a-z]{2}(?:[-_]\w+)*", code) else None


def _url(given: dict[str, _Given]) -> str | None:
    url = _one(given, "url")
    if url and not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        raise UnreadableSource(
            f"url in line {given['url'].line} of the front matter is {url!r}; it must start with http:// or https://."
        )
    return url


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
