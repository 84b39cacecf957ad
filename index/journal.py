"""What happened: runs, every item they were offered, addresses, sources, hosts and dead letters.

The journal lives in the same backend as the index, so that there is one thing to back up. No method needs a
transaction across records: each record stands under a deterministic key, and writing it twice is writing it once.
Every backend runs tests/test_journal_contract.py.

Who writes first: the article, then its outcome. A process killed in between leaves an unsettled item, which the next
run carries on; the article's id makes the second write a no-op.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from index.article import Precision
from index.outcome import Ledger, Outcome, Reason


class RunState(StrEnum):
    """Where a run stands. INTERRUPTED: its process died; the next run closed it and carried its items on."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAULTS = "completed with faults"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow.

    `owner` names the process ("host:pid:start time"), so that another on the same host can tell whether it lives.
    `beat_at` is when it last said so. `flow_run_id` is Prefect's.
    """

    id: str
    flow: str
    owner: str
    started_at: datetime
    beat_at: datetime
    state: RunState = RunState.RUNNING
    ended_at: datetime | None = None
    flow_run_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One item as a source lists it: `url` is canonical, `link` is the address as listed.

    `fingerprint` changes when the source's own entry changes (title, summary, date). The hints are what the feed says
    of the article, for pages that do not say it themselves.
    """

    source: str
    url: str
    link: str
    fingerprint: str = ""
    title_hint: str = ""
    published_hint: datetime | None = None
    precision_hint: Precision = Precision.UNKNOWN


@dataclass(frozen=True, slots=True)
class Item:
    """An offer within a run. `key` is unique in the run: the same offer made twice by a retried task is one item.

    `places` are where its pages lie in the archive, in order, once they have been fetched.
    """

    run_id: str
    key: str
    offer: Offer
    places: tuple[str, ...] = ()
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """All that is known of one canonical address.

    `etag` and `last_modified` are kept only once its page has been loaded or rejected: a 304 after a failure would be
    no success. `reason` is how it ended last; `next_check_at` is when it may be looked at again; `failures` counts
    failures in a row. `extractor` is the version that last judged it. `content_hash` is of the content that its outcome
    announced: where the index holds another, a killed process wrote it and did not come to say so. The hints are its
    feed's, for the day when it is looked at without its feed.
    """

    url: str
    link: str
    source: str
    first_seen_at: datetime
    article_id: str = ""
    fingerprint: str = ""
    title_hint: str = ""
    published_hint: datetime | None = None
    precision_hint: Precision = Precision.UNKNOWN
    etag: str = ""
    last_modified: str = ""
    place: str = ""
    content_hash: str = ""
    extractor: str = ""
    reason: Reason | None = None
    detail: str = ""
    failures: int = 0
    checked_at: datetime | None = None
    next_check_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """The health of a source, and what its feed listed last (canonical addresses, in order).

    The validators belong to the feed at `url`; another address makes them worthless.
    """

    source: str
    url: str = ""
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    failures: int = 0
    reason: Reason | None = None
    detail: str = ""
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """How asking one source went in one run. `reason` is None where its list was read (or had not changed)."""

    source: str
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HostState:
    """The pace of a host, and its robots.txt as last fetched (`robots_status` is the HTTP status, 0 for none)."""

    host: str
    last_request_at: datetime | None = None
    delay: timedelta = timedelta(0)
    failures: int = 0
    robots: str = ""
    robots_status: int = 0
    robots_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An address that failed its last try. It is left alone until a person takes the letter back."""

    url: str
    source: str
    reason: Reason
    detail: str
    failures: int
    first_failed_at: datetime
    last_failed_at: datetime


class Journal(Protocol):
    """The memory of all runs. Raises the errors of index/errors.py, as the store does."""

    def open_run(self, run: Run) -> None:
        """Record a run that starts."""

    def beat(self, run_id: str, now: datetime) -> None:
        """Say that a run still lives."""

    def close_run(self, run_id: str, state: RunState, note: str, now: datetime) -> None:
        """Record how a run ended."""

    def run(self, run_id: str) -> Run | None:
        """One run; an unambiguous beginning of its id will do."""

    def runs(self, limit: int = 20) -> list[Run]:
        """The latest runs, newest first."""

    def open_runs(self) -> list[Run]:
        """Runs that have not been closed, oldest first."""

    def offer(self, run_id: str, offers: Sequence[Offer]) -> list[Item]:
        """Enter items into a run's account. Offering the same list again changes nothing and returns the same items.

        An address offered n times by one source is n items.
        """

    def fetched(self, run_id: str, key: str, places: Sequence[str]) -> None:
        """Note where an item's pages lie in the archive."""

    def settle(self, run_id: str, outcomes: Mapping[str, Outcome]) -> set[str]:
        """Give items, by key, their outcomes. The first one stands: returns the keys that had none before."""

    def items(self, run_id: str, keys: Iterable[str] | None = None, *, unsettled: bool = False) -> list[Item]:
        """Items of a run in the order they were offered: all, those named, or those without an outcome."""

    def source_checked(self, run_id: str, check: SourceCheck) -> None:
        """Note how asking a source went."""

    def source_checks(self, run_id: str) -> list[SourceCheck]:
        """How asking each source went, in order of its id."""

    def ledger(self, run_id: str) -> Ledger:
        """The account of a run."""

    def addresses(self, urls: Iterable[str]) -> dict[str, Address]:
        """What is known of these canonical addresses; unknown ones are left out."""

    def save_addresses(self, addresses: Iterable[Address]) -> None:
        """Write what is known of these addresses, each under its `url`."""

    def waiting(self, source: str, now: datetime, limit: int) -> list[Address]:
        """Addresses of a source whose failure, or interruption, may be tried again now, the longest waiting first.

        They are offered again even where the feed does not list them any more.
        """

    def source(self, source: str) -> SourceState | None: ...

    def save_source(self, state: SourceState) -> None: ...

    def host(self, host: str) -> HostState | None: ...

    def save_host(self, state: HostState) -> None: ...

    def bury(self, letter: DeadLetter) -> None:
        """Keep what failed for good, under its address."""

    def exhume(self, url: str) -> bool:
        """Remove a dead letter; False where there was none."""

    def dead_letters(self) -> list[DeadLetter]:
        """All dead letters, the latest first."""

    def close(self) -> None: ...
