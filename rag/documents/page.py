"""One HTML page that loads nothing and runs nothing.

The page is a function of its record. The check renders it again from the record and compares, so nothing hides in it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from markupsafe import Markup

from rag.documents.claims import Texts
from rag.documents.lines import Line
from rag.domain import Citation, KeptDraft, citation_marks

_CONTEXT_LENGTH = 180  # characters of the source shown before and after a quotation
_BLANK_LINES = re.compile("\n+")
_LINE_ENDS = re.compile("\r\n?")
_RECORD = re.compile(r'<template id="record">([A-Za-z0-9+/=\s]+)</template>')
_MARKUP = re.compile(r"<(style|template)\b[^>]*>.*?</\1>|<[^>]*>", re.DOTALL)
_SHELL = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style></head>
<body><main>
{body}
</main>{record}</body></html>
""")


def write(
    lines: Sequence[Line], texts: Texts | None = None, figures: Mapping[int, Markup] | None = None, record: str = ""
) -> bytes:
    """The page in UTF-8, with the packed record, if any. `Markup` escapes every text; citation numbers link to the
    quotation in its source. `figures` are SVG by the index of the line that follows them.
    """
    texts, figures = texts or {}, figures or {}
    citations = {line.item.n: line.item for line in lines if isinstance(line.item, Citation)}
    body: list[Markup] = []
    for at, line in enumerate(lines):
        if at in figures:
            body.append(Markup("<figure>{}</figure>").format(figures[at]))
        if line.role != "foot":
            foot = lines[at + 1] if at + 1 < len(lines) and lines[at + 1].role == "foot" else None
            body.append(_element(line, foot, texts))
    if texts:
        body.append(Markup('<section class="texts"><h2>Source texts</h2>'))
        for key, text in texts.items():
            here = {n: item for n, item in citations.items() if (item.article_id, item.version) == key}
            body.append(_source_text(key, text, here))
        body.append(Markup("</section>"))
    page = _SHELL.format(
        title=lines[0].text if lines else "",
        policy=_policy(),
        style=_style(),
        body=Markup("\n").join(body),
        record=Markup('<template id="record">{}</template>').format(record) if record else "",
    )
    return str(page).encode()


def text_of(data: bytes) -> str:
    """The source of a page, its line ends normalised. Raises UnicodeDecodeError."""
    return _LINE_ENDS.sub("\n", data.decode("utf-8-sig")).rstrip()


def words(data: bytes) -> str:
    """The text that the page shows. Raises UnicodeDecodeError."""
    return html.unescape(_MARKUP.sub(" ", text_of(data)))


def record_in(data: bytes) -> str | None:
    """The packed record that the page carries. Raises UnicodeDecodeError."""
    match = _RECORD.search(text_of(data))
    return match[1] if match else None


@cache
def _style() -> Markup:
    return Markup(files("rag.documents").joinpath("style.css").read_text("utf-8"))  # noqa: S704  # ours


def _policy() -> Markup:
    style_hash = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return Markup("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'").format(style_hash)


def _element(line: Line, foot: Line | None, texts: Texts) -> Markup:
    if line.role == "sentence":
        attribution = Markup('<p class="foot" dir="auto">{}</p>').format(foot.text) if foot else ""
        tag = "blockquote" if line.speech in ("direct", "mixed", "indirect") else "div"
        return Markup(
            '<{tag} class="said {speech}"><p class="sentence" dir="auto">{text}&nbsp;{chips}</p>{under}</{tag}>'
        ).format(tag=tag, speech=line.speech, text=line.words, chips=_citation_links(line.numbers), under=attribution)
    if line.level:
        return _heading(line)
    if line.role == "quote" and isinstance(line.item, Citation):
        before, after = _context_of(line.item, texts)
        return Markup(
            '<p class="quote" dir="auto"><span class="around">{}</span><mark>{}</mark>'
            '<span class="around">{}</span></p>'
        ).format(before, line.text, after)
    if isinstance(line.item, KeptDraft):
        return _draft_text(line.item)
    content: str | Markup = line.text
    if line.role == "differ":
        sides, about = line.text.split(" on ", 1)
        content = Markup("{} on {}").format(_link_citations(sides, line.numbers), about)
    if line.role == "url":
        content = Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(line.text)
    return Markup('<p class="{}" dir="auto">{}</p>').format(line.role, content)


