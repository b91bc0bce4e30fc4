"""How far what was read bears on a briefing's topic, by a judge that reads the topic together with each sentence.

Words alone bring an article on the "elected" into a briefing on an election. An article is judged by its headline, its
opening and the sentence nearest to the topic; one that the judge finds foreign in all of them is set aside. A sentence
is judged behind its headline, without which "12 people had died" is about nothing; as a headline that is on the topic
lends that to every sentence behind it, what counts is how much the sentence adds: nothing in a roundup that names the
topic once, and nothing is asked for where the headline is wholly on the topic. Where the opening is, a word of the
topic is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rag.domain import EvidenceSentence
from rag.providers.base import RelevanceJudge
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, head

ON_TOPIC = 0.35  # of a sentence, from which on it may stand for the topic
SURE = 0.45  # the same for the lines that open a briefing
MOST_JUDGED = 80  # articles that are judged; those behind them stay only with all of the topic in their headline
_OFF = 0.3  # of a sentence that adds nothing to a headline on something else
_FOREIGN = -5.0  # log-odds of its nearest sentence below which an article is about something else
_MIDDLE, _SLOPE = -1.0, 2.0  # log-odds at which a sentence bears half on the topic, and how slowly that rises
_BELOW_BEST = 6.0  # the middle is at least so far below the best of all: a topic in few words has low odds throughout
_MOST_SENTENCES, _FEWEST, _MOST = 160, 3, 14  # judged before anything is chosen; of one article at least and at most
_INHERITED = 0.6  # what a sentence has of its article, where the headline alone is on the topic
_HEADLINE = 2.0  # log-odds above the middle from which on a headline is
_ADDS, _ADDS_MUCH = 1.0, 3.0  # log-odds that a sentence adds to its headline to be on the topic, and surely so
_WITH_WORD = 0.6  # of a sentence with a word of the topic behind an opening on it
_TAKES = -1.5  # the same where it takes from a headline on the topic: it is on something else

Share = Callable[[str], float]  # 0..1: how much of the topic's words stands in a text


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """0..1 for each sentence by its id; nothing where nothing was judged, and all then counts by its words."""

    judge: RelevanceJudge | None = None
    topic: str = ""
    middle: float = _MIDDLE
    headlines: Mapping[str, float] = field(default_factory=dict)  # log-odds of each article's headline alone, by its id
    openings: Mapping[str, float] = field(default_factory=dict)  # the same with its first sentence
    share: Share = lambda _: 1.0
    articles: Mapping[str, float] = field(default_factory=dict)  # how far each bears on the topic
    only_said: set[str] = field(default_factory=set)  # ids of sentences that stand for what somebody says alone
    judged: dict[str, float] = field(default_factory=dict)  # fills as sentences are asked about

    @property
    def known(self) -> bool:
        """True if sentences were judged."""
        return self.judge is not None

    def of(self, item: EvidenceSentence) -> float:
        """How far a sentence bears on the topic; what its article lends it where it was not judged."""
        if not self.known:
            return 1.0
        lent = _INHERITED * self.articles.get(item.article_id, 0.0) if self._is_headed(item) else _OFF
        return self.judged.get(item.sid, lent)

    def on_topic(self, item: EvidenceSentence) -> bool:
        """True if a sentence may stand for the topic; of all where nothing was judged."""
        return self.of(item) >= ON_TOPIC and item.sid not in self.only_said

    def settle(self, items: Iterable[EvidenceSentence]) -> None:
        """Have those judged that are not yet. Raises ModelError."""
        new = list({item.sid: item for item in items if item.sid not in self.judged}.values())
        if self.judge is None or not new:
            return
        scores = self.judge.judge(self.topic, [f"{item.title}. {item.text}" for item in new])
        for item, score in zip(new, scores, strict=True):
            self.judged[item.sid] = self._of_odds(item, _log_odds(score))

    def _of_odds(self, item: EvidenceSentence, odds: float) -> float:
        own = _bearing(odds, self.middle)
        adds = odds - self.headlines.get(item.article_id, odds)
        if self._is_headed(item):
            return max(own, _INHERITED * self.articles[item.article_id]) if adds > _TAKES else min(own, _OFF)
        opens = self.openings.get(item.article_id, -math.inf) >= self.middle + _HEADLINE
        if adds >= _ADDS:
            return max(own, SURE if adds >= _ADDS_MUCH else ON_TOPIC)
        return max(own, _WITH_WORD) if opens and adds > _TAKES and self.share(item.text) else min(own, _OFF)

    def _is_headed(self, item: EvidenceSentence) -> bool:
        return self.headlines.get(item.article_id, -math.inf) >= self.middle + _HEADLINE


def on_topic(
    judge: RelevanceJudge, topic: str, material: BriefingCorpus, share: Share
) -> tuple[BriefingCorpus, Bearing]:
    """What was read without the articles that are about something else, with the number of those, and how far each
    sentence of the others bears on the topic. Where the judge finds all foreign, those stay that have every word of the
    topic. Raises ModelError.
    """
    reads = material.articles
    near = [_article_texts(read, share) for read in reads[:MOST_JUDGED]]
    scores = iter(judge.judge(topic, [text for texts in near for text in texts]))
    odds = [[_log_odds(next(scores)) for _ in texts] for texts in near]
    middle = min(_MIDDLE, max(max(one) for one in odds) - _BELOW_BEST)
    kept: list[BriefedArticle] = []
    for read, one in zip(reads, odds, strict=False):
        if max(one) >= _FOREIGN or share(read.about.title) >= 1:
            second = sorted(one, reverse=True)[min(1, len(one) - 1)]  # one place alone is a mention
            kept.append(replace(read, relevance=_bearing(second, middle)))
    kept += [read for read in reads[MOST_JUDGED:] if share(read.about.title) >= 1]
    kept = kept or [read for read in reads if share(f"{read.about.title} . {read.text}") >= 1]
    headlines = {read.about.article_id: middle + _HEADLINE for read in kept}  # of those that were not judged
    headlines |= {read.about.article_id: one[0] for read, one in zip(reads, odds, strict=False)}
    bearing = Bearing(
        judge=judge,
        topic=topic,
        middle=middle,
        headlines=headlines,
        openings={read.about.article_id: one[1] for read, one in zip(reads, odds, strict=False)},
        share=share,
        articles={read.about.article_id: read.relevance for read in kept},
    )
    most = min(_MOST, max(_FEWEST, _MOST_SENTENCES // max(1, len(kept))))
    bearing.settle(item for read in kept for item in _picked(read, share)[:most])
    return replace(material, articles=tuple(kept), foreign=len(reads) - len(kept)), bearing


def _article_texts(read: BriefedArticle, share: Share) -> list[str]:
    """The headline alone, with the opening, with the sentence nearest to the topic, and with what was corrected."""
    nearest = max(read.telling[1:], key=lambda item: share(item.text), default=None)
    more = [item for item in (nearest, *read.corrections[:1]) if item]
    return [read.about.title, head(read), *(f"{item.title}. {item.text}" for item in more)]


def _picked(read: BriefedArticle, share: Share) -> list[EvidenceSentence]:
    """Sentences worth judging, the likeliest first: what has the topic's words, opens the article or hands on what
    somebody said.
    """
    worth = {
        item.sid: share(item.text) + 0.6 * (at < 2) + 0.2 * (read.stated_in(item) is not None) - 0.01 * at
        for at, item in enumerate(read.telling)
    }
    return sorted(read.telling, key=lambda item: -worth[item.sid])


def _log_odds(score: float) -> float:
    return math.log(score / (1 - score))


def _bearing(logit: float, middle: float) -> float:
    return 1 / (1 + math.exp((middle - logit) / _SLOPE))
