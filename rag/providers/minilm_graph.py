"""Rewrites the packaged MiniLM models for integer arithmetic, in memory, in half a second: the embedder and the judge.

The embedder's package holds int8 weights that its own graph turns back into floats before every multiplication; the
judge's multiplies integers, but with one scale for a whole batch and 1,200 small nodes. Here the very same weights are
multiplied as integers by fused nodes. Activations are quantised row by row, with a scale for each token, so what a text
gets does not depend on what else is in its batch. `docs/decisions/0001-embedding-model.md` and
`docs/decisions/0017-the-judge.md` have the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

DIMENSIONS = 384
_HEADS = 12
_EMBEDDER_LAYERS, _JUDGE_LAYERS = 6, 12
_CONTRIB = "com.microsoft"  # the domain of onnxruntime's fused operators
_EPSILON = 1e-12  # of BERT's layer normalisation
_OPSET, _IR = 18, 9
_MOST_INT8 = 127

Array = npt.NDArray[np.generic]


def integer_model(source: bytes, *, signed: bool) -> bytes:
    """The rewritten model: `token_ids` (texts, tokens) in, unit `vectors` (texts, 384) out.

    `source` is the packaged file. With `signed` its weights stay as they are, which is right where `probe` says so;
    otherwise they are shifted by 128, which gives the same vectors on every processor in 1.7 times the time. Raises
    KeyError where `source` is not laid out as that file is.
    """
    return _Builder(_named_weights(*_read(source)), signed=signed).embedder()


def judge_model(source: bytes, adapter: bytes, *, signed: bool) -> bytes:
    """The rewritten cross-encoder: `token_ids`, `kinds` (0 question, 1 text; texts, tokens) and `lengths` (texts) in,
    `logits` (texts, classes) out. Texts of a batch are padded at their end to one length, which changes nothing for
    them.

    `source` is the packaged file and `adapter` what fine-tuning changed, empty or an `.npz` of floats: for a layer
    "NAME" of int8 weights the factors "NAME.lora_a" (inputs, rank) and "NAME.lora_b" (rank, outputs), whose product is
    added to them (LoRA, Hu et al. 2021), and any other weight whole under its name. `signed` and what is raised are as
    for `integer_model`.
    """
    return _Builder(_adapted(scalar_weights(source), adapter), signed=signed).judge()


def _read(source: bytes) -> tuple[onnx.GraphProto, dict[str, Array]]:
    graph = onnx.load_from_string(source).graph
    return graph, {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def probe() -> bytes:
    """A model that makes `right` true where unsigned bytes times signed bytes add up exactly.

    On x86 processors without VNNI, onnxruntime adds pairs of these products in 16 bits, and they overflow.
    """
    numbers, weights = np.full((8, 64), 255, dtype=np.uint8), np.full((64, 32), _MOST_INT8, dtype=np.int8)
    exact = numbers.astype(np.int32) @ weights.astype(np.int32)
    constants = [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(exact, "exact")]
    nodes = [
        helper.make_node("MatMulInteger", ["bytes", "weights"], ["product"]),
        helper.make_node("Equal", ["product", "exact"], ["right"]),
    ]
    input_info = helper.make_tensor_value_info("bytes", TensorProto.UINT8, numbers.shape)
    right = helper.make_tensor_value_info("right", TensorProto.BOOL, exact.shape)
    return _serialised(helper.make_graph(nodes, "probe", [input_info], [right], constants))


def _serialised(graph: onnx.GraphProto) -> bytes:
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=_IR).SerializeToString())


def _named_weights(graph: onnx.GraphProto, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Arrays by the name of their layer. The export numbers the weights of linear layers; their biases have names."""
    weights = {name.removeprefix("inner."): array for name, array in arrays.items()}
    products = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    for node in graph.node:
        if node.op_type == "Add" and node.input[0] in products and node.input[1].endswith(".bias"):
            layer, number = node.input[1].removeprefix("inner.").removesuffix(".bias"), products[node.input[0]]
            weights[f"{layer}.weight_q"] = arrays[f"{number}_q"]
            weights[f"{layer}.weight_scale"] = arrays[f"{number}_scale"]
    return weights


