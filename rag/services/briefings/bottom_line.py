"""The bottom line of a briefing: what is newest of each event, of a toll the last count, and what was corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.domain import EvidenceSentence
from rag.knowledge.words import DAY_NAMES
from rag.services.briefings import salience
from rag.services.briefings.composing import NEEDS_BEFORE, Composer, SectionDraft
from rag.services.briefings.corpus import event_date
from rag.services.briefings.relevance import SURE
from rag.text.canonical import fold
from rag.text.terms import STOPWORDS
from rag.verification.counts import tolls
from rag.verification.tokens import names_in

_LONGEST_LINE = 30  # words of the one line that opens a briefing, where there is such a one
_NEAR, _NEARLY_SURE = 0.55, 0.85  # of the bearing of the best: to stand at the top, and to be the one line
_NEARLY = 0.6  # of the worth of the best
_HEARD = 0.25  # what a sentence counts whose party was heard
_REPEATS = 0.4  # share of its words that a sentence may have in common with one above it
_TOP = 5  # articles whose corrections are told though nothing else of them is
_CORRECTIONS = 3  # sentences of notes that correct something
_FEWEST_WORDS = 7  # of a sentence
_BACKGROUND = timedelta(days=4)  # what an article tells of from before that is no news
_STALE = timedelta(days=30)
_NO_NAMES = frozenset({*STOPWORDS, *DAY_NAMES})  # capitalised words that name no event


def bottom_line(desk: Composer, most: int | None, words: int | None) -> SectionDraft:
    """First the newest announcement that bears on the topic, in one short sentence; then what is to be known beside it,
    of each event in turn, the greatest first, and of another party or event as long as there is one; of a toll that was
    counted again only the newest. Last what was corrected.
    """
    counts = _counts(desk)
    items = [item for item in desk.ranked()[: 40 * (most or 20)] if not _superseded(desk, item, counts)]
    desk.bearing.settle(items[: 5 * (most or 20)])
    alone = [item for item in items if _stands_alone(desk, item)]
    best = max(map(desk.bearing.of, alone), default=0.0)
    sure = [item for item in alone if desk.bearing.of(item) >= max(SURE, _NEAR * best)]
    news = _newest(desk, sure)
    rounds = [*news, *(item for item in sure if item not in news)] or items[:1]
    if line := _announcement(desk, news):
        rounds = [line, *(item for item in rounds if item is not line)]
    heard: set[object] = set()
    gains: list[float] = []
    for at, item in enumerate(rounds):
        voice = _voice(desk, item)
        gains.append((_HEARD if voice in heard else 1.0) / (1 + at))
        heard.add(voice)
    chosen = salience.choose([item.text for item in rounds], gains, most=most, words=words, repeats=_REPEATS)
    drafts = [desk.draft(rounds[at]) for at in sorted(chosen)]
    top = {rounds[at].article_id for at in chosen} | {read.about.article_id for read in desk.material.articles[:_TOP]}
    notes = [
        item
        for read in desk.material.articles
        if read.about.article_id in top
        for item in read.corrections
        if item.sid not in desk.used
    ]
    return SectionDraft(drafts=(*drafts, *map(desk.draft, notes[:_CORRECTIONS])))


def _stands_alone(desk: Composer, item: EvidenceSentence) -> bool:
    """True for a sentence of some length that is no quotation and no question, and needs none before it."""
    if item.text.rstrip(" \"”’'").endswith("?"):
        return False
    whole = len(item.text.split()) >= _FEWEST_WORDS and not NEEDS_BEFORE.match(item.text)
    return whole and desk.draft(item).kind != "quoted"


def _announcement(desk: Composer, items: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The newest of the short sentences that count nearly as much as the best, among those that open an article."""
    best = max((desk.worth.get(item.sid, 0.0) for item in items), default=0.0)
    surest = max(map(desk.bearing.of, items), default=0.0)
    near = [
        item
        for item in items
        if item.sid in desk.leads
        and desk.worth.get(item.sid, 0.0) >= _NEARLY * best
        and desk.bearing.of(item) >= _NEARLY_SURE * surest
    ]
    short = [item for item in near if len(item.text.split()) <= _LONGEST_LINE] or near
    return max(short, key=lambda item: (item.published or date.min, desk.worth.get(item.sid, 0.0)), default=None)


def _voice(desk: Composer, item: EvidenceSentence) -> object:
    """Who speaks in a sentence, else the event that it tells of."""
    statement = desk.draft(item).statement
    name = (statement.on_behalf_of or statement.speaker) if statement else None
    return fold(name) if name else desk.event_of[item.article_id]


def _newest(desk: Composer, items: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences that tell of nothing before the newest day of the same event, in articles that are not a month
    older than the newest: the sections below have the others.
    """
    newest = max((item.published for item in items if item.published), default=date.min)
    days = {item.sid: event_date(item) for item in items}
    latest: dict[int, date] = {}
    for item in items:
        if day := days[item.sid]:
            event = desk.event_of[item.article_id]
            latest[event] = max(day, latest.get(event, date.min))

    def is_news(item: EvidenceSentence) -> bool:
        day = days[item.sid]
        if item.published and newest - item.published > _STALE:
            return False
        if day is None:
            return True
        past = item.published is not None and item.published - day > _BACKGROUND
        return not past and day >= latest[desk.event_of[item.article_id]]

    return [item for item in items if is_news(item)]


def _superseded(desk: Composer, item: EvidenceSentence, all_counts: Sequence[_Toll]) -> bool:
    """True for a toll of which a later article that bears on the topic gives another number: one on the same event,
    or any where the topic is one and few articles are about it.
    """
    if not (counts := tolls(item.text)) or item.published is None:
        return False
    return any(
        later.published > item.published
        and (later.event == desk.event_of[item.article_id] or _names(item) & later.names)
        and any(later.counts.get(what, number) != number for what, number in counts.items())
        for later in all_counts
    )


def _names(item: EvidenceSentence) -> frozenset[str]:
    """The names that a sentence and its headline have."""
    return names_in(f"{item.title}. {item.text}") - _NO_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Toll:
    """How many were killed or hurt by one sentence of an article; `names` are those of it and its headline."""

    published: date
    event: int
    names: frozenset[str]
    counts: Mapping[str, str]


def _counts(desk: Composer) -> tuple[_Toll, ...]:
    return tuple(
        _Toll(published=item.published, event=desk.event_of[item.article_id], names=_names(item), counts=counts)
        for read in desk.material.articles
        for item in read.telling
        if item.published and (counts := tolls(item.text))
    )
