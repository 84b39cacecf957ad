"""Fetch one address as a polite and suspicious client.

    async with Fetcher(policy, journal) as fetcher:
        fetched = await fetcher.get("https://example.org/a")

Every hop of a redirect passes the same gates: a usable address, robots.txt, the host's turn, a public IP address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from index.outcome import Reason
from tasks.addresses import BadAddress, fetchable_url, host_of
from tasks.decoding import BodyTooLarge, UndecodableBody, decode, decode_start
from tasks.exchange import REDIRECTS, Answer, exchange, fault_for_status
from tasks.fetched import Fetched, FetchFault, FetchPolicy
from tasks.resolving import Resolver, SystemResolver
from tasks.robots import MAX_ROBOTS_BYTES, NO_ANSWER, RobotsAnswer, RobotsGate
from tasks.transport import CheckedTransport
from tasks.turns import HostMemory, Turns

__all__ = ["FetchFault", "FetchPolicy", "Fetched", "Fetcher", "utc_now"]

# What trying again within the same minute may heal. Name resolution has retries of its own.
MAY_HEAL = frozenset({Reason.SERVER_ERROR, Reason.CONNECTION, Reason.TIMEOUT})
# What makes a host's delay grow.
STRUGGLING = MAY_HEAL | {Reason.TOO_MANY_REQUESTS}
# A timeout has already cost the whole deadline.
MOST_TIMEOUTS = 2
# Faults of asking for robots.txt that the page itself would meet, and that name it better.
THE_PAGE_ITSELF = frozenset({Reason.DNS, Reason.PRIVATE_ADDRESS, Reason.BAD_ADDRESS, Reason.HOST_BUSY})
MAX_VALIDATOR_CHARACTERS = 1_000
ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8"


def utc_now() -> datetime:
    """The default clock: aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The last answer of a chain of redirects, where it came from, and the addresses before it."""

    answer: Answer
    url: str
    trail: tuple[str, ...]


class Fetcher:
    """Fetches addresses over one pool of connections. Use within one event loop.

    Args:
        hosts: remembers robots.txt and pace of each host; every journal does.
        resolver, clock, sleep, ssl_context: replaceable, so that tests need no name server and no waiting.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        hosts: HostMemory,
        *,
        resolver: Resolver | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._transport = CheckedTransport(
            resolver or SystemResolver(), policy.allowed_private, policy.max_connections, ssl_context
        )
        own_delay = timedelta(seconds=policy.host_delay_seconds)
        longest_wait = timedelta(seconds=policy.longest_wait_seconds)
        self._turns = Turns(hosts, own_delay, longest_wait, clock, sleep)
        self._robots = RobotsGate(hosts, self._robots_answer, policy.agent_name, clock)
        # Taken before the deadline starts, so that waiting for a connection does not count as the server's slowness.
        self._open = asyncio.Semaphore(policy.max_connections)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def get(self, url: str, *, etag: str = "", last_modified: str = "", check_robots: bool = True) -> Fetched:
        """Fetch an address; with validators, a page that has not changed comes back as status 304.

        Tries again what may heal. Waits for the host's turn before each request.

        Raises:
            FetchFault: everything but 200 and 304, with its reason.
        """
        headers = _headers(self._policy, etag, last_modified)
        timeouts = 0
        attempt = 1
        while True:
            try:
                arrival = await self._arrive(url, headers, self._policy.max_raw_bytes, check_robots=check_robots)
                return self._fetched(url, arrival, conditional=bool(etag or last_modified))
            except FetchFault as fault:
                timeouts += fault.reason is Reason.TIMEOUT
                pause = self._pause(fault, attempt)
                if pause is None or timeouts >= MOST_TIMEOUTS:
                    raise
            await self._sleep(pause)
            attempt += 1

    def _pause(self, fault: FetchFault, attempt: int) -> float | None:
        """Seconds before the next try; None where there is none."""
        if fault.reason not in MAY_HEAL or attempt >= self._policy.attempts:
            return None
        if fault.retry_after_seconds is None:
            return self._policy.backoff_seconds * (1 << (attempt - 1))
        asked = fault.retry_after_seconds
        return asked if asked <= self._policy.longest_retry_after_seconds else None

    async def _arrive(
        self, url: str, headers: dict[str, str], limit: int, *, check_robots: bool, cut: bool = False
    ) -> _Arrival:
        """Follow redirects to an answer that is none."""
        budget = _Budget(self._policy.deadline_seconds)
        here = _usable(url)
        trail: list[str] = []
        while True:
            if check_robots:
                await self._robots.check(here)
            answer = await self._ask(here, headers, limit, budget, cut=cut)
            if answer.status not in REDIRECTS:
                return _Arrival(answer, here, tuple(trail))
            trail.append(here)
            here = _redirect_target(answer, here)
            if here in trail:
                raise FetchFault(Reason.REDIRECT_LOOP, f"redirects lead back to {here[:200]}")
            if len(trail) > self._policy.max_redirects:
                raise FetchFault(Reason.REDIRECT_LOOP, f"more than {self._policy.max_redirects} redirects")

    async def _ask(self, url: str, headers: dict[str, str], limit: int, budget: _Budget, *, cut: bool) -> Answer:
        host = host_of(url)
        async with self._turns.turn(host), self._open:
            try:
                async with budget.spending():
                    request = _request(url, headers, self._policy.connect_timeout_seconds)
                    answer = await exchange(self._transport, request, limit, cut=cut)
            except FetchFault as fault:
                self._turns.note(host, struggling=fault.reason in STRUGGLING)
                raise
            self._turns.note(host, struggling=answer.status == 429 or answer.status >= 500)
            return answer

    def _fetched(self, url: str, arrival: _Arrival, *, conditional: bool) -> Fetched:
        answer = arrival.answer
        if answer.status != 200 and not (answer.status == 304 and conditional):
            raise fault_for_status(answer, self._clock())
        try:
            body = decode(answer.raw, answer.header("content-encoding"), self._policy.max_body_bytes)
        except BodyTooLarge as error:
            raise FetchFault(Reason.TOO_LARGE, f"the body has {error}") from error
        except UndecodableBody as error:
            raise FetchFault(Reason.BAD_ENCODING, f"the body does not unpack: {error}") from error
        return Fetched(url, arrival.url, answer.status, answer.headers, answer.raw, body, self._clock(), arrival.trail)

    async def _robots_answer(self, url: str) -> RobotsAnswer:
        headers = _headers(self._policy)
        try:
            arrival = await self._arrive(url, headers, MAX_ROBOTS_BYTES, check_robots=False, cut=True)
            answer = arrival.answer
            start = decode_start(answer.raw, answer.header("content-encoding"), MAX_ROBOTS_BYTES)
        except FetchFault as fault:
            if fault.reason in THE_PAGE_ITSELF:
                raise
            # RFC 9309, 2.3.1.2: redirects without end are as if there were no file.
            return RobotsAnswer(404 if fault.reason is Reason.REDIRECT_LOOP else NO_ANSWER)
        except UndecodableBody:
            return RobotsAnswer(NO_ANSWER)
        return RobotsAnswer(answer.status, start.decode("utf-8-sig", "replace") if answer.status == 200 else "")


