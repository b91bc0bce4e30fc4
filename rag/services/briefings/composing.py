"""What the sections of a briefing are composed from: what was read, what each sentence counts, and what stands already.

Nothing is altered: sections are the articles' own sentences; speakers come along as statements. Pure and deterministic.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from rag.domain import DraftSentence, EvidenceSentence, SentenceKind
from rag.services.briefings import salience
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, Event
from rag.services.briefings.relevance import Bearing
from rag.text.places import countries_in
from rag.text.terms import content_words

LEADS = 2  # first telling sentences of an article, which say the most
_LEAD = 1.5  # what they count more
NEEDS_BEFORE = re.compile(
    r"[\"“‘'(]*(?:He|She|It|They|His|Her|Their|Its|This|That|These|Those|But|And|Or|However|Meanwhile|Also|Instead|So"
    r"|Nevertheless|Nonetheless|Moreover|Furthermore|Besides|Otherwise|Yet|Still|Then|Thus|Therefore|Such|Both"
    r"|Neither|Among them|In (?:addition|response|contrast)|By contrast|As a result|On the other hand|For (?:example"
    r"|instance)|The (?:former|latter)|Another|Others?)\b"
    r"|[^,.;“\"]{0,40}\b(?:also|too|however)\b"
)


@dataclass(frozen=True, kw_only=True)
class SectionDraft:
    """What a section is to hold: drafts in order, a day for each on a timeline, and the program's own remarks."""

    drafts: tuple[DraftSentence, ...] = ()
    days: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Composes sections over what was read. `terms` are the topic's stems with their weights, empty without a topic.

    `worth` says what each sentence counts, by id; `unknown` are ids of sentences that tell what is not known, beside
    those that say so in so many words. `used` are ids of sentences that stand in a section already; none stands twice.
    """

    material: BriefingCorpus
    events: Sequence[Event]
    terms: Mapping[str, float] = field(default_factory=dict)
    worth: Mapping[str, float] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    topic: str | None = None
    bearing: Bearing = field(default_factory=Bearing)
    used: frozenset[str] = frozenset()

    def ranked(self) -> list[EvidenceSentence]:
        """What a prose section may rest on, best first: the sentences of the events in turn."""
        ranked = [self.in_order(item for read in event.articles for item in self.fresh(read)) for event in self.events]
        longest = max((len(items) for items in ranked), default=0)
        return [items[at] for at in range(longest) for items in ranked if at < len(items)]

    def fresh(self, read: BriefedArticle) -> list[EvidenceSentence]:
        """The telling sentences of an article that bear on the topic and stand nowhere yet."""
        return [item for item in read.telling if item.sid not in self.used and self.bearing.on_topic(item)]

    def draft(self, item: EvidenceSentence) -> DraftSentence:
        """A sentence as it stands, with the statement that it hands on."""
        statement = self.material.by_id[item.article_id].stated_in(item)
        kind: SentenceKind = "reported"
        if statement and not statement.stance:
            kind = "quoted" if statement.kind == "direct" else "indirect"
        return DraftSentence(text=item.text, sids=(item.sid,), kind=kind, statement=statement)

    def in_order(self, items: Iterable[EvidenceSentence]) -> list[EvidenceSentence]:
        """Sentences by worth, leads before others of like worth."""
        listed = list(items)
        return sorted(
            listed, key=lambda one: (-self.worth.get(one.sid, 0.0) * (_LEAD if one.sid in self.leads else 1), one.sid)
        )

    @cached_property
    def leads(self) -> frozenset[str]:
        """The ids of the sentences that articles begin with."""
        return frozenset(item.sid for read in self.material.articles for item in read.telling[:LEADS])

    @cached_property
    def event_of(self) -> dict[str, int]:
        """The place of the event of each article by its id."""
        return {read.about.article_id: n for n, event in enumerate(self.events) for read in event.articles}


_LEAD_LEAST = 0.2  # what such a one counts at least where one article is summarised, whatever words it shares
_DANGLING = 0.5  # what a sentence counts that needs the one before it
_FOREIGN = 0.5  # share of the mean weight below which a sentence has nothing to do with those around it
_FEW = 4  # sentences, of which fewer say nothing about what is foreign
_OF_ARTICLE = 15  # sentences of an article that are weighed where an event has many


def weigh(
    material: BriefingCorpus,
    events: Sequence[Event],
    terms: Mapping[str, float],
    bearing: Bearing,
) -> dict[str, float]:
    """What each telling sentence counts: its weight among the sentences of its event, times how far it bears on the
    topic, times how much its event is in the news. One article alone counts by the weight only, unless it was judged.
    """
    worth_of: dict[str, float] = {}
    judged = bearing.known
    single = len(material.articles) == 1
    leads = {item.sid for read in material.articles for item in read.telling[:LEADS]}
    for event in events:
        per_article = max(_OF_ARTICLE, salience.MOST // max(1, len(event.articles)))
        items = [item for read in event.articles for item in read.telling[:per_article]][: salience.MOST]
        weight = salience.weights([item.text for item in items])
        top = float(weight.max()) if len(weight) else 1.0
        size = 1 + math.log(1 + event.outlets) + math.log(1 + event.originals)
        for item, value in zip(items, weight, strict=True):
            foreign = len(items) >= _FEW and value < _FOREIGN / len(items)
            worth = float(value) / (top or 1.0)
            if foreign:
                worth = _LEAD_LEAST if item.sid in leads and single else 0.0
            if not single or judged:
                about = bearing.of(item) if judged else _by_words(terms, item)
                worth *= size * (0.3 + 0.7 * about) * (_DANGLING if NEEDS_BEFORE.match(item.text) else 1.0)
            worth_of[item.sid] = worth
    return worth_of


def _by_words(terms: Mapping[str, float], item: EvidenceSentence) -> float:
    return min(1.0, share(terms, item.text) + 0.3 * share(terms, item.title)) if terms else 1.0


def share(terms: Mapping[str, float], text: str) -> float:
    """0..1: the share of the terms, by weight, that stand in the text."""
    total = sum(terms.values())
    if not total:
        return 0.0
    held = stems(text)
    return sum(weight for term, weight in terms.items() if term in held) / total


@lru_cache(maxsize=20_000)  # the same sentences are asked about for each part of a briefing
def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text, with the countries that it names under any of their names."""
    return frozenset(content_words(text)) | {country.casefold() for _, _, country in countries_in(text)}
