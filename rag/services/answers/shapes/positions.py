"""A party's current position: beside its words, its acts, and words that only point at the topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.providers.base import log_odds
from rag.question.compound import merge_evidence
from rag.question.coverage import is_subject, name_in_question
from rag.question.interpret import Interpretation
from rag.services.answers.base import overlaps, report_of
from rag.services.answers.extractive import draft_of, repeats
from rag.services.answers.selection import ANSWERS
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, rebase
from rag.services.answers.stated import Assessment, in_own_words
from rag.text.terms import content_words, stem

_PASSAGES = 10
_MOST_ACTS = 4
_SURE_ACT = 3.0  # log-odds of an act
_OFF_TOPIC = -9.0  # log-odds up to which a statement behind a sentence on the topic has nothing to do with it
_SENTENCES_BEFORE = 2  # a statement, in which its topic may stand


def with_acts(
    reading: Interpretation, tools: Toolkit, assessment: Assessment, drafts: tuple[DraftSentence, ...]
) -> AnswerDraft:
    """The drafts of a party's position, with its acts that the judge takes for an answer and its statements that follow
    a sentence on the topic.
    """
    if not reading.question.actors or not reading.question.topic:
        return AnswerDraft(assessment, drafts)
    hits = tools.retriever.search(reading.question.text, k=_PASSAGES, filters=reading.filters)
    statements = tools.finder.near(hits, reading.filters, actor=reading.question.actors)
    everybodys = tools.finder.near(hits, reading.filters)
    evidence = tools.retriever.evidence(hits, statements)
    topic = {stem(word) for word in reading.question.topic}
    scored = tools.judge(reading.question, evidence)
    acts = [] if scored is None else [one for one in scored.sentences if log_odds(one.score) >= ANSWERS]
    acts += _later_acts(reading, tools, evidence, assessment.evidence.positions)
    acts = [one for one in acts if _is_act(one, topic, reading, everybodys)]
    acts = sorted(acts, key=lambda one: -one.score)[:_MOST_ACTS]
    union = merge_evidence([assessment.evidence, replace(evidence, positions=())])
    result = [rebase(draft, assessment.evidence, union) for draft in drafts]
    own = in_own_words([*assessment.evidence.positions, *statements])
    near = [item for item in statements if item in own and _follows(item, topic, evidence.sentences)]
    if scored is not None:
        near = [
            item
            for item in near
            if any(overlaps(item, one) and log_odds(one.score) > _OFF_TOPIC for one in scored.sentences)
        ]
    for draft in (*(draft_of([item], evidence.sentences) for item in near), *map(report_of, acts)):
        if not any(draft.text in other.text or other.text in draft.text or repeats(draft, other) for other in result):
            result.append(rebase(draft, evidence, union))
    return AnswerDraft(assessment._replace(evidence=union), tuple(result))


def _later_acts(
    reading: Interpretation, tools: Toolkit, evidence: Evidence, positions: Sequence[Statement]
) -> list[EvidenceSentence]:
    """The sentences of later articles than the party's words that say what it did on the whole topic: whoever refused
    to sign and then signed no longer refuses.
    """
    newest = max((item.published for item in positions if item.published), default=None)
    topic = {stem(word) for word in reading.question.topic}
    later = tuple(
        one
        for one in evidence.sentences
        if newest and one.published and one.published > newest and topic <= set(content_words(one.text))
    )
    if not later:
        return []
    party = name_in_question(reading.question.actors[0], reading.question)
    text = f"What did {party} do about the {' '.join(reading.question.topic)}?"
    scored = tools.judge(replace(reading.question, text=text), replace(evidence, sentences=later, hits=()))
    return [one for one in scored.sentences if log_odds(one.score) >= _SURE_ACT] if scored else []


def _follows(item: Statement, topic: set[str], sentences: Sequence[EvidenceSentence]) -> bool:
    """True if the statement's sentence and the two before it in the article hold the whole topic."""
    at = next((at for at, one in enumerate(sentences) if overlaps(item, one)), None)
    if at is None:
        return False
    near = [one for one in sentences[max(0, at - _SENTENCES_BEFORE) : at + 1] if one.article_id == item.article_id]
    return topic <= {term for one in near for term in content_words(one.text)}


def _is_act(one: EvidenceSentence, topic: set[str], reading: Interpretation, statements: Sequence[Statement]) -> bool:
    """True for a sentence on the topic that has the party as its subject and reports nobody's words."""
    if not topic & set(content_words(one.text)):
        return False
    party = [name_in_question(actor, reading.question) for actor in reading.question.actors]
    return any(is_subject(name, one.text) for name in party) and not any(overlaps(item, one) for item in statements)
