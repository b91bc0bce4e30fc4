"""How far what was read bears on a briefing's topic, by a judge that reads the topic together with each sentence.

Words alone bring an article on the "elected" into a briefing on an election. An article is judged by its headline and
the sentences nearest to the topic; one that the judge finds foreign in all of them is set aside. A sentence is judged
behind its headline, without which "12 people had died" is about nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.domain import EvidenceSentence
from rag.providers.base import RelevanceJudge
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.services.briefings.events import head

ON_TOPIC = 0.35  # of a sentence, from which on it may stand for the topic
_FOREIGN = -5.0  # log-odds of its nearest sentence below which an article is about something else
_MIDDLE, _SLOPE = -1.0, 2.0  # log-odds at which a sentence bears half on the topic, and how slowly that rises
_BELOW_BEST = 6.0  # the middle is at least so far below the best of all: a topic in few words has low odds throughout
_NEAREST = 2  # sentences by which an article is judged, beside its headline and first
_MOST_ARTICLES = 80  # that are judged; those behind them stay only with all of the topic in their headline
_MOST_SENTENCES, _FEWEST, _MOST = 240, 3, 14  # judged in all; of one article at least and at most
_INHERITED = 0.6  # what a sentence has of its article at least, where two places of that bear on the topic

Share = Callable[[str], float]  # 0..1: how much of the topic's words stands in a text


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """0..1 for each sentence by its id; empty where nothing was judged, and all then counts by its words."""

    sentences: Mapping[str, float] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """True if sentences were judged."""
        return bool(self.sentences)

    def on_topic(self, item: EvidenceSentence) -> bool:
        """True if a sentence may stand for the topic; of all where nothing was judged."""
        return not self.known or self.sentences.get(item.sid, 0.0) >= ON_TOPIC


def on_topic(
    judge: RelevanceJudge, topic: str, material: BriefingCorpus, share: Share
) -> tuple[BriefingCorpus, Bearing]:
    """What was read without the articles that are about something else, with the number of those, and how far each
    sentence of the others bears on the topic. Where the judge finds all foreign, those stay that have every word of the
    topic. Raises ModelError.
    """
    reads = material.articles
    near = [_article_texts(read, share) for read in reads[:_MOST_ARTICLES]]
    scores = iter(judge.judge(topic, [text for texts in near for text in texts]))
    odds = [sorted((_log_odds(next(scores)) for _ in texts), reverse=True) for texts in near]
    middle = min(_MIDDLE, max(one[0] for one in odds) - _BELOW_BEST)
    kept = [
        replace(read, relevance=_bearing(one[min(1, len(one) - 1)], middle))  # one place alone is a mention
        for read, one in zip(reads, odds, strict=False)
        if one[0] >= _FOREIGN or share(read.about.title) >= 1
    ]
    kept += [read for read in reads[_MOST_ARTICLES:] if share(read.about.title) >= 1]
    kept = kept or [read for read in reads if share(f"{read.about.title} . {read.text}") >= 1]
    left = replace(material, articles=tuple(kept), foreign=len(reads) - len(kept))
    return left, _sentences(judge, topic, kept, share, middle)


def _article_texts(read: BriefedArticle, share: Share) -> list[str]:
    nearest = sorted(read.telling, key=lambda item: -share(item.text))[:_NEAREST]
    return [head(read), *map(_as_read, (*nearest, *read.corrections[:1]))]


def _sentences(
    judge: RelevanceJudge, topic: str, reads: Sequence[BriefedArticle], share: Share, middle: float
) -> Bearing:
    most = min(_MOST, max(_FEWEST, _MOST_SENTENCES // max(1, len(reads))))
    picked = [item for read in reads for item in _picked(read, share)[:most]]
    scores = judge.judge(topic, [_as_read(item) for item in picked])
    judged = {item.sid: _bearing(_log_odds(score), middle) for item, score in zip(picked, scores, strict=True)}
    bearing: dict[str, float] = {}
    for read in reads:
        least = _INHERITED * read.relevance
        bearing |= {item.sid: max(least, judged.get(item.sid, 0.0)) for item in read.sentences}
    return Bearing(sentences=bearing)


def _picked(read: BriefedArticle, share: Share) -> list[EvidenceSentence]:
    """Sentences worth judging, the likeliest first: what has the topic's words, opens the article or hands on what
    somebody said.
    """
    worth = {
        item.sid: share(item.text) + 0.6 * (at < 2) + 0.2 * (read.stated_in(item) is not None) - 0.01 * at
        for at, item in enumerate(read.telling)
    }
    return sorted(read.telling, key=lambda item: -worth[item.sid])


def _as_read(item: EvidenceSentence) -> str:
    return f"{item.title}. {item.text}"


def _log_odds(score: float) -> float:
    return math.log(score / (1 - score))


def _bearing(logit: float, middle: float) -> float:
    return 1 / (1 + math.exp((middle - logit) / _SLOPE))
