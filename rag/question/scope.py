"""The scope of a question: outlets, dates, language and segments. Each reading is shown and can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rag import display
from rag.domain import Filters, Span, Understood
from rag.knowledge.words import MONTHS
from rag.question.lexicon import PATTERNS
from rag.text.canonical import fold
from rag.text.dates.periods import periods
from rag.text.language import LANGUAGES
from rag.text.terms import content_words, words

_SEGMENT_WORDS = 3  # fewest content words
_MOST_SEGMENTS = 6
_GAP = "\0"  # blanks out a source for the reading of dates: "by Reuters last week" is not "by last week"
_PUBLICATION_DELAY = timedelta(days=1)  # the news of a day is often published on the next

_LONGER_NAME = re.compile(r"^\s+(?:[A-Z][a-z]|\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryScope:
    """Where to look.

    `filters` are those of the user with those that the question names. Each of several `outlets` gets a share of the
    hits; `segments` are the clauses of a question with several. `ignored` are the readings that the user has undone.
    """

    filters: Filters = field(default_factory=Filters)
    outlets: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()
    ignored: frozenset[str] = frozenset()

    def keeps(self, item: Understood) -> bool:
        """True unless the user has undone this reading or its kind."""
        return is_kept(item, self.ignored)

    @property
    def without_dates(self) -> Filters:
        """The filters without the dates that the question names."""
        filters = self.filters
        for item in self.understood:
            if item.kind == "date" and item.applied:
                since = None if filters.since == item.filters.since else filters.since
                until = None if filters.until == item.filters.until else filters.until
                filters = replace(filters, since=since, until=until)
        return filters

    def is_within(self, day: date) -> bool:
        """True for a day, of an event or a statement, that no date in the question rules out."""
        for item in self.understood:
            if item.kind == "date" and item.applied:
                since, until = item.filters.since, item.filters.until
                if (since and day < since) or (until and day > until - _PUBLICATION_DELAY):
                    return False
        return True

    @property
    def is_dated(self) -> bool:
        """True if a date in the question bounds the search."""
        return any(item.kind == "date" and item.applied for item in self.understood)

    def topic_of(self, question: str, blank: str = " ") -> str:
        """The question with blanks in place of sources, dates and language, of the same length. They are blanked even
        where they could not be applied: "last week" stands in no article of that week.
        """
        for item in self.understood:
            if item.kind in ("outlet", "date", "language"):
                according = PATTERNS.according.search(question, 0, item.start)
                start = according.start() if according else item.start
                question = question[:start] + blank * (item.end - start) + question[item.end :]
        return question


def interpret_scope(
    question: str,
    own: Filters,
    *,
    outlets: Sequence[str],
    anchor: date | None,
    has_articles: Callable[[Filters], bool],
    ignore: Collection[str] = (),
) -> QueryScope:
    """The scope of a question. `own` are the user's filters, which win; `outlets` are those of the library, and "last
    week" counts back from `anchor`. `has_articles` says whether any article passes some filters: a reading that would
    leave none is not applied, and its note says so. `ignore` undoes kinds ("outlet") or single readings
    ("outlet:Reuters").
    """
    ignored = frozenset(ignore)
    readings: list[Understood] = []
    if own.language is None:
        readings += _languages(question)
    if own.outlet is None and own.article is None:
        readings += _outlets(question, outlets)
    readings = [item for item in readings if is_kept(item, ignored)]
    # In a question with several segments or sources, a date belongs to one of them, and which one is a guess.
    segments = _segments(question)
    has_parts = bool(segments) or len({item.value for item in readings if item.kind == "outlet"}) > 1
    if own.since is None and own.until is None and own.article is None and anchor and not has_parts:
        dates = list(_dates(QueryScope(understood=tuple(readings)).topic_of(question, _GAP), anchor))
        readings += (item for item in dates or _events(question) if is_kept(item, ignored))
    filters, names, understood = _apply(own, readings, has_articles)
    segments = [item for item in segments if is_kept(item, ignored)]
    return QueryScope(
        filters=filters,
        outlets=names,
        segments=tuple(item.text for item in segments),
        understood=tuple(sorted((*understood, *segments), key=lambda item: (item.start, item.end))),
        ignored=ignored,
    )


def is_kept(item: Understood, ignored: Collection[str]) -> bool:
    """True unless `ignored` has the kind ("outlet") or the single reading ("outlet:Reuters"), in any case."""
    return not {item.kind, fold(f"{item.kind}:{item.value}")} & {fold(one) for one in ignored}


def _apply(
    own: Filters, readings: Sequence[Understood], has_articles: Callable[[Filters], bool]
) -> tuple[Filters, tuple[str, ...], list[Understood]]:
    """The user's filters narrowed by each reading that leaves an article, the outlets if there are several, and the
    readings with what became of them.
    """
    filters, applied, names = own, list[Understood](), list[str]()
    sources = [item for item in readings if item.kind == "outlet"]
    days = [item for item in readings if item.kind == "date"]
    for item in (one for one in readings if one.kind == "language"):
        narrowed = replace(filters, language=item.value)
        applied.append(item if has_articles(narrowed) else _not_applied(item))
        filters = narrowed if applied[-1].applied else filters
    for item in sources:
        fits = has_articles(replace(filters, outlet=item.value))
        applied.append(item if fits else _not_applied(item))
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
        applied.append(item if has_articles(narrowed) else _not_applied(item))
        filters = narrowed if applied[-1].applied else filters
    return filters, tuple(names), applied


def _not_applied(item: Understood) -> Understood:
    return replace(item, applied=False, filters=Filters(), note="no article fits, so it was not applied")


def _outlets(question: str, outlets: Sequence[str]) -> list[Understood]:
    """The outlets that a question names as sources, each once; a longer name hides those within it."""
    mentions: list[tuple[Span, str]] = []
    folded = question.casefold()
    for name in sorted((name for name in outlets if name.casefold() in folded), key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE):
            span = Span(*match.span())
            if not any(span.touches(other) for other, _ in mentions):
                mentions.append((span, name))
    mentions.sort()
    readings: dict[str, Understood] = {}
    is_source, end = False, 0
    for span, name in mentions:
        is_coordinated = is_source and PATTERNS.coordination.fullmatch(question, end, span.start)  # "by X, Y and Z"
        is_source = bool(is_coordinated) or _is_source(question, span, is_exact=span.of(question) == name)
        end = span.end
        if is_source and name not in readings:
            readings[name] = Understood(
                kind="outlet",
                value=name,
                text=span.of(question),
                start=span.start,
                end=span.end,
                filters=Filters(outlet=name),
                note=f"articles of {name}",
            )
    return list(readings.values())


def _is_source(question: str, span: Span, *, is_exact: bool) -> bool:
    """True if an outlet's name stands for a source; in other capitals (`is_exact` is False) it needs a surer sign."""
    before, after = question[: span.start], question[span.end :]
    if not is_exact:
        return PATTERNS.sure_source_before.search(before) is not None
    if PATTERNS.topic_before.search(before) or (_LONGER_NAME.match(after) and not PATTERNS.source_behind.match(after)):
        return False
    is_quoted = before.endswith(tuple("\"'“‘")) and after.startswith(tuple("\"'”’"))
    return is_quoted or bool(PATTERNS.source_before.search(before) or PATTERNS.source_behind.match(after))


