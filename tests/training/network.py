"""The judge in PyTorch: the packaged int8 weights as floats, fixed, with low-rank changes that are trained.

Needs PyTorch, which nothing else here does: `pip install torch`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.providers import minilm_graph
from rag.providers.cross_encoder import CrossEncoder

WIDTH, HEADS, LAYERS = 384, 12, 12
RANK = 16
_EPSILON = 1e-12
_NEW_WEIGHTS = 0.02  # standard deviation of those of a new layer
_MULTIPLE = 16  # of tokens, to which batches are padded: kernels are made anew for every other shape

Pair = tuple[list[int], list[int]]  # tokens of the question and of the text


class LowRank(nn.Module):
    """A linear layer of fixed weights (inputs, outputs) to which the product of two thin matrices is added."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        inputs, outputs = weight.shape
        self.register_buffer("weight", torch.tensor(weight))
        self.bias = nn.Parameter(torch.tensor(bias))
        self.lora_a = nn.Parameter(torch.randn(inputs, RANK) / math.sqrt(inputs))
        self.lora_b = nn.Parameter(torch.zeros(RANK, outputs))

    def forward(self, rows: Tensor) -> Tensor:
        return torch.addmm(self.bias, rows, self.weight) + (rows @ self.lora_a) @ self.lora_b


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, weights: dict[str, np.ndarray], name: str) -> None:
        super().__init__()

        def linear(part: str) -> LowRank:
            layer = f"{name}.{part}"
            floats = weights[f"{layer}.weight_q"].astype(np.float32) * weights[f"{layer}.weight_scale"]
            return LowRank(floats, weights[f"{layer}.bias"])

        self.query, self.key = linear("attention.self.query"), linear("attention.self.key")
        self.value, self.mixed = linear("attention.self.value"), linear("attention.output.dense")
        self.wide, self.narrow = linear("intermediate.dense"), linear("output.dense")
        self.after_attention = _normalisation(weights, f"{name}.attention.output.LayerNorm")
        self.after = _normalisation(weights, f"{name}.output.LayerNorm")

    def forward(self, rows: Tensor, mask: Tensor, shape: tuple[int, int], dropout: float) -> Tensor:
        def heads(part: Tensor) -> Tensor:
            return part.view(*shape, HEADS, WIDTH // HEADS).transpose(1, 2)

        parts = [heads(linear(rows)) for linear in (self.query, self.key, self.value)]
        mixed = functional.scaled_dot_product_attention(*parts, attn_mask=mask).transpose(1, 2).reshape(-1, WIDTH)
        rows = self.after_attention(rows + functional.dropout(self.mixed(mixed), dropout, self.training))
        narrow = self.narrow(functional.gelu(self.wide(rows)))
        return self.after(rows + functional.dropout(narrow, dropout, self.training))


class Network(nn.Module):
    """The cross-encoder: logits (pairs, classes) of pairs of texts. With more than one class the last layer is new."""

    def __init__(self, classes: int = 1, dropout: float = 0.1) -> None:
        super().__init__()
        weights = minilm_graph.scalar_weights(CrossEncoder.content())
        table, scale, zero = (
            weights[f"embeddings.word_embeddings.weight_{part}"] for part in ("quantized", "scale", "zero_point")
        )
        self.register_buffer("words", torch.tensor((table.astype(np.float32) - float(zero)) * float(scale)))
        self.register_buffer("places", torch.tensor(weights["embeddings.position_embeddings.weight"]))
        self.register_buffer("kinds", torch.tensor(weights["embeddings.token_type_embeddings.weight"]))
        self.first = _normalisation(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, f"encoder.layer.{at}") for at in range(LAYERS))
        self.pooler = nn.Parameter(torch.tensor(weights["pooler.dense.weight"]))
        self.pooler_bias = nn.Parameter(torch.tensor(weights["pooler.dense.bias"]))
        classifier, bias = torch.tensor(weights["classifier.weight"]), torch.tensor(weights["classifier.bias"])
        if classes > 1:
            classifier, bias = torch.randn(WIDTH, classes) * _NEW_WEIGHTS, torch.zeros(classes)
        self.classifier, self.classifier_bias = nn.Parameter(classifier), nn.Parameter(bias)
        self._dropout = dropout

    def forward(self, pairs: Sequence[Pair]) -> Tensor:
        lengths = torch.tensor([len(question) + len(text) for question, text in pairs])
        shape = (len(pairs), -(-int(lengths.max()) // _MULTIPLE) * _MULTIPLE)
        ids, kinds = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        for row, (question, text) in enumerate(pairs):
            ids[row, : lengths[row]] = torch.tensor(question + text)
            kinds[row, len(question) : lengths[row]] = 1
        mask = (torch.arange(shape[1])[None] < lengths[:, None])[:, None, None, :]
        rows = self.first(self.words[ids] + self.places[: shape[1]][None] + self.kinds[kinds]).view(-1, WIDTH)
        for layer in self.layers:
            rows = layer(rows, mask, shape, self._dropout)
        pooled = torch.tanh(rows.view(*shape, WIDTH)[:, 0] @ self.pooler + self.pooler_bias)
        return pooled @ self.classifier + self.classifier_bias

    def load(self, path: Path) -> None:
        """Continue from an adapter; its last layer counts only where it has as many classes."""
        parameters = {_packaged_name(name): value for name, value in self.named_parameters()}
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                if parameters[name].shape == arrays[name].shape:
                    parameters[name].data = torch.tensor(arrays[name].astype(np.float32))

    def mix(self, path: Path) -> None:
        """Take the mean of what was trained and an adapter of the same classes: what a network learns further, it keeps
        for the most part, and forgets less (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
        """
        parameters = {_packaged_name(name): value for name, value in self.named_parameters()}
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                before = torch.tensor(arrays[name].astype(np.float32))
                parameters[name].data = (parameters[name].data + before) / 2

    def save(self, path: Path) -> None:
        """Write what was trained as the adapter that `minilm_graph.judge_model` takes, in half precision."""
        arrays = {_packaged_name(name): value.detach().numpy() for name, value in self.named_parameters()}
        np.savez_compressed(path, **{name: value.astype(np.float16) for name, value in arrays.items()})


def _normalisation(weights: dict[str, np.ndarray], name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(WIDTH, eps=_EPSILON)
    layer.weight.data, layer.bias.data = (torch.tensor(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return layer


_NAMES = {
    "first": "embeddings.LayerNorm",
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "after_attention": "attention.output.LayerNorm",
    "after": "output.LayerNorm",
    "layers": "encoder.layer",
    "pooler": "pooler.dense.weight",
    "pooler_bias": "pooler.dense.bias",
    "classifier": "classifier.weight",
    "classifier_bias": "classifier.bias",
}


def _packaged_name(name: str) -> str:
    """The name of a weight in the package: "layers.0.query.bias" is "encoder.layer.0.attention.self.query.bias"."""
    return ".".join(_NAMES.get(part, part) for part in name.split("."))
