"""The fake among the embedders: predictable, instant, and without a model.

It hashes words into a vector, so texts that share words are near and nothing else is. It ships with the contract for
tests and for trying things out; it knows no meaning, and no index that people search should be made with it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.article import Vector
from index.embedder import ModelDescription

NAME = "hashing"
# Scripts without spaces between words: each character is a token, as in the tokenizer of BERT.
UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
TOKEN = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")


class HashingEmbedder:
    """A bag of hashed words. The same text has the same vector on every machine.

    Args:
        dimension: numbers in a vector, 2 or more. Fewer make unlike words collide.
        max_tokens: as if the model could take no more; words past it do not count.
    """

    def __init__(self, dimension: int = 256, max_tokens: int = 254) -> None:
        if dimension < 2 or max_tokens < 1:
            raise ValueError(f"dimension is {dimension} and max_tokens {max_tokens}: at least 2 and 1 are needed")
        checksum = hashlib.sha256(f"{NAME} 1 {dimension}".encode()).hexdigest()
        self.description = ModelDescription(NAME, dimension, max_tokens, checksum)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.description.dimension), dtype=np.float32)

    def query(self, text: str) -> Vector:
        return self._vector(text)

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in TOKEN.finditer(text)]

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(self.description.dimension, dtype=np.float32)
        for start, end in self.token_spans(text)[: self.description.max_tokens]:
            digest = hashlib.blake2b(text[start:end].casefold().encode("utf-8", "replace"), digest_size=8).digest()
            number = int.from_bytes(digest, "big")
            # The lowest bit is the sign: words that collide then cancel as often as they add up.
            vector[(number >> 1) % self.description.dimension] += 1 if number & 1 else -1
        length = np.linalg.norm(vector)
        if length == 0:  # no word in it, or words that cancel: any fixed direction will do
            vector[0] = length = np.float32(1)
        return vector / length
