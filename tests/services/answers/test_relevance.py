"""Which sentence answers, by the scores of a judge: tables of scores stand in for the judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from rag.domain import Evidence, EvidenceSentence
from rag.question.intent import parse_intent
from rag.question.interpret import Interpretation
from rag.question.kinds import shape_of
from rag.question.requirements import requirements
from rag.services.answers.relevance import judge_sentences
from rag.services.answers.selection import answering, breadth_of, with_news

UNRELATED = -11.0


class Scores:
    """The log-odds of texts; of all others those of unrelated ones."""

    fingerprint = "table"

    def __init__(self, log_odds: Mapping[str, float]) -> None:
        self._log_odds = log_odds

    def judge(self, question: str, texts: Sequence[str]) -> list[float]:
        return [1 / (1 + math.exp(-self._log_odds.get(text, UNRELATED))) for text in texts]

    def warm(self) -> None:
        pass


def article(*texts: str, title: str = "", key: str = "a") -> list[EvidenceSentence]:
    starts = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]
    return [
        EvidenceSentence(
            sid=f"{key}{at}",
            text=text,
            article_id=key,
            version="1",
            start=start,
            end=start + len(text),
            title=title,
            outlet=None,
            published=None,
        )
        for at, (start, text) in enumerate(zip(starts, texts, strict=True))
    ]


def judged(question: str, scores: Mapping[str, float], *articles: list[EvidenceSentence]) -> list[str]:
    """The sentences that answer."""
    texts = {(items[0].article_id, "1"): " ".join(one.text for one in items) for items in articles}
    evidence = Evidence(sentences=tuple(one for items in articles for one in items), texts=texts)
    needs = requirements(parse_intent(question, ()))
    sentences = judge_sentences(Scores(scores), question, needs, evidence).sentences
    return [one.text for one in answering(sentences, breadth_of(question))]


@pytest.mark.parametrize(
    ("alone", "together", "answers"),
    [
        (-3.0, 4.0, True),  # it answers only for who knows what it is about
        (-5.0, 4.0, False),
        (4.0, -5.0, False),
        (-7.5, 9.0, False),  # unrelated by itself: its neighbour is the answer
    ],
)
def test_a_sentence_counts_with_what_it_says_alone_and_in_its_context(
    alone: float, together: float, answers: bool
) -> None:
    before, sentence = "The bank was searched.", "Its head may be charged."
    items = article(before, sentence, "Tea was served.")

    shown = judged("Will anybody be charged?", {sentence: alone, f"{before} {sentence}": together}, items)
    assert (sentence in shown) is answers


def test_the_best_sentence_comes_first_and_the_others_in_the_order_of_the_article() -> None:
    texts = ["The levy rose in May.", "The levy is now 30 crowns.", "The levy had been 20."]
    scores = {texts[0]: 5.5, texts[1]: 8.0, texts[2]: 3.5}
    in_context = {f"{before} {text}": scores[text] for before, text in pairwise(texts)}

    shown = judged("How high is the levy?", {**scores, **in_context}, article(*texts))
    assert shown == [texts[1], texts[0]]  # the third is too far behind for a question with one answer
    scores[texts[0]], in_context = 0.0, {f"{before} {text}": scores[text] for before, text in pairwise(texts)}
    wide = judged("What happened to the levy?", {**scores, **in_context}, article(*texts))
    assert wide == [texts[1], texts[2]]  # an account goes further, to the two best


def test_each_clause_of_a_question_has_its_own_answer() -> None:
    class ByClause(Scores):
        def judge(self, question: str, texts: Sequence[str]) -> list[float]:
            own = {"When did the barge sink?": "It sank in May.", "who owned the barge?": "Ada Lund owned it."}
            return Scores({own.get(question, ""): 9.0}).judge(question, texts)

    items = [one for text in ("It sank in May.", "Ada Lund owned it.") for one in article(text, key=text)]
    question = "When did the barge sink, and who owned the barge?"
    evidence = judge_sentences(
        ByClause({}), question, requirements(parse_intent(question, ())), Evidence(sentences=tuple(items))
    )
    assert {one.text for one in evidence.sentences if one.score > 0.9} == {"It sank in May.", "Ada Lund owned it."}


def test_a_reply_answers_with_its_question() -> None:
    before, reply = "Will you ban golf?", "No."
    items = article(before, reply, "Tea was served.")

    assert reply in judged("Will golf be banned?", {f"{before} {reply}": 4.0, before: 1.0}, items)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Is Jon Lund still at large?", ["Jon Lund was still at large.", "Jon Lund was arrested in Marra."]),
        ("Is Jon Lund at large?", ["Jon Lund was still at large."]),  # no later state is asked for
    ],
)
def test_a_later_state_belongs_to_the_answer(question: str, answers: list[str]) -> None:
    scores = {
        "Jon Lund was still at large.": 10.0,
        "Jon Lund was arrested in Marra.": 2.0,
        "Ida Holm was arrested.": 2.0,
    }
    sentences = [
        replace(one, published=date(2024, 12, 10 + at), score=Scores(scores).judge(question, [one.text])[0])
        for at, text in enumerate(scores)
        for one in article(text, key=str(at))
    ]
    reading = Interpretation(original=question, question=parse_intent(question, ()), shape=shape_of(question))
    evidence = with_news(Evidence(sentences=tuple(sentences), judged=True), reading)
    assert [one.text for one in answering(evidence.sentences)] == answers
