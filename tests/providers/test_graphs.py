"""Models that the set-up left are the ones that would be made now, and are found again."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from rag.providers import graphs, minilm_graph
from rag.providers.cross_encoder import CrossEncoder
from rag.providers.minilm import MiniLM
from rag.providers.packaged import signed_is_exact


def test_what_the_set_up_left_is_read_and_gives_the_same_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    made_now = MiniLM().embed(["The ferry sails at nine."], "document")
    source, signed = MiniLM.content(), signed_is_exact()
    path = graphs.prepare("embedder", source, signed=signed)
    assert list(path.parent.iterdir()) == [path]
    monkeypatch.setattr(graphs, "_rewrite", lambda *_: pytest.fail("it was made again"))
    graph = graphs.graph("embedder", source, signed=signed)
    assert graph == path.read_bytes()
    monkeypatch.undo()
    assert np.array_equal(MiniLM().embed(["The ferry sails at nine."], "document"), made_now)


def test_another_source_or_processor_has_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(graphs, "_rewrite", lambda kind, source, signed: source)
    paths = {
        graphs.prepare("judge", b"a"),
        graphs.prepare("judge", b"b"),
        graphs.prepare("judge", b"a", signed=False),
        graphs.prepare("embedder", b"a"),
    }
    monkeypatch.setattr(graphs, "_adapter", lambda kind: b"another")
    paths.add(graphs.prepare("judge", b"a"))
    assert len(paths) == 5
    assert graphs.graph("judge", b"b") == b"b"


def _adapter(**arrays: Any) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _logits(adapter: bytes) -> np.ndarray:
    """Of two pairs of tokens, by the judge with an adapter."""
    session = onnxruntime.InferenceSession(
        minilm_graph.judge_model(CrossEncoder.content(), adapter, signed=signed_is_exact())
    )
    ids = np.array([[101, 2073, 2003, 1996, 7535, 102, 1996, 7535, 2003, 2182, 102], [101, 2073, *[102] * 9]])
    kinds, lengths = (ids * 0 + (np.arange(11) > 5)), np.array([11, 11], dtype=np.int32)
    (logits,) = session.run(["logits"], {"token_ids": ids, "kinds": kinds.astype(np.int64), "lengths": lengths})
    return np.asarray(logits)


def test_an_adapter_adds_the_product_of_its_factors_and_replaces_other_weights() -> None:
    layer = "encoder.layer.11.output.dense"
    plain = _logits(_adapter())
    weights = minilm_graph.scalar_weights(CrossEncoder.content())
    moved = _logits(_adapter(**{"classifier.bias": weights["classifier.bias"] + 3}))
    assert moved == pytest.approx(plain + 3, abs=1e-4)
    factors = np.random.default_rng(1).normal(size=(1536, 4)), np.zeros((4, 384))
    unchanged = _logits(_adapter(**{f"{layer}.lora_a": factors[0], f"{layer}.lora_b": factors[1]}))
    assert unchanged == pytest.approx(plain, abs=0.2)  # each column has a scale of its own now
    factors[1][:] = np.random.default_rng(2).normal(size=(4, 384))
    changed = _logits(_adapter(**{f"{layer}.lora_a": factors[0], f"{layer}.lora_b": factors[1]}))
    assert np.abs(changed - plain).max() > 0.5


def test_a_head_of_three_classes_gives_three_logits() -> None:
    head = {"classifier.weight": np.ones((384, 3)), "classifier.bias": np.arange(3)}
    assert np.diff(_logits(_adapter(**head)), axis=1) == pytest.approx(np.ones((2, 2)), abs=1e-4)