def scalar_weights(source: bytes) -> dict[str, Array]:
    """The same of the judge's file, whose weights have one scale for a layer and whose tables are unsigned."""
    graph, arrays = _read(source)
    weights = {name.removeprefix("bert."): array for name, array in arrays.items()}
    for name in [name for name in weights if name.endswith(".weight_quantized")]:
        layer = name.removesuffix(".weight_quantized")
        scale, zero = (weights[f"{layer}.weight_{part}"].astype(np.float32) for part in ("scale", "zero_point"))
        weights[f"{layer}.weight"] = (weights[name].astype(np.float32) - zero) * scale
    for node in graph.node:
        if node.op_type != "MatMulInteger" or not node.input[1].startswith("onnx::"):
            continue
        number = node.input[1].removesuffix("_quantized")
        if np.any(arrays[f"{number}_zero_point"]):
            raise KeyError(f"{number} is not symmetric")
        # "/bert/encoder/layer.0/attention/self/query/MatMul_output_0_output_quantized"
        layer = "/".join(node.output[0].split("/")[2:-1]).replace("/", ".")
        quantised = arrays[f"{number}_quantized"]
        weights[f"{layer}.weight_q"] = quantised
        weights[f"{layer}.weight_scale"] = np.full((1, quantised.shape[1]), arrays[f"{number}_scale"], dtype=np.float32)
    return weights


def _adapted(weights: Mapping[str, Array], adapter: bytes) -> dict[str, Array]:
    """The weights with those of the adapter; layers that change get a scale for each column."""
    adapted = dict(weights)
    if not adapter:
        return adapted
    with np.load(BytesIO(adapter), allow_pickle=False) as arrays:
        for name in arrays.files:
            layer = name.removesuffix(".lora_a")
            if layer != name:
                change = arrays[name].astype(np.float32) @ arrays[f"{layer}.lora_b"].astype(np.float32)
                integers, scale = (weights[f"{layer}.weight_{part}"].astype(np.float32) for part in ("q", "scale"))
                floats = integers * scale + change
                scale = np.abs(floats).max(axis=0, keepdims=True) / _MOST_INT8
                adapted[f"{layer}.weight_q"] = np.rint(floats / scale).astype(np.int8)
                adapted[f"{layer}.weight_scale"] = scale
            elif not name.endswith(".lora_b"):
                adapted[name] = arrays[name].astype(np.float32)
    return adapted


def _ids(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])


