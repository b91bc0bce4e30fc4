"""What each sentence counts for a briefing, before it is chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rag.domain import EvidenceSentence
from rag.services.briefings import salience
from rag.services.briefings.composing import LEADS, NEEDS_BEFORE
from rag.services.briefings.corpus import BriefingCorpus
from rag.services.briefings.events import Event
from rag.services.briefings.relevance import Bearing
from rag.text.places import countries_in
from rag.text.terms import content_words

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
