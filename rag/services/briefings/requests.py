"""What a briefing was asked for: checked, its articles, its subject, how long its sections may be."""

from __future__ import annotations

from dataclasses import replace

from rag.domain import ArticleSummary, BriefingRequest
from rag.errors import UnusableInput
from rag.retrieval.search import ON_TOPIC, TO_BE_JUDGED, Retriever
from rag.services.briefings.corpus import MOST_ARTICLES, BriefingCorpus
from rag.services.briefings.relevance import MOST_JUDGED
from rag.services.briefings.templates import Section, Template, template, words_of
from rag.stores.library import Library
from rag.text.canonical import canonical

_LONGEST_TOPIC = 1000


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