class _Builder:
    """Writes the graph node by node; methods return the name of what a node puts out."""

    def __init__(self, weights: Mapping[str, Array], *, signed: bool) -> None:
        self._weights = weights
        self._signed = signed
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._one = self._constant(np.float32(1))
        self._zero_point = self._constant(np.uint8(128))
        self._step = self._constant(np.float32(1 / _MOST_INT8))
        self._tiny = self._constant(np.float32(1e-12))
        self._columns = self._constant(np.array([1]))
        self._flat = self._constant(np.array([-1, DIMENSIONS]))

    def embedder(self) -> bytes:
        shape = self._node("Shape", "token_ids")
        hidden = self._encoded(self._embeddings(shape), _EMBEDDER_LAYERS, shape)
        by_text = self._node("Reshape", hidden, self._shape_of(shape, DIMENSIONS))
        pooled = self._node("ReduceMean", by_text, self._columns, keepdims=0)
        self._nodes.append(helper.make_node("LpNormalization", [pooled], ["vectors"], axis=-1, p=2))
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", DIMENSIONS])
        return _serialised(helper.make_graph(self._nodes, "minilm", [_ids("token_ids")], [vectors], self._constants))

    def judge(self) -> bytes:
        shape = self._node("Shape", "token_ids")
        hidden = self._encoded(self._pair_embeddings(shape), _JUDGE_LAYERS, shape, mask="lengths")
        by_text = self._node("Reshape", hidden, self._shape_of(shape, DIMENSIONS))
        first = self._node("Gather", by_text, self._constant(np.array(0)), axis=1)
        pooled = self._node("Tanh", self._plain(first, "pooler.dense"))
        self._nodes.append(helper.make_node("Identity", [self._plain(pooled, "classifier")], ["logits"]))
        lengths = helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"])
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", "classes"])
        inputs = [_ids("token_ids"), _ids("kinds"), lengths]
        return _serialised(helper.make_graph(self._nodes, "judge", inputs, [logits], self._constants))

    def _encoded(self, embeddings: str, layers: int, shape: str, mask: str = "") -> str:
        hidden = self._node("Reshape", embeddings, self._flat)
        for layer in range(layers):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, shape, mask)
        return hidden

    def _pair_embeddings(self, shape: str) -> str:
        length = self._node("Slice", shape, self._columns, self._constant(np.array([2])))
        table = self._constant(self._weights["embeddings.position_embeddings.weight"])
        place = self._node("Slice", table, self._constant(np.array([0])), length)
        kind = self._node("Gather", self._constant(self._weights["embeddings.token_type_embeddings.weight"]), "kinds")
        parts = [
            self._weights[f"embeddings.word_embeddings.weight_{part}"] for part in ("quantized", "scale", "zero_point")
        ]
        integers, scale, zero = [self._constant(part) for part in parts]
        words = self._node("DequantizeLinear", self._node("Gather", integers, "token_ids"), scale, zero)
        return self._normalised("embeddings", self._node("Add", self._node("Add", words, kind), place))

    def _plain(self, rows: str, layer: str) -> str:
        """`rows` times a small layer in floats, plus its bias."""
        product = self._node("MatMul", rows, self._constant(self._weights[f"{layer}.weight"]))
        return self._node("Add", product, self._constant(self._weights[f"{layer}.bias"]))

    def _embeddings(self, shape: str) -> str:
        length = self._node("Slice", shape, self._columns, self._constant(np.array([2])))
        places = self._constant(np.arange(self._weights["embeddings.position_embeddings.weight_q"].shape[0]))
        positions = self._node("Slice", places, self._constant(np.array([0])), length)
        place = self._rows("embeddings.position_embeddings", positions)
        kind = self._constant(self._weights["embeddings.token_type_embeddings.weight"][0])
        words = self._rows("embeddings.word_embeddings", "token_ids")
        return self._normalised("embeddings", self._node("Add", words, self._node("Add", place, kind)))

    def _layer(self, name: str, hidden: str, shape: str, mask: str) -> str:
        attention = f"{name}.attention"
        projections = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        packed = self._node("Reshape", self._linear(hidden, *projections), self._shape_of(shape, 3 * DIMENSIONS))
        thirds = self._constant(np.array([DIMENSIONS] * 3))
        parts = self._node("Split", packed, thirds, outputs=3, axis=-1).split()
        masked = ["", mask] if mask else []
        mixed = self._node("MultiHeadAttention", *parts, *masked, domain=_CONTRIB, num_heads=_HEADS)
        mixed = self._linear(self._node("Reshape", mixed, self._flat), f"{attention}.output.dense")
        hidden = self._normalised(f"{attention}.output", self._node("Add", mixed, hidden))
        wide = self._node("Gelu", self._linear(hidden, f"{name}.intermediate.dense"), domain=_CONTRIB)
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._normalised(f"{name}.output", self._node("Add", narrow, hidden))

    def _linear(self, rows: str, *layers: str) -> str:
        """`rows` times the int8 weights of the layers side by side, plus their biases."""
        highest = self._node("ReduceMax", rows, self._columns, keepdims=0)
        lowest = self._node("Neg", self._node("ReduceMin", rows, self._columns, keepdims=0))
        scales = self._node("Mul", self._node("Max", highest, lowest), self._step)
        scales = self._node("Add", scales, self._tiny)
        zero_points = self._node("Expand", self._zero_point, self._node("Shape", scales))
        integers = self._node("QuantizeLinear", rows, scales, zero_points, axis=0)
        product = self._node(
            "MatMulIntegerToFloat",
            integers,
            self._concatenate(layers, "weight_q"),
            self._one,
            self._concatenate(layers, "weight_scale"),
            self._zero_point,
            "" if self._signed else self._zero_point,
            domain=_CONTRIB,
        )
        scaled = self._node("Mul", product, self._node("Unsqueeze", scales, self._columns))
        return self._node("Add", scaled, self._concatenate(layers, "bias"))

    def _concatenate(self, layers: tuple[str, ...], part: str) -> str:
        matrix = np.concatenate([self._weights[f"{layer}.{part}"] for layer in layers], axis=-1)
        if part == "weight_q" and not self._signed:
            matrix = (matrix.astype(np.int16) + 128).astype(np.uint8)
        return self._constant(matrix[0] if part == "weight_scale" else matrix)

    def _rows(self, table: str, indices: str) -> str:
        """Rows of an int8 table as floats; only the rows in use are turned."""
        integers = self._node("Gather", self._constant(self._weights[f"{table}.weight_q"]), indices)
        scales = self._node("Gather", self._constant(self._weights[f"{table}.weight_scale"]), indices)
        return self._node("Mul", self._node("Cast", integers, to=TensorProto.FLOAT), scales)

    def _normalised(self, layer: str, rows: str) -> str:
        weight = self._constant(self._weights[f"{layer}.LayerNorm.weight"])
        bias = self._constant(self._weights[f"{layer}.LayerNorm.bias"])
        return self._node("LayerNormalization", rows, weight, bias, axis=-1, epsilon=_EPSILON)

    def _shape_of(self, shape: str, width: int) -> str:
        return self._node("Concat", shape, self._constant(np.array([width])), axis=0)

    def _node(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> str:
        """Adds a node; several outputs come as one string of names with blanks between."""
        name = f"{kind}_{len(self._nodes)}"
        names = [f"{name}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=name, domain=domain, **attributes))
        return " ".join(names)

    def _constant(self, value: Array | np.generic) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name
