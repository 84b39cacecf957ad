"""The packaged model's graph, built from its weights for OpenVINO.

OpenVINO's own converter needs the torch model in memory: 11 s of imports on two cores and a copy of 90 MB to keep,
check and renew on disk. The network is plain BERT, so it is built here from the verified weights in a tenth of a
second, and nothing is cached (docs/decisions/0004). tests/test_embedder_contract.py holds it to sentence-transformers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from openvino import Model, Node
from openvino import opset13 as ops
from safetensors.numpy import load_file

# What config.json of the packaged model says; its checksum is pinned beside the weights'.
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
# Added to the attention paid to padding. Minus infinity would make NaN of a row that is padding alone.
FORBIDDEN = -1e9

Weights = dict[str, NDArray[np.float32]]


def mean_pooled(weights_file: Path) -> Model:
    """The graph: `ids` and `mask`, int64 [n, tokens], to the mean of the tokens' vectors, float32 [n, dimension].

    The mean leaves padding out and is not normalised.
    """
    weights = load_file(weights_file)
    ids = ops.parameter([-1, -1], np.int64, name="ids")
    mask = ops.parameter([-1, -1], np.int64, name="mask")
    present = ops.convert(mask, "f32")
    penalty = ops.multiply(ops.subtract(_number(1), present), _number(FORBIDDEN))
    attention = ops.unsqueeze(penalty, _axes(1, 2))  # [n, 1, 1, tokens]
    states = _embeddings(ids, weights)
    for layer in range(LAYERS):
        states = _layer(states, attention, weights, f"encoder.layer.{layer}")
    column = ops.unsqueeze(present, _axes(2))
    total = ops.reduce_sum(ops.multiply(states, column), _axes(1))
    return Model([ops.divide(total, ops.reduce_sum(column, _axes(1)))], [ids, mask], "all-MiniLM-L6-v2")


def _embeddings(ids: Node, weights: Weights) -> Node:
    first = "embeddings"
    words = ops.gather(_constant(weights[f"{first}.word_embeddings.weight"]), ids, _number(0, np.int64))
    length = ops.gather(ops.shape_of(ids), _number(1, np.int64), _number(0, np.int64))
    places = ops.range(_number(0, np.int64), length, _number(1, np.int64), "i64")
    positions = ops.gather(_constant(weights[f"{first}.position_embeddings.weight"]), places, _number(0, np.int64))
    kind = _constant(weights[f"{first}.token_type_embeddings.weight"][0])
    return _normal(ops.add(ops.add(words, kind), positions), weights, f"{first}.LayerNorm")


def _layer(states: Node, attention: Node, weights: Weights, name: str) -> Node:
    heads = [_heads(_dense(states, weights, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")]
    attended = ops.transpose(ops.scaled_dot_product_attention(*heads, attention), _axes(0, 2, 1, 3))
    joined = ops.reshape(attended, _axes(0, 0, -1), special_zero=True)
    output = _dense(joined, weights, f"{name}.attention.output.dense")
    states = _normal(ops.add(output, states), weights, f"{name}.attention.output.LayerNorm")
    inner = ops.gelu(_dense(states, weights, f"{name}.intermediate.dense"), "erf")
    output = _dense(inner, weights, f"{name}.output.dense")
    return _normal(ops.add(output, states), weights, f"{name}.output.LayerNorm")


def _heads(states: Node) -> Node:
    """[n, tokens, dimension] to [n, heads, tokens, dimension / heads]."""
    return ops.transpose(ops.reshape(states, _axes(0, 0, HEADS, -1), special_zero=True), _axes(0, 2, 1, 3))


def _dense(states: Node, weights: Weights, name: str) -> Node:
    product = ops.matmul(states, _constant(weights[f"{name}.weight"]), transpose_a=False, transpose_b=True)
    return ops.add(product, _constant(weights[f"{name}.bias"]))


def _normal(states: Node, weights: Weights, name: str) -> Node:
    centred = ops.mvn(states, _axes(-1), normalize_variance=True, eps=EPSILON, eps_mode="inside_sqrt")
    return ops.add(ops.multiply(centred, _constant(weights[f"{name}.weight"])), _constant(weights[f"{name}.bias"]))


def _constant(values: NDArray[np.float32]) -> Node:
    return ops.constant(values, shared_memory=True)


def _number(value: float, kind: type[np.generic] = np.float32) -> Node:
    return ops.constant(np.array(value, dtype=kind))


def _axes(*axes: int) -> Node:
    return ops.constant(np.array(axes, dtype=np.int64))
