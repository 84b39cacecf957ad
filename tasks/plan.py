"""Which of the items that a source offers are looked at now, and when the others are. Pure rules, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from index.journal import Address, Offer
from index.outcome import Kind, Outcome, Reason

# A failure comes back after 15 minutes, then twice that, and so on up to a day: most outages end within the hour, and
# a host that is down for days is asked once a day.
FIRST_RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(days=1)
# 15 min doubled seven times is more than a day: the eighth try falls in the third day. What fails that long is dead.
LAST_TRY = 8
# A page that was no article may become one (a gallery gets its text), but rarely.
REJECTED_FOR = timedelta(days=30)
# News is corrected soon or not at all: young pages are asked again often, old ones only when their feed entry changes.
RECHECK_FACTORS = ((timedelta(days=1), 1), (timedelta(days=3), 6), (timedelta(days=14), 24))


def retry_at(now: datetime, failures: int) -> datetime:
    """When the next try of something that failed `failures` times in a row is due."""
    doublings = min(max(failures - 1, 0), 20)
    return now + min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def recheck_at(first_seen_at: datetime, now: datetime, minutes: float) -> datetime | None:
    """When a known page is asked again although its feed entry stays as it is; None for never."""
    for age, factor in RECHECK_FACTORS:
        if now - first_seen_at < age:
            return now + timedelta(minutes=minutes) * factor
    return None


def without_looking(offer: Offer, known: Address | None, now: datetime, extractor: str) -> Outcome | None:
    """The outcome of an offer that needs no look at its page now, or None where the page must be fetched."""
    if known is None or known.reason is None:
        return None
    due = known.next_check_at is not None and known.next_check_at <= now
    if known.reason is Reason.DEAD_LETTER:
        return Outcome(Reason.DEAD_LETTER, known.detail)
    if known.reason.comes_back:
        return None if due else Outcome(Reason.RETRY_NOT_DUE, known.detail, retry_at=known.next_check_at)
    if known.reason.kind is Kind.REJECTED:
        judged_anew = bool(known.extractor) and known.extractor != extractor
        # robots.txt is read again for each run, from the journal's copy of the day: it may allow the page by now.
        look = due or judged_anew or known.reason is Reason.ROBOTS
        return None if look else Outcome(Reason.STILL_REJECTED, known.reason.meaning)
    if due or offer.fingerprint != known.fingerprint:
        return None
    return Outcome(Reason.NOT_DUE, article_id=known.article_id, retry_at=known.next_check_at)


def may_revalidate(known: Address | None, extractor: str) -> bool:
    """Whether a 304 would tell anything: only where this extractor judged the page before and nothing failed since.

    An interrupted run is no failure of the page: what was loaded before it stays loaded.
    """
    if known is None or known.reason is None or known.extractor != extractor:
        return False
    return bool(known.article_id) or known.reason.kind is Kind.REJECTED
