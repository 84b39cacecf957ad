"""Any sentence-transformers model: the reference for the packaged one, the way to a GPU, and to other models.

Importing torch and sentence-transformers takes 6 s and more, so it happens at the first call.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import Vector
from index.embedder import ModelDescription
from index.embedders import packaged
from index.embedders.tokens import encodable
from index.errors import ModelUnusable


class SentenceTransformerEmbedder:
    """A model of sentence-transformers, on a GPU where there is one. Making one is cheap; the first call loads it.

    Queries and passages get the prompts that the model's own configuration names.

    Args:
        name: `packaged.NAME`, which never touches the network; or a folder; or a name on the hub, downloaded once.
        cache: where downloaded models are kept; None for the hub's own place.
        device: such as "cpu" or "cuda:1"; None picks the best there is.
    """

    def __init__(self, name: str = packaged.NAME, cache: Path | None = None, device: str | None = None) -> None:
        self._name = name
        self._cache = cache
        self._device = device
        self._lock = RLock()

    @cached_property
    def description(self) -> ModelDescription:
        """Loads the model, unless it is the packaged one.

        Raises:
            ModelUnusable: it is neither packaged, nor a folder, nor to be had from the hub; or not usable.
        """
        if self._name == packaged.NAME:
            return packaged.DESCRIPTION
        dimension = self._model.get_embedding_dimension()
        return ModelDescription(self._name, dimension, self._longest(), _checksum(self._model.state_dict()))

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Raises ModelUnusable: as `description` does."""
        if not texts:
            return np.empty((0, self.description.dimension), dtype=np.float32)
        return self._encoded("encode_document", texts)

    def query(self, text: str) -> Vector:
        """Raises ModelUnusable: as `description` does."""
        vector: Vector = self._encoded("encode_query", [text])[0]
        return vector

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Raises ModelUnusable: as `description` does."""
        with self._lock:
            coded = self._model.tokenizer(
                encodable(text), add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        return [(start, end) for start, end in coded["offset_mapping"]]

    def _encoded(self, method: str, texts: Sequence[str]) -> NDArray[np.float32]:
        # The tokenizer inside is not safe between threads ("Already borrowed").
        with self._lock:
            encode = getattr(self._model, method)
            vectors: NDArray[np.float32] = encode(
                [encodable(text) for text in texts], normalize_embeddings=True, show_progress_bar=False
            )
        return vectors.astype(np.float32, copy=False)

    def _longest(self) -> int:
        """The most tokens of a text, when special tokens and the longest prompt stand around it."""
        model = self._model
        prompts = [len(self.token_spans(prompt)) for prompt in model.prompts.values() if prompt]
        special = int(model.tokenizer.num_special_tokens_to_add())
        return int(model.max_seq_length) - special - max(prompts, default=0)

    @property
    def _model(self) -> Any:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        local = self._name == packaged.NAME
        source = str(packaged.verified_folder()) if local else self._name
        with warnings.catch_warnings():
            # Importing torch and what stands on it warns of things that only their authors can change.
            warnings.simplefilter("ignore")
            try:
                from sentence_transformers import SentenceTransformer

                model = SentenceTransformer(
                    source,
                    device=self._device,
                    cache_folder=str(self._cache) if self._cache else None,
                    local_files_only=local,
                )
            except (ImportError, OSError, RuntimeError, ValueError, KeyError) as error:
                raise ModelUnusable(_advice(self._name, error)) from error
        if not model.tokenizer.is_fast:
            raise ModelUnusable(f"the model {self._name} has no fast tokenizer, so texts cannot be cut to its length")
        return model


def _advice(name: str, error: Exception) -> str:
    first_line = str(error).strip().partition("\n")[0]
    return (
        f"the model {name} cannot be loaded ({type(error).__name__}: {first_line}); give the folder of a "
        f"sentence-transformers model, or its name where its hub can be reached, or use {packaged.NAME}, which is "
        "installed with secnews"
    )


def _checksum(state: Any) -> str:
    """sha256 over name, type, shape and bytes of every tensor, in order of name: the same on every device."""
    import torch

    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
