"""Collect what sources offer: ask each, decide what needs a look, fetch that and archive it.

Every offer is in the journal before any page is fetched, and every page is in the archive before anything is done with
it: whatever happens after, nothing that was offered is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from index.errors import SecnewsError
from index.journal import Address, Item, Offer, SourceCheck, SourceState
from index.outcome import Outcome, Reason
from tasks.addresses import shown
from tasks.archive import ArchiveWriter
from tasks.extract.paging import next_page
from tasks.extract.records import EXTRACTOR_VERSION
from tasks.fetch import Fetched, Fetcher, FetchFault
from tasks.listing import Listing, ask, with_waiting
from tasks.plan import LAST_TRY, may_revalidate, without_looking
from tasks.settling import LookedAt, settle_looked_at
from tasks.sources import Source
from tasks.tools import Tools

log = logging.getLogger(__name__)

# The longest article met in the sample of real pages has 4 pages; a calendar's "next" never ends.
MOST_PAGES = 20


@dataclass(slots=True)
class _Round:
    """What the sources of one call share."""

    run_id: str
    tools: Tools
    fetcher: Fetcher
    writer: ArchiveWriter
    left: dict[str, list[Item]]
    taken: set[str] = field(default_factory=set)
    beat_at: datetime | None = None

    @property
    def now(self) -> datetime:
        return self.tools.clock()

    def beat(self) -> None:
        """Say at most once a minute that the run lives: many pages of one slow host take a while."""
        if self.beat_at is None or self.now - self.beat_at > timedelta(minutes=1):
            self.beat_at = self.now
            self.tools.journal.beat(self.run_id, self.now)

    def settle(self, looked_at: Sequence[LookedAt]) -> None:
        minutes = self.tools.rules.recheck_minutes
        settle_looked_at(self.tools.journal, self.run_id, looked_at, self.now, minutes)


def collect(run_id: str, sources: Sequence[Source], tools: Tools) -> list[str]:
    """Collect from these sources within a run. Returns the keys of the items whose pages wait in the archive.

    A source or page that fails is accounted for and never stops another.

    Raises:
        IndexUnavailable: the journal cannot be written. ArchiveError: the archive cannot be.
    """
    return asyncio.run(_collect(run_id, sources, tools))


async def _collect(run_id: str, sources: Sequence[Source], tools: Tools) -> list[str]:
    fetcher = Fetcher(tools.policy, tools.journal, resolver=tools.resolver, clock=tools.clock)
    async with fetcher:
        with tools.archive.writer() as writer:
            shared = _Round(run_id, tools, fetcher, writer, _left(run_id, sources, tools))
            keys = await asyncio.gather(*(_collect_source(source, shared) for source in sources))
    return [key for of_source in keys for key in of_source]


def _left(run_id: str, sources: Sequence[Source], tools: Tools) -> dict[str, list[Item]]:
    """What these sources offered in this run already and was not settled: none, unless the task is tried again."""
    left: dict[str, list[Item]] = {source.id: [] for source in sources}
    for item in tools.journal.items(run_id, unsettled=True):
        if item.offer.source in left and not item.places:
            left[item.offer.source].append(item)
    return left


async def _collect_source(source: Source, shared: _Round) -> list[str]:
    journal = shared.tools.journal
    listing = await _ask(source, shared)
    waiting = journal.waiting(source.id, shared.now, shared.tools.rules.max_items_per_source)
    offers = with_waiting(source, listing.offers, waiting)
    offered = journal.offer(shared.run_id, offers)
    # A task that is tried again after its feed was marked as read gets a 304: what it offered before counts too.
    keys = {item.key for item in offered}
    items = [*offered, *(item for item in shared.left.get(source.id, ()) if item.key not in keys)]
    known = _remember(items, shared)
    # Only now: a feed marked as read before its entries stood in the journal would answer 304 to a run that never
    # heard of them.
    journal.save_source(listing.state)
    journal.source_checked(shared.run_id, listing.check)
    open_items = [item for item in items if item.outcome is None]
    looks = _plan(open_items, known, listing, shared)
    fetched = await asyncio.gather(*(_fetch(item, known[item.offer.url], shared) for item in looks))
    return [key for key in fetched if key]


async def _ask(source: Source, shared: _Round) -> Listing:
    try:
        return await ask(source, shared.fetcher, shared.tools.journal, shared.now)
    except SecnewsError:
        raise
    except Exception as defect:
        log.exception("source %s: a defect of secnews", source.id)
        known = shared.tools.journal.source(source.id) or SourceState(source.id)
        return Listing((), SourceCheck(source.id, Reason.INTERNAL_FAULT, type(defect).__name__), known)


def _remember(items: Sequence[Item], shared: _Round) -> dict[str, Address]:
    """The addresses of these items as the journal knows them, new ones entered."""
    offers = [item.offer for item in items if item.offer.url]
    known = shared.tools.journal.addresses(offer.url for offer in offers)
    new: dict[str, Address] = {}
    for offer in offers:
        if offer.url not in known and offer.url not in new:
            new[offer.url] = Address(
                offer.url, offer.link, offer.source, first_seen_at=shared.now, title_hint=offer.title_hint,
                published_hint=offer.published_hint, precision_hint=offer.precision_hint,
            )  # fmt: skip
    shared.tools.journal.save_addresses(new.values())
    return {**known, **new}


def _plan(items: Sequence[Item], known: dict[str, Address], listing: Listing, shared: _Round) -> list[Item]:
    """Settle what needs no look; return the rest."""
    outcomes: dict[str, Outcome] = {}
    looks: list[Item] = []
    over: list[LookedAt] = []
    # What was never loaded goes first: rechecks must not use up the limit of every run.
    for item in sorted(items, key=lambda one: bool(one.offer.url and known[one.offer.url].article_id)):
        outcome = _at_once(item.offer, known.get(item.offer.url), shared)
        if outcome is None and len(looks) >= shared.tools.rules.max_items_per_source:
            over.append(LookedAt(item, known[item.offer.url], Outcome(Reason.RUN_LIMIT, retry_at=shared.now)))
            continue
        if outcome is None:
            shared.taken.add(item.offer.url)
            looks.append(item)
            continue
        if outcome.reason is Reason.NOT_DUE and not listing.modified:
            outcome = replace(outcome, reason=Reason.FEED_NOT_MODIFIED)
        outcomes[item.key] = outcome
    shared.tools.journal.settle(shared.run_id, outcomes)
    shared.settle(over)
    return looks


def _at_once(offer: Offer, known: Address | None, shared: _Round) -> Outcome | None:
    if not offer.url:
        return Outcome(Reason.BAD_ADDRESS, f"listed as {shown(offer.link)}" if offer.link else "no link")
    outcome = without_looking(offer, known, shared.now, EXTRACTOR_VERSION)
    if outcome is None and offer.url in shared.taken:
        loaded = known is not None and bool(known.article_id)
        return Outcome(Reason.NOT_DUE if loaded else Reason.SAME_ADDRESS, article_id=known.article_id if known else "")
    return outcome


async def _fetch(item: Item, known: Address, shared: _Round) -> str:
    """Fetch and archive an item's pages. Returns its key where there is something to extract, else ""."""
    shared.beat()
    revalidate = may_revalidate(known, EXTRACTOR_VERSION)
    try:
        fetched = await shared.fetcher.get(
            item.offer.link,
            etag=known.etag if revalidate else "",
            last_modified=known.last_modified if revalidate else "",
        )
        if fetched.status == 304:
            _settle(item, known, _not_modified(known), shared)
            return ""
        places = [shared.writer.write(fetched)]
        places += await _further_pages(fetched, shared, patient=known.failures + 1 < LAST_TRY)
    except FetchFault as fault:
        _settle(item, known, _fault_outcome(fault, known, shared.now), shared)
        return ""
    except SecnewsError:
        raise
    except Exception as defect:
        log.exception("item %s: a defect of secnews", item.offer.url)
        _settle(item, known, Outcome(Reason.INTERNAL_FAULT, type(defect).__name__), shared)
        return ""
    shared.tools.journal.fetched(shared.run_id, item.key, places)
    return item.key


