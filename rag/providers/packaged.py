"""What the two built-in models share: a pinned ONNX file of an installed package, a tokenizer and a session.

Of a package only the data file is read; none of its code is imported.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from rag.errors import ModelMissing
from rag.providers.graphs import Kind, graph

_TOKENIZER = "bert-base-uncased.tokenizer.json"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MOST_THREADS = 8  # of a model
Ids = npt.NDArray[np.int64]


class PackagedModel:
    """A model that says which file of which package it is, and loads it when it is first used.

    `model` is a file to use instead of the package's, with the same SHA-256. Raises ModelMissing if it is absent or not
    the pinned one.
    """

    kind: ClassVar[Kind]
    noun: ClassVar[str]  # what a message calls it
    package: ClassVar[str]
    path: ClassVar[str]  # of the file in its package
    release: ClassVar[str]  # as pip takes it
    sha256: ClassVar[str]

    def __init__(self, model: Traversable | None = None) -> None:
        self._source = self.content(model)
        self._tokenizer = tokenizer()
        self._session: onnxruntime.InferenceSession | None = None
        self._lock = threading.Lock()

    @classmethod
    def content(cls, file: Traversable | None = None) -> bytes:
        """The bytes of the pinned model, from `file` or its package. Raises ModelMissing."""
        return _read_pinned(file or cls._file(), cls.sha256, cls.release)

    @classmethod
    def _file(cls) -> Path:
        spec = find_spec(cls.package)  # looks for the package without running it
        if spec is None or not spec.submodule_search_locations:
            raise ModelMissing(f"The {cls.noun} is not installed. Install it: pip install {cls.release}.")
        return Path(spec.submodule_search_locations[0]) / cls.path

    def _load(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = _session(graph(self.kind, self._source, signed=signed_is_exact()))
                self._source = b""
            return self._session


def tokenizer() -> Tokenizer:
    """BERT's tokenizer as shipped, without the truncation and padding that its file sets."""
    file = resources.files("rag.providers") / "data" / _TOKENIZER
    bert = Tokenizer.from_buffer(_read_pinned(file, _TOKENIZER_SHA256, "onrecord"))
    bert.no_truncation()
    bert.no_padding()
    return bert


def signed_is_exact() -> bool:
    """Whether this processor multiplies unsigned with signed bytes exactly (`probe`)."""
    (right,) = _session(graph("probe")).run(["right"], {"bytes": np.full((8, 64), 255, dtype=np.uint8)})
    return bool(np.all(right))


def batches(lengths: Sequence[int], most: int, *, padding: float = 1.0) -> Iterator[list[int]]:
    """Indices of texts of these lengths in tokens, shortest first, in batches of at most `most` tokens.

    The longest of a batch is at most `padding` times the shortest; a text longer than `most` is alone.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[index]
        if batch and (length * (len(batch) + 1) > most or length > padding * lengths[batch[0]]):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _read_pinned(file: Traversable, sha256: str, release: str) -> bytes:
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


def _session(model: bytes) -> onnxruntime.InferenceSession:
    """A session for one of the rewritten models."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_cores(), MOST_THREADS)
    # The graph is already fused, and the further fusions make layer normalisation five times slower (measured).
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
