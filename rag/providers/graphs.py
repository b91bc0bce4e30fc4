"""The rewritten models, from the files that the set-up of the environment left, or rewritten now where there are none.

`python -m rag.providers.graphs` is that part of the set-up: it writes them into the environment, for this processor.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

Kind = Literal["embedder", "judge", "probe"]


def graph(kind: Kind, source: bytes = b"", *, signed: bool = True) -> bytes:
    """A model as `minilm_graph` makes it of the packaged file. Raises KeyError where that is laid out otherwise."""
    try:
        return _place(kind, source, signed).read_bytes()
    except OSError:
        return _made(kind, source, signed)


def prepare(kind: Kind, source: bytes = b"", *, signed: bool = True) -> Path:
    """Writes the file that `graph` reads from then on, whole or not at all. Raises OSError."""
    place = _place(kind, source, signed)
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=place.parent, delete=False) as file:
        file.write(_made(kind, source, signed))
    Path(file.name).replace(place)
    return place


def _made(kind: Kind, source: bytes, signed: bool) -> bytes:
    from rag.providers import minilm_graph  # takes half a second, and loads onnx

    if kind == "probe":
        return minilm_graph.probe()
    make = minilm_graph.integer_model if kind == "embedder" else minilm_graph.judge_model
    return make(source, signed=signed)


def _place(kind: Kind, source: bytes, signed: bool) -> Path:
    name = hashlib.sha256(_recipe() + hashlib.sha256(source).digest() + bytes([signed])).hexdigest()[:16]
    return Path(sys.prefix) / "share" / "onrecord" / f"{kind}-{name}.onnx"


@cache
def _recipe() -> bytes:
    """What the files are named by besides their source: the code that makes them."""
    return resources.files("rag.providers").joinpath("minilm_graph.py").read_bytes()


def main() -> None:
    """Writes the models of this processor."""
    from rag.providers import cross_encoder, minilm

    prepare("probe")
    signed = minilm.signed_is_exact()
    prepare("embedder", minilm.packaged_model(), signed=signed)
    prepare("judge", cross_encoder.packaged_model(), signed=signed)


if __name__ == "__main__":
    main()
