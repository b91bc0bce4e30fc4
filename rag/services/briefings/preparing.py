"""From a request to the material of its sections: the request checked, the articles on the topic, their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from rag.domain import ArticleSummary, BriefingRequest, Filters
from rag.errors import ModelError, UnusableInput
from rag.providers.base import RelevanceJudge
from rag.question.intent import names_in
from rag.retrieval.search import ON_TOPIC, WORTH_JUDGING, Retriever
from rag.services.briefings.composing import Composer, sentence_worth, term_share
from rag.services.briefings.corpus import (
    MOST_ARTICLES,
    BriefedArticle,
    BriefingCorpus,
    Event,
    comparison_text,
    group_into_events,
    read_articles,
)
from rag.services.briefings.parties import silent_countries
from rag.services.briefings.relevance import MOST_JUDGED, TopicRelevance, select_on_topic
from rag.services.briefings.templates import Section, Template, length_in_words, load_template
from rag.stores.library import Library
from rag.text.canonical import canonical, fold
from rag.text.places import is_given_name

_DAYS_AROUND = timedelta(days=3)  # most distance from the days of the corpus of an article added for a silent country
_MOST_STATEMENTS, _MOST_ADDED = 60, 12  # of each country that are looked through; articles that may be added in all
_SIMILAR = 0.5  # least cosine of an added article with one on the topic
_ADDED_RELEVANCE = 0.4  # relevance of a statement in an added article
_LONGEST_TOPIC = 1000


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Prepares the composer of a briefing from its corpus. Without a `judge` only the topic's words decide."""

    library: Library
    retriever: Retriever
    judge: RelevanceJudge | None = None

    def composer(self, request: BriefingRequest, corpus: BriefingCorpus) -> tuple[Composer, str | None]:
        """The composer of the sections, and a notice for the reader if the judge failed."""
        terms = self.retriever.weights(request.topic) if request.topic else {}
        topic_relevance, notice = TopicRelevance(), None
        corpus = of_the_named(request.topic, corpus)
        if self.judge and request.topic and not request.articles:
            try:
                corpus, topic_relevance = select_on_topic(
                    self.judge, request.topic, corpus, lambda text: term_share(terms, text)
                )
            except ModelError as exc:
                notice = f"What bears on the topic was chosen by its words: {exc}"
        if topic_relevance.is_judged and request.topic:
            corpus, topic_relevance = self._add_silent_countries(
                request.topic, request.filters, corpus, topic_relevance
            )
        events = self._group_events(corpus.articles)
        if topic_relevance.is_judged:  # the most relevant event first, not the one most in the news
            events = tuple(sorted(events, key=lambda one: -sum(article.relevance for article in one.articles)))
        worth = sentence_worth(corpus, events, terms, topic_relevance)
        composer = Composer(
            corpus=corpus, events=events, terms=terms, worth=worth, topic=request.topic, topic_relevance=topic_relevance
        )
        return composer, notice

    def _add_silent_countries(
        self, topic: str, filters: Filters, corpus: BriefingCorpus, topic_relevance: TopicRelevance
    ) -> tuple[BriefingCorpus, TopicRelevance]:
        """The corpus with similar articles of the same days in which countries speak that it names but does not quote;
        they need not have the topic's words. Of the added articles only those statements are on the topic.
        """
        days = [article.about.published for article in corpus.articles if article.about.published]
        if not days or not (countries := silent_countries(corpus, topic)):
            return corpus, topic_relevance
        nearby = replace(
            filters,
            since=max(filter(None, (filters.since, min(days) - _DAYS_AROUND))),
            until=min(filter(None, (filters.until, max(days) + _DAYS_AROUND))),
        )
        known_ids = corpus.by_id
        statements = [
            item
            for one in countries
            for item in self.library.statements.find(nearby, actor=one, limit=_MOST_STATEMENTS)
        ]
        ids = list(dict.fromkeys(item.article_id for item in statements if item.article_id not in known_ids))[
            :_MOST_ADDED
        ]
        candidates = [
            (about, _ADDED_RELEVANCE)
            for about in self.library.articles.summaries(ids).values()
            if about.copy_of is None
        ]
        count = max((int(sid[1:]) for sid in corpus.by_sid), default=0)
        extra = list(read_articles(self.library, candidates, first=count))
        table = self.retriever.vectors([comparison_text(article) for article in (*corpus.articles, *extra)], "document")
        if not extra or table is None:
            return corpus, topic_relevance
        count_before = len(corpus.articles)
        similar = [
            article
            for at, article in enumerate(extra, count_before)
            if float((table[:count_before] @ table[at]).max()) >= _SIMILAR
        ]
        silent = {fold(one) for one in countries}
        for article in similar:
            for item in article.statements:
                if fold(item.on_behalf_of or item.speaker or "") in silent:
                    statement_sentences = article.sentences_at(part.span for part in item.content)
                    topic_relevance.scores.update({one.sid: _ADDED_RELEVANCE for one in statement_sentences})
                    topic_relevance.statement_only_ids.update(one.sid for one in statement_sentences)
        return replace(corpus, articles=(*corpus.articles, *similar)), topic_relevance

    def _group_events(self, articles: Sequence[BriefedArticle]) -> tuple[Event, ...]:
        if len(articles) < 2:
            return (Event(articles=tuple(articles)),) if articles else ()
        return group_into_events(
            articles, self.retriever.vectors([comparison_text(article) for article in articles], "document")
        )


