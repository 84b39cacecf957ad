"""What the steps work with, put together by the composition root (flows/wiring.py) and passed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from index.embedder import Embedder
from index.journal import Journal
from index.store import Store
from tasks.archive import Archive
from tasks.fetch import FetchPolicy
from tasks.resolving import Resolver
from tasks.sources import Source

Clock = Callable[[], datetime]


def now_in_utc() -> datetime:
    """The clock of every real run; tests pass their own."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """How much a run does.

    `recheck_minutes` is how soon a known young page is asked again; `max_items_per_source` is how many pages of one
    source are looked at in one run.
    """

    recheck_minutes: float = 60.0
    max_items_per_source: int = 500


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything a step may touch. Nothing here travels between processes: each one opens its own."""

    store: Store
    journal: Journal
    archive: Archive
    embedder: Embedder
    sources: Mapping[str, Source]
    policy: FetchPolicy
    resolver: Resolver
    rules: Rules = Rules()
    clock: Clock = now_in_utc
