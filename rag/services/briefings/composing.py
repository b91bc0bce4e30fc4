"""The material of a briefing's sections: the articles, the worth of each sentence, and the sentences already used.

Nothing is rephrased: sections are the articles' own sentences, with their statements. Pure and deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from rag.domain import DraftSentence, EvidenceSentence
from rag.services.briefings import salience
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, Event
from rag.services.briefings.relevance import TopicRelevance
from rag.text.places import countries_in
from rag.text.sentences import without_dateline
from rag.text.terms import content_words

LEADS = 2  # first usable sentences of an article, which say the most


@dataclass(frozen=True, kw_only=True)
class SectionDraft:
    """The content of a section: drafts in order, on a timeline a day for each, and the program's own remarks."""

    drafts: tuple[DraftSentence, ...] = ()
    days: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Ranks and drafts the sentences of a corpus. `terms` are the topic's stems with weights, empty without a topic.

    `worth` ranks each sentence, by id. `unknown` are ids of sentences that a model found to say what is not known.
    `used` are ids of sentences that a section has already; no sentence is used twice, but that the events of the
    `opening`, the bottom line or summary, are on the timeline, too.
    """

    corpus: BriefingCorpus
    events: Sequence[Event]
    terms: Mapping[str, float] = field(default_factory=dict)
    worth: Mapping[str, float] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    topic: str | None = None
    topic_relevance: TopicRelevance = field(default_factory=TopicRelevance)
    used_sids: frozenset[str] = frozenset()
    opening: frozenset[str] = frozenset()

    def ranked_sentences(self) -> list[EvidenceSentence]:
        """Candidates for a prose section, best first: unused sentences of each event in turn."""
        ranked_sentences = [
            self.by_worth(item for article in event.articles for item in self.unused_sentences(article))
            for event in self.events
        ]
        longest = max((len(items) for items in ranked_sentences), default=0)
        return [items[at] for at in range(longest) for items in ranked_sentences if at < len(items)]

    def unused_sentences(self, article: BriefedArticle) -> list[EvidenceSentence]:
        """The usable sentences of a report that are on the topic and in no section yet."""
        return [item for item in self.topical_sentences(article) if item.sid not in self.used_sids]

    def topical_sentences(self, article: BriefedArticle) -> list[EvidenceSentence]:
        """The usable sentences of a report that are on the topic; none of an article that is no report, if any is."""
        if article.about.article_id not in self._report_ids:
            return []
        return [item for item in article.usable_sentences if self.topic_relevance.on_topic(item)]

    @cached_property
    def _report_ids(self) -> frozenset[str]:
        return frozenset(article.about.article_id for article in self.corpus.reports)

    def draft(self, item: EvidenceSentence) -> DraftSentence:
        """The draft of an unchanged sentence, without its dateline and with the statement in it."""
        return DraftSentence.verbatim(
            without_dateline(item.text), [item.sid], self.corpus.by_id[item.article_id].statement_in(item)
        )

    def by_worth(self, items: Iterable[EvidenceSentence]) -> list[EvidenceSentence]:
        """Sentences by worth, in which leads count more."""
        sentences = list(items)
        return sorted(
            sentences,
            key=lambda one: (-self.worth.get(one.sid, 0.0) * (1 + 0.5 ** (self.place.get(one.sid, 99) / 2)), one.sid),
        )

    @cached_property
    def leads(self) -> frozenset[str]:
        """The ids of the first `LEADS` usable sentences of each article."""
        return frozenset(item.sid for article in self.corpus.articles for item in article.usable_sentences[:LEADS])

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each usable sentence in its article, from 0, by id."""
        return {item.sid: at for article in self.corpus.articles for at, item in enumerate(article.usable_sentences)}

    @cached_property
    def event_of(self) -> dict[str, int]:
        """The index of each article's event, by article id."""
        return {article.about.article_id: n for n, event in enumerate(self.events) for article in event.articles}


_LEAD_MINIMUM = 0.2  # least worth of a lead in the summary of a single article, whatever words it shares
_DEPENDENT_FACTOR = 0.5  # factor for a sentence that needs the one before it
_UNRELATED_SHARE = 0.5  # share of the mean weight below which a sentence is unrelated to the others
_FEWEST_COMPARED = 4  # sentences from which on unrelated ones can be told
_MOST_OF_ARTICLE = 15  # sentences of an article that are weighed if its event has many


def sentence_worth(
    corpus: BriefingCorpus,
    events: Sequence[Event],
    terms: Mapping[str, float],
    topic_relevance: TopicRelevance,
) -> dict[str, float]:
    """The worth of each usable sentence, by id: its weight among the sentences of its event, times its relevance to the
    topic, times the news coverage of its event. For a single article only the weight counts, unless it was judged.
    """
    worth_of: dict[str, float] = {}
    judged = topic_relevance.is_judged
    single = len(corpus.articles) == 1
    leads = {item.sid for article in corpus.articles for item in article.usable_sentences[:LEADS]}
    for event in events:
        per_article = max(_MOST_OF_ARTICLE, salience.MAX_SENTENCES // max(1, len(event.articles)))
        items = [item for article in event.articles for item in article.usable_sentences[:per_article]][
            : salience.MAX_SENTENCES
        ]
        weight = salience.weights([item.text for item in items])
        top = float(weight.max()) if len(weight) else 1.0
        size = 1 + math.log(1 + event.outlets) + math.log(1 + event.originals)
        for item, sentence_weight in zip(items, weight, strict=True):
            unrelated = len(items) >= _FEWEST_COMPARED and sentence_weight < _UNRELATED_SHARE / len(items)
            worth = float(sentence_weight) / (top or 1.0)
            if unrelated:
                worth = _LEAD_MINIMUM if item.sid in leads and single else 0.0
            if not single or judged:
                relevance = topic_relevance.of(item) if judged else _term_relevance(terms, item)
                worth *= size * (0.3 + 0.7 * relevance) * (_DEPENDENT_FACTOR if corpus.leans(item) else 1.0)
            worth_of[item.sid] = worth
    return worth_of


def _term_relevance(terms: Mapping[str, float], item: EvidenceSentence) -> float:
    return min(1.0, term_share(terms, item.text) + 0.3 * term_share(terms, item.title)) if terms else 1.0


def term_share(terms: Mapping[str, float], text: str) -> float:
    """0..1: the share of the terms, by weight, that occur in the text."""
    total = sum(terms.values())
    if not total:
        return 0.0
    text_stems = stems(text)
    return sum(weight for term, weight in terms.items() if term in text_stems) / total


@lru_cache(maxsize=20_000)  # the same sentences are asked about for each part of a briefing
def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text, and the countries that it names in any way."""
    return frozenset(content_words(text)) | {country.casefold() for _, _, country in countries_in(text)}
