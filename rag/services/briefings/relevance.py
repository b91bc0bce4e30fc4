"""The relevance of articles and sentences to a briefing's topic, by a judge that reads the topic with each sentence.

Words alone bring an article on the "elected" into a briefing on an election. An article is judged by its headline, its
opening and the sentence nearest to the topic; it is set aside if none of them is on the topic. A sentence is judged
together with its headline, without which "12 people had died" is about nothing. A headline on the topic raises the
score of every sentence after it, so what counts is how much the sentence adds to the headline's score; it need not add
anything if the headline is clearly on the topic. After an opening on the topic, a word of the topic is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from rag.domain import EvidenceSentence
from rag.providers.base import RelevanceJudge, log_odds
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, comparison_text

ON_TOPIC = 0.35  # least relevance of a sentence on the topic
SURE = 0.45  # the same for the lines that open a briefing
MOST_JUDGED = 80  # articles that are judged; later ones stay only if their headline has all words of the topic
_OFF_TOPIC = 0.3  # relevance of a sentence that adds nothing to a headline on another subject
_FOREIGN_ODDS = -5.0  # log-odds of its nearest sentence below which an article is about something else
_MIDDLE_ODDS, _SLOPE = -1.0, 2.0  # log-odds of relevance 0.5, and how slowly relevance rises with them
_BELOW_BEST = 6.0  # the middle is at least so far below the best of all: a topic in few words has low odds throughout
_MOST_SENTENCES, _FEWEST, _MOST = 160, 3, 14  # judged beforehand: in all, and of one article at least and at most
_INHERITED_SHARE = 0.6  # share of its article's relevance that a sentence inherits from a headline on the topic
_HEADLINE_ODDS = 2.0  # log-odds above the middle from which on a headline is on the topic
_PASSING_SHARE = 0.75  # least share of the topic's words in a sentence of an article on something else
_LEAD_RELEVANCE = 0.73  # the relevance of these log-odds, from which on one of the first two sentences is on the topic
_GAIN, _CLEAR_GAIN = 1.0, 3.0  # log-odds that a sentence adds to its headline's if on the topic, and if clearly so
_WITH_WORD = 0.6  # relevance of a sentence with a word of the topic after an opening on the topic
_LOSS = -1.5  # log-odds added to those of a headline on the topic below which a sentence is on something else

Share = Callable[[str], float]  # 0..1: the share of the topic's words that occur in a text


@dataclass(frozen=True, kw_only=True)
class TopicRelevance:
    """The relevance of each sentence to the topic, 0..1. Without a judge every sentence has 1."""

    judge: RelevanceJudge | None = None
    topic: str = ""
    middle: float = _MIDDLE_ODDS
    headlines: Mapping[str, float] = field(default_factory=dict)  # log-odds of each article's headline alone, by its id
    openings: Mapping[str, float] = field(default_factory=dict)  # the same with its first sentence
    share: Share = lambda _: 1.0
    articles: Mapping[str, float] = field(default_factory=dict)  # how far each bears on the topic
    statement_only_ids: set[str] = field(default_factory=set)  # sentences to use only for their statements
    scores: dict[str, float] = field(default_factory=dict)  # relevance by sentence id, filled as sentences are judged
    has_clear_sentence: bool = False  # True if a sentence was clearly on the topic when the articles were judged

    @property
    def is_judged(self) -> bool:
        """True if sentences were judged."""
        return self.judge is not None

    def of(self, item: EvidenceSentence) -> float:
        """The relevance of a sentence; if it was not judged, what it inherits from its article."""
        if not self.is_judged:
            return 1.0
        inherited = (
            _INHERITED_SHARE * self.articles.get(item.article_id, 0.0)
            if self._has_headline_on_topic(item)
            else _OFF_TOPIC
        )
        return self.scores.get(item.sid, inherited)

    def on_topic(self, item: EvidenceSentence) -> bool:
        """True if a sentence is on the topic; without a judge, true for all."""
        return self._is_relevant(item) and item.sid not in self.statement_only_ids

    def statement_on_topic(self, item: EvidenceSentence) -> bool:
        """As `on_topic`, also for sentences to use only for their statements."""
        return self._is_relevant(item) or item.sid in self.statement_only_ids

    def _is_relevant(self, item: EvidenceSentence) -> bool:
        """In an article on something else, a sentence has to be on the topic by itself and in its words, if any is."""
        relevance = self.of(item)
        if self.has_clear_sentence and self._odds(item.article_id) < self.middle:
            return relevance > SURE and self.share(item.text) >= _PASSING_SHARE
        return relevance >= ON_TOPIC

    def is_about(self, article_id: str) -> bool:
        """True if an article's headline or opening is on the topic, not only a sentence in it; if no article's is, or
        nothing was judged, true for all."""
        return not self._subjects or article_id in self._subjects

    def is_near(self, article_id: str) -> bool:
        """As `is_about`, for an article that may be on the topic in other words."""
        return self.is_about(article_id) or self._odds(article_id) >= self.middle

    @cached_property
    def _subjects(self) -> frozenset[str]:
        return frozenset(one for one in self.articles if self._odds(one) >= self.middle + _HEADLINE_ODDS)

    def _odds(self, article_id: str) -> float:
        return max(of.get(article_id, -math.inf) for of in (self.headlines, self.openings))

    def judge_sentences(self, items: Iterable[EvidenceSentence]) -> None:
        """Judge the sentences that have not been judged yet. Raises ModelError."""
        new = list({item.sid: item for item in items if item.sid not in self.scores}.values())
        if self.judge is None or not new:
            return
        scores = self.judge.judge(self.topic, [f"{item.title}. {item.text}" for item in new])
        for item, score in zip(new, scores, strict=True):
            self.scores[item.sid] = self._of_odds(item, log_odds(score))

    def _of_odds(self, item: EvidenceSentence, odds: float) -> float:
        relevance = _relevance(odds, self.middle)
        gain = odds - self.headlines.get(item.article_id, odds)
        if self._has_headline_on_topic(item):
            return (
                max(relevance, _INHERITED_SHARE * self.articles[item.article_id])
                if gain > _LOSS
                else min(relevance, _OFF_TOPIC)
            )
        opens = self.openings.get(item.article_id, -math.inf) >= self.middle + _HEADLINE_ODDS
        if gain >= _GAIN:
            return max(relevance, SURE if gain >= _CLEAR_GAIN else ON_TOPIC)
        return (
            max(relevance, _WITH_WORD)
            if opens and gain > _LOSS and self.share(item.text)
            else min(relevance, _OFF_TOPIC)
        )

    def _has_headline_on_topic(self, item: EvidenceSentence) -> bool:
        return self.headlines.get(item.article_id, -math.inf) >= self.middle + _HEADLINE_ODDS


def select_on_topic(
    judge: RelevanceJudge, topic: str, corpus: BriefingCorpus, share: Share
) -> tuple[BriefingCorpus, TopicRelevance]:
    """The corpus without the articles that are about something else, which `foreign` counts, and the relevance of the
    other sentences. If the judge finds no article on the topic, those with every word of it stay. Raises ModelError.
    """
    articles_read = corpus.articles
    texts_by_article = [_article_texts(article, share) for article in articles_read[:MOST_JUDGED]]
    scores = iter(judge.judge(topic, [text for texts in texts_by_article for text in texts]))
    odds = [[log_odds(next(scores)) for _ in texts] for texts in texts_by_article]
    middle = min(_MIDDLE_ODDS, max(max(one) for one in odds) - _BELOW_BEST)
    relevant: list[BriefedArticle] = []
    for article, one in zip(articles_read, odds, strict=False):
        if max(one) >= _FOREIGN_ODDS or share(article.about.title) >= 1:
            second = sorted(one, reverse=True)[min(1, len(one) - 1)]  # one place alone is a mention
            relevant.append(replace(article, relevance=_relevance(second, middle)))
    relevant += [article for article in articles_read[MOST_JUDGED:] if share(article.about.title) >= 1]
    relevant = relevant or [
        article for article in articles_read if share(f"{article.about.title} . {article.text}") >= 1
    ]
    headlines = {
        article.about.article_id: middle + _HEADLINE_ODDS for article in relevant
    }  # of those that were not judged
    headlines |= {article.about.article_id: one[0] for article, one in zip(articles_read, odds, strict=False)}
    openings = {article.about.article_id: one[1] for article, one in zip(articles_read, odds, strict=False)}
    topic_relevance = TopicRelevance(
        judge=judge,
        topic=topic,
        middle=middle,
        headlines=headlines,
        openings=openings,
        share=share,
        articles={article.about.article_id: article.relevance for article in relevant},
    )
    most = min(_MOST, max(_FEWEST, _MOST_SENTENCES // max(1, len(relevant))))
    topic_relevance.judge_sentences(item for article in relevant for item in _judging_order(article, share)[:most])
    for article in relevant:  # news may stand in the second sentence
        if any(topic_relevance.scores.get(item.sid, 0.0) >= _LEAD_RELEVANCE for item in article.usable_sentences[:2]):
            article_id = article.about.article_id
            openings[article_id] = max(openings.get(article_id, -math.inf), middle + _HEADLINE_ODDS)
    is_clear = any(score > SURE for score in topic_relevance.scores.values())
    topic_relevance = replace(topic_relevance, has_clear_sentence=is_clear)
    return replace(
        corpus, articles=tuple(relevant), foreign=corpus.foreign + len(articles_read) - len(relevant)
    ), topic_relevance


def _article_texts(article: BriefedArticle, share: Share) -> list[str]:
    """The headline alone, and with the opening, the sentence nearest to the topic, and the first correction."""
    nearest = max(article.usable_sentences[1:], key=lambda item: share(item.text), default=None)
    sentences = [item for item in (nearest, *article.corrections[:1]) if item]
    return [article.about.title, comparison_text(article), *(f"{item.title}. {item.text}" for item in sentences)]


def _judging_order(article: BriefedArticle, share: Share) -> list[EvidenceSentence]:
    """The sentences in the order of judging: first those with the topic's words, at the start, or with a statement."""
    worth = {
        item.sid: share(item.text) + 0.6 * (at < 2) + 0.2 * (article.statement_in(item) is not None) - 0.01 * at
        for at, item in enumerate(article.usable_sentences)
    }
    return sorted(article.usable_sentences, key=lambda item: -worth[item.sid])


def _relevance(logit: float, middle: float) -> float:
    return 1 / (1 + math.exp((middle - logit) / _SLOPE))
