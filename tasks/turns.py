"""Wait for a host's turn: one request at a time, and its delay between the starts of two."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from index.journal import HostState
from index.outcome import Reason
from tasks.fetched import FetchFault
from tasks.pace import answered, booked, next_slot


class HostMemory(Protocol):
    """The part of a journal that fetching needs. Every `index.journal.Journal` is one."""

    def host(self, host: str) -> HostState | None: ...

    def save_host(self, state: HostState) -> None: ...


class Turns:
    """Hands out turns. Bound to one event loop; several processes keep apart by the slots they book in the memory."""

    def __init__(
        self,
        memory: HostMemory,
        own_delay: timedelta,
        longest_wait: timedelta,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._memory = memory
        self._own_delay = own_delay
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Hold the host while asking it.

        Raises:
            FetchFault: HOST_BUSY, the turn would come later than the longest wait; `retry_after_seconds` says when.
        """
        lock = self._locks[host]
        try:
            async with asyncio.timeout(self._longest_wait.total_seconds()):
                await lock.acquire()
        except TimeoutError:
            raise self._busy(host, self._longest_wait) from None
        try:
            await self._sleep(self._book(host).total_seconds())
            yield
        finally:
            lock.release()

    def note(self, host: str, *, struggling: bool) -> None:
        """Remember how the host answered: each failure in a row doubles its delay."""
        before = self.state(host)
        after = answered(before, struggling=struggling)
        if after != before:
            self._memory.save_host(after)

    def state(self, host: str) -> HostState:
        return self._memory.host(host) or HostState(host)

    def _book(self, host: str) -> timedelta:
        """Take the next slot; returns the time until it."""
        state = self.state(host)
        now = self._clock()
        slot = next_slot(replace(state, delay=max(state.delay, self._own_delay)), now)
        if slot - now > self._longest_wait:
            raise self._busy(host, slot - now)
        # Booked before the wait, so that another process counts from it.
        self._memory.save_host(booked(state, slot))
        return slot - now

    def _busy(self, host: str, wait: timedelta) -> FetchFault:
        seconds = wait.total_seconds()
        return FetchFault(Reason.HOST_BUSY, f"{host} has no turn free for the next {seconds:.0f} s", seconds)
