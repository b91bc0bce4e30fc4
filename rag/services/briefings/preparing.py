"""From a request to what its sections are composed of: what is on the topic, its events, what each sentence counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.domain import BriefingRequest
from rag.errors import ModelError
from rag.providers.base import RelevanceJudge
from rag.retrieval.search import Retriever
from rag.services.briefings.composing import Composer
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.services.briefings.events import Event, events, head
from rag.services.briefings.relevance import Bearing, on_topic
from rag.services.briefings.weighing import share, weigh


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How what was read becomes what sections are composed of. Without a `judge` the topic's words decide alone."""

    retriever: Retriever
    judge: RelevanceJudge | None = None

    def composer(self, request: BriefingRequest, material: BriefingCorpus) -> tuple[Composer, str | None]:
        """What sections are composed of, and what the reader is to know of how it was chosen."""
        terms = self.retriever.weights(request.topic) if request.topic else {}
        bearing, notice = Bearing(), None
        if self.judge and request.topic and not request.articles:
            try:
                material, bearing = on_topic(self.judge, request.topic, material, lambda text: share(terms, text))
            except ModelError as exc:
                notice = f"What bears on the topic was chosen by its words: {exc}"
        grouped = self._grouped(material.articles)
        if bearing.known:  # the event that bears most on the topic, not the one that is most in the news
            grouped = tuple(sorted(grouped, key=lambda one: -sum(read.relevance for read in one.articles)))
        worth = weigh(material, grouped, terms, bearing)
        composer = Composer(
            material=material, events=grouped, terms=terms, worth=worth, topic=request.topic, bearing=bearing
        )
        return composer, notice

    def _grouped(self, articles: Sequence[BriefedArticle]) -> tuple[Event, ...]:
        if len(articles) < 2:
            return (Event(articles=tuple(articles)),) if articles else ()
        return events(articles, self.retriever.vectors([head(read) for read in articles], "document"))
