"""Open a run, close it, and finish the accounts of runs whose process died."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import psutil

from index.journal import Address, Journal, Run, RunState, SourceCheck
from index.outcome import Kind, Ledger, Outcome, Reason

# A process on another machine cannot be looked at. A live run says so at least at every batch, and no batch of 200
# articles took more than two minutes on two cores; a quarter of an hour without a word is death.
SILENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended, and the sentence that says why."""

    state: RunState
    note: str


def open_run(journal: Journal, flow: str, now: datetime, flow_run_id: str = "") -> Run:
    """Start a run, after closing those that died."""
    close_interrupted(journal, now)
    run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    run = Run(run_id, flow, this_process(), started_at=now, beat_at=now, flow_run_id=flow_run_id)
    journal.open_run(run)
    return run


def this_process() -> str:
    """Host, process id and start time: enough for another process on this host to see whether it lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_alive(run: Run, now: datetime) -> bool:
    """Whether the process that opened a run is still at work on it."""
    host, _, rest = run.owner.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname():
        return now - run.beat_at < SILENCE
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == started
    except (psutil.Error, ValueError):
        return False


def close_interrupted(journal: Journal, now: datetime) -> list[Run]:
    """Close every run whose process died: its items are settled, and those not looked at are due at once."""
    dead = [run for run in journal.open_runs() if not is_alive(run, now)]
    for run in dead:
        settle_the_rest(journal, run, now)
        journal.close_run(run.id, RunState.INTERRUPTED, "its process died; the next run carries its items on", now)
    return dead


def settle_the_rest(journal: Journal, run: Run, now: datetime) -> None:
    """Give every item of a run that ended early its outcome.

    An address that was settled in this run says what became of its item (the address is always written first). The
    rest is deferred, and its address made due.
    """
    items = journal.items(run.id, unsettled=True)
    told = {item.offer.url for item in journal.items(run.id) if item.outcome is not None}
    known = journal.addresses(item.offer.url for item in items)
    outcomes: dict[str, Outcome] = {}
    due: list[Address] = []
    for item in items:
        address = known.get(item.offer.url)
        if item.offer.url and item.offer.url in told:
            outcomes[item.key] = Outcome(Reason.SAME_ADDRESS, article_id=address.article_id if address else "")
            continue
        if address is not None and address.reason is not None and _settled_in(address, run):
            told.add(item.offer.url)
            outcomes[item.key] = Outcome(address.reason, address.detail, address.article_id, address.next_check_at)
            continue
        outcomes[item.key] = Outcome(Reason.RUN_INTERRUPTED, retry_at=now)
        if address is None and item.offer.url.startswith("http"):
            address = Address(item.offer.url, item.offer.link, item.offer.source, first_seen_at=now)
        if address is not None:
            due.append(replace(address, reason=Reason.RUN_INTERRUPTED, detail="", next_check_at=now))
    journal.save_addresses(due)
    journal.settle(run.id, outcomes)


def _settled_in(address: Address, run: Run) -> bool:
    return address.checked_at is not None and address.checked_at >= run.started_at


def judge(ledger: Ledger, checks: list[SourceCheck]) -> Verdict:
    """The rule by which a run is Completed, Completed with faults, or Failed.

    Failed: the account does not add up, or there were sources and none of them could be read. Completed with faults:
    an item failed, or a source could not be read. Completed: everything else; what was rejected or deferred is no
    fault, since it is what the rules say.
    """
    gaps = ledger.gaps()
    if gaps:
        where = ", ".join(f"{source} by {gap}" for source, gap in gaps.items())
        return Verdict(RunState.FAILED, f"the account does not add up: {where}")
    broken = [check for check in checks if check.reason is not None]
    if checks and len(broken) == len(checks):
        return Verdict(RunState.FAILED, f"none of {len(checks)} sources could be read; first: {_why(broken[0])}")
    failed = ledger.total(Kind.FAILED)
    if broken or failed:
        return Verdict(RunState.FAULTS, f"{len(broken)} of {len(checks)} sources and {failed} items failed")
    return Verdict(RunState.COMPLETED, summed_up(ledger))


def summed_up(ledger: Ledger) -> str:
    """The account in one line: "40 offered: 30 new, 10 unchanged"."""
    parts = [f"{ledger.total(kind)} {kind.value}" for kind in Kind if ledger.total(kind)]
    offered = sum(ledger.offered.values())
    return f"{offered} offered" + (": " + ", ".join(parts) if parts else "")


def _why(check: SourceCheck) -> str:
    reason = check.reason.meaning if check.reason else ""
    return f"{check.source}: {check.detail or reason}"
