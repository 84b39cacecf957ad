"""What became of every item ever offered: the ledger's vocabulary.

Reasons are a closed enum, and each belongs to exactly one kind. docs/outcomes.md explains each; a test keeps it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The seven ends of an item in a run."""

    UNCHANGED = "unchanged"
    NEW = "new"
    REVISED = "revised"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"
    DEFERRED = "deferred"


class Reason(StrEnum):
    """Why. The value is what the ledger, artifacts and `--json` print."""

    kind: Kind
    meaning: str

    def __new__(cls, value: str, kind: Kind, meaning: str) -> Reason:
        member = str.__new__(cls, value)
        member._value_ = value
        member.kind = kind
        member.meaning = meaning
        return member

    @classmethod
    def named(cls, value: str) -> Reason:
        """The reason that is written so; KeyError for none. (mypy cannot see that `Reason(value)` looks up.)"""
        return cls[value.upper()]

    @property
    def comes_back(self) -> bool:
        """Whether an item that ended so is tried again by itself: only "not now" is."""
        return self.kind in {Kind.FAILED, Kind.DEFERRED} and self is not Reason.DEAD_LETTER

    FIRST_SEEN = "first_seen", Kind.NEW, "an article that the index did not hold"
    CONTENT_CHANGED = "content_changed", Kind.REVISED, "the publisher changed title, summary or body"

    FEED_NOT_MODIFIED = "feed_not_modified", Kind.UNCHANGED, "the feed answered 304: nothing it lists was touched"
    NOT_DUE = "not_due", Kind.UNCHANGED, "known, its feed entry is as it was, and a new look is not due yet"
    NOT_MODIFIED = "not_modified", Kind.UNCHANGED, "the page answered 304"
    SAME_CONTENT = "same_content", Kind.UNCHANGED, "fetched again; the publisher's words are the same"
    STILL_REJECTED = "still_rejected", Kind.UNCHANGED, "rejected before; not looked at again before its time"
    METADATA_UPDATED = "metadata_updated", Kind.UNCHANGED, "the words are the same; author, section or date changed"
    RE_EXTRACTED = "re_extracted", Kind.UNCHANGED, "another extractor version rewrote the same revision"

    SAME_ADDRESS = "same_address", Kind.DUPLICATE, "this address was offered before in the same run"
    SAME_CANONICAL = "same_canonical", Kind.DUPLICATE, "the page names the address of a known article as its own"
    SAME_OUTLET_TEXT = "same_outlet_text", Kind.DUPLICATE, "the same outlet has the same text at another address"
    PART_OF_ARTICLE = "part_of_article", Kind.DUPLICATE, "a further page of an article, joined to its first page"

    ROBOTS = "robots", Kind.REJECTED, "robots.txt forbids it"
    BAD_ADDRESS = "bad_address", Kind.REJECTED, "no usable http or https address"
    PRIVATE_ADDRESS = "private_address", Kind.REJECTED, "it leads to a private address that settings do not allow"
    NOT_FOUND = "not_found", Kind.REJECTED, "the server says it is not there (404, 410)"
    FORBIDDEN = "forbidden", Kind.REJECTED, "the server refuses it (401, 402, 403, 451)"
    CLIENT_ERROR = "client_error", Kind.REJECTED, "the server calls the request wrong (another 4xx)"
    REDIRECT_LOOP = "redirect_loop", Kind.REJECTED, "redirects run in a circle, or more than the limit"
    TOO_LARGE = "too_large", Kind.REJECTED, "over the limit of bytes, as sent or unpacked"
    NOT_HTML = "not_html", Kind.REJECTED, "neither HTML nor text"
    EMPTY = "empty", Kind.REJECTED, "nothing in it"
    NO_ARTICLE = "no_article", Kind.REJECTED, "no article text was found on the page"
    DELETED = "deleted", Kind.REJECTED, "a person deleted this article; its tombstone keeps it out"
    UNREADABLE = "unreadable", Kind.REJECTED, "the file or record could not be read as what it says it is"

    TIMEOUT = "timeout", Kind.FAILED, "it took longer than the total deadline"
    CONNECTION = "connection", Kind.FAILED, "no connection, or it broke"
    DNS = "dns", Kind.FAILED, "the host's name did not resolve"
    SERVER_ERROR = "server_error", Kind.FAILED, "the server failed (5xx)"
    TOO_MANY_REQUESTS = "too_many_requests", Kind.FAILED, "the server asks for fewer requests (429)"
    BAD_ENCODING = "bad_encoding", Kind.FAILED, "the body does not unpack as its Content-Encoding says"
    ROBOTS_UNREACHABLE = "robots_unreachable", Kind.FAILED, "robots.txt could not be fetched, which means not now"
    EXTRACTOR_FAULT = "extractor_fault", Kind.FAILED, "the extractor broke on it"
    INTERNAL_FAULT = "internal_fault", Kind.FAILED, "a defect of secnews: the log has the trace"
    ARCHIVE_UNAVAILABLE = (
        "archive_unavailable",
        Kind.FAILED,
        "its page could not be written to or read from the archive",
    )
    REFUSED_BY_INDEX = "refused_by_index", Kind.FAILED, "the index refused this article"
    INDEX_UNAVAILABLE = "index_unavailable", Kind.FAILED, "the index could not take it"

    RETRY_NOT_DUE = "retry_not_due", Kind.DEFERRED, "failed before; its next try is not due yet"
    DEAD_LETTER = "dead_letter", Kind.DEFERRED, "failed its last try; it waits for a person"
    HOST_BUSY = "host_busy", Kind.DEFERRED, "the host's delay left no room in this run"
    RUN_LIMIT = "run_limit", Kind.DEFERRED, "over the most items that a run takes from one source"
    RUN_INTERRUPTED = "run_interrupted", Kind.DEFERRED, "the run ended before it; the next run carries it on"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item. `detail` is a sentence for people; `retry_at` is set for what comes back."""

    reason: Reason
    detail: str = ""
    article_id: str = ""
    retry_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        return self.reason.kind


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of a run: how many items each source offered, and what became of them.

    `settled` counts by (source, reason). A run adds up when for every source offered equals the sum of the settled.
    """

    offered: Counter[str] = field(default_factory=Counter)
    settled: Counter[tuple[str, Reason]] = field(default_factory=Counter)

    @property
    def sources(self) -> list[str]:
        return sorted(set(self.offered) | {source for source, _ in self.settled})

    def count(self, source: str, kind: Kind) -> int:
        return sum(n for (name, reason), n in self.settled.items() if name == source and reason.kind is kind)

    def total(self, kind: Kind) -> int:
        return sum(n for (_, reason), n in self.settled.items() if reason.kind is kind)

    def gaps(self) -> dict[str, int]:
        """Sources that do not add up, with offered minus settled. Empty when the run adds up."""
        found = Counter(self.offered)
        for (source, _), n in self.settled.items():
            found[source] -= n
        return {source: gap for source, gap in sorted(found.items()) if gap}

    @staticmethod
    def sum_of(ledgers: Iterable[Ledger]) -> Ledger:
        total = Ledger()
        for ledger in ledgers:
            total.offered.update(ledger.offered)
            total.settled.update(ledger.settled)
        return total
