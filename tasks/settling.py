"""Write down what became of an item: its outcome in the run, and what that means for its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from index.journal import Address, DeadLetter, Item, Journal
from index.outcome import Kind, Outcome, Reason
from tasks.plan import LAST_TRY, REJECTED_FOR, recheck_at, retry_at


@dataclass(frozen=True, slots=True)
class LookedAt:
    """An item whose page was asked for, its address as known so far, its outcome, and addresses met on the way."""

    item: Item
    known: Address
    outcome: Outcome
    aliases: tuple[Address, ...] = ()


def after(known: Address, outcome: Outcome, now: datetime, recheck_minutes: float) -> Address:
    """The address as it stands once its item has this outcome. Pure."""
    if outcome.reason is Reason.STILL_REJECTED:  # keeps the reason for which it was rejected
        return replace(known, checked_at=now, next_check_at=now + REJECTED_FOR)
    address = replace(known, reason=outcome.reason, detail=outcome.detail, checked_at=now)
    if outcome.kind is Kind.FAILED:
        failures = known.failures + 1
        due = max(outcome.retry_at or now, retry_at(now, failures))
        if failures >= LAST_TRY:
            return replace(address, reason=Reason.DEAD_LETTER, failures=failures, next_check_at=None)
        return replace(address, failures=failures, next_check_at=due)
    if outcome.kind is Kind.DEFERRED:
        return replace(address, next_check_at=outcome.retry_at or now)
    if outcome.kind is Kind.REJECTED:
        return replace(address, failures=0, next_check_at=now + REJECTED_FOR)
    due_again = recheck_at(known.first_seen_at, now, recheck_minutes)
    article_id = outcome.article_id or known.article_id
    return replace(address, article_id=article_id, failures=0, next_check_at=due_again)


def settle_looked_at(
    journal: Journal, run_id: str, looked_at: Sequence[LookedAt], now: datetime, recheck_minutes: float
) -> None:
    """Settle items whose page was asked for.

    The addresses first: a process killed in between leaves an item without an outcome, and `tasks.runs` reads it from
    the address. The other way round the item would be settled and its address forgotten.
    """
    if not looked_at:
        return
    addresses = [after(one.known, one.outcome, now, recheck_minutes) for one in looked_at]
    for one, address in zip(looked_at, addresses, strict=True):
        if address.reason is Reason.DEAD_LETTER:
            journal.bury(_letter(one, address, now))
    known = journal.addresses(alias.url for one in looked_at for alias in one.aliases)
    new = [
        replace(known.get(alias.url) or alias, article_id=alias.article_id)
        for one in looked_at
        for alias in one.aliases
        if not _leads(known.get(alias.url))
    ]
    # The item's own address comes last: where it is also another item's alias, what was looked at wins.
    journal.save_addresses([*new, *addresses])
    journal.settle(run_id, {one.item.key: _told(one, to) for one, to in zip(looked_at, addresses, strict=True)})


def _told(one: LookedAt, address: Address) -> Outcome:
    """The outcome, with the moment of the next try where there is one."""
    failed = one.outcome.kind is Kind.FAILED
    return replace(one.outcome, retry_at=address.next_check_at) if failed else one.outcome


def _leads(known: Address | None) -> bool:
    """Whether the journal knows already where this alias leads; what it knows of it is not overwritten."""
    return known is not None and bool(known.article_id)


def _letter(one: LookedAt, address: Address, now: datetime) -> DeadLetter:
    first = one.known.first_seen_at
    reason, detail = one.outcome.reason, one.outcome.detail
    return DeadLetter(address.url, address.source, reason, detail, address.failures, first, now)