class _Budget:
    """The deadline of one try: seconds that are spent over several requests, but not on waiting for turns."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = seconds

    @asynccontextmanager
    async def spending(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(max(self._left, 0.0)):
                yield
        except TimeoutError:
            raise FetchFault(Reason.TIMEOUT, f"it took longer than {self._seconds:g} s in all") from None
        finally:
            self._left -= loop.time() - started


def _headers(policy: FetchPolicy, etag: str = "", last_modified: str = "") -> dict[str, str]:
    headers = {"User-Agent": policy.agent_header, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate, br, zstd"}
    if _is_sendable(etag):
        headers["If-None-Match"] = etag
    if _is_sendable(last_modified):
        headers["If-Modified-Since"] = last_modified
    return headers


def _is_sendable(validator: str) -> bool:
    # Validators are a server's words: an unprintable one could add headers to our request.
    return 0 < len(validator) <= MAX_VALIDATOR_CHARACTERS and validator.isascii() and validator.isprintable()


def _request(url: str, headers: dict[str, str], connect_timeout: float) -> httpx.Request:
    # Only connecting has a limit of its own; the deadline bounds the rest, drop by drop.
    timeout = {"connect": connect_timeout, "read": None, "write": None, "pool": None}
    try:
        return httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchFault(Reason.BAD_ADDRESS, f"it cannot be asked for: {error}") from error


def _usable(url: str) -> str:
    try:
        return fetchable_url(url)
    except BadAddress as error:
        raise FetchFault(Reason.BAD_ADDRESS, str(error)) from error


def _redirect_target(answer: Answer, here: str) -> str:
    location = next((value for name, value in answer.headers if name.lower() == "location"), "").strip()
    if not location:
        raise FetchFault(Reason.BAD_ADDRESS, f"a redirect ({answer.status}) without an address")
    try:
        # Headers were read as Latin-1; servers that send more than ASCII mean UTF-8.
        location = location.encode("latin-1").decode("utf-8", "replace")
        return fetchable_url(urljoin(here, location))
    except (BadAddress, ValueError) as error:
        raise FetchFault(Reason.BAD_ADDRESS, f"a redirect to no usable address: {error}") from error
