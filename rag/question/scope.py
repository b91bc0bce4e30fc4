"""What a question says about where to look: outlets, days, language, segments. Shown and removable, never silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rag.domain import Filters, Span, Understood
from rag.text.canonical import fold
from rag.text.dates.periods import Period, periods
from rag.text.language import LANGUAGES
from rag.text.terms import content_words, words

_FEWEST_WORDS = 3  # content words of a segment
_MOST_SEGMENTS = 6
_SAID_LATER = timedelta(days=1)  # the news of a day is often printed on the next

# An outlet is named as a source after these words or before those; else the question may be about the outlet.
_LEADS = re.compile(
    r"(?:according to|by|in|from|per|via|on|both|between|with|while|whereas|and|or|to|does|did|do|has|have|that|than"
    r"|as|is|are|was|were|what|how|which)\s+(?:(?:an?|the|another|its|their|one)\s+)?"
    r"(?:(?:recent|separate|earlier|later)\s+)?(?:(?:articles?|reports?|stor(?:y|ies)|pieces?)\s+(?:by|in|from|on)\s+)?"
    r"(?:the\s+)?[\"'“‘]?$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"(?:according to|(?:reported|published|covered|written) (?:by|in))\s+(?:the\s+)?[\"'“‘]?$", re.IGNORECASE
)
_FOLLOWS = re.compile(
    r"^[\"'”’]?(?:['’]s?)?,?\s*(?:(?:article|report|story|piece|coverage|interview|editorial|review|post)s?\b|"
    r"(?:report|sa(?:y|id)|writ|wrote|claim|suggest|mention|cover|indicat|stat(?:e|ing)|describ|not(?:e|ing)|discuss|highlight"
    r"|attribut|argu|portray|tell|told|quot|publish|emphasi|focus|detail|compar|present|announc|agree|differ)\w*\b)",
    re.IGNORECASE,
)
_LONGER_NAME = re.compile(r"^\s+(?:[A-Z][a-z]|\d)")
_ACCORDING = re.compile(r"\baccording to\s+(?:the\s+)?$", re.IGNORECASE)
_LISTED = re.compile(r"[\"'”’]?(?:,|\s+and|\s+or|,\s+and|,\s+or)\s+(?:the\s+)?[\"'“‘]?", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|regarding|concerning|against|at)\s+(?:the\s+)?$", re.IGNORECASE)
# "since the ceasefire": what follows has no figure and no month in it, and ends the question or its first clause.
_EVENT = re.compile(
    r"\b(?:since|until)\s+(?:the|its|his|her|their|last|that)\s+"
    r"(?P<event>[^\W\d]+(?:[\s-][^\W\d]+){0,4}?)(?=\s*(?:[?.!]?\s*$|,))",
    re.IGNORECASE,
)
_NAMES = "|".join(LANGUAGES)
_LANGUAGE = re.compile(
    rf"\b(?:(?P<a>{_NAMES})[\s-]language\b(?:\s+(?:articles?|press|media|sources?|outlets?|reports?|newspapers?))?"
    rf"|(?:articles?|reports?|sources?|texts?|published|written)\s+in\s+(?P<b>{_NAMES}))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\W*(?:who|whose|whom|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would"
    r"|should|may|compare|tell|list|name|explain|describe|summari[sz]e)\b",
    re.IGNORECASE,
)
_CUTS = re.compile(
    r"[,;:?—](?=\s|$)|\bas (?:reported|covered|discussed|mentioned|described)\b|\b(?:while|whereas|but|also)\b"
    r"|\bcompared (?:to|with)\b"
    r"|\band\b(?=\s+(?:the|an?|is|was|has|did|does|according|in|that|what|who|how|why|when|where|which|[\"'“‘]?[A-Z]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryScope:
    """Where to look. `filters` are the given ones and those understood; `outlets`, where the question names several,
    have each a share of what is found; `segments` are the pieces of a question with several.
    """

    filters: Filters = field(default_factory=Filters)
    outlets: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()
    ignored: frozenset[str] = frozenset()

    def keeps(self, item: Understood) -> bool:
        """True unless the reader took such readings back, or this one."""
        return is_kept(item, self.ignored)

    @property
    def undated(self) -> Filters:
        """The filters without those that came from days of the question."""
        filters = self.filters
        for item in self.understood:
            if item.kind == "date" and item.applied:
                since = None if filters.since == item.filters.since else filters.since
                until = None if filters.until == item.filters.until else filters.until
                filters = replace(filters, since=since, until=until)
        return filters

    def is_within(self, day: date) -> bool:
        """True for a day that the question asks after: of an event or of what was said, not of publication."""
        for item in self.understood:
            if item.kind == "date" and item.applied:
                since, until = item.filters.since, item.filters.until
                if (since and day < since) or (until and day > until - _SAID_LATER):
                    return False
        return True

    @property
    def is_dated(self) -> bool:
        """True if days of the question bound what is looked for."""
        return any(item.kind == "date" and item.applied for item in self.understood)

    def topic_of(self, question: str) -> str:
        """The question with blanks where it speaks of sources, days and language, of the same length. What could not be
        applied is no topic either: "last week" stands in no article of that week.
        """
        for item in self.understood:
            if item.kind in ("outlet", "date", "language"):
                led = _ACCORDING.search(question, 0, item.start)
                start = led.start() if led else item.start
                question = question[:start] + " " * (item.end - start) + question[item.end :]
        return question


def interpret_scope(
    question: str,
    own: Filters,
    *,
    outlets: Sequence[str],
    anchor: date | None,
    holds: Callable[[Filters], bool],
    ignore: Collection[str] = (),
) -> QueryScope:
    """What a question says of where to look. `outlets` are those of the library, `anchor` the day that "last week"
    counts from, `holds` says whether any article passes some filters: what would leave none is not applied, and its
    note says so.

    `ignore` takes kinds ("outlet") or single readings ("outlet:Reuters") back. Filters that were given win.
    """
    ignored = frozenset(ignore)

    def kept(item: Understood) -> bool:
        return is_kept(item, ignored)

    readings: list[Understood] = []
    if own.language is None:
        readings += filter(kept, _languages(question))
    if own.outlet is None and own.article is None:
        readings += filter(kept, _outlets(question, outlets))
    # In a question with several segments or sources, days belong to one of them, and which is a guess.
    segments = _segments(question)
    several = bool(segments) or len({item.value for item in readings if item.kind == "outlet"}) > 1
    if own.since is None and own.until is None and own.article is None and anchor and not several:
        days = list(_days(QueryScope(understood=tuple(readings)).topic_of(question), anchor))
        readings += filter(kept, days or _events(question))
    filters, named, understood = _applied(own, readings, holds)
    segments = [item for item in segments if kept(item)]
    return QueryScope(
        filters=filters,
        outlets=named,
        segments=tuple(item.text for item in segments),
        understood=tuple(sorted((*understood, *segments), key=lambda item: (item.start, item.end))),
        ignored=ignored,
    )


def is_kept(item: Understood, ignored: Collection[str]) -> bool:
    """True unless `ignored` has the kind ("outlet") or the single reading ("outlet:Reuters"), in whatever case."""
    return not {item.kind, fold(f"{item.kind}:{item.value}")} & {fold(one) for one in ignored}


def _applied(
    own: Filters, readings: Sequence[Understood], holds: Callable[[Filters], bool]
) -> tuple[Filters, tuple[str, ...], list[Understood]]:
    """The filters with those that leave any article, the outlets where there are several, and what became of each."""
    filters, applied, names = own, [], list[str]()
    sources = [item for item in readings if item.kind == "outlet"]
    days = [item for item in readings if item.kind == "date"]
    for item in (one for one in readings if one.kind == "language"):
        narrowed = replace(filters, language=item.value)
        applied.append(item if holds(narrowed) else _unused(item))
        filters = narrowed if applied[-1].applied else filters
    for item in sources:
        fits = holds(replace(filters, outlet=item.value))
        applied.append(item if fits else _unused(item))
        names += [item.value] if fits else []
    if len(names) == 1:
        filters, names = replace(filters, outlet=names[0]), []
    for item in days:
        if not item.applied:
            applied.append(item)
            continue
        narrowed = replace(
            filters, since=item.filters.since or filters.since, until=item.filters.until or filters.until
        )
        applied.append(item if holds(narrowed) else _unused(item))
        filters = narrowed if applied[-1].applied else filters
    return filters, tuple(names), applied


def _unused(item: Understood) -> Understood:
    return replace(item, applied=False, filters=Filters(), note="no article fits, so it was not applied")


def _outlets(question: str, known: Sequence[str]) -> list[Understood]:
    """Outlets that the question names as sources, each once, longer names first where one holds another."""
    named: list[tuple[Span, str]] = []
    folded = question.casefold()
    for name in sorted((name for name in known if name.casefold() in folded), key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE):
            span = Span(match.start(), match.end())
            if not any(span.touches(other) for other, _ in named):
                named.append((span, name))
    named.sort()
    sources = [_as_source(question, span, typed_alike=span.of(question) == name) for span, name in named]
    for at in range(1, len(named)):  # "by X, Y and Z": what is listed with a source is one
        joined = _LISTED.fullmatch(question, named[at - 1][0].end, named[at][0].start) is not None
        sources[at] = sources[at] or (joined and sources[at - 1])
    outlets_by_name: dict[str, Understood] = {}
    for source, (span, name) in zip(sources, named, strict=True):
        if source and name not in outlets_by_name:
            outlets_by_name[name] = Understood(
                kind="outlet",
                value=name,
                text=span.of(question),
                start=span.start,
                end=span.end,
                filters=Filters(outlet=name),
                note=f"articles of {name}",
            )
    return list(outlets_by_name.values())


def _as_source(question: str, span: Span, *, typed_alike: bool) -> bool:
    before, after = question[: span.start], question[span.end :]
    if not typed_alike:
        return _STRONG.search(before) is not None
    if _ABOUT.search(before) or (_LONGER_NAME.match(after) and not _FOLLOWS.match(after)):
        return False
    quoted = before[-1:] in "\"'“‘" and after[:1] in "\"'”’" if before else False
    return quoted or _LEADS.search(before) is not None or _FOLLOWS.match(after) is not None


def _days(question: str, anchor: date) -> Iterator[Understood]:
    """Days that bound what is asked: at the beginning or the end of the question. Those in the middle of it ("its June
    launch") belong to what it is about.
    """
    for period in periods(question, anchor):
        before, after = question[: period.span.start].strip(), question[period.span.end :].strip(" ?.!,")
        if before and after:
            continue
        until = period.until + _SAID_LATER if period.until else None
        yield Understood(
            kind="date",
            value=f"{period.since or ''}/{period.until or ''}",
            text=period.span.of(question),
            start=period.span.start,
            end=period.span.end,
            filters=Filters(since=period.since, until=until),
            note=_told(period, anchor),
        )


def _events(question: str) -> Iterator[Understood]:
    """A bound by an event, shown as not applied: when that was is for the articles to say, and they may differ. What
    comes "after the strike" is mostly about the strike, so those words stay the topic.
    """
    if match := _EVENT.search(question):
        yield Understood(
            kind="date",
            value=match[0],
            text=match[0],
            start=match.start(),
            end=match.end(),
            applied=False,
            note="an event and no day, so it bounds nothing; give days to bound publication",
        )


def _told(period: Period, anchor: date) -> str:
    until = f"until {period.until + _SAID_LATER}" if period.until else ""
    bounds = " ".join(filter(None, (f"from {period.since}" if period.since else "", until)))
    return f"published {bounds}; days without a year are counted from {anchor}, the day of the newest article"


def _languages(question: str) -> Iterator[Understood]:
    if match := _LANGUAGE.search(question):
        code = LANGUAGES[(match["a"] or match["b"]).lower()]
        yield Understood(
            kind="language",
            value=code,
            text=match[0],
            start=match.start(),
            end=match.end(),
            filters=Filters(language=code),
            note=f"articles in {(match['a'] or match['b']).title()}",
        )


def _segments(question: str) -> list[Understood]:
    """The pieces of a question that are long enough to be looked for by themselves, if there are several. A list of
    search words, or a headline, is no question.
    """
    if "?" not in question and not _ASKS.match(question):
        return []
    pieces, start = [], 0
    for cut in (*_CUTS.finditer(question), None):
        end = cut.start() if cut else len(question)
        text = question[start:end]
        trimmed = text.strip()
        if len(content_words(trimmed)) >= _FEWEST_WORDS:
            at = start + text.index(trimmed)
            pieces.append(
                Understood(
                    kind="segment",
                    value=" ".join(words(trimmed)),
                    text=trimmed,
                    start=at,
                    end=at + len(trimmed),
                    note="has its own evidence and its share of the list",
                )
            )
        start = cut.end() if cut else end
    return pieces[:_MOST_SEGMENTS] if len(pieces) > 1 else []
