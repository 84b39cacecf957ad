"""Reading tantivy: one moment of the word half, in numbers of articles, with tantivy's errors in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.errors import IndexFull, SecnewsError
from index.local.word_queries import among


class WordsDamaged(Exception):
    """tantivy cannot read or write its folder. Never leaves this package: the folder is made anew."""


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn tantivy's errors, and its panics, into IndexFull or WordsDamaged."""
    try:
        yield
    except (SecnewsError, WordsDamaged):
        raise
    # A panic of tantivy's on a torn file is no Exception; everything else passes.
    except BaseException as error:
        panic = type(error).__module__ == "pyo3_runtime"
        if not panic and not isinstance(error, ValueError | OSError | RuntimeError):
            raise
        text = str(error)
        if "No space left" in text or "StorageFull" in text or "QuotaExceeded" in text:
            raise IndexFull(f"no room to write the keyword index ({text}): free some disk space") from error
        raise WordsDamaged(text) from error


class WordView:
    """The word half at one moment. Without a searcher (nothing is built yet) it holds nothing.

    `behind` counts the changes that it does not know yet.
    """

    def __init__(self, searcher: tantivy.Searcher | None, behind: int) -> None:
        self._searcher = searcher
        self.behind = behind

    def top(self, query: tantivy.Query, limit: int) -> tuple[dict[int, float], int]:
        """The best articles with their BM25, best first, and how many match at all."""
        if self._searcher is None:
            return {}, 0
        with in_our_words():
            result = self._searcher.search(query, limit)
            numbers = self._numbers([address for _, address in result.hits])
        count: int = result.count  # type: ignore[attr-defined]  # missing in tantivy's stubs
        return {number: float(hit[0]) for number, hit in zip(numbers, result.hits, strict=True)}, count

    def scores(self, query: tantivy.Query, numbers: Sequence[int]) -> dict[int, float]:
        """BM25 of those of these articles that match."""
        return self.top(among(query, numbers), len(numbers))[0] if numbers else {}

    def newest(self, query: tantivy.Query, limit: int) -> tuple[list[int], int]:
        """The newest articles that match, newest first, and how many match at all."""
        if self._searcher is None:
            return [], 0
        with in_our_words():
            result = self._searcher.search(query, limit, order_by_field="at")
            count: int = result.count  # type: ignore[attr-defined]
            return self._numbers([address for _, address in result.hits]), count

    def every(self, query: tantivy.Query) -> NDArray[np.int64]:
        """All articles that match, in no order."""
        if self._searcher is None:
            return np.empty(0, dtype=np.int64)
        with in_our_words():
            result = self._searcher.search(query, max(1, self._searcher.num_docs), count=False)
            numbers = self._numbers([address for _, address in result.hits])
        return np.array(numbers, dtype=np.int64)

    def _numbers(self, addresses: list[tantivy.DocAddress]) -> list[int]:
        assert self._searcher is not None
        return [int(value or 0) for value in self._searcher.fast_field_values("number", addresses)]
