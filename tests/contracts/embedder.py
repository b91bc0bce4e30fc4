"""What every embedder must do. A test class inherits `EmbedderContract` and gives the fixture `embedder`."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rag.providers.base import Embedder

TEXTS = (
    "The ferry leaves at noon.",
    "Noon",
    "",
    "Ferries, and 12 more ferries — “so he said” 🚢",
    "Паром отходит в полдень",
)


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_one_unit_row_a_text_in_float32(self, embedder: Embedder) -> None:
        vectors = embedder.embed(TEXTS, "document")
        assert vectors.shape == (len(TEXTS), embedder.dimensions)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        assert embedder.embed([], "document").shape == (0, embedder.dimensions)
        assert embedder.count([]) == []

    def test_rows_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        forwards, backwards = embedder.embed(TEXTS, "document"), embedder.embed(TEXTS[::-1], "document")
        assert np.allclose(forwards, backwards[::-1], atol=1e-5)

    def test_the_same_text_has_the_same_vector_alone_and_in_company(self, embedder: Embedder) -> None:
        together = embedder.embed(TEXTS, "document")
        alone = np.vstack([embedder.embed([text], "document") for text in TEXTS])
        assert np.allclose(together, alone, atol=1e-5)

    def test_counting_is_by_text_and_grows_with_it(self, embedder: Embedder) -> None:
        short, long = embedder.count(["one word", "one word and then another three"])
        assert 0 < short < long
        assert embedder.count([""]) == [0]

    def test_a_text_longer_than_the_window_is_embedded(self, embedder: Embedder) -> None:
        text = "ferry " * (embedder.window * 3)
        assert embedder.count([text])[0] > embedder.window
        assert np.linalg.norm(embedder.embed([text], "query")) == pytest.approx(1, abs=1e-5)

    def test_half_characters_are_no_fault(self, embedder: Embedder) -> None:
        assert embedder.embed(["half \ud83d a ship"], "query").shape == (1, embedder.dimensions)
        assert embedder.count(["half \ud83d a ship"])[0] > 0

    def test_the_fingerprint_can_name_a_file(self, embedder: Embedder) -> None:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,200}", embedder.fingerprint)
