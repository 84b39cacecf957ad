"""The vector half: every passage's vector in memory, searched exactly.

Exact search needs no index to build, to tune or to repair, and filters cost nothing: measured with 100,000 passages of
384 numbers it takes some 10 ms. Rows are appended as the log of changes says; an article that changed gets new rows,
and its old ones are dead until they are a quarter of all.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import Vector
from index.local.article_rows import microseconds
from index.local.database import Database
from index.query import Filters

# Gathering rows costs about as much as multiplying four times as many.
GATHER_BELOW = 0.25
DEAD_SHARE = 0.25
DEAD_ROWS = 10_000

ROWS = """
SELECT c.number, a.effective_us, a.language, a.sources, p.ordinal, p.vector
FROM changes c JOIN articles a USING (number) JOIN passages p USING (number)
WHERE c.position > ? AND p.vector IS NOT NULL ORDER BY c.position, p.ordinal
"""
ROWS_TO_COME = "SELECT count(*) FROM changes JOIN passages USING (number) WHERE position > ?"


@dataclass(frozen=True, slots=True)
class Near:
    """An article near the query: the cosine of its nearest passage, and which of its passages that is."""

    number: int
    similarity: float
    ordinal: int


@dataclass(slots=True)
class Held:
    """What is in memory. An article is a segment: neighbouring rows of the matrix, from starts[n] to starts[n + 1].

    Arrays are replaced when they grow, never moved, so a search may go on with those it has.
    """

    matrix: NDArray[np.float32]
    ordinals: NDArray[np.int32]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]
    moments: NDArray[np.int64]
    languages: NDArray[np.int32]
    alive: NDArray[np.bool_]
    rows: int = 0
    segments: int = 0
    dead_rows: int = 0
    position: int = 0
    segment_of: dict[int, int] = field(default_factory=dict)
    language_codes: dict[str, int] = field(default_factory=dict)
    segments_of_source: dict[str, list[int]] = field(default_factory=dict)


class Vectors:
    """The vectors of one embedded index."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._held: Held | None = None

    def nearest(
        self,
        vector: Vector,
        filters: Filters,
        depth: int,
        *,
        only: NDArray[np.int64] | None = None,
        without: NDArray[np.int64] | None = None,
    ) -> list[Near]:
        """The nearest articles that pass, nearest first. `only` and `without` are numbers of articles."""
        with self._lock:
            held = self._refreshed(vector.shape[0])
            segments, rows = held.segments, held.rows
            passing = _passing(held, filters)
            starts, numbers = held.starts[: segments + 1], held.numbers[:segments]
            matrix, ordinals = held.matrix[:rows], held.ordinals[:rows]
        if only is not None:
            passing &= np.isin(numbers, only)
        if without is not None:
            passing &= ~np.isin(numbers, without)
        return _nearest(vector, matrix, ordinals, starts, numbers, passing, depth)

    def _refreshed(self, dimension: int) -> Held:
        held = self._held
        if held is None or (held.dead_rows > DEAD_ROWS and held.dead_rows > DEAD_SHARE * held.rows):
            held = None
        with self._db.read() as db:
            last = db.execute("SELECT coalesce(max(position), 0) FROM changes").fetchone()[0]
            # A log shorter than before: an older copy of the database was put back.
            if held is None or last < held.position:
                held = _nothing(dimension)
            if last > held.position:
                _read_changes(db, held)
                held.position = last
        self._held = held
        return held


def _nothing(dimension: int) -> Held:
    empty = np.empty(0, dtype=np.int64)
    codes = np.empty(0, dtype=np.int32)
    matrix = np.empty((0, dimension), dtype=np.float32)
    return Held(matrix, codes, np.zeros(1, dtype=np.int64), empty, empty, codes, np.empty(0, dtype=np.bool_))


