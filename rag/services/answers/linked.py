"""Answers that stand beside the sentence which the question is about, and share no word with the question.

News tells an event in one sentence ("The bridge was shut on Tuesday") and why, where or how many in the next ones
("Divers found that the river had scoured away the gravel"), which a judge takes for unrelated. Judged together with the
event's sentence they raise its score, and what has nothing to do with the question lowers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from rag.domain import Evidence, EvidenceSentence
from rag.question.answer_type import (
    VALUE_REQUIRED,
    AnswerType,
    asks_cause,
    asks_next,
    asks_plan_of,
    gives_cause,
    gives_next,
    gives_plan,
    gives_verdict,
)
from rag.question.coverage import is_subject, missing_names
from rag.question.requirements import Requirements
from rag.text.terms import content_words, words

_TYPES = VALUE_REQUIRED - {AnswerType.NAME} | {AnswerType.REASON, AnswerType.PLACE, AnswerType.RESULT}
_ABOUT = 0.0  # log-odds from which on a sentence is about what is asked
_BEFORE, _AFTER = 1, 5  # sentences before and after the event's in which its value may stand
_RAISES = 0.25  # log-odds by which an answer raises the event's score at least
_RAISES_WITHOUT_WORD = 0.45  # the same for a reason without a word of reason
_REASON_WORD = 0.5  # log-odds that a word of reason is worth
_PROBABLE = 2.0  # log-odds of a sentence on the cause of the event, which may answer
_OPENING = 400  # characters of an article that say what it is about
_VERDICTS = 2  # sentences behind a claim that say whether it is true, and why
_MOST_NEXT = 3  # sentences on what is to happen
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
    if asks_next(question):
        return dict(_next(question, needs, evidence))
    plans = dict(_plans(question, needs, evidence))
    at = max(on_event, key=lambda at: (on_event[at], -at), default=None)
    if at is None or on_event[at] < _ABOUT:
        return dict(_causes(question, needs, evidence)) or plans
    if verdicts := list(_verdicts(at, evidence)):
        return dict.fromkeys(verdicts, on_event[at])
    event, asks_why = evidence.sentences[at], needs.kind is AnswerType.REASON
    gives_value = needs.kind not in _TYPES or needs.has_value(question, event.text)
    near: Sequence[int] = range(0) if gives_value else range(at - _BEFORE, at + _AFTER + 1)
    if asks_why:
        near = [other for other in near if _same_paragraph(at, other, evidence)] or near
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
    return plans | {other: max(log_odds[at], raised[other], log_odds.get(other, raised[other])) for other in best}


def _verdicts(at: int, evidence: Evidence) -> Iterator[int]:
    """The places of the sentences behind one that say whether it is true: "That is wrong.", and what shows it."""
    claim = evidence.sentences[at]
    for place in range(at + 1, min(at + 1 + _VERDICTS, len(evidence.sentences))):
        one = evidence.sentences[place]
        if not _same_text(one, claim) or (place == at + 1 and not gives_verdict(one.text)):
            return
        yield place


def _next(question: str, needs: Requirements, evidence: Evidence) -> Iterator[tuple[int, float]]:
    """The first sentences, by their place in the evidence, on what is to happen: to something, those that name it, if
    any do; next, those of the articles that open with what the question is about.
    """
    openings = _openings(evidence)
    coming = [
        at
        for at, one in enumerate(evidence.sentences)
        if gives_next(one.text) and not needs.mismatch(one.text, one.published)
    ]
    own = [at for at in coming if needs.has_all_words(evidence.sentences[at].text)]
    about = [at for at in coming if needs.has_all_words(openings[evidence.sentences[at].article_id])]
    is_of_article = bool(about) and "next" in words(question)
    for at in (about if is_of_article else own or about)[:_MOST_NEXT]:
        yield at, _PROBABLE


def _openings(evidence: Evidence) -> dict[str, str]:
    """The headline and the opening of each article, by its id."""
    openings: dict[str, str] = {}
    for one in evidence.sentences:
        text = evidence.texts.get((one.article_id, one.version), one.text)
        openings.setdefault(one.article_id, f"{one.title}\n{text[:_OPENING]}")
    return openings


def _causes(question: str, needs: Requirements, evidence: Evidence) -> Iterator[tuple[int, float]]:
    """The sentences, by their place in the evidence, on the cause of an event that the question asks for, in articles
    whose headline or opening is on all that it is about. "Investigators suspect a power line" has no word of "What
    caused the fire?", and a judge of wording takes it for unrelated.
    """
    if needs.kind is not AnswerType.REASON or not (needs.subject or needs.names) or not asks_cause(question):
        return
    openings = _openings(evidence)
    for at, one in enumerate(evidence.sentences):
        head = openings[one.article_id]
        is_on_event = not missing_names(needs.names, head) and needs.subject <= set(content_words(head))
        if is_on_event and gives_cause(one.text) and not needs.mismatch(one.text, one.published):
            yield at, _PROBABLE


def _plans(question: str, needs: Requirements, evidence: Evidence) -> Iterator[tuple[int, float]]:
    """The sentences, by their place in the evidence, that open with whose plans are asked for and say what these are:
    a judge does not see that "was considering a challenge" answers what somebody plans to do.
    """
    if who := asks_plan_of(question):
        for at, one in enumerate(evidence.sentences):
            is_own = any(is_subject(name, one.text) for name in (who, who.split()[-1]))
            if is_own and gives_plan(one.text) and not needs.mismatch(one.text, one.published):
                yield at, _PROBABLE


def _same_paragraph(at: int, other: int, evidence: Evidence) -> bool:
    """True for two sentences of one article without a blank line between them."""
    if other == at or not 0 <= other < len(evidence.sentences):
        return False
    one, two = (evidence.sentences[place] for place in sorted((at, other)))
    text = evidence.texts.get((one.article_id, one.version), "")
    return _same_text(one, two) and "\n\n" not in text[one.end : two.start]


def _same_text(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return (one.article_id, one.version) == (other.article_id, other.version)
