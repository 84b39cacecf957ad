"""Dates as feeds write them, with the publisher's own offset kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from index.article import Precision

# The oldest RSS is of 1999; an earlier date is a placeholder such as 1970-01-01.
FIRST_YEAR = 1995
LAST_YEAR = 2200
# Names that RFC 822 does not know and real feeds use, each with one meaning only, in hours.
ZONES = {"WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9}
ZONE = re.compile(rf"\b({'|'.join(ZONES)})$")
DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"\d:\d\d|T\d{2}")


def feed_date(text: str) -> tuple[datetime | None, Precision]:
    """The moment a feed names, aware; (None, UNKNOWN) for none that makes sense.

    A day without a time stays a day: midnight, in UTC for want of the publisher's zone. A time without a zone is
    taken as UTC, as feedparser does.
    """
    text = " ".join(text.split())[:80]
    precision = Precision.SECOND if TIME.search(text) else Precision.DAY
    try:
        moment = _iso(text) or _rfc822(text, precision)
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None, Precision.UNKNOWN
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, Precision.UNKNOWN
    return moment, precision


def _iso(text: str) -> datetime | None:
    if not DAY_ONLY.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        # "2026-11-23 10:00:00 +0200" and "2026-11-23T10:00:00 UTC" have one space too many.
        head, _, zone = text.rpartition(" ")
        return datetime.fromisoformat(head + ("Z" if zone in {"UTC", "GMT"} else zone)) if head else None


def _rfc822(text: str, precision: Precision) -> datetime | None:
    text = ZONE.sub(lambda match: f"+{ZONES[match[1]]:02}00", text)
    parts = parsedate_tz(text if precision is Precision.SECOND else f"{text} 00:00:00")
    if parts is None:
        return None
    zone = timezone(timedelta(seconds=parts[9])) if parts[9] else UTC
    return datetime(*parts[:6], tzinfo=zone)