def _read_changes(db: sqlite3.Connection, held: Held) -> None:
    for (number,) in db.execute("SELECT number FROM changes WHERE position > ?", (held.position,)):
        segment = held.segment_of.pop(number, None)
        if segment is not None:
            held.alive[segment] = False
            held.dead_rows += int(held.starts[segment + 1] - held.starts[segment])
    to_come = db.execute(ROWS_TO_COME, (held.position,)).fetchone()[0]
    _make_room(held, to_come)
    for (number, moment, language, sources), passages in groupby(
        db.execute(ROWS, (held.position,)), key=lambda row: row[:4]
    ):
        rows = [(row[4], row[5]) for row in passages]
        _append(held, rows)
        segment = held.segments
        held.numbers[segment], held.moments[segment], held.alive[segment] = number, moment, True
        held.languages[segment] = held.language_codes.setdefault(language, len(held.language_codes))
        held.segment_of[number] = segment
        for source in json.loads(sources):
            held.segments_of_source.setdefault(source, []).append(segment)
        held.segments += 1
        held.starts[held.segments] = held.rows


def _append(held: Held, rows: list[tuple[int, bytes]]) -> None:
    end = held.rows + len(rows)
    block = np.frombuffer(b"".join(blob for _, blob in rows), dtype="<f2")
    held.matrix[held.rows : end] = block.reshape(len(rows), held.matrix.shape[1])
    held.ordinals[held.rows : end] = [ordinal for ordinal, _ in rows]
    held.rows = end


def _make_room(held: Held, more: int) -> None:
    """Room for so many more rows, and at most as many segments; half as much again, so that growing is rare."""
    if held.rows + more > len(held.matrix):
        # The first load takes what it needs: most processes read once and answer.
        size = held.rows + more if held.rows == 0 else (held.rows + more) * 3 // 2
        held.matrix = _grown(held.matrix, size)
        held.ordinals = _grown(held.ordinals, size)
    if held.segments + more > len(held.numbers):
        size = held.segments + more if held.segments == 0 else (held.segments + more) * 3 // 2
        held.starts = _grown(held.starts, size + 1)
        held.numbers, held.moments = _grown(held.numbers, size), _grown(held.moments, size)
        held.languages, held.alive = _grown(held.languages, size), _grown(held.alive, size)


def _grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    grown = np.zeros((size, *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown


def _passing(held: Held, filters: Filters) -> NDArray[np.bool_]:
    """Which segments are alive and pass the filters."""
    count = held.segments
    passing: NDArray[np.bool_] = held.alive[:count].copy()
    if filters.sources:
        wanted = np.zeros(count, dtype=np.bool_)
        for source in filters.sources:
            wanted[held.segments_of_source.get(source, [])] = True
        passing &= wanted
    if filters.languages:
        codes = [held.language_codes[one] for one in filters.languages if one in held.language_codes]
        passing &= np.isin(held.languages[:count], codes)
    if filters.after is not None:
        passing &= held.moments[:count] >= microseconds(filters.after)
    if filters.before is not None:
        passing &= held.moments[:count] < microseconds(filters.before)
    return passing


def _nearest(
    vector: Vector,
    matrix: NDArray[np.float32],
    ordinals: NDArray[np.int32],
    starts: NDArray[np.int64],
    numbers: NDArray[np.int64],
    passing: NDArray[np.bool_],
    depth: int,
) -> list[Near]:
    """The best passage of each passing segment, then the best of those. `starts` has one more than the segments."""
    segments = np.flatnonzero(passing)
    if not len(segments):
        return []
    lengths = np.diff(starts)
    if lengths[segments].sum() < GATHER_BELOW * len(matrix):
        rows = np.flatnonzero(np.repeat(passing, lengths))
        similarities = matrix[rows] @ vector
        firsts = np.cumsum(lengths[segments]) - lengths[segments]
        best = np.maximum.reduceat(similarities, firsts)
    else:
        rows = np.arange(len(matrix))
        similarities = matrix @ vector
        firsts = starts[segments]
        best = np.maximum.reduceat(similarities, starts[:-1])[segments]
    kept = np.argpartition(-best, depth - 1)[:depth] if len(best) > depth else np.arange(len(best))
    # Of equals the one stored first, so that the order never depends on how rows lie in memory.
    kept = kept[np.lexsort((numbers[segments[kept]], -best[kept]))]
    found = []
    for n in kept:
        inside = similarities[firsts[n] : firsts[n] + lengths[segments[n]]]
        row = rows[firsts[n] + int(np.argmax(inside))]
        # fp16 makes a cosine up to a thousandth too long.
        cosine = min(1.0, max(-1.0, float(best[n])))
        found.append(Near(int(numbers[segments[n]]), cosine, int(ordinals[row])))
    return found