def of_the_named(topic: str | None, corpus: BriefingCorpus) -> BriefingCorpus:
    """The articles that contain each multi-word name of the topic, where any does: the words of "Ostra University"
    stand in many articles that are not about it. People are left out, as they are called by their last name too.
    """
    for name in names_in(topic or ""):
        if " " in name and not is_given_name(fold(name.split()[0])):
            articles = tuple(item for item in corpus.articles if name in f"{item.about.title}\n{item.text}")
            foreign = corpus.foreign + len(corpus.articles) - len(articles)
            corpus = replace(corpus, articles=articles, foreign=foreign) if articles else corpus
    return corpus


def check_request(request: BriefingRequest) -> tuple[BriefingRequest, Template]:
    """The request with its topic canonical and its articles once each, and its template. Raises UnusableInput."""
    topic = " ".join(canonical(request.topic or "").split()) or None
    if topic and len(topic) > _LONGEST_TOPIC:
        raise UnusableInput(f"The topic has {len(topic)} characters; shorten it to {_LONGEST_TOPIC}.")
    if not (topic or request.articles or request.filters):
        raise UnusableInput("Say what the briefing is about: a topic, articles, or filters such as a span of dates.")
    length_in_words(request.length)
    plan = load_template(request.template)
    return replace(request, topic=topic, articles=tuple(dict.fromkeys(request.articles))), plan


def articles_for(
    library: Library, retriever: Retriever, request: BriefingRequest, *, judged: bool = False
) -> tuple[list[tuple[ArticleSummary, float]], int]:
    """The articles to read with their relevance, best first, at the versions that the filters allow, and how many more
    there are. If they will be `judged`, articles with few of the topic's words are included.
    """
    versions = library.articles.versions(request.filters)
    if request.articles:
        for one in request.articles:
            library.articles.get(one)  # raises where it is unknown
        ranked, unread = [(one, 1.0) for one in request.articles if one in versions], 0
    elif request.topic:
        least = WORTH_JUDGING if judged else ON_TOPIC
        most = 2 * MOST_JUDGED if judged else MOST_ARTICLES
        ranked, unread = retriever.articles(request.topic, most=most, filters=request.filters, least=least)
    else:
        listing = library.articles.page(request.filters)
        listed_ids = {item.article_id for item in listing}
        ranked = [(item.article_id, 1.0) for item in listing if item.copy_of not in listed_ids]
        unread = len(ranked[MOST_ARTICLES:])
    about = library.articles.summaries(one for one, _ in ranked)
    selection = [
        (replace(about[one], version=versions[one]), score) for one, score in ranked if one in about and one in versions
    ]
    return selection[:MOST_ARTICLES], unread


def section_limits(section: Section, length: str, *, first: bool) -> tuple[int | None, int | None]:
    """The most sentences and the most words of a section. A length in words applies to the first section only; the
    others are of medium length."""
    words = length_in_words(length)
    if words is not None and first:
        return None, words
    length_name = length if words is None else "medium"
    return (section.most[length_name] if section.most else None), (
        section.words[length_name] if section.words else None
    )


def briefing_subject(request: BriefingRequest, corpus: BriefingCorpus) -> str:
    """The topic, or else the headline of the only article, or else the days of the articles."""
    if request.topic:
        return request.topic
    if len(request.articles) == 1 and corpus.articles:
        return corpus.articles[0].about.title
    days = sorted(article.about.published for article in corpus.articles if article.about.published)
    if not days:
        return f"{len(corpus.articles)} articles"
    return f"{days[0].isoformat()} to {days[-1].isoformat()}" if days[0] != days[-1] else days[0].isoformat()
