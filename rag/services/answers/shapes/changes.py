"""Side by side: what changed between two days, and how two parties differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag import display
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Filters, Statement
from rag.providers.base import log_odds
from rag.question.coverage import is_subject, missing_names
from rag.question.intent import Question, is_intent_word, parse_intent
from rag.question.interpret import Interpretation
from rag.question.lexicon import LEXICON, PATTERNS
from rag.services.answers.base import cited_sentences, overlaps, report_of
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import best_of
from rag.services.answers.selection import ANSWERS, answering
from rag.services.answers.shapes.arrange import fold_repeats, newest_first
from rag.services.answers.shapes.base import AnswerDraft, Source, Toolkit, answer_from, day_of, odds_of
from rag.services.answers.shapes.mentions import subject_of, terms_of
from rag.services.answers.shapes.positions import with_acts
from rag.text.terms import STOPWORDS, content_words, stem, words

_PASSAGES = 20
_EACH = 3  # sentences of each side
_BEHIND = 5.0  # log-odds behind what tells best what a party wants
_MOST_PARTIES = 4
_OVERLAP = 0.5  # share of the subject's words that a sentence has with its headline


def changes(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """The state before a day and what came after it, oldest first: the statements of a party, or else sentences on the
    subject. The day is the one that the question names. None if everything is of one day or nothing came after.
    """
    subject = subject_of(reading)
    for period in reading.days:
        subject = subject.replace(period.span.of(reading.question.text), " ")
    subject = subject.strip()
    if not subject and (match := PATTERNS.since_topic.search(reading.question.text)):
        subject = match["what"]
    if not terms_of(subject):
        return None
    sources = _on_subject(subject, tools, reading.scope.without_dates)
    dated = [(day, source) for source in sources if (day := day_of(*source))]
    dated.sort(key=lambda pair: pair[0].toordinal())
    days = [day for day, _ in dated]
    if len(set(days)) < 2:
        return None
    boundary = max(_cut_of(reading) or days[0], days[0] + timedelta(days=1))
    if PATTERNS.between.search(reading.question.text):
        boundary = min(boundary, days[-1])
    before = [(day, source) for day, source in dated if day < boundary][-_EACH:]
    after = [(day, source) for day, source in dated if day >= boundary][-2 * _EACH :]
    if not after:
        return None
    return answer_from(
        [
            (replace(draft, remark=f"{'before' if day < boundary else 'after'}: {display.day(day)}"), evidence)
            for day, (draft, evidence) in (*before, *after)
        ]
    )


def comparison(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """The sentence that sets two parties or more against each other best, then what each wants on the subject, party by
    party. None if the question names fewer, or the articles hold nothing of any.
    """
    names = list(dict.fromkeys(reading.question.names))
    parties = [name for name in names if name in reading.shape.subject.partition(" on ")[0]]
    names = parties if len(parties) > 1 else names  # "how do they differ on Esk": Esk is no party
    if len(names) < 2:
        names = [
            match[1] for match in PATTERNS.compared_parties.finditer(reading.shape.subject)
        ]  # "the police and the witness"
    if len(names) < 2:
        return None
    other = {word for name in names for word in words(name)} | STOPWORDS | LEXICON.comparing
    topic = " ".join(word for word in words(reading.question.text) if word not in other and not is_intent_word(word))
    by_party = {name: _of_party(name, topic, reading, tools) for name in names[:_MOST_PARTIES]}
    sources = [*_contrast(names, reading, tools), *(source for sources in by_party.values() for source in sources)]
    if not sources:
        return None
    notes = (f"The articles have nothing from {name} on this." for name, sources in by_party.items() if not sources)
    return answer_from(list({source[0].text: source for source in sources}.values()), tuple(notes))


def _contrast(names: Sequence[str], reading: Interpretation, tools: Toolkit) -> list[Source]:
    """Of the sentences that name every party and answer, the best: "Norland wants nine boats, Sudria offers four"."""
    hits = tools.retriever.search(reading.question.text, k=_PASSAGES, filters=reading.filters)
    evidence = tools.judge(reading.question, tools.retriever.evidence(hits, tools.finder.near(hits, reading.filters)))
    if evidence is None:
        return []
    parties = {word for name in names for word in words(name)}

    def statement_in(one: EvidenceSentence) -> Statement | None:
        return next((item for item in evidence.statements if overlaps(item, one)), None)

    def is_contrast(one: EvidenceSentence) -> bool:
        item = statement_in(one)
        is_of_others = item is not None and parties.isdisjoint(words(item.speaker or ""))
        return not is_of_others and not missing_names(names, one.text) and one.text.strip(".") not in one.title

    best = best_of(one for one in evidence.sentences if log_odds(one.score) >= ANSWERS and is_contrast(one))
    return [(DraftSentence.verbatim(best.text, [best.sid], statement_in(best)), evidence)] if best else []


def _of_party(name: str, topic: str, reading: Interpretation, tools: Toolkit) -> list[Source]:
    text = f"What does {name} say about {topic}?" if topic else f"What does {name} say?"
    question = parse_intent(text, tools.finder.actors_in(text), replace(reading.scope, understood=()))
    hits = tools.retriever.search(text, k=_PASSAGES, filters=reading.filters)
    if question.actors:
        assessment = tools.finder.positions(question, hits, reading.filters)
        if assessment.gap is None:
            positions, sentences = assessment.evidence.positions, assessment.evidence.sentences
            own = [item for item in positions if not item.stance]
            drafts = tuple(draft_of([item], sentences) for item in (own if len(own) >= _EACH else positions))
            answer = with_acts(replace(reading, question=question), tools, assessment, drafts)
            basis = answer.assessment.evidence
            wish = parse_intent(f"What does {name} want on {topic}?", tools.finder.actors_in(text))
            return _newest(_closest(answer.drafts, basis, wish, tools) if topic else answer.drafts, basis)
    statements = tools.finder.near(hits, reading.filters)
    evidence = tools.judge(question, tools.retriever.evidence(hits, statements))
    if evidence is None:
        return []
    tokens = set(words(name)) - STOPWORDS
    others = [item for item in statements if item.speaker and not tokens & set(words(_identity(item)))]
    answers = [
        report_of(item)
        for item in sorted(answering(evidence.sentences), key=lambda item: -item.score)
        if tokens & set(words(item.text))
        and (_opens_with_own(name, item.text) or not any(overlaps(one, item) for one in others))
    ]
    return _newest(answers, evidence)


def _closest(
    drafts: Sequence[DraftSentence], evidence: Evidence, wish: Question, tools: Toolkit
) -> list[DraftSentence]:
    """The drafts that tell best what a party wants, none far behind the best."""
    cited = {one.sid: one for draft in drafts for one in cited_sentences(draft, evidence)}
    scored = tools.judge(wish, replace(evidence, hits=(), sentences=tuple(cited.values())))
    if scored is None:
        return list(drafts)
    odds = [odds_of(draft, scored) for draft in drafts]
    ranked = sorted(zip(odds, drafts, strict=True), key=lambda pair: -pair[0])
    return [draft for value, draft in ranked if value >= max(odds) - _BEHIND][:_EACH]


def _identity(item: Statement) -> str:
    """Who speaks, in what role and for whom, with the words of the source: "the fisheries minister of Istaria"."""
    source = item.source.text if item.source else ""
    return f"{item.speaker} {item.role or ''} {item.on_behalf_of or ''} {source}"


def _opens_with_own(name: str, text: str) -> bool:
    """True for a sentence that begins with the party, or with something of its own: "Deepway's tunnel would ..."."""
    return is_subject(name, text) or bool(re.match(rf"\W*(?:the\s+)?{re.escape(name)}['’]s?\s", text, re.IGNORECASE))


def _newest(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[Source]:
    return [(draft, evidence) for draft in newest_first(fold_repeats(drafts[: 2 * _EACH], evidence), evidence)[:_EACH]]


def _on_subject(subject: str, tools: Toolkit, filters: Filters) -> list[Source]:
    """What the articles hold on the subject: the statements of a party, and the best sentence of each article."""
    hits = tools.retriever.search(subject, k=_PASSAGES, filters=filters)
    question = parse_intent(f"What is the position of {subject}?", tools.finder.actors_in(subject))
    sources: list[Source] = []
    if question.actors:
        assessment = tools.finder.positions(question, hits, filters)
        if assessment.gap is None:
            basis = assessment.evidence
            sources = [(draft_of([item], basis.sentences), basis) for item in basis.positions]
    evidence = tools.retriever.score(subject, tools.retriever.evidence(hits))
    texts = {draft.text for draft, _ in sources}
    topic = {stem(word) for word in question.topic} if len(sources) > 1 else set[str]()
    for item in _best_of_each(subject, evidence.sentences):
        if item.text not in texts and topic <= set(content_words(item.text)):
            sources.append((report_of(item), evidence))
    return sources


def _best_of_each(subject: str, sentences: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The best sentence of each article that is about the subject by its own words and those of its headline."""
    terms = {stem(word) for word in terms_of(subject)}
    best: dict[str, EvidenceSentence] = {}
    for item in sentences:
        overlap = terms & set(content_words(f"{item.title} {item.text}"))
        is_about = len(overlap) >= _OVERLAP * len(terms) and terms & set(content_words(item.text))
        if is_about and (item.article_id not in best or item.score > best[item.article_id].score):
            best[item.article_id] = item
    return list(best.values())


def _cut_of(reading: Interpretation) -> date | None:
    """The first day of the "after": the first day that the question names."""
    for period in reading.days:
        if PATTERNS.between.search(reading.question.text) and period.until:  # the state of the first is the one before
            return period.until + timedelta(days=1)
        if cut := period.since or period.until:
            return cut
    return None
