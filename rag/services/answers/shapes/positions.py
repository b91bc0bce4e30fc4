"""A position as it stands now: beside what a party says, what it did, and its words that only point at the topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.domain import DraftSentence, EvidenceSentence, Statement
from rag.question.compound import merge_evidence
from rag.question.coverage import is_subject, name_in_question
from rag.question.interpret import Interpretation
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import log_odds
from rag.services.answers.selection import ANSWERS
from rag.services.answers.shapes.base import Shaped, Workbench, moved, stands_in
from rag.services.answers.stated import Gathered
from rag.text.terms import content_words, stem

_PASSAGES = 10
_ACTS = 4
_SINCE = 2  # sentences before a statement in which its topic may stand


def with_acts(read: Interpretation, bench: Workbench, gathered: Gathered, drafts: tuple[DraftSentence, ...]) -> Shaped:
    """The drafts of a party's position with the acts of that party that the judge takes for an answer, and its words in
    articles on the topic that follow a sentence which names it."""
    if not read.question.actors or not read.question.topic:
        return Shaped(gathered, drafts)
    hits = bench.retriever.search(read.question.text, k=_PASSAGES, filters=read.filters)
    near = list({hit.article_id for hit in hits})
    spoken = bench.library.statements.find(read.filters, actor=read.question.actors, articles=near)
    anybodys = bench.library.statements.find(read.filters, articles=near)
    evidence = bench.retriever.evidence(hits, spoken)
    topic = {stem(word) for word in read.question.topic}
    pointing = [item for item in spoken if _follows(item, topic, evidence.sentences)]
    scored = bench.judged(read.question, evidence)
    acts = [] if scored is None else [one for one in scored.sentences if _is_act(one, topic, read, anybodys)]
    acts = sorted(acts, key=lambda one: -one.score)[:_ACTS]
    known = {draft.text for draft in drafts}
    whole = merge_evidence([gathered.evidence, replace(evidence, positions=())])
    kept = [moved(draft, gathered.evidence, whole) for draft in drafts]
    more = [draft_of([item], evidence.sentences) for item in pointing]
    more += [DraftSentence(text=one.text, sids=(one.sid,), kind="reported") for one in acts]
    for draft in more:
        if not any(draft.text in text or text in draft.text for text in known):
            kept.append(moved(draft, evidence, whole))
            known.add(draft.text)
    return Shaped(gathered._replace(evidence=whole), tuple(kept))


def _follows(item: Statement, topic: set[str], items: tuple[EvidenceSentence, ...]) -> bool:
    """True for words that stand in, or right behind, a sentence with the whole topic, of the same paragraphs."""
    own = next((at for at, one in enumerate(items) if stands_in(item, one)), None)
    if own is None:
        return False
    near = [one for one in items[max(0, own - _SINCE) : own + 1] if one.article_id == item.article_id]
    return topic <= {term for one in near for term in content_words(one.text)}


def _is_act(one: EvidenceSentence, topic: set[str], read: Interpretation, spoken: Sequence[Statement]) -> bool:
    """True for a sentence on the topic whose subject is the party, that surely answers, and hands on nobody's words."""
    if log_odds(one.score) < ANSWERS or not topic & set(content_words(one.text)):
        return False
    party = [name_in_question(actor, read.question) for actor in read.question.actors]
    return any(is_subject(name, one.text) for name in party) and not any(stands_in(item, one) for item in spoken)
