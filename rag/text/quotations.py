"""Where a text quotes: spans between quotation marks, also where a mark is missing.

Marks are read by their shape and by what stands around them, one paragraph (line) at a time: a mark that is followed by
white space or punctuation closes, one that follows white space opens, whatever its shape. Apostrophes are no marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.domain import Span, StatementKind
from rag.text.sentences import lines, trimmed

_MARK = re.compile("''|``|[\"“”„‟«»＂‘’‚‛'‹›「」『』″〝〞]")
_OPENING = frozenset("“„‟«‘‚‛‹") | {"``"}
_CLOSING = frozenset("”»’›")
_CORNERS = {"「": "」", "『": "』"}  # which show by their shape alone what they do, and nest
_SINGLE = frozenset("‘’‚‛'‹›")
_GAP_BEFORE = frozenset("([{—–-/…")
_GAP_AFTER = frozenset(".,;:!?)]}—–-…")
_ELISION = re.compile(r"(?:n|em|til|till|tis|twas|cause|cos|bout|round|\d0s|\d\d)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]['\"’”]*\s+")
# Without its opening mark a quotation is taken to start with its paragraph; in a longer one only with its sentence.
_UNOPENED_MOST = 600

_Turn = Literal["open", "close", "either"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A stretch of quoted words inside one paragraph; quotations inside it are part of it.

    `span` includes the marks that are there, `inner` leaves them out. `opened` and `closed` tell whether the opening
    and the closing mark stand in the text. `continues` is True where the quotation goes on from one right before it,
    in this paragraph or at the end of the last one, that was left open.
    """

    span: Span
    inner: Span
    opened: bool = True
    closed: bool = True
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    single: bool
    turn: _Turn


def kind_of(text: str, content: Sequence[Span]) -> StatementKind:
    """The kind of a statement by its marks: direct if every piece stands in a quotation, mixed if one touches one."""
    spans = [item.span for item in quotations(text)]
    if all(any(span.holds(part) for span in spans) for part in content):
        return "direct"
    return "mixed" if any(span.touches(part) for span in spans for part in content) else "indirect"


def quotations(text: str) -> list[Quotation]:
    """The quotations of `text` in order, disjoint, none across a line break. Time grows linearly with the text."""
    result: list[Quotation] = []
    for paragraph in lines(text):
        for quotation in _Paragraph(text, paragraph).quotations():
            last = result[-1] if result else None
            running = last is not None and not last.closed and not text[last.span.end : quotation.span.start].strip()
            result.append(replace(quotation, continues=running))
    return result


class _Paragraph:
    """Pairs the marks of one paragraph, from left to right."""

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span
        self.marks = [
            mark for match in _MARK.finditer(text, span.start, span.end) if (mark := _read_mark(text, span, match))
        ]
        closers = [mark.start for mark in self.marks if mark.single and mark.turn != "open"]
        # After a comma or a full stop a single mark surely closes; elsewhere it may be a plural's apostrophe.
        self.sure = [at for at in closers if text[at - 1] in ".,!?…"]
        self.closers = closers
        self.openers = [mark.start for mark in self.marks if mark.single and mark.turn == "open"]

    def quotations(self) -> list[Quotation]:
        result: list[Quotation] = []
        opener: _Mark | None = None
        settled = self.span.start  # everything before is settled
        for mark in self.marks:
            if mark.start < settled:
                continue
            if opener and (corner := _CORNERS.get(self.text[opener.start])) and self.text[mark.start] != corner:
                continue
            if mark.single:
                if opener is None and mark.turn == "open" and (at := self._closer(mark)) is not None:
                    _append_if_any(result, self._between(mark, _Mark(at, at + 1, True, "close")))
                    settled = at + 1
                continue
            if opener is None:
                if mark.turn != "close":
                    opener = mark
                elif not self.text[mark.start - 1].isdigit():  # 6" is a measure
                    _append_if_any(result, self._unopened(mark, result))
                    settled = mark.end
            elif mark.turn == "open":
                _append_if_any(result, self._unclosed(opener, mark.start))
                opener = mark
            else:
                _append_if_any(result, self._between(opener, mark))
                opener, settled = None, mark.end
        if opener is not None:
            _append_if_any(result, self._unclosed(opener, self.span.end))
        return result

    def _closer(self, mark: _Mark) -> int | None:
        following = bisect_left(self.openers, mark.end)
        limit = self.openers[following] if following < len(self.openers) else self.span.end
        for places in (self.sure, self.closers):
            at = bisect_left(places, mark.end + 1)
            if at < len(places) and places[at] < limit:
                return places[at]
        return None

    def _between(self, opener: _Mark, closer: _Mark) -> Quotation | None:
        inner = trimmed(self.text, opener.end, closer.start)
        return Quotation(span=Span(opener.start, closer.end), inner=inner) if inner else None

    def _unopened(self, closer: _Mark, earlier: list[Quotation]) -> Quotation | None:
        start = earlier[-1].span.end if earlier else self.span.start
        if earlier or closer.start - start > _UNOPENED_MOST:
            near = max(start, closer.start - _UNOPENED_MOST)
            ends = [match.end() for match in _SENTENCE_END.finditer(self.text, near, closer.start)]
            start = ends[-1] if ends else near
        inner = trimmed(self.text, start, closer.start)
        return Quotation(span=Span(inner.start, closer.end), inner=inner, opened=False) if inner else None

    def _unclosed(self, opener: _Mark, limit: int) -> Quotation | None:
        """A quotation up to the next one that opens, or to what leads to that one: "We go. *He added:* "We win"."""
        if self.text[opener.end : limit].rstrip()[-1:] in (",", ":"):
            ends = [match.end() for match in _SENTENCE_END.finditer(self.text, opener.end, limit)]
            limit = ends[-1] if ends else limit
        inner = trimmed(self.text, opener.end, limit)
        return Quotation(span=Span(opener.start, inner.end), inner=inner, closed=False) if inner else None


def _append_if_any(result: list[Quotation], quotation: Quotation | None) -> None:
    """Two marks with nothing between them quote nothing."""
    if quotation is not None:
        result.append(quotation)


def _read_mark(text: str, paragraph: Span, match: re.Match[str]) -> _Mark | None:
    """What a mark does, or None for an apostrophe."""
    start, end = match.span()
    before = text[start - 1] if start > paragraph.start else " "
    after = text[end] if end < paragraph.end else " "
    gap_before = before.isspace() or before in _GAP_BEFORE
    gap_after = after.isspace() or after in _GAP_AFTER
    shape, single = match[0], match[0] in _SINGLE
    turn: _Turn
    if shape in _CORNERS or shape in _CORNERS.values():
        return _Mark(start, end, False, "open" if shape in _CORNERS else "close")
    if single:
        gap_before = gap_before or before in '"“«„'
        gap_after = gap_after or after in '"”»'
        if gap_before == gap_after:
            return None
        if gap_before and (shape == "’" or _ELISION.match(text, end, min(end + 12, paragraph.end))):
            return None
        turn = "open" if gap_before else "close"
    elif gap_before != gap_after:
        turn = "open" if gap_before else "close"
    else:
        turn = "open" if shape in _OPENING else "close" if shape in _CLOSING else "either"
    return _Mark(start, end, single, turn)
