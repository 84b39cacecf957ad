"""When an article was published: read with the publisher's own offset, never made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from index.article import Precision

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})$|(\d{4})/(\d{2})/(\d{2})$|(\d{4})(\d{2})(\d{2})$")
# "2024-04-30 16:00:34 +02:00", "2023-04-28 18:11:01.0", "2024-05-03T17:47"
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.I)
# "Fri Apr 28 19:20:36 CEST 2023": what Java's Date prints. Zone names are ambiguous, so only these few are read.
JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([A-Z]{3,4}) (\d{4})$")
ZONES = {
    "GMT": "+0000",
    "UTC": "+0000",
    "BST": "+0100",
    "CET": "+0100",
    "CEST": "+0200",
    "EST": "-0500",
    "EDT": "-0400",
}
# The web's first news page is younger than 1990; archives put older dates on what they scan, but not in markup.
YEARS = range(1990, 2100)
# Two ways to write the moment of one publication differ by less: seconds are cut, or a save comes after the click.
SAME_MOMENT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as claimed. `zoned`: the claim names its offset itself. `rule`: who claims it."""

    at: datetime
    precision: Precision
    zoned: bool
    rule: str


def read_moment(value: str, rule: str) -> Moment | None:
    """A machine-readable date, None where it is none. Midnight sharp without a zone, or in UTC, is a bare day."""
    value = value.strip()
    if match := DAY.match(value):
        year, month, day = (int(part) for part in match.groups() if part)
        return _moment(f"{year:04}-{month:02}-{day:02}T00:00:00+00:00", Precision.DAY, False, rule)
    if match := MOMENT.match(value):
        day_text, clock, zone = match.groups()
        bare = clock in {"00:00", "00:00:00"} and (zone or "Z").upper() in {"Z", "+00:00", "+0000"}
        return _moment(
            f"{day_text}T{clock}{zone or 'Z'}", Precision.DAY if bare else Precision.SECOND, bool(zone), rule
        )
    if match := JAVA.match(value):
        month_name, day_number, clock, zone, year_text = match.groups()
        if zone not in ZONES:
            return None
        value = f"{day_number} {month_name} {year_text} {clock} {ZONES[zone]}"
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Moment(at, Precision.SECOND, True, rule) if at.year in YEARS else None


def first_moment(claims: Iterable[tuple[str, str]], witnesses: Sequence[str] = ()) -> Moment | None:
    """The first readable of (value, rule), with the publisher's offset where another claim knows it.

    Many sites write one moment twice, in UTC and in their own time: `witnesses` are further values which may give the
    offset but no date of their own.
    """
    moments = [moment for value, rule in claims if value and (moment := read_moment(value, rule))]
    if not moments:
        return None
    best = moments[0]
    others = [*moments[1:], *(moment for value in witnesses if value and (moment := read_moment(value, best.rule)))]
    return next((_same(best, other) for other in others if _knows_more(best, other)), best)


def day_moment(day: date, rule: str) -> Moment:
    """A bare day: midnight of the publisher's day."""
    return Moment(datetime(day.year, day.month, day.day, tzinfo=UTC), Precision.DAY, False, rule)


def _same(best: Moment, other: Moment) -> Moment:
    at = best.at.astimezone(other.at.tzinfo) if best.zoned else other.at
    return Moment(at, Precision.SECOND, True, best.rule)


def _knows_more(best: Moment, other: Moment) -> bool:
    if not other.zoned or other.precision is not Precision.SECOND:
        return False
    if best.precision is Precision.DAY:
        return not best.zoned and other.at.date() == best.at.date()
    if not best.zoned:
        return abs(other.at.replace(tzinfo=UTC) - best.at) < SAME_MOMENT
    return not best.at.utcoffset() and bool(other.at.utcoffset()) and abs(other.at - best.at) < SAME_MOMENT


def _moment(iso: str, precision: Precision, zoned: bool, rule: str) -> Moment | None:
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return Moment(at, precision, zoned, rule) if at.year in YEARS else None
