"""What robots.txt lets us fetch (RFC 9309), read by protego and remembered for a day."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from protego import Protego

from index.journal import HostState
from index.outcome import Reason
from tasks.addresses import host_of
from tasks.fetched import FetchFault
from tasks.pace import wished_delay
from tasks.turns import HostMemory

# RFC 9309, section 2.4: no longer than a day; section 2.5: at least 500 KiB must be read.
FRESH_FOR = timedelta(days=1)
MAX_ROBOTS_BYTES = 500 << 10
# A server that fails on robots.txt is asked again after this, not for each of its pages.
UNREACHABLE_FOR = timedelta(minutes=10)
# A status of the journal's own: asked, and there was no answer.
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What the server said: the HTTP status (0 for no answer) and, for 200, the text."""

    status: int
    text: str = ""


class RobotsGate:
    """Says which addresses may be fetched. `fetch` asks a server for its robots.txt and never raises for its faults."""

    def __init__(
        self,
        memory: HostMemory,
        fetch: Callable[[str], Awaitable[RobotsAnswer]],
        agent_name: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._memory = memory
        self._fetch = fetch
        self._agent_name = agent_name
        self._clock = clock
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._parsed: dict[str, tuple[datetime | None, Protego]] = {}

    async def check(self, url: str) -> None:
        """Return where the address may be fetched.

        Raises:
            FetchFault: ROBOTS, the file forbids it; ROBOTS_UNREACHABLE, the server fails on it, which means not now.
                DNS, PRIVATE_ADDRESS and HOST_BUSY come from asking for it.
        """
        host = host_of(url)
        async with self._locks[host]:
            state = self._memory.host(host) or HostState(host)
            if not is_fresh(state, self._clock()):
                state = await self._ask(url, host)
        if not is_answer(state.robots_status):
            raise self._unreachable(state)
        if not self._rules(state).can_fetch(url, self._agent_name):
            path = urlsplit(url).path
            raise FetchFault(Reason.ROBOTS, f"robots.txt of {host} forbids {path[:200]} to {self._agent_name}")

    async def _ask(self, url: str, host: str) -> HostState:
        answer = await self._fetch(urljoin(url, "/robots.txt"))
        # Read again: the request itself has booked a slot.
        state = self._memory.host(host) or HostState(host)
        state = replace(state, robots=answer.text, robots_status=answer.status, robots_at=self._clock())
        if is_answer(answer.status):
            crawl_delay = self._rules(state).crawl_delay(self._agent_name)
            state = replace(state, delay=wished_delay(0, crawl_delay))
        self._memory.save_host(state)
        return state

    def _rules(self, state: HostState) -> Protego:
        known = self._parsed.get(state.host)
        if known is None or known[0] != state.robots_at:
            # A status in the 400s means that there are no rules.
            known = (state.robots_at, Protego.parse(state.robots if state.robots_status == 200 else ""))
            self._parsed[state.host] = known
        return known[1]

    def _unreachable(self, state: HostState) -> FetchFault:
        said = f"answers {state.robots_status}" if state.robots_status else "gives no answer"
        asked_at = state.robots_at or self._clock()
        wait = max((asked_at + UNREACHABLE_FOR - self._clock()).total_seconds(), 0.0)
        return FetchFault(Reason.ROBOTS_UNREACHABLE, f"{state.host} {said} for robots.txt, so nothing is fetched", wait)


def is_answer(status: int) -> bool:
    """Whether a status settles what is allowed (RFC 9309, 2.3.1): 200, and the 400s, but not 429: that means later."""
    return status == 200 or (400 <= status < 500 and status != 429)


def is_fresh(state: HostState, now: datetime) -> bool:
    """Whether the remembered robots.txt still holds."""
    if state.robots_at is None:
        return False
    return now - state.robots_at < (FRESH_FOR if is_answer(state.robots_status) else UNREACHABLE_FOR)
