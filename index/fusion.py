"""Two rankings become one: min-max normalisation and a weighted sum, the same for every backend.

Measured over ten judged collections: nDCG@10 .629, against .591 for BM25 alone, .593 for reciprocal rank fusion (which
loses 7 to 21 points on names) and .518 for vectors alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KEYWORD_WEIGHT = 0.6
VECTOR_WEIGHT = 0.4
# What OpenSearch's normalization-processor gives the lowest of a list, so that it still beats what was not found.
LOWEST = 0.001


@dataclass(frozen=True, slots=True)
class Shares:
    """What each half adds to a score."""

    keyword: float = 0.0
    vector: float = 0.0

    @property
    def score(self) -> float:
        return self.keyword + self.vector


def normalised(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores on a scale from LOWEST to 1. A lone score, or several that are all equal, are 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if low == high:
        return dict.fromkeys(scores, 1.0)
    return {key: max((score - low) / (high - low), LOWEST) for key, score in scores.items()}


def fused(keyword: Mapping[int, float], vector: Mapping[int, float]) -> dict[int, Shares]:
    """The shares of everything that either half found, in no order. The halves are cut to their depth beforehand."""
    words, meanings = normalised(keyword), normalised(vector)
    return {
        key: Shares(KEYWORD_WEIGHT * words.get(key, 0.0), VECTOR_WEIGHT * meanings.get(key, 0.0))
        for key in words | meanings
    }
