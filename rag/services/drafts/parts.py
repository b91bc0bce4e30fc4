"""A draft in parts: the findings of the first page do not wait until the last one is parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.domain import Fragment, Span, Statement
from rag.services.drafts.claims import DraftClaim, claims_of
from rag.services.drafts.draft_quotations import DraftQuotation, quotation_spans, quotations_of
from rag.text.sentences import sentences

Extract = Callable[[str, date], Sequence[Statement]]

_WHOLE = 20_000  # characters of a draft that is one part: some 3,400 words
_FIRST, _PART = 3_000, 10_000  # characters of the first and a further part of a longer one: a second or two to parse
_CONTEXT = 1_500  # characters before a part that are parsed with it, for whom "she" is


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPart:
    """Consecutive sentences of a draft with the quotations in them, as (whole, inner) spans; `before` is the preceding
    sentence. `claims` counts its claims as far as they are known before it is parsed.
    """

    span: Span
    sentences: Sequence[Span]
    quotations: Sequence[tuple[Span, Span]]
    before: Span | None
    claims: int


def parts_of(text: str, names: frozenset[str] = frozenset()) -> list[DraftPart]:
    """The parts of a draft, in its order: cut between paragraphs where that is possible, not inside a quotation.
    `names` as in `claims_of`.
    """
    pairs = quotation_spans(text)
    rows = list(_sentence_rows(text, [span for span, _ in pairs]))
    parts: list[DraftPart] = []
    at = 0
    for row in rows:
        span = Span(row[0].start, row[-1].end)
        own: list[tuple[Span, Span]] = []
        while at < len(pairs) and (pairs[at][0].start < span.end or row is rows[-1]):
            own.append(pairs[at])
            at += 1
        before = parts[-1].sentences[-1] if parts else None
        part = DraftPart(span=span, sentences=row, quotations=own, before=before, claims=0)
        parts.append(replace(part, claims=len(_claims(text, part, quotations_of(text, own, (), row), names))))
    return parts


def _sentence_rows(text: str, quotations: Sequence[Span]) -> Iterator[list[Span]]:
    spans = sentences(text)
    if len(text) <= _WHOLE:
        if spans:
            yield list(spans)
        return
    row: list[Span] = []
    at, enough = 0, _FIRST
    for number, span in enumerate(spans):
        row.append(span)
        size = span.end - row[0].start
        following = spans[number + 1].start if number + 1 < len(spans) else len(text)
        while at < len(quotations) and quotations[at].end <= span.end:
            at += 1
        is_inside = at < len(quotations) and quotations[at].start < following
        ends_paragraph = "\n" in text[span.end : following]
        if (size >= enough and ends_paragraph and not is_inside) or size >= 2 * _PART:
            yield row
            row, enough = [], _PART
    if row:
        yield row


def _claims(
    text: str, part: DraftPart, quotations: Sequence[DraftQuotation], names: frozenset[str]
) -> list[DraftClaim]:
    preceding = [part.before] if part.before else []
    claims = claims_of(text, [*preceding, *part.sentences], quotations, names=names)
    return [item for item in claims if item.span.start >= part.span.start]


class PartReader:
    """Reads the parts of a draft one after another. Who was introduced by a full name in an earlier part is known in
    a later one by the last name. `names` as in `claims_of`.
    """

    def __init__(self, text: str, names: frozenset[str], *, extract: Extract | None, today: date) -> None:
        self._text = text
        self._names = names
        self._extract = extract
        self._today = today
        self._full_names: dict[str, set[str]] = {}

    def read(self, part: DraftPart) -> tuple[list[DraftQuotation], list[DraftClaim]]:
        """The quotations and claims of a part."""
        quotations = quotations_of(self._text, part.quotations, self._statements(part), part.sentences)
        return quotations, _claims(self._text, part, quotations, self._names)

    def _statements(self, part: DraftPart) -> list[Statement]:
        if self._extract is None or not (part.quotations or part.claims):
            return []
        start = part.span.start
        if start and (line := self._text.find("\n", max(0, start - _CONTEXT), start)) >= 0:
            start = line + 1
        end = max([part.span.end, *(span.end for span, _ in part.quotations)])
        statements = [_shift(item, start) for item in self._extract(self._text[start:end], self._today)]
        for item in statements:
            if item.speaker and " " in item.speaker:
                self._full_names.setdefault(item.speaker.split()[-1], set()).add(item.speaker)
        return [self._in_full(item) for item in statements if item.content[0].start >= part.span.start]

    def _in_full(self, item: Statement) -> Statement:
        names = self._full_names.get(item.speaker or "", set())
        return replace(item, speaker=next(iter(names))) if len(names) == 1 else item


def _shift(item: Statement, by: int) -> Statement:
    """A statement of a text that begins `by` characters into the draft, with its offsets in the draft."""
    if not by:
        return item

    def shift(part: Fragment) -> Fragment:
        return replace(part, start=part.start + by, end=part.end + by)

    source, cue = (part and shift(part) for part in (item.source, item.cue))
    return replace(item, source=source, cue=cue, content=tuple(map(shift, item.content)))
