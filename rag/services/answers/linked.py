"""Answers that stand beside the sentence which the question is about, and share no word with the question.

News tells an event in one sentence ("The bridge was shut on Tuesday") and why, where or how many in the next ones
("Divers found that the river had scoured away the gravel"), which a judge takes for unrelated. Judged together with the
event's sentence they raise its score, and what has nothing to do with the question lowers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from rag.domain import Evidence, EvidenceSentence
from rag.question.answer_type import VALUE_REQUIRED, AnswerType, asks_cause, asks_plan_of, gives_cause, gives_plan
from rag.question.coverage import is_subject, missing_names
from rag.question.requirements import Requirements
from rag.text.terms import content_words

_TYPES = VALUE_REQUIRED | {AnswerType.REASON, AnswerType.PLACE, AnswerType.RESULT}
_ABOUT = 0.0  # log-odds from which on a sentence is about what is asked
_BEFORE, _AFTER = 1, 5  # sentences before and after the event's in which its value may stand
_RAISES = 0.25  # log-odds by which an answer raises the event's score at least
_RAISES_WITHOUT_WORD = 0.45  # the same for a reason without a word of reason
_REASON_WORD = 0.5  # log-odds that a word of reason is worth
_PROBABLE = 2.0  # log-odds of a sentence on the cause of the event, which may answer
_OPENING = 400  # characters of an article that say what it is about
_REASONS = 2  # sentences that say why; one that gives another value


def linked_log_odds(
    judge: Callable[[Sequence[str]], list[float]],
    question: str,
    needs: Requirements,
    log_odds: Mapping[int, float],
    evidence: Evidence,
) -> dict[int, float]:
    """Log-odds of sentences, by their place in the evidence, that give the value which the sentence of the event beside
    them lacks, or say anywhere in its article that it is not known: at least the event's. `log_odds` has those of the
    sentences that were judged alone; `judge` gives the log-odds of texts for the question.
    """
    on_event = {
        at: at_odds - needs.mismatch(evidence.sentences[at].text, evidence.sentences[at].published)
        for at, at_odds in log_odds.items()
    }
    at = max(on_event, key=lambda at: (on_event[at], -at), default=None)
    if at is None or on_event[at] < _ABOUT:
        return dict(_causes(question, needs, evidence)) or dict(_plans(question, needs, evidence))
    event, asks_why = evidence.sentences[at], needs.kind is AnswerType.REASON
    gives_value = needs.kind not in _TYPES or needs.has_value(question, event.text)
    near = range(0) if gives_value else range(at - _BEFORE, at + _AFTER + 1)
    others = {
        other: needs.left_open(one.text)
        for other, one in enumerate(evidence.sentences)
        if other != at and _same_text(one, event) and (other in near or needs.left_open(one.text))
    }
    texts = [evidence.sentences[other].text for other in others]
    raised: dict[int, float] = {}
    for other, text, both in zip(others, texts, judge([f"{event.text} {text}" for text in texts]), strict=True):
        is_open = others[other]
        has_value = is_open or needs.has_value(question, text)
        least = 0.0 if is_open else _RAISES if has_value else _RAISES_WITHOUT_WORD
        if both - log_odds[at] >= least and (has_value or asks_why):
            raised[other] = both + _REASON_WORD * (has_value and asks_why)
    best = sorted(raised, key=lambda other: (-raised[other], other))[: _REASONS if asks_why else 1]
    return {other: max(log_odds[at], raised[other], log_odds.get(other, raised[other])) for other in best}


def _causes(question: str, needs: Requirements, evidence: Evidence) -> Iterator[tuple[int, float]]:
    """The sentences, by their place in the evidence, on the cause of an event that the question asks for, in articles
    whose headline or opening is on all that it is about. "Investigators suspect a power line" has no word of "What
    caused the fire?", and a judge of wording takes it for unrelated.
    """
    if needs.kind is not AnswerType.REASON or not (needs.subject or needs.names) or not asks_cause(question):
        return
    opening: dict[str, str] = {}
    for one in evidence.sentences:
        text = evidence.texts.get((one.article_id, one.version), one.text)
        opening.setdefault(one.article_id, f"{one.title}\n{text[:_OPENING]}")
    for at, one in enumerate(evidence.sentences):
        head = opening[one.article_id]
        is_on_event = not missing_names(needs.names, head) and needs.subject <= set(content_words(head))
        if is_on_event and gives_cause(one.text) and not needs.mismatch(one.text, one.published):
            yield at, _PROBABLE


def _plans(question: str, needs: Requirements, evidence: Evidence) -> Iterator[tuple[int, float]]:
    """The sentences, by their place in the evidence, that open with whose plans are asked for and say what these are:
    a judge does not see that "was considering a challenge" answers what somebody plans to do.
    """
    if who := asks_plan_of(question):
        for at, one in enumerate(evidence.sentences):
            is_own = is_subject(who, one.text) and not needs.mismatch(one.text, one.published)
            if is_own and gives_plan(one.text):
                yield at, _PROBABLE


def _same_text(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return (one.article_id, one.version) == (other.article_id, other.version)