async def _further_pages(first: Fetched, shared: _Round, patient: bool) -> list[str]:
    """Pages two and on of an article, archived; a page that cannot be had ends the list, and the receipt says so."""
    places: list[str] = []
    page, seen = first, {first.url}
    while len(places) < MOST_PAGES - 1:
        following = next_page(page.body, page.url)
        if following is None or following in seen:
            break
        seen.add(following)
        try:
            page = await shared.fetcher.get(following)
        except FetchFault as fault:
            if patient and fault.reason.comes_back:
                raise  # half an article would stand for the whole, and its validators would keep it so
            log.warning("page %d at %s: %s", len(places) + 2, following, fault.detail)
            break
        places.append(shared.writer.write(page))
    return places


def _not_modified(known: Address) -> Outcome:
    if known.article_id:
        return Outcome(Reason.NOT_MODIFIED, article_id=known.article_id)
    return Outcome(Reason.STILL_REJECTED, "the page answered 304")


def _fault_outcome(fault: FetchFault, known: Address, now: datetime) -> Outcome:
    if fault.reason is Reason.ROBOTS and known.reason is Reason.ROBOTS:
        return Outcome(Reason.STILL_REJECTED, Reason.ROBOTS.meaning)
    wait = fault.retry_after_seconds
    return Outcome(fault.reason, fault.detail, retry_at=now + timedelta(seconds=wait) if wait else None)


def _settle(item: Item, known: Address, outcome: Outcome, shared: _Round) -> None:
    seen = replace(known, fingerprint=item.offer.fingerprint)
    shared.settle([LookedAt(item, seen, outcome)])
