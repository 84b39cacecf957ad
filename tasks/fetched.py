"""The records of fetching: under which rules, what came, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from index.outcome import Reason

# The largest of 152 news pages has 1.3 MB unpacked, the median 0.25 MB: eight times the largest is no article.
MAX_BODY_BYTES = 10 << 20


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """The rules of fetching. The defaults are those of a polite crawler of news.

    Attributes:
        user_agent: name and version; robots.txt is read for the name. contact: an address or a mail address at which
            a publisher can complain; part of the User-Agent header.
        max_raw_bytes: of a body on the wire. max_body_bytes: of a body once unpacked.
        deadline_seconds: for one try at one address, with all its redirects, from the first connection to the last
            byte; time spent waiting for the host's turn does not count.
        connect_timeout_seconds: for reaching a server, name resolution included.
        max_redirects: hops after the first address.
        attempts: tries in all, where trying again may heal (a timeout is tried again once at most).
        backoff_seconds: before the second try; doubled before each further one.
        longest_retry_after_seconds: a longer Retry-After is not waited for but handed to the caller.
        host_delay_seconds: between the starts of two requests to one host.
        longest_wait_seconds: for a host's turn; beyond it the address is put off (HOST_BUSY).
        max_connections: open at once, over all hosts.
        allowed_private: patterns of hosts that may lead to private addresses, such as "*.localhost" or "127.0.0.1";
            they match the host as it stands in the address, whatever the port.
    """

    user_agent: str = "secnews/0.1"
    contact: str = ""
    max_raw_bytes: int = MAX_BODY_BYTES
    max_body_bytes: int = MAX_BODY_BYTES
    deadline_seconds: float = 60.0
    connect_timeout_seconds: float = 10.0
    max_redirects: int = 10
    attempts: int = 3
    backoff_seconds: float = 1.0
    longest_retry_after_seconds: float = 30.0
    host_delay_seconds: float = 1.0
    longest_wait_seconds: float = 600.0
    max_connections: int = 32
    allowed_private: tuple[str, ...] = ()

    @property
    def agent_header(self) -> str:
        """The User-Agent header."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent

    @property
    def agent_name(self) -> str:
        """The name that robots.txt may use: the User-Agent without its version."""
        return self.user_agent.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer of a server: status 200 with a body, or 304 without.

    Attributes:
        requested_url: as it was asked for. url: where the answer came from, after redirects.
        headers: as sent, in order, decoded as Latin-1.
        raw: the body as transferred (only chunking undone). body: the body unpacked.
        fetched_at: aware, UTC, when the answer was complete.
        redirects: the addresses passed through before `url`, the requested one first; empty where there was none.
    """

    requested_url: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The value of a header, whatever its case; several are joined by ", ", as HTTP means it. "" for none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def content_type(self) -> str:
        """The Content-Type header with its parameters, or ""."""
        return self.header("content-type")

    @property
    def etag(self) -> str:
        return self.header("etag")

    @property
    def last_modified(self) -> str:
        return self.header("last-modified")


class FetchFault(Exception):
    """An address could not be fetched. `reason` says why in the ledger's words, `detail` in a sentence.

    `retry_after_seconds` is how long the server, or the host's pace, asks to be left alone; None where nothing is said.
    """

    def __init__(self, reason: Reason, detail: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
