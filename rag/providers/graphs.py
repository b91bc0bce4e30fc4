"""The rewritten models, from files that the set-up of the environment wrote, or else rewritten in memory.

`python -m rag.providers.graphs` is that part of the set-up: it writes the files for this processor.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

Kind = Literal["embedder", "judge", "topic_judge", "entailment", "probe"]
ADAPTERS = Path(__file__).with_name("data")
_ADAPTER_NAMES: dict[Kind, str] = {"judge": "judge-adapter.npz", "entailment": "entailment-adapter.npz"}


def graph(kind: Kind, source: bytes = b"", *, signed: bool = True) -> bytes:
    """The packaged model as rewritten by `minilm_graph`. Raises KeyError if its layout is unknown."""
    try:
        return _file_path(kind, source, signed).read_bytes()
    except OSError:
        return _rewrite(kind, source, signed)


def prepare(kind: Kind, source: bytes = b"", *, signed: bool = True) -> Path:
    """Write the file that `graph` reads from then on, atomically. Raises OSError."""
    path = _file_path(kind, source, signed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(_rewrite(kind, source, signed))
    Path(file.name).replace(path)
    return path


@cache
def _adapter(kind: Kind) -> bytes:
    """What fine-tuning changed in the cross-encoder, as `minilm_graph.judge_model` takes it; empty for no change."""
    name = _ADAPTER_NAMES.get(kind)
    return (ADAPTERS / name).read_bytes() if name else b""


def adapter_digest(kind: Kind) -> str:
    """A hyphen and eight digits that stand for what fine-tuning changed; empty for no change."""
    adapter = _adapter(kind)
    return f"-{hashlib.sha256(adapter).hexdigest()[:8]}" if adapter else ""


def _rewrite(kind: Kind, source: bytes, signed: bool) -> bytes:
    from rag.providers import minilm_graph  # takes half a second, and loads onnx

    if kind == "probe":
        return minilm_graph.probe()
    if kind == "embedder":
        return minilm_graph.integer_model(source, signed=signed)
    return minilm_graph.judge_model(source, _adapter(kind), signed=signed)


def _file_path(kind: Kind, source: bytes, signed: bool) -> Path:
    parts = [_recipe(), source, _adapter(kind), bytes([signed])]
    name = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
    return Path(sys.prefix) / "share" / "onrecord" / f"{kind}-{name}.onnx"


@cache
def _recipe() -> bytes:
    """The code that makes the files, which is part of their names besides the weights."""
    return resources.files("rag.providers").joinpath("minilm_graph.py").read_bytes()


def main() -> None:
    """Write the models of this processor."""
    from rag.providers.cross_encoder import CrossEncoder, MiniLMEntailment, TopicJudge
    from rag.providers.minilm import MiniLM
    from rag.providers.packaged import signed_is_exact

    prepare("probe")
    signed = signed_is_exact()
    for model in (MiniLM, CrossEncoder, TopicJudge, MiniLMEntailment):
        prepare(model.kind, model.content(), signed=signed)


if __name__ == "__main__":
    main()
