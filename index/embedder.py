"""Turning text into vectors: the contract of every embedding model.

Passages and queries are different calls, since many models treat them differently. tests/test_embedder_contract.py
holds every embedder to this page, the fake one (index/embedders/hashing.py) included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.article import Vector


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """Which model made a vector. Two vectors compare only where `checksum` and `dimension` are equal.

    Attributes:
        name: as the settings name it, such as "all-MiniLM-L6-v2".
        dimension: numbers in a vector.
        max_tokens: the longest input in the model's own tokens, special tokens not counted; the rest would be lost.
        checksum: sha256 of the weights, hexadecimal.
    """

    name: str
    dimension: int
    max_tokens: int
    checksum: str


class Embedder(Protocol):
    """A model that is ready to embed."""

    @property
    def description(self) -> ModelDescription: ...

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each of unit length, in the order of the texts."""

    def query(self, text: str) -> Vector:
        """The vector of a search query, shape (dimension,), unit length."""

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each token of the text starts and ends, in characters; special tokens left out.

        Passages are cut by it, so that none is longer than `max_tokens` and nothing is lost silently.
        """
