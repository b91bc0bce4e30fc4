"""A short brief in place of an answer: what happened, who says what, and where the sources differ."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag import display
from rag.domain import ArticleSummary, DraftSentence, Evidence, EvidenceSentence, Hit, OutlinePart
from rag.knowledge.tables import words_of
from rag.providers.base import log_odds
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import best_scores, overlaps, report_of
from rag.services.answers.extractive import draft_of
from rag.services.answers.selection import ANSWERS
from rag.services.answers.shapes.base import AnswerDraft, Source, Toolkit, answer_from, answer_over, no_answer
from rag.services.answers.shapes.mentions import (
    mentioned_part,
    mentioning,
    nearest_mentions,
    subject_of,
    terms_of,
)
from rag.text.dates.in_text import event_days
from rag.text.dates.periods import Period, periods
from rag.text.revisions import genre_of
from rag.text.sentences import sentences
from rag.text.terms import content_words, stem

_PASSAGES = 20
_MOST_ARTICLES = 40  # of a brief, the newest
_FEW = 8  # articles up to which each may open the brief with its own news
_OPENING_SENTENCES = 2  # of an article, which say what it is about
_MOST_LEADS, _MOST_STATEMENTS, _MOST_SENTENCES = 4, 6, 10
_SURE_NEWS = 5.0  # log-odds of a sentence that surely tells what happened
_PUBLICATION_LAG = timedelta(days=7)
# What a question calls everything that there is.
_EVERYTHING = frozenset(map(stem, words_of("questions", "everything")))


def overview(reading: Interpretation, tools: Toolkit, cancel: threading.Event) -> AnswerDraft | None:
    """A brief on the subject of the question, or on everything that its filters allow; for a single day, or for days of
    which the library has no article, what is dated to them. None if no brief can be made.
    """
    if day := _single_day(reading):
        return _events_of(day, reading, tools)
    if (period := _earlier_period(reading)) and (answer := _retrospect(period, reading, tools)):
        return answer
    if tools.overview is None:
        return None
    topic, hits, articles = _subject_articles(reading, tools)
    if topic and 0 < len(hits) <= _FEW and not any(_opens_on(topic, hit) for hit in hits):
        return _asides(topic, articles, tools)
    if not articles:
        return None
    if topic and len(articles) > _FEW and (answer := _judged_brief(topic, reading, tools)):
        return answer
    outline = list(tools.overview(topic, articles, reading.filters, cancel, None))
    if topic and len(articles) <= _FEW:
        summaries = tools.library.articles.summaries(articles)
        outline = _with_leads(topic, [summaries[one] for one in articles if one in summaries], outline, reading, tools)
    texts = [draft.text for draft, _ in outline]
    outline = [one for one in outline if not any(one[0].text in text != one[0].text for text in texts)]
    if not outline:
        return None
    answer = answer_from(outline)
    return answer._replace(drafts=answer.drafts[:_MOST_SENTENCES])


def outline_part(
    part: OutlinePart, reading: Interpretation, tools: Toolkit, cancel: threading.Event
) -> AnswerDraft | None:
    """The timeline of the articles on the subject, or of the newest of all, or where these contradict each other. None
    if no brief can be made.
    """
    if tools.overview is None:
        return None
    topic, _, articles = _subject_articles(reading, tools)
    outline = list(tools.overview(topic, articles, reading.filters, cancel, part)) if articles else []
    if outline:
        return answer_from(outline)
    scope = f" on “{topic}”" if topic else ""
    lack = "date no events" if part == "timeline" else "do not clearly contradict each other"
    return no_answer(Evidence(), f"The articles{scope} {lack}.")


def _subject_articles(reading: Interpretation, tools: Toolkit) -> tuple[str | None, list[Hit], list[str]]:
    """The topic of the question with passages of the newest articles on it and their ids; for everything None, no
    passages, and the ids of the newest articles of all.
    """
    subject = mentioned_part(subject_of(reading), tools)
    if not [word for word in terms_of(subject) if stem(word) not in _EVERYTHING]:
        page = tools.library.articles.page(reading.filters, limit=_MOST_ARTICLES)
        return None, [], [item.article_id for item in page]
    topic, mentions = nearest_mentions(subject, tools, reading.filters)
    hits = list(mentions.hits[:_MOST_ARTICLES])
    return topic, hits, [hit.article_id for hit in hits]


def _opens_on(topic: str, hit: Hit) -> bool:
    """True if the headline and the first sentences of a passage's article have all words of a topic."""
    opening = [] if hit.start else [span.of(hit.text) for span in sentences(hit.text)[:_OPENING_SENTENCES]]
    return {stem(term) for term in terms_of(topic)} <= set(content_words(" ".join([f"{hit.title}.", *opening])))


