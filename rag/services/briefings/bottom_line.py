"""The bottom line of a briefing: the newest of each event, the latest count of each toll, and corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag import display
from rag.domain import EvidenceSentence
from rag.knowledge.tables import pattern_of
from rag.knowledge.words import DAY_NAMES
from rag.services.briefings import salience
from rag.services.briefings.composing import Composer, SectionDraft
from rag.services.briefings.corpus import event_date
from rag.services.briefings.relevance import SURE
from rag.text.canonical import fold
from rag.text.terms import STOPWORDS
from rag.verification.counts import casualty_counts
from rag.verification.tokens import names_in

_LONGEST_LINE = 30  # words of the line that opens a briefing, if there is one so short
_NEAR_RELEVANCE, _LINE_RELEVANCE = (
    0.55,
    0.85,
)  # share of the best relevance: for the bottom line, and for its opening line
_LINE_WORTH = 0.6  # share of the best worth, for the opening line
_REPEATED_VOICE = 0.25  # factor for a sentence whose party or event has a sentence already
_NO_NEWS = 0.3  # the same for one that is no news
_REPEATS = 0.4  # share of its words that a sentence may have in common with one above it
_TOP_ARTICLES = 5  # most relevant articles, whose corrections are included in any case
_MOST_CORRECTIONS = 3  # sentences of correction notes
_FEWEST_WORDS = 7  # of a sentence
_TOLL_SHARE = 0.25  # share of the articles on the topic with a number of dead from which on it is a subject
_NAMES_OF_EVENT = 2  # names in common by which a later toll is surely one of the same event
_BACKGROUND = timedelta(days=4)  # an event that is older than its article by more is not news
_STALE = timedelta(days=30)
NOT_KNOWN = pattern_of("answer_types", "not_known")  # no news, but for the part on what is not known
_NO_NAMES = frozenset({*STOPWORDS, *DAY_NAMES})  # capitalised words that name no event


def bottom_line(composer: Composer, most: int | None, words: int | None) -> SectionDraft:
    """First the newest announcement on the topic, in one short sentence, and the latest toll; then the best sentences
    of each event in turn, the greatest event first, favouring parties and events without a sentence yet. All come from
    articles on the topic; no toll is used that a later one replaces. Corrections come last.
    """
    tolls = _Tolls.of(composer)
    items = [
        item
        for item in composer.ranked_sentences()[: 40 * (most or 20)]
        if composer.topic_relevance.is_about(item.article_id) and not tolls.replaced(item)
        if not NOT_KNOWN.search(item.text)
    ]
    composer.topic_relevance.judge_sentences(items[: 5 * (most or 20)])
    standalone = [item for item in items if _stands_alone(composer, item)]
    best = max(map(composer.topic_relevance.of, standalone), default=0.0)
    relevant = [item for item in standalone if composer.topic_relevance.of(item) >= max(SURE, _NEAR_RELEVANCE * best)]
    news = _newest(composer, relevant)
    candidates = [*news, *(item for item in relevant if item not in news)] or standalone[:1]
    candidates = candidates or _any_that_stands_alone(composer, 5 * (most or 20)) or items[:1]
    first = [item for item in (_opening_line(composer, news), tolls.newest_sentence()) if item]
    if len(first) > 1 and first[1].sid in composer.leads and _published(first[1]) > _published(first[0]):
        first.reverse()
    candidates = [*first, *(item for item in candidates if item not in first)]
    gains = _gains(composer, candidates, frozenset(item.sid for item in (*first, *news)))
    selection = salience.choose([item.text for item in candidates], gains, most=most, words=words, repeats=_REPEATS)
    drafts = [
        replace(composer.draft(candidates[at]), remark=tolls.later_than(candidates[at])) for at in sorted(selection)
    ]
    top_ids = {candidates[at].article_id for at in selection} | {
        article.about.article_id for article in composer.corpus.articles[:_TOP_ARTICLES]
    }
    notes = [
        item
        for article in composer.corpus.articles
        if article.about.article_id in top_ids
        for item in article.corrections
        if item.sid not in composer.used_sids
    ]
    return SectionDraft(drafts=(*drafts, *map(composer.draft, notes[:_MOST_CORRECTIONS])))


def _gains(composer: Composer, items: Sequence[EvidenceSentence], news: Collection[str]) -> list[float]:
    """What each sentence brings, by its place; less if it is no news, and for each one above it of its party, event or
    article. `news` are ids."""
    voices: Counter[object] = Counter()
    gains = []
    for at, item in enumerate(items):
        its = (_voice(composer, item), item.article_id)
        gain = _REPEATED_VOICE ** max(voices[one] for one in its) / (1 + at)
        gains.append(gain if item.sid in news else _NO_NEWS * gain)
        voices.update(its)
    return gains


def _any_that_stands_alone(composer: Composer, most: int) -> list[EvidenceSentence]:
    """The best sentence on the topic among the best of all articles, those on something else too; empty if none is."""
    items = [item for item in composer.ranked_sentences()[:most] if _stands_alone(composer, item)]
    composer.topic_relevance.judge_sentences(items)
    return [item for item in items if composer.topic_relevance.on_topic(item)][:1]


def _published(item: EvidenceSentence) -> date:
    return item.published or date.min


def _stands_alone(composer: Composer, item: EvidenceSentence) -> bool:
    """True for a sentence of some length that is neither quotation nor question and does not need the one before it."""
    if item.text.rstrip(" \"”’'").endswith("?"):
        return False
    whole = len(item.text.split()) >= _FEWEST_WORDS and not composer.corpus.leans(item)
    return whole and composer.draft(item).kind != "quoted"


def _opening_line(composer: Composer, items: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The newest short sentence among article leads whose worth and relevance are close to the best; None if none."""
    best = max((composer.worth.get(item.sid, 0.0) for item in items), default=0.0)
    surest = max(map(composer.topic_relevance.of, items), default=0.0)
    near = [
        item
        for item in items
        if item.sid in composer.leads
        and composer.worth.get(item.sid, 0.0) >= _LINE_WORTH * best
        and composer.topic_relevance.of(item) >= _LINE_RELEVANCE * surest
    ]
    firsts = {article.usable_sentences[0].sid for article in composer.corpus.reports if article.usable_sentences}
    openings = {item.article_id for item in near if item.sid in firsts}  # by its first sentence, not its second
    near = [item for item in near if item.sid in firsts or item.article_id not in openings]
    short = [item for item in near if len(item.text.split()) <= _LONGEST_LINE] or near
    return max(
        short,
        key=lambda item: (item.published or date.min, item.sid in firsts, composer.worth.get(item.sid, 0.0)),
        default=None,
    )


