"""One HTML page that loads nothing and runs nothing: written from lines and texts, and read back.

The page is a function of its lines and of the texts that it embeds. The check writes it again from what it read and
compares, so that nothing else can hide in it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

from rag.services.exports.claims import Texts
from rag.services.exports.figures import figures
from rag.services.exports.lines import Line, roles, speech_of, split_entry, split_place, split_sentence

_AROUND = 180  # characters of the source shown before and after a quotation
_MARK = re.compile(r"\[(\d+)\]")
_BLANK = re.compile("\n+")
_BREAKS = re.compile("\r\n?")


@dataclass(slots=True)
class Page:
    """What a page holds: its lines, and the source texts by (article id, version)."""

    lines: list[Line] = field(default_factory=list)
    texts: Texts = field(default_factory=dict)


def write(lines: Sequence[Line], texts: Mapping[tuple[str, str], str]) -> bytes:
    """The page in UTF-8. Every text goes through `escape`; numbers of citations lead to the quotation in its source."""
    found = roles(lines)
    spans = _spans(found)
    drawn = figures(found)
    body: list[str] = []
    number = 0
    for at, line in enumerate(found):
        if at in drawn:
            body.append(f"<figure>{drawn[at]}</figure>")
        if line.role == "foot":
            continue
        if line.role == "entry" and (entry := _entry(line.text)):
            number = entry
        foot = found[at + 1] if at + 1 < len(found) and found[at + 1].role == "foot" else None
        body.append(_element(line, foot, spans.get(number), texts))
    if texts:
        body.append('<section class="texts"><h2>Source texts</h2>')
        titles = _titles(found)
        for key, text in texts.items():
            marked = {n: (start, end) for n, (held, start, end) in spans.items() if held == key}
            body.append(_text(key, text, titles.get(key, ""), marked))
        body.append("</section>")
    title = escape(found[0].text if found else "")
    return _SHELL.format(title=title, policy=_policy(), style=_style(), body="\n".join(body)).encode()


def read(data: bytes) -> Page:
    """Lines and texts of a page. Raises UnicodeDecodeError. What it finds must be checked with `rewritten`."""
    reader = _Reader()
    with suppress(AssertionError):  # of html.parser, at a declaration without a name; no page that `write` made has one
        reader.feed(_BREAKS.sub("\n", data.decode("utf-8-sig")))
        reader.close()
    return reader.page


def rewritten(data: bytes, page: Page) -> bool:
    """True if the file is what `write` makes of what was read from it, white space at its end aside."""
    return _BREAKS.sub("\n", data.decode("utf-8-sig")).rstrip() == write(page.lines, page.texts).decode().rstrip()


_SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style></head>
<body><main>
{body}
</main></body></html>
"""


@cache
def _style() -> str:
    return files("rag.services.exports").joinpath("style.css").read_text("utf-8")


def _policy() -> str:
    allowed = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"


def _entry(text: str) -> int:
    try:
        return split_entry(text)[0]
    except ValueError:
        return 0


def _spans(lines: Sequence[Line]) -> dict[int, tuple[tuple[str, str], int, int]]:
    """Where each citation stands, by its number."""
    found: dict[int, tuple[tuple[str, str], int, int]] = {}
    number = 0
    for line in lines:
        if line.role == "entry":
            number = _entry(line.text)
        elif line.role == "place" and number:
            article, version, start, end = split_place(line.text)
            if start is not None and end is not None:
                found[number] = (article, version), start, end
    return found


def _titles(lines: Sequence[Line]) -> dict[tuple[str, str], str]:
    found, title = {}, ""
    for line in lines:
        if line.role == "entry":
            title = line.text
        elif line.role == "place":
            article, version, start, _ = split_place(line.text)
            if start is None:
                found[article, version] = title
    return found


