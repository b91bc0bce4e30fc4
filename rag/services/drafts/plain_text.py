"""A draft without its markup: Markdown and HTML taken off, and where each character of the rest stands in the draft."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from html import unescape

from rag.domain import Span

_Cut = tuple[int, int, str]  # characters of the draft, half-open, and what stands in their place

_LINE_BREAK = re.compile(r"\n")
_TAG = re.compile(r"<!--[^<>]*-->|<(?P<end>/?)(?P<name>[a-z][a-z0-9]{0,15})(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_TARGET = r"\((?:[^\s()]|\([^\s()]{0,200}\)){1,2000}(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s?\)"
_LINK = re.compile(
    rf"(?P<image>!?)\[(?P<words>(?:[^\[\]\n]|\[[^\[\]\n]{{1,80}}\]){{0,300}})\](?P<to>{_TARGET}|\[[^\[\]\n]{{0,100}}\])"
)
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{1,200}\|)?(?=[^\[\]|\n]{1,200}(\]\]))")
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]{1,100})\]:\s", re.MULTILINE)
_ADDRESS = re.compile(r"[./#:]")
_NOTE = re.compile(r"\[\^[\w-]{1,40}\]")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!\"'>~-])")
_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"”)\]]+")
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}|~~|\n\s*\n")
_QUOTATION_MARK = re.compile(r"\s*[\"“„«‘'‹&]")  # behind <q>: the mark is written as well
_SOURCE_TAGS = frozenset({"cite", "footer", "figcaption"})
_MORE_BLOCKS = frozenset("br figure section article header footer figcaption".split())
_INLINE = frozenset({"del", "ins"})


class PlainText:
    """The words of a draft as a reader sees them, and the way back to the draft."""

    def __init__(self, draft: str) -> None:
        self._plain_starts = [0]
        self._draft_starts = [0]
        self._copied = [True]  # whether a piece stands so in the draft
        parts: list[str] = []
        at = length = 0
        for start, end, other in [*_cuts(draft), (len(draft), len(draft), "")]:
            for origin, piece, is_copy in ((at, draft[at:start], True), (start, other, False)):
                if piece:
                    parts.append(piece)
                    self._plain_starts.append(length)
                    self._draft_starts.append(origin)
                    self._copied.append(is_copy)
                    length += len(piece)
            at = end
        self.text = "".join(parts)

    def in_draft(self, span: Span) -> Span:
        """The characters of the draft from the first to the last one of a span of `text`."""
        return Span(self._origin(span.start), self._origin(span.end - 1) + 1)

    def _origin(self, at: int) -> int:
        piece = bisect_right(self._plain_starts, at) - 1
        return self._draft_starts[piece] + (at - self._plain_starts[piece] if self._copied[piece] else 0)


def _cuts(draft: str) -> Iterator[_Cut]:
    """What is markup in a draft, in order and disjoint."""
    cuts = [*_html_cuts(draft), *_link_cuts(draft)]
    hidden = _blanked(draft, [(start, end) for start, end, _ in cuts])
    cuts += _emphasis_cuts(_BARE_ADDRESS.sub(lambda match: "x" * len(match[0]), hidden))
    cuts += [(match.start(), match.end(), "") for match in _ESCAPE.finditer(hidden)]
    at = 0
    for start, end, other in sorted(cuts):
        if start >= at:
            yield start, end, other
            at = end


def _blanked(draft: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            parts += [draft[at:start], "\x00" * (end - start)]
            at = end
    return "".join([*parts, draft[at:]])


@cache
def _tags() -> tuple[frozenset[str], frozenset[str]]:
    """The names of tags, and of those among them that begin a line."""
    from lxml.html import defs  # slow to import, and most drafts have no tag

    blocks = (defs.block_tags | _MORE_BLOCKS) - _INLINE
    return defs.tags | blocks, blocks


def _html_cuts(draft: str) -> Iterator[_Cut]:
    """Tags and entities: <q> as quotation marks, a block as lines of its own, one of <blockquote> behind ">"."""
    depth = 0
    has_mark: list[bool] = []
    block = 0
    for match in _TAG.finditer(draft):
        name, is_end = (match["name"] or "").lower(), bool(match["end"])
        if name and name not in _tags()[0]:
            continue
        other = ""
        if name == "q":
            if is_end:
                other = "”" if has_mark and not has_mark.pop() else ""
            else:
                has_mark.append(_QUOTATION_MARK.match(draft, match.end()) is not None)
                other = "" if has_mark[-1] else "“"
        if name == "blockquote":
            if is_end and depth == 1:  # its lines are one block
                yield from (
                    (line.start(), line.end(), " ") for line in _LINE_BREAK.finditer(draft, block, match.start())
                )
            block = block if depth else match.end()
            depth = max(0, depth - 1) if is_end else depth + 1
        if name in _tags()[1] or (depth and name in _SOURCE_TAGS):
            other = "\n" if is_end or not depth or name in _SOURCE_TAGS else "\n> "
        yield match.start(), match.end(), other
    for match in _ENTITY.finditer(draft):
        if (char := unescape(match[0])) != match[0]:
            yield match.start(), match.end(), char.replace("\u00ad", "")


def _link_cuts(draft: str) -> Iterator[_Cut]:
    """Links and footnotes of Markdown; words in brackets without an address behind them are an insertion."""
    defined = {match[1].lower() for match in _DEFINITION.finditer(draft)}
    for match in _LINK.finditer(draft):
        to = match["to"]
        known = (to[1:-1] or match["words"]).lower() in defined if to[0] == "[" else _ADDRESS.search(to) is not None
        if known and match["image"]:
            yield match.start(), match.end(), ""
        elif known:
            yield match.start(), match.start() + 1, ""
            yield match.end("words"), match.end(), ""
    for match in _WIKI_LINK.finditer(draft):
        yield match.start(), match.end(), ""
        yield match.start(1), match.end(1), ""
    yield from ((match.start(), match.end(), "") for match in _NOTE.finditer(draft))


def _emphasis_cuts(draft: str) -> Iterator[_Cut]:
    """Pairs of stars, underscores and tildes around words of one paragraph. One in a word is no mark."""
    openers: dict[str, re.Match[str]] = {}
    for mark in _EMPHASIS.finditer(draft):
        if mark[0][0] not in "*_~":
            openers.clear()
            continue
        before, after = draft[mark.start() - 1 : mark.start()], draft[mark.end() : mark.end() + 1]
        if before.strip() and not after.isalnum() and (opener := openers.pop(mark[0], None)):
            yield opener.start(), opener.end(), ""
            yield mark.start(), mark.end(), ""
        elif after.strip() and not before.isalnum():
            openers[mark[0]] = mark
