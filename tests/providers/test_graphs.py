"""Models that the set-up left are the ones that would be made now, and are found again."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rag.providers import graphs
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
    assert len(paths) == 4
    assert graphs.graph("judge", b"b") == b"b"