def _dates(question: str, anchor: date) -> Iterator[Understood]:
    """The dates at the beginning or the end of a question, or right before "about ...", which bound what is asked. Any
    other in the middle ("its June launch") belongs to the topic.
    """
    for period in periods(question, anchor):
        start, end = period.span.start, period.span.end
        plain = question.replace(_GAP, " ")
        before, after = plain[:start].strip(), plain[end:].strip(" ?.!,")
        if before and after and not PATTERNS.about_behind.match(after):
            continue
        until = period.until + _PUBLICATION_DELAY if period.until else None
        yield Understood(
            kind="date",
            value=f"{period.since or ''}/{period.until or ''}",
            text=period.span.of(question),
            start=start,
            end=end,
            filters=Filters(since=period.since, until=until),
            note=f"published {_period_words(period.since, period.until)}; articles of the day after count as well, and"
            f" days without a year are counted from {display.day(anchor)}, the day of the newest article",
        )


def _period_words(since: date | None, until: date | None) -> str:
    """A period as a reader sees it: "in December 2021", "in 2021", "on 2 Feb 2022", "from 2 to 5 Feb 2022"."""
    if since is None or until is None:
        return f"since {display.day(since)}" if since else f"until {display.day(until)}"
    if since == until:
        return f"on {display.day(since)}"
    is_whole = since.day == 1 and (until + timedelta(days=1)).day == 1
    if is_whole and (since.year, since.month) == (until.year, until.month):
        return f"in {MONTHS[since.month - 1].capitalize()} {since.year}"
    if is_whole and since.year == until.year and (since.month, until.month) == (1, 12):
        return f"in {since.year}"
    return f"from {display.day(since)} to {display.day(until)}"


def _events(question: str) -> Iterator[Understood]:
    """A bound by an event, which is shown but not applied: articles may differ on its day. What comes "after the
    strike" is mostly about the strike, so those words stay in the topic.
    """
    if match := PATTERNS.since_event.search(question):
        yield Understood(
            kind="date",
            value=match[0],
            text=match[0],
            start=match.start(),
            end=match.end(),
            applied=False,
            note="an event and no day, so it bounds nothing; give days to bound publication",
        )


def _languages(question: str) -> Iterator[Understood]:
    if match := PATTERNS.in_language.search(question):
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
    """The clauses of a question that are long enough to be searched for by themselves; empty unless there are several,
    and for a list of search words or a headline.
    """
    if "?" not in question and not PATTERNS.question_start.match(question):
        return []
    segments, start = [], 0
    for boundary in (*PATTERNS.segment_boundary.finditer(question), None):
        end = boundary.start() if boundary else len(question)
        text = question[start:end].strip()
        if len(content_words(text)) >= _SEGMENT_WORDS:
            start = question.index(text, start)
            segments.append(
                Understood(
                    kind="segment",
                    value=" ".join(words(text)),
                    text=text,
                    start=start,
                    end=start + len(text),
                    note="has its own evidence and its share of the list",
                )
            )
        start = boundary.end() if boundary else end
    return segments[:_MOST_SEGMENTS] if len(segments) > 1 else []