def _element(
    line: Line, foot: Line | None, place: tuple[tuple[str, str], int, int] | None, texts: Mapping[tuple[str, str], str]
) -> str:
    if line.role == "sentence":
        text, _ = split_sentence(line.text)
        chips = _MARK.sub(r'<a class="cite" href="#c\1">[\1]</a>', escape(line.text[len(text) + 1 :]))
        under = f'<p class="foot" dir="auto">{escape(foot.text)}</p>' if foot else ""
        kind = speech_of(foot.text if foot else "")
        tag = "blockquote" if kind in ("direct", "mixed", "indirect") else "div"
        return (
            f'<{tag} class="said {kind}"><p class="sentence" dir="auto">{escape(text)}&nbsp;{chips}</p>{under}</{tag}>'
        )
    if line.level:
        return _heading(line)
    if line.role == "quote":
        before, after = _around(place, texts)
        return (
            f'<p class="quote" dir="auto"><span class="around">{escape(before)}</span><mark>{escape(line.text)}</mark>'
            f'<span class="around">{escape(after)}</span></p>'
        )
    shown = escape(line.text)
    if line.role == "differ":
        shown = _MARK.sub(r'<a class="cite" href="#c\1">[\1]</a>', shown)
    if line.role == "url":
        shown = f'<a href="{shown}" rel="noopener noreferrer">{shown}</a>'
    return f'<p class="{line.role}" dir="auto">{shown}</p>'


def _heading(line: Line) -> str:
    shown, name = escape(line.text), f"h{line.level}"
    if line.role == "who":
        head, dot, rest = line.text.partition(" · ")
        shown = f"<b>{escape(head)}</b>{escape(dot + rest)}"
    if line.role == "entry" and (number := _entry(line.text)):
        link = f'<a href="#s{number}">[{number}]</a> {escape(split_entry(line.text)[1])}'
        return f'<{name} class="entry" id="c{number}" dir="auto">{link}</{name}>'
    return f'<{name} class="{line.role}" dir="auto">{shown}</{name}>'


def _around(place: tuple[tuple[str, str], int, int] | None, texts: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """What stands before and after a quotation in its source, cut at words."""
    if place is None or (text := texts.get(place[0])) is None or not place[1] < place[2] <= len(text):
        return "", ""
    _, start, end = place
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if start > _AROUND:
        before = "… " + before.split(" ", 1)[-1]
    if end + _AROUND < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return _BLANK.sub("\n", before), _BLANK.sub("\n", after)


def _text(key: tuple[str, str], text: str, title: str, spans: Mapping[int, tuple[int, int]]) -> str:
    """A source text with the cited spans marked; where spans overlap a mark carries the first of them."""
    cuts = {0, len(text), *(at for span in spans.values() for at in span if 0 <= at <= len(text))}
    seen: set[int] = set()
    parts = []
    for start, end in pairwise(sorted(cuts)):
        piece = escape(text[start:end])
        here = [n for n, span in sorted(spans.items()) if span[0] <= start and end <= span[1]]
        anchors = "".join(f'<a id="s{n}"></a>' for n in here if n not in seen)
        seen.update(here)
        parts.append(f"<mark>{anchors}{piece}</mark>" if here else piece)
    article, version = escape(key[0]), escape(key[1])
    return (
        f'<details><summary dir="auto">{escape(title)}</summary>'
        f'<pre tabindex="0" dir="auto" data-article="{article}" data-version="{version}">{"".join(parts)}</pre>'
        "</details>"
    )


class _Reader(HTMLParser):
    """Collects headings and paragraphs, and the texts; leaves out plots and what stands around a quotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._words: list[str] = []
        self._level: int | None = None
        self._key: tuple[str, str] | None = None
        self._aside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "pre":
            self._key, self._words = (given.get("data-article", ""), given.get("data-version", "")), []
        elif tag in ("h1", "h2", "h3", "h4", "p") and self._key is None:
            self._level, self._words = (int(tag[1]) if tag != "p" else 0), []
        elif tag == "span":
            self._aside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._aside = max(0, self._aside - 1)
        elif tag == "pre" and self._key is not None:
            self.page.texts[self._key] = "".join(self._words)
            self._key = None
        elif tag in ("h1", "h2", "h3", "h4", "p") and self._level is not None and self._key is None:
            text = " ".join("".join(self._words).split())
            if text and not (self._level == 2 and text == "Source texts"):
                self.page.lines.append(Line(self._level, text))
            self._level = None

    def handle_data(self, data: str) -> None:
        if self._key is not None or (self._level is not None and not self._aside):
            self._words.append(data)