def _draft_text(item: KeptDraft) -> Markup:
    """The text of a draft with its findings marked and numbered."""
    parts, at = [], 0
    for number, finding in enumerate(item.check.findings if item.check else (), 1):
        if finding.start >= at:
            mark = Markup('<mark class="{}">{}<sup>{}</sup></mark>').format(finding.state, finding.text, number)
            parts += [Markup.escape(item.text[at : finding.start]), mark]
            at = finding.end
    return Markup('<pre class="draft" dir="auto">{}{}</pre>').format(Markup().join(parts), item.text[at:])


def _citation_links(numbers: Sequence[int]) -> Markup:
    return Markup().join(Markup('<a class="cite" href="#c{0}">[{0}]</a>').format(n) for n in numbers)


def _link_citations(text: str, numbers: Sequence[int]) -> Markup:
    linked_text = Markup.escape(text)
    for n in dict.fromkeys(numbers):
        linked_text = linked_text.replace(citation_marks([n]), _citation_links([n]))
    return linked_text


def _heading(line: Line) -> Markup:
    content: str | Markup = line.text
    if line.role == "who":
        head, dot, rest = line.text.partition(" · ")
        content = Markup("<b>{}</b>{}").format(head, dot + rest)
    if isinstance(line.item, Citation):
        return Markup(
            '<h{level} class="entry" id="c{n}" dir="auto"><a href="#s{n}">[{n}]</a> {title}</h{level}>'
        ).format(level=line.level, n=line.item.n, title=line.text.removeprefix(f"[{line.item.n}] "))
    return Markup('<h{0} class="{1}" dir="auto">{2}</h{0}>').format(line.level, line.role, content)


def _context_of(item: Citation, texts: Texts) -> tuple[str, str]:
    """The text before and after a quotation in its source, cut at words."""
    text = texts.get((item.article_id, item.version))
    if text is None or not item.start < item.end <= len(text):
        return "", ""
    before, after = text[max(0, item.start - _CONTEXT_LENGTH) : item.start], text[item.end : item.end + _CONTEXT_LENGTH]
    if item.start > _CONTEXT_LENGTH:
        before = "… " + before.split(" ", 1)[-1]
    if item.end + _CONTEXT_LENGTH < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return _BLANK_LINES.sub("\n", before), _BLANK_LINES.sub("\n", after)


def _source_text(key: tuple[str, str], text: str, citations: Mapping[int, Citation]) -> Markup:
    """A source text with the cited spans marked; of overlapping spans, each is anchored at the first mark it covers."""
    places = (at for item in citations.values() for at in (item.start, item.end) if 0 <= at <= len(text))
    boundaries = {0, len(text), *places}
    anchored: set[int] = set()
    parts = []
    for start, end in pairwise(sorted(boundaries)):
        here = [n for n, item in sorted(citations.items()) if item.start <= start and end <= item.end]
        anchors = Markup().join(Markup('<a id="s{}"></a>').format(n) for n in here if n not in anchored)
        anchored.update(here)
        piece = text[start:end]
        parts.append(Markup("<mark>{}{}</mark>").format(anchors, piece) if here else Markup.escape(piece))
    title = next((item.title for item in citations.values()), "")
    return Markup(
        '<details><summary dir="auto">{}</summary>'
        '<pre tabindex="0" dir="auto" data-article="{}" data-version="{}">{}</pre></details>'
    ).format(title, *key, Markup().join(parts))
