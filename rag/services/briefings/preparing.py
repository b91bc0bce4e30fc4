"""From a request to what its sections are composed of: the request checked, what is on the topic, its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from rag.domain import ArticleSummary, BriefingRequest, Filters
from rag.errors import ModelError, UnusableInput
from rag.providers.base import RelevanceJudge
from rag.retrieval.search import ON_TOPIC, TO_BE_JUDGED, Retriever
from rag.services.briefings.composing import Composer, share, weigh
from rag.services.briefings.corpus import (
    MOST_ARTICLES,
    BriefedArticle,
    BriefingCorpus,
    Event,
    events,
    head,
    read_articles,
)
from rag.services.briefings.parties import silent
from rag.services.briefings.relevance import MOST_JUDGED, Bearing, on_topic
from rag.services.briefings.templates import Section, Template, template, words_of
from rag.stores.library import Library
from rag.text.canonical import canonical, fold

_APART = timedelta(days=3)  # of articles in which somebody is heard who is not in those on the topic
_STATEMENTS, _MOST_HEARD = 60, 12  # of each that are looked through; articles in all
_LIKE = 0.5  # cosine with an article on the topic
_HEARD = 0.4  # how far such a statement bears on the topic
_LONGEST_TOPIC = 1000


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How what was read becomes what sections are composed of. Without a `judge` the topic's words decide alone."""

    library: Library
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
        if bearing.known and request.topic:
            material, bearing = self._all_heard(request.topic, request.filters, material, bearing)
        grouped = self._grouped(material.articles)
        if bearing.known:  # the event that bears most on the topic, not the one that is most in the news
            grouped = tuple(sorted(grouped, key=lambda one: -sum(read.relevance for read in one.articles)))
        worth = weigh(material, grouped, terms, bearing)
        composer = Composer(
            material=material, events=grouped, terms=terms, worth=worth, topic=request.topic, bearing=bearing
        )
        return composer, notice

    def _all_heard(
        self, topic: str, filters: Filters, material: BriefingCorpus, bearing: Bearing
    ) -> tuple[BriefingCorpus, Bearing]:
        """With the articles of the same days and on the like in which those speak who are named and not heard: they
        need not have the topic's word. Of these articles only such statements bear on the topic.
        """
        days = [read.about.published for read in material.articles if read.about.published]
        if not days or not (countries := silent(material, topic)):
            return material, bearing
        around = replace(
            filters,
            since=max(filter(None, (filters.since, min(days) - _APART))),
            until=min(filter(None, (filters.until, max(days) + _APART))),
        )
        known = material.by_id
        statements = [
            item for one in countries for item in self.library.statements.find(around, actor=one, limit=_STATEMENTS)
        ]
        ids = list(dict.fromkeys(item.article_id for item in statements if item.article_id not in known))[:_MOST_HEARD]
        wanted = [(about, _HEARD) for about in self.library.articles.summaries(ids).values() if about.copy_of is None]
        count = max((int(sid[1:]) for sid in material.by_sid), default=0)
        more = list(read_articles(self.library, wanted, filters, first=count))
        table = self.retriever.vectors([head(read) for read in (*material.articles, *more)], "document")
        if not more or table is None:
            return material, bearing
        here = len(material.articles)
        like = [read for at, read in enumerate(more, here) if float((table[:here] @ table[at]).max()) >= _LIKE]
        wanted_for = {fold(one) for one in countries}
        for read in like:
            for item in read.statements:
                if fold(item.on_behalf_of or item.speaker or "") in wanted_for:
                    around_it = read.around(part.span for part in item.content)
                    bearing.judged.update({one.sid: _HEARD for one in around_it})
                    bearing.only_said.update(one.sid for one in around_it)
        return replace(material, articles=(*material.articles, *like)), bearing

    def _grouped(self, articles: Sequence[BriefedArticle]) -> tuple[Event, ...]:
        if len(articles) < 2:
            return (Event(articles=tuple(articles)),) if articles else ()
        return events(articles, self.retriever.vectors([head(read) for read in articles], "document"))


def checked(request: BriefingRequest) -> tuple[BriefingRequest, Template]:
    """The request with its topic canonical and its articles once each, and its template. Raises UnusableInput."""
    topic = " ".join(canonical(request.topic or "").split()) or None
    if topic and len(topic) > _LONGEST_TOPIC:
        raise UnusableInput(f"The topic has {len(topic)} characters; shorten it to {_LONGEST_TOPIC}.")
    if not (topic or request.articles or request.filters):
        raise UnusableInput("Say what the briefing is about: a topic, articles, or filters such as a span of dates.")
    words_of(request.length)
    plan = template(request.template)
    return replace(request, topic=topic, articles=tuple(dict.fromkeys(request.articles))), plan


def articles_for(
    library: Library, retriever: Retriever, request: BriefingRequest, *, judged: bool = False
) -> tuple[list[tuple[ArticleSummary, float]], int]:
    """The articles to read, most relevant first, at the versions that the filters allow; how many are left. Where
    they will be `judged`, those too that have little of the topic's words.
    """
    allowed = library.articles.versions(request.filters)
    if request.articles:
        for one in request.articles:
            library.articles.get(one)  # raises where it is unknown
        ranked, left = [(one, 1.0) for one in request.articles if one in allowed], 0
    elif request.topic:
        least = TO_BE_JUDGED if judged else ON_TOPIC
        most = 2 * MOST_JUDGED if judged else MOST_ARTICLES
        ranked, left = retriever.articles(request.topic, most=most, filters=request.filters, least=least)
    else:
        listing = library.articles.page(request.filters)
        known = {item.article_id for item in listing}
        ranked = [(item.article_id, 1.0) for item in listing if item.copy_of not in known]
        left = len(ranked[MOST_ARTICLES:])
    about = library.articles.summaries(one for one, _ in ranked)
    chosen = [
        (replace(about[one], version=allowed[one]), score) for one, score in ranked if one in about and one in allowed
    ]
    return chosen[:MOST_ARTICLES], left


def limits(section: Section, length: str, *, first: bool) -> tuple[int | None, int | None]:
    """Most sentences and words of a section. A length in words is for the first section; others are as in medium."""
    words = words_of(length)
    if words is not None and first:
        return None, words
    named = length if words is None else "medium"
    return (section.most[named] if section.most else None), (section.words[named] if section.words else None)


def subject_of(request: BriefingRequest, material: BriefingCorpus) -> str:
    """The topic, else the headline of the one article, else the days that the articles are of."""
    if request.topic:
        return request.topic
    if len(request.articles) == 1 and material.articles:
        return material.articles[0].about.title
    days = sorted(read.about.published for read in material.articles if read.about.published)
    if not days:
        return f"{len(material.articles)} articles"
    return f"{days[0].isoformat()} to {days[-1].isoformat()}" if days[0] != days[-1] else days[0].isoformat()
