"""Which sentence answers, by the scores of a judge: tables of scores stand in for the judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from rag.domain import Evidence, EvidenceSentence
from rag.question.intent import parse_intent
from rag.question.interpret import Interpretation
from rag.question.kinds import shape_of
from rag.question.requirements import requirements
from rag.services.answers.relevance import judge_sentences
from rag.services.answers.selection import answering, with_news

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
    return [one.text for one in answering(judge_sentences(Scores(scores), question, needs, evidence).sentences)]


CLUB = article("The club met on Monday.", "It struck off the doctor.", "Tea was served.", "It rained.")


@pytest.mark.parametrize(
    ("scores", "answers"),
    [
        ({"It struck off the doctor.": 0.2}, True),
        ({"It struck off the doctor.": 0.2, "Tea was served.": -4.0}, False),
        ({"It struck off the doctor.": -3.0}, False),
    ],
)
def test_a_sentence_far_before_all_others_of_its_article_answers(scores: dict[str, float], answers: bool) -> None:
    assert bool(judged("Which physician has to go?", scores, CLUB)) is answers


def test_a_sentence_that_has_no_others_to_stand_out_from_needs_the_whole_score() -> None:
    alone = article("It struck off the doctor.")

    assert not judged("Which physician has to go?", {"It struck off the doctor.": 0.2}, alone)


def test_another_article_does_not_keep_a_sentence_from_standing_out() -> None:
    other = article("A doctor went.", "A fair opened.", "It rained again.", key="b")
    scores = {"It struck off the doctor.": 0.2, "A doctor went.": 0.1}

    assert len(judged("Which physician has to go?", scores, CLUB, other)) == 2


def test_what_is_far_from_the_question_answers_with_its_context_only_if_that_says_much() -> None:
    before, far = "The bank may be fined.", "Its head is Ada Lund."
    items = article(before, far, "Tea was served.")
    together = {f"{before} {far}": 3.0, before: 1.0}

    assert far not in judged("Will the bank be fined?", together, items)
    assert far in judged("Will the bank be fined?", {**together, far: -5.0}, items)


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
