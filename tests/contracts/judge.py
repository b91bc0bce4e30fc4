"""What every judge must do. A test class inherits `JudgeContract` and gives the fixture `judge`."""

from __future__ import annotations

import pytest

from rag.providers.base import RelevanceJudge

QUESTION = "When does the ferry to Elin leave?"
ANSWER, BESIDE = "The ferry to Elin leaves at noon.", "The council raised the tax on dogs."


class JudgeContract:
    @pytest.fixture
    def judge(self) -> RelevanceJudge:
        raise NotImplementedError

    def test_scores_have_log_odds_and_come_in_the_order_of_the_sentences(self, judge: RelevanceJudge) -> None:
        texts = [BESIDE, ANSWER, "", ANSWER + " 🚢" * 900]
        scores = judge.judge(QUESTION, texts)
        assert all(0 < score < 1 for score in scores)
        assert judge.judge(QUESTION, texts[::-1]) == pytest.approx(scores[::-1], abs=1e-4)

    def test_one_threshold_tells_what_answers_from_what_does_not(self, judge: RelevanceJudge) -> None:
        beside, answer = judge.judge(QUESTION, [BESIDE, ANSWER])
        assert beside < 0.1 < 0.9 < answer

    def test_nothing_is_judged_of_nothing(self, judge: RelevanceJudge) -> None:
        assert judge.judge(QUESTION, []) == []

    def test_a_pair_has_the_same_score_alone_and_in_company(self, judge: RelevanceJudge) -> None:
        company = [f"Ferry number {number} was painted" + " again" * (number % 7) for number in range(40)]
        among = judge.judge(QUESTION, [*company, ANSWER])
        assert judge.judge(QUESTION, [ANSWER]) == pytest.approx(among[-1:], abs=1e-4)
