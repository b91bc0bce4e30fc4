"""A short brief in the place of an answer: what happened, who says what, and what differs."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.domain import ArticleSummary, DraftSentence, Evidence, EvidenceSentence, Hit
from rag.question.compound import merge_evidence
from rag.question.interpret import Interpretation
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import log_odds
from rag.services.answers.selection import ANSWERS
from rag.services.answers.shapes.base import Shaped, Workbench, moved, stands_in, written
from rag.services.answers.shapes.mentions import mentioning, subject_of, terms_of
from rag.services.answers.stated import Gathered
from rag.text.dates.in_text import mentions
from rag.text.revisions import genre_of
from rag.text.terms import content_words, is_english, stem, words

_PASSAGES = 20
_MOST = 40  # articles that a brief is made of, the newest
_FEW = 8  # articles up to which each may open the brief with its own news; of more the briefing chooses
_REACTIONS = re.compile(r"\b(?:reactions?|react(?:ed)?|respon[ds]\w*)\b", re.IGNORECASE)
_LEADS, _VOICES, _SENTENCES = 4, 6, 10
_PRINTED_LATER = timedelta(days=7)
_LEANS = re.compile(r"[\"“”«‘']|(?:he|she|it|they|his|her|its|their|this|that|these|those|but|and)\b", re.IGNORECASE)
# What a question calls everything that there is.
_EVERYTHING = frozenset(stem(word) for word in "situation news everything things event day latest far now".split())


def overview(read: Interpretation, bench: Workbench, cancel: threading.Event) -> Shaped | None:
    """The lead, who says what, and what differs, on the subject of the question or on all that its filters allow; of a
    single day what happened on it. None where no brief can be made.
    """
    if day := _day_of(read):
        return _happened_on(day, read, bench)
    if bench.overview is None:
        return None
    subject = subject_of(read)
    subject = _mentioned(subject, bench)
    topic = subject if [word for word in terms_of(subject) if stem(word) not in _EVERYTHING] else None
    if topic:
        articles = [hit.article_id for hit in mentioning(bench, topic, read.filters).hits[:_MOST]]
    else:
        articles = [item.article_id for item in bench.library.articles.page(read.filters, limit=_MOST)]
    if not articles:
        return None
    if topic and len(articles) > _FEW and (told := _told(topic, read, bench)):
        return told
    outline = list(bench.overview(topic, articles, read.filters, cancel))
    if topic and len(articles) <= _FEW:
        known = bench.library.articles.summaries(articles)
        outline = _led(topic, [known[one] for one in articles if one in known], outline, read, bench)
    texts = [draft.text for draft, _ in outline]
    outline = [one for one in outline if not any(one[0].text in text != one[0].text for text in texts)]
    if not outline:
        return None
    whole = merge_evidence(list({id(evidence): evidence for _, evidence in outline}.values()))
    drafts = tuple(moved(draft, evidence, whole) for draft, evidence in outline[:_SENTENCES])
    return Shaped(Gathered(whole, 1.0, None), drafts)


def _mentioned(subject: str, bench: Workbench) -> str:
    """The subject without common words that no article has, where others are left: "the mediation offer" of articles
    that only mediate. A name is never left out."""
    absent = {term for term in terms_of(subject) if is_english(term) and not bench.library.passages.frequency(term)} - {
        word.casefold() for word in subject.split() if not word.islower()
    }
    kept = [word for word in subject.split() if not absent.intersection(words(word))]
    return " ".join(kept) if terms_of(" ".join(kept)) else subject


def _told(topic: str, read: Interpretation, bench: Workbench) -> Shaped | None:
    """Where many articles mention a topic: the sentences that the judge takes for its news, one of an article, and who
    says what on it in these articles. None where it takes none for that, or there is no judge."""
    text = f"What happened in {topic}?" if read.shape.is_event else f"What is known about {topic}?"
    hits = bench.retriever.search(text, k=_PASSAGES, filters=read.filters)
    spoken = bench.library.statements.find(read.filters, articles=list({hit.article_id for hit in hits}))
    scored = bench.judged(replace(read.question, text=text), bench.retriever.evidence(hits, spoken))
    if scored is None:
        return None
    best: dict[str, EvidenceSentence] = {}
    for one in sorted(scored.sentences, key=lambda one: -one.score):
        if log_odds(one.score) >= ANSWERS and not _LEANS.match(one.text):
            best.setdefault(one.article_id, one)
    news = sorted(list(best.values())[:_LEADS], key=lambda one: one.published or date.min)
    if not news:
        return None
    if read.shape.newest_first or not read.shape.is_event:
        news.reverse()
    drafts = [_dated(one) for one in news]
    asked = {stem(term) for term in terms_of(topic)}
    order = {one.sid: one.score for one in scored.sentences}
    voices: dict[str, DraftSentence] = {}
    for item in spoken:
        own = [one for one in scored.sentences if stands_in(item, one)]
        if item.article_id in best and item.speaker and any(asked & set(content_words(one.text)) for one in own):
            draft = draft_of([item], scored.sentences)
            known = voices.get(item.speaker)
            if known is None or max(map(order.__getitem__, draft.sids)) > max(map(order.__getitem__, known.sids)):
                voices[item.speaker] = draft
    shown = {draft.text for draft in drafts}
    drafts += [draft for draft in voices.values() if draft.text not in shown][:_VOICES]
    return Shaped(Gathered(scored, 1.0, None), tuple(drafts[:_SENTENCES]))


def _dated(one: EvidenceSentence) -> DraftSentence:
    """A sentence of news with the day of its article."""
    day = written(one.published) if one.published else None
    return DraftSentence(text=one.text, sids=(one.sid,), kind="reported", remark=day)


def _led(
    topic: str,
    articles: Sequence[ArticleSummary],
    outline: Sequence[tuple[DraftSentence, Evidence]],
    read: Interpretation,
    bench: Workbench,
) -> list[tuple[DraftSentence, Evidence]]:
    """The outline under the news of each article on the topic: news puts its news on top. The newest first; in the
    order of events where it is asked what happened."""
    texts = bench.library.articles.texts((item.article_id, item.version) for item in articles)
    reports = [
        item
        for item in articles
        if not genre_of(item.title, item.outlet, texts.get((item.article_id, item.version), ""))
    ]
    articles = (reports or articles)[: 1 if _REACTIONS.search(read.question.text) else _LEADS]
    evidence = whole_of(bench, articles)
    leads = [
        _lead(topic, [one for one in evidence.sentences if one.article_id == item.article_id]) for item in articles
    ]
    opening = [one for one in leads if one]
    if read.shape.is_event and not read.shape.newest_first:
        opening.reverse()
    drafts = [(_dated(one), evidence) for one in opening]
    statements = list(dict.fromkeys(draft.statement for draft, _ in outline if draft.statement))
    spoken = bench.retriever.evidence((), statements)
    voices = [draft_of([item], spoken.sentences) for item in statements]
    shown = {draft.text for draft, _ in drafts}
    voices = [draft for draft in voices if not any(draft.text in text or text in draft.text for text in shown)]
    return [*drafts, *((draft, spoken) for draft in voices[:_VOICES])]


def _lead(topic: str, items: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """Of an article the first sentence with a word of the topic that leans on none before it; else its first."""
    asked = {stem(term) for term in terms_of(topic)}
    told = (one for one in items if asked & set(content_words(one.text)) and not _LEANS.match(one.text))
    return next(told, items[0] if items else None)


def whole_of(bench: Workbench, articles: Sequence[ArticleSummary]) -> Evidence:
    """All sentences of some articles."""
    texts = bench.library.articles.texts((item.article_id, item.version) for item in articles)
    hits = [
        Hit(
            article_id=item.article_id, version=item.version, start=0, end=len(text), text=text, score=1.0,
            title=item.title, outlet=item.outlet, published=item.published,
        )
        for item in articles
        if (text := texts.get((item.article_id, item.version)))
    ]  # fmt: skip
    return bench.retriever.evidence(hits)


def _day_of(read: Interpretation) -> date | None:
    """The one day that a question asks what happened on."""
    days = {item.since for item in read.days if item.since and item.since == item.until}
    return days.pop() if read.shape.is_event and len(days) == 1 else None


def _happened_on(day: date, read: Interpretation, bench: Workbench) -> Shaped | None:
    """What articles of the day and the week after date to it; where none does, what those of the day open with. None
    where there are none."""
    filters = replace(read.scope.without_dates, since=day, until=day + _PRINTED_LATER)
    articles = bench.library.articles.page(filters, limit=_MOST)
    evidence = whole_of(bench, articles)
    dated = [
        one
        for one in evidence.sentences
        if one.published and any(found.day == day for found in mentions(one.text, one.published))
    ]
    firsts = {one.article_id: one for one in reversed(dated)}
    for one in reversed(evidence.sentences):
        if one.published == day and one.start == 0 and not any(found.day != day for found in mentions(one.text, day)):
            firsts[one.article_id] = one  # the news of the day itself
    chosen = [one for one in evidence.sentences if one in firsts.values()][:_SENTENCES]
    if not chosen:
        return None
    drafts = tuple(DraftSentence(text=one.text, sids=(one.sid,), kind="reported") for one in chosen)
    return Shaped(Gathered(evidence, 1.0, None), drafts)
