"""Keep a host's requests apart. The rules are pure; tasks/turns.py waits by them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from index.journal import HostState

# With more than a minute between requests a source of 1,500 new pages a day falls behind its own feed (1,440 minutes),
# so longer wishes, of robots.txt or from failures in a row, are cut to it.
LONGEST_DELAY = timedelta(seconds=60)
# 2**6 seconds pass the longest delay for every delay of a second or more; a higher power says nothing new.
MOST_DOUBLINGS = 6
# A slot so far ahead was not booked by anyone who waits: the clock was set back.
LONGEST_BOOKING = timedelta(hours=2)


def wished_delay(own_seconds: float, crawl_delay_seconds: float | None) -> timedelta:
    """The time between two requests: ours or that of robots.txt, whichever is longer, up to `LONGEST_DELAY`."""
    wished = crawl_delay_seconds if crawl_delay_seconds is not None and crawl_delay_seconds > 0 else 0.0
    seconds = max(own_seconds, 0.0 if math.isnan(wished) else wished)
    return timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds()))


def next_slot(host: HostState, now: datetime) -> datetime:
    """The earliest moment at which the host may be asked again.

    Each failure in a row doubles the delay, up to `LONGEST_DELAY`. `last_request_at` may lie ahead of `now`: a slot
    that another process has booked.
    """
    last = host.last_request_at
    if last is None or last - now > LONGEST_BOOKING:
        return now
    delay = host.delay * (1 << min(host.failures, MOST_DOUBLINGS))
    return max(now, last + min(delay, LONGEST_DELAY))


def booked(host: HostState, slot: datetime) -> HostState:
    """The host with its next request at `slot`."""
    return replace(host, last_request_at=slot)


def answered(host: HostState, *, struggling: bool) -> HostState:
    """The host after an answer, or none: `struggling` where it failed or asked for fewer requests."""
    return replace(host, failures=host.failures + 1 if struggling else 0)