def _asides(topic: str, articles: Sequence[str], tools: Toolkit) -> AnswerDraft:
    """What articles (ids) that are about something else say of a topic: the sentences with most of its words."""
    evidence = full_text(tools, list(tools.library.articles.summaries(articles).values()))
    stems = {stem(term) for term in terms_of(topic)}
    overlaps_by_sid = {one.sid: len(stems & set(content_words(one.text))) for one in evidence.sentences}
    most = max(overlaps_by_sid.values())
    selection = [one for one in evidence.sentences if overlaps_by_sid[one.sid] == most][:_MOST_SENTENCES]
    return answer_over(evidence, [report_of(one) for one in selection])


def _judged_brief(topic: str, reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """For a topic of many articles: the sentences that the judge takes for its news, one of each article, and who says
    what on it in these articles. None if there are no such sentences, or no judge.
    """
    text = f"What happened in {topic}?" if reading.shape.is_event else f"What is known about {topic}?"
    hits = tools.retriever.search(text, k=_PASSAGES, filters=reading.filters)
    statements = tools.finder.near(hits, reading.filters)
    scored = tools.judge(replace(reading.question, text=text), tools.retriever.evidence(hits, statements))
    if scored is None:
        return None
    best: dict[str, EvidenceSentence] = {}
    for one in sorted(scored.sentences, key=lambda one: -one.score):
        if log_odds(one.score) >= ANSWERS and not PATTERNS.contextual_opening.match(one.text):
            best.setdefault(one.article_id, one)
    news = sorted(list(best.values())[:_MOST_LEADS], key=lambda one: one.published or date.min)
    if not news:
        return None
    if reading.shape.newest_first or not reading.shape.is_event:
        news.reverse()
    terms = {stem(term) for term in terms_of(topic)}
    scores = {one.sid: one.score for one in scored.sentences}
    by_speaker: dict[str, tuple[float, DraftSentence]] = {}
    for item in statements:
        own = [one for one in scored.sentences if overlaps(item, one)]
        if item.article_id in best and item.speaker and any(terms & set(content_words(one.text)) for one in own):
            draft = draft_of([item], scored.sentences)
            score = max(scores[sid] for sid in draft.sids)
            if item.speaker not in by_speaker or score > by_speaker[item.speaker][0]:
                by_speaker[item.speaker] = score, draft
    leads = [_lead_draft(one) for one in news]
    texts = {draft.text for draft in leads}
    positions = [draft for _, draft in by_speaker.values() if draft.text not in texts][:_MOST_STATEMENTS]
    return answer_over(scored, [*leads, *positions][:_MOST_SENTENCES])


def _lead_draft(one: EvidenceSentence) -> DraftSentence:
    """A sentence of news with the day of its article."""
    return report_of(one, remark=display.day(one.published) if one.published else None)


def _with_leads(
    topic: str, articles: Sequence[ArticleSummary], outline: Sequence[Source], reading: Interpretation, tools: Toolkit
) -> list[Source]:
    """The news of each article on the topic, then the statements of the outline. The newest article comes first; if the
    question asks what happened, the oldest.
    """
    texts = tools.library.articles.texts((item.article_id, item.version) for item in articles)
    reports = [
        item
        for item in articles
        if not genre_of(item.title, item.outlet, texts.get((item.article_id, item.version), ""))
    ]
    articles = (reports or articles)[: 1 if PATTERNS.asks_reactions.search(reading.question.text) else _MOST_LEADS]
    evidence = full_text(tools, articles)
    articles = _on_event(topic, articles, evidence, reading, tools)
    leads = [
        lead
        for item in articles
        if (lead := _lead(topic, [one for one in evidence.sentences if one.article_id == item.article_id]))
    ]
    if reading.shape.is_event and not reading.shape.newest_first:
        leads.reverse()
    statements = list(dict.fromkeys(draft.statement for draft, _ in outline if draft.statement))
    own = tools.retriever.evidence((), statements)
    positions = [draft_of([item], own.sentences) for item in statements]
    positions = [
        draft for draft in positions if not any(draft.text in one.text or one.text in draft.text for one in leads)
    ]
    return [*((_lead_draft(one), evidence) for one in leads), *((draft, own) for draft in positions[:_MOST_STATEMENTS])]


def _on_event(
    topic: str, articles: Sequence[ArticleSummary], evidence: Evidence, reading: Interpretation, tools: Toolkit
) -> Sequence[ArticleSummary]:
    """The articles that report what happened, if some surely do, else all: a fan of the Esk Rovers is not news from
    Esk."""
    if not reading.shape.is_event or len(articles) == 1:
        return articles
    scored = tools.judge(replace(reading.question, text=f"What happened in {topic}?"), evidence)
    best = best_scores(scored.sentences) if scored else {}
    odds = {item.article_id: log_odds(best.get(item.article_id, 0.0)) for item in articles}
    if max(odds.values()) < _SURE_NEWS:
        return articles
    return [item for item in articles if odds[item.article_id] >= ANSWERS]


def _lead(topic: str, sentences: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """The first sentence of an article with a word of the topic that needs no sentence before it; else its first."""
    terms = {stem(term) for term in terms_of(topic)}
    on_topic = (
        one
        for one in sentences
        if terms & set(content_words(one.text)) and not PATTERNS.contextual_opening.match(one.text)
    )
    return next(on_topic, sentences[0] if sentences else None)


def full_text(tools: Toolkit, articles: Sequence[ArticleSummary]) -> Evidence:
    """All sentences of some articles."""
    texts = tools.library.articles.texts((item.article_id, item.version) for item in articles)
    hits = [
        Hit(
            article_id=item.article_id, version=item.version, start=0, end=len(text), text=text, score=1.0,
            title=item.title, outlet=item.outlet, published=item.published,
        )
        for item in articles
        if (text := texts.get((item.article_id, item.version)))
    ]  # fmt: skip
    return tools.retriever.evidence(hits)


def _single_day(reading: Interpretation) -> date | None:
    """The day, if the question asks what happened on a single one."""
    days = {item.since for item in reading.days if item.since and item.since == item.until}
    return days.pop() if reading.shape.is_event and len(days) == 1 else None


def _earlier_period(reading: Interpretation) -> Period | None:
    """The days, if the question asks what happened in a period that no article is of."""
    whole = [item for item in reading.days if item.since and item.until]
    return whole[0] if reading.shape.is_event and len(whole) == 1 and not reading.scope.is_dated else None


def _retrospect(period: Period, reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """The sentences of articles that date something to a period, of those on the subject, if there is one. Without such
    sentences no answer; with a subject None, as the days may not be what matters.
    """
    subject = reading.shape.subject.replace(reading.original[period.span.start : period.span.end], " ")
    terms = {stem(term) for term in terms_of(subject)} - set(content_words(period.span.of(reading.original)))
    filters = reading.filters
    if terms:
        keys = [hit.article_id for hit in mentioning(tools, subject, filters).hits[:_MOST_ARTICLES]]
        evidence = full_text(tools, list(tools.library.articles.summaries(keys).values()))
    else:
        evidence = full_text(tools, tools.library.articles.page(filters, limit=_MOST_ARTICLES))
    dated = [
        one
        for one in evidence.sentences
        if one.published
        and any(_is_within(item, period) for item in periods(one.text, one.published))
        and (not terms or terms & set(content_words(one.text)))
    ]
    if dated:
        return answer_over(evidence, [report_of(one) for one in dated[:_MOST_SENTENCES]])
    return None if terms else no_answer(evidence, "The articles date nothing to these days.")


def _is_within(item: Period, period: Period) -> bool:
    """True for a period with both ends that lies in another one with both ends."""
    if item.since is None or item.until is None or period.since is None or period.until is None:
        return False
    return period.since <= item.since and item.until <= period.until


def _events_of(day: date, reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Of each article of the day and the week after, the first sentence that dates something to the day; of an article
    of that day its opening, unless that is dated otherwise. None if there are no such sentences.
    """
    filters = replace(reading.scope.without_dates, since=day, until=day + _PUBLICATION_LAG)
    evidence = full_text(tools, tools.library.articles.page(filters, limit=_MOST_ARTICLES))
    firsts: dict[str, EvidenceSentence] = {}
    for one in reversed(evidence.sentences):
        if one.published and any(mention.day == day for mention in event_days(one.text, one.published)):
            firsts[one.article_id] = one
    for one in evidence.sentences:
        if one.published == day and one.start == 0 and all(item.day == day for item in event_days(one.text, day)):
            firsts[one.article_id] = one
    selection = [one for one in evidence.sentences if one in firsts.values()][:_MOST_SENTENCES]
    return answer_over(evidence, [report_of(one) for one in selection]) if selection else None