def _voice(composer: Composer, item: EvidenceSentence) -> object:
    """The speaker of a sentence, folded, or else the index of its event."""
    statement = composer.draft(item).statement
    name = (statement.on_behalf_of or statement.speaker) if statement else None
    return fold(name) if name else composer.event_of[item.article_id]


def _newest(composer: Composer, items: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences of the newest article of each event, about its newest day or about no day, in articles that are not
    a month older than the newest one.
    """
    newest = max((item.published for item in items if item.published), default=date.min)
    days = {item.sid: event_date(item) for item in items}
    latest: dict[int, date] = {}  # the newest day of an event, up to the publication of its newest article
    appeared: dict[int, date] = {}
    for item in items:
        event = composer.event_of[item.article_id]
        appeared[event] = max(item.published or date.min, appeared.get(event, date.min))
        if day := days[item.sid]:
            latest[event] = max(min(day, item.published or day), latest.get(event, date.min))

    def is_news(item: EvidenceSentence) -> bool:
        day = days[item.sid]
        if item.published and newest - item.published > _STALE:
            return False
        if day is None:
            return True
        past = item.published is not None and item.published - day > _BACKGROUND
        event = composer.event_of[item.article_id]
        return not past and (day >= latest[event] or item.published == appeared[event])

    return [item for item in items if is_news(item)]


def _names(item: EvidenceSentence) -> frozenset[str]:
    """The names in a sentence and its headline."""
    return names_in(f"{item.title}. {item.text}") - _NO_NAMES


def _is_greater(number: str | None, other: str) -> bool:
    return number is not None and number.isdecimal() and other.isdecimal() and int(number) > int(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Toll:
    """The numbers of killed or hurt in one sentence, also those of "at least 12"."""

    item: EvidenceSentence
    names: frozenset[str]  # in the sentence and its headline
    counts: Mapping[str, str]
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class _Tolls:
    """The tolls in the articles on the topic by sentence id; if it has names, those of sentences with one of them."""

    composer: Composer
    by_sid: Mapping[str, _Toll]

    @classmethod
    def of(cls, composer: Composer) -> _Tolls:
        topical = names_in(composer.topic or "") - _NO_NAMES
        by_sid = {
            item.sid: _Toll(item=item, names=_names(item), counts=counts, is_exact=bool(casualty_counts(item.text)))
            for article in composer.corpus.reports
            if topical or composer.topic_relevance.is_about(article.about.article_id)
            for item in article.usable_sentences
            if item.published and (counts := casualty_counts(item.text, exact=False))
            if not topical or topical & names_in(item.text)
        }
        return cls(composer=composer, by_sid=by_sid)

    def replaced(self, item: EvidenceSentence) -> bool:
        """True for a toll of which a later article, on the same event or with a name in common, has another number. The
        "at least 12" of an opening is replaced by the number of an opening only."""
        if (toll := self.by_sid.get(item.sid)) is None:
            return False
        event_of, leads = self.composer.event_of, self.composer.leads
        return any(
            _published(later.item) > _published(item)
            and (event_of[later.item.article_id] == event_of[item.article_id] or toll.names & later.names)
            and (toll.is_exact or later.item.sid in leads or item.sid not in leads)
            and any(later.counts.get(what, number) != number for what, number in toll.counts.items())
            for later in self.by_sid.values()
        )

    def later_than(self, item: EvidenceSentence) -> str | None:
        """A remark on a toll of which a later sentence with names in common has a greater number; None if none has."""
        if (toll := self.by_sid.get(item.sid)) is None:
            return None
        own_names = names_in(item.text) - _NO_NAMES
        later = [
            one
            for one in self.by_sid.values()
            if _published(one.item) > _published(item)
            and len(own_names & (names_in(one.item.text) - _NO_NAMES)) >= _NAMES_OF_EVENT
            and any(_is_greater(one.counts.get(what), number) for what, number in toll.counts.items())
        ]
        if not later:
            return None
        newest = max(later, key=lambda one: _published(one.item))
        what = next(one for one, number in toll.counts.items() if _is_greater(newest.counts.get(one), number))
        return f"{newest.counts[what]} {what}, by a report of {display.day(newest.item.published)}"

    def newest_sentence(self) -> EvidenceSentence | None:
        """The best sentence with the latest number of the dead; None if too few articles have one."""
        killed = [one for one in self.by_sid.values() if "killed" in one.counts]
        relevance = self.composer.topic_relevance
        subjects = sum(relevance.is_about(article.about.article_id) for article in self.composer.corpus.articles)
        if not killed or len({one.item.article_id for one in killed}) < _TOLL_SHARE * subjects:
            return None
        current = [one for one in killed if not self.replaced(one.item)]
        newest = max(current, key=lambda one: _published(one.item))
        same = [one.item for one in current if one.counts["killed"] == newest.counts["killed"]]
        relevance.judge_sentences(same)
        return max(
            same,
            key=lambda item: (
                _stands_alone(self.composer, item),
                relevance.of(item) >= SURE,
                self.composer.worth.get(item.sid, 0.0),
            ),
        )
