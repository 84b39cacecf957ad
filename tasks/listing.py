"""Ask a source what it has: its feed as offers, and how that went."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from index.journal import Address, Journal, Offer, SourceCheck, SourceState
from index.outcome import Reason
from tasks.addresses import BadAddress, canonical_url, shown
from tasks.feeds import Feed, FeedEntry, parse_feed
from tasks.fetch import Fetched, Fetcher, FetchFault
from tasks.sources import Source


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source offers in this run, and its health. `modified` is False where the feed answered 304."""

    offers: tuple[Offer, ...]
    check: SourceCheck
    state: SourceState
    modified: bool = True


async def ask(source: Source, fetcher: Fetcher, journal: Journal, now: datetime) -> Listing:
    """Fetch and read a source's feed. A fault is told in the listing, never raised: other sources go on."""
    known = journal.source(source.id) or SourceState(source.id)
    # A 304 after a failure would be no success, and one for another address no answer.
    healthy = known.reason is None and known.url == source.url
    try:
        fetched = await fetcher.get(
            source.url,
            etag=known.etag if healthy else "",
            last_modified=known.last_modified if healthy else "",
        )
    except FetchFault as fault:
        return _broken(source, known, fault.reason, fault.detail, now)
    if fetched.status == 304:
        state = replace(known, checked_at=now, succeeded_at=now, failures=0)
        return Listing(_as_before(source, known, journal), SourceCheck(source.id), state, modified=False)
    # feedparser takes seconds for a large feed; the other sources' requests go on meanwhile.
    feed = await asyncio.to_thread(parse_feed, fetched.body, fetched.url, fetched.content_type)
    if not feed.entries and feed.problem:
        return _broken(source, known, Reason.UNREADABLE, feed.problem, now)
    return _read(source, known, fetched, feed, now)


def _read(source: Source, known: SourceState, fetched: Fetched, feed: Feed, now: datetime) -> Listing:
    offers = tuple(_offer(source, entry) for entry in feed.entries)
    state = replace(
        known, url=source.url, checked_at=now, succeeded_at=now, failures=0, reason=None, detail="; ".join(feed.notes),
        etag=fetched.etag, last_modified=fetched.last_modified,
        listed=tuple(dict.fromkeys(offer.url for offer in offers)),
    )  # fmt: skip
    return Listing(offers, SourceCheck(source.id, None, "; ".join(feed.notes)), state)


def _offer(source: Source, entry: FeedEntry) -> Offer:
    return Offer(
        source=source.id,
        url=_canonical(entry.link),
        link=entry.link or shown(entry.listed_link)[1:-1],  # it is only told, and may hold a password
        fingerprint=entry.fingerprint,
        title_hint=entry.title,
        published_hint=entry.published,
        precision_hint=entry.precision,
    )


def _canonical(link: str) -> str:
    """The canonical address of a listed link, "" where it is no usable address."""
    try:
        return canonical_url(link)
    except BadAddress:
        return ""


def _as_before(source: Source, known: SourceState, journal: Journal) -> tuple[Offer, ...]:
    """What an unchanged feed listed last time, from the journal."""
    addresses = journal.addresses(known.listed)
    return tuple(offer_again(source.id, addresses[url]) for url in known.listed if url in addresses)


def offer_again(source: str, address: Address) -> Offer:
    """An address of the journal, offered as its entry was when it was read last."""
    hints = (address.title_hint, address.published_hint, address.precision_hint)
    return Offer(source, address.url, address.link, address.fingerprint, *hints)


def with_waiting(source: Source, offers: Sequence[Offer], waiting: Sequence[Address]) -> tuple[Offer, ...]:
    """The source's offers, and those addresses that are due again although the feed does not list them any more."""
    listed = {offer.url for offer in offers}
    return (*offers, *(offer_again(source.id, address) for address in waiting if address.url not in listed))


def _broken(source: Source, known: SourceState, reason: Reason, detail: str, now: datetime) -> Listing:
    state = replace(known, checked_at=now, failures=known.failures + 1, reason=reason, detail=detail)
    return Listing((), SourceCheck(source.id, reason, detail), state)
