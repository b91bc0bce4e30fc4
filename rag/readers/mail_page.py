"""The HTML of a mail as a reader sees it: a line for each block, without what is hidden and without rows of links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from rag.knowledge.tables import table
from rag.readers.html import parsed

_BLOCKS = frozenset(
    "p div td th tr table tbody br li ul ol h1 h2 h3 h4 h5 h6 blockquote section article header footer hr "
    "center pre dd dt".split()
)
_UNSEEN = frozenset("script style head title meta link template noscript svg img".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:font-size|line-height|max-height|opacity)\s*:\s*0(?:px|pt|em)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_PREHEADER = re.compile(r"\b(?:pre-?header|previewtext|preview-text|hidden|mcnpreviewtext)\b", re.IGNORECASE)
_FILLER = re.compile("[\u034f\u200b-\u200f\u2007\u00ad\ufeff\u2060]+")
# A link at the end of a paragraph that leads to the rest of it.
_CALL = re.compile(
    rf"\s*\x00\s*(?:{'|'.join(map(re.escape, table('mail')['calls']))})[\s.…»>→›]*\x01[\s»>→›]*$", re.IGNORECASE
)
_MOST_TAGS = 50_000
_FEWEST_OF_LINK = 9  # words from which a line that is all link is a sentence of its own


def visible_lines(html: str) -> list[str]:
    """The lines that are seen, paragraphs parted by an empty one; empty where the HTML can't be read."""
    tree = parsed(html) if html.count("<") <= _MOST_TAGS else None
    if tree is None:
        return []
    text = "".join(_walked(tree, 0))
    lines = (" ".join(_FILLER.sub("", line).split()) for line in text.split("\n"))
    kept: list[str] = []
    for line in lines:
        bare = line.replace("\x00", "").replace("\x01", "")
        linked = sum(len(part) for part in re.findall("\x00([^\x00\x01]*)\x01", line))
        if bare and linked >= 0.95 * len(bare) and len(bare.split()) < _FEWEST_OF_LINK:
            continue
        if bare or (kept and kept[-1]):
            kept.append(_CALL.sub("", line).replace("\x00", "").replace("\x01", "").strip() if bare else bare)
    return kept


def _walked(element: HtmlElement, depth: int) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or depth > 200 or _is_hidden(element):
        return
    block = element.tag in _BLOCKS
    yield "\n" if block else ""
    yield "\x00" if element.tag == "a" else ""
    yield re.sub(r"\s+", " ", element.text or "").replace("\x00", "")
    for child in element:
        yield from _walked(child, depth + 1)
        yield re.sub(r"\s+", " ", child.tail or "").replace("\x00", "")
    yield "\x01" if element.tag == "a" else ""
    yield "\n" if block else ""


def _is_hidden(element: HtmlElement) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(
        _HIDDEN.search(element.get("style") or "") or _PREHEADER.search(named) or element.get("hidden") is not None
    )
