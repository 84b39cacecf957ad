"""The packaged model on the CPU, by OpenVINO: three times as fast as torch, and ready in half a second.

Neither torch nor the network is touched. The module is not called `openvino`, so that nobody takes one for the other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import Vector
from index.embedder import ModelDescription
from index.embedders import packaged
from index.embedders.tokens import Tokens
from index.errors import ModelUnusable

# Passages/s over 219-token passages on two cores, bf16: see docs/decisions/0004 for batches of 1, 4, 8, 16 and 32.
BATCH = 8


class OpenVinoEmbedder:
    """all-MiniLM-L6-v2 on every core of the CPU. Making one is cheap; the first call loads the model.

    Computes in bf16 where the CPU does so natively (AVX512_BF16 or AMX), else in fp32; a vector is the same to a cosine
    of .9999, so an index made on one machine is searched on another. Safe to share between threads.

    Args:
        precision: "bf16" or "f32" instead of what suits the CPU.
    """

    def __init__(self, precision: str | None = None) -> None:
        self._precision = precision
        self._loading = Lock()

    @property
    def description(self) -> ModelDescription:
        return packaged.DESCRIPTION

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Raises ModelUnusable: the model's files are missing or not the published ones."""
        rows = self._tokens.ids(texts)
        # Rows of like length share a batch, since each is padded to the longest of its batch.
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        vectors = np.empty((len(rows), self.description.dimension), dtype=np.float32)

        def keep(request: Any, batch: list[int]) -> None:
            vectors[batch] = request.get_output_tensor().data

        queue = _openvino().AsyncInferQueue(self._model)
        queue.set_callback(keep)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            queue.start_async(_padded([rows[row] for row in batch]), batch)
        queue.wait_all()
        return _unit(vectors)

    def query(self, text: str) -> Vector:
        """Raises ModelUnusable: as `passages` does."""
        request = self._model.create_infer_request()
        request.infer(_padded(self._tokens.ids([text])))
        vector: Vector = _unit(np.array(request.get_output_tensor().data))[0]
        return vector

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Raises ModelUnusable: as `passages` does."""
        return self._tokens.spans(text)

    @cached_property
    def _tokens(self) -> Tokens:
        path = packaged.verified(packaged.installed_folder(), packaged.TOKENIZER)
        return Tokens(path, packaged.LONGEST_INPUT)

    @property
    def _model(self) -> Any:
        with self._loading:
            return self._compiled

    @cached_property
    def _compiled(self) -> Any:
        weights = packaged.verified_folder() / packaged.WEIGHTS
        openvino = _openvino()
        from index.embedders.bert import mean_pooled

        core = openvino.Core()
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        # One stream a core. The hint for latency halves a query of 2 ms, and would cost a second model in memory.
        hints = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": self._precision or ("bf16" if native else "f32"),
        }
        try:
            return core.compile_model(mean_pooled(weights), "CPU", hints)
        except RuntimeError as error:
            raise ModelUnusable(f"OpenVINO cannot run {packaged.NAME} here: {error}") from error


def _openvino() -> Any:
    # Without this module openvino falls back to a stub of its own: no telemetry, and no id written to the home folder.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino
    except ImportError as error:
        raise ModelUnusable(f"OpenVINO does not load here ({error}): reinstall openvino, or use torch") from error
    return openvino


def _padded(rows: Sequence[Sequence[int]]) -> list[NDArray[np.int64]]:
    """Token ids and mask, each of shape [n, longest]. The model's id for padding is 0."""
    ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return [ids, mask]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
