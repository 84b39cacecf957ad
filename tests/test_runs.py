"""How a run ends, and how the account of a run that died is finished."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from index.journal import Address, Offer, Run, RunState, SourceCheck
from index.local.database import Database
from index.local.journal import LocalJournal
from index.local.journal_tables import JOURNAL_TABLES
from index.outcome import Ledger, Outcome, Reason
from tasks.runs import SILENCE, close_interrupted, is_alive, judge, open_run, summed_up, this_process

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FINE = [SourceCheck("a"), SourceCheck("b")]


@pytest.fixture
def journal(tmp_path):
    opened = LocalJournal(Database(tmp_path / "secnews.db", JOURNAL_TABLES))
    yield opened
    opened.close()


def dead_owner():
    child = subprocess.run(
        [sys.executable, "-c", "from tasks.runs import this_process; print(this_process())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return child.stdout.strip()


def ledger(**reasons):
    settled = Counter({("a", Reason.named(name)): n for name, n in reasons.items()})
    return Ledger(Counter(a=sum(reasons.values())), settled)


def test_a_run_without_faults_is_completed():
    assert judge(ledger(first_seen=3, not_found=1), FINE).state is RunState.COMPLETED


def test_a_failed_item_makes_it_completed_with_faults():
    assert judge(ledger(first_seen=3, timeout=1), FINE).state is RunState.FAULTS


def test_a_source_that_cannot_be_read_makes_it_completed_with_faults():
    checks = [SourceCheck("a"), SourceCheck("b", Reason.DNS, "no such host")]
    assert judge(ledger(first_seen=3), checks).state is RunState.FAULTS


def test_when_no_source_can_be_read_the_run_has_failed():
    checks = [SourceCheck("a", Reason.DNS, "no such host"), SourceCheck("b", Reason.TIMEOUT)]
    verdict = judge(Ledger(), checks)
    assert verdict.state is RunState.FAILED
    assert "no such host" in verdict.note


def test_a_run_that_does_not_add_up_has_failed_and_says_where():
    verdict = judge(Ledger(Counter(a=2), Counter({("a", Reason.FIRST_SEEN): 1})), FINE)
    assert verdict.state is RunState.FAILED
    assert "a by 1" in verdict.note


def test_the_account_is_told_in_one_line():
    assert summed_up(ledger(first_seen=3, not_due=2)) == "5 offered: 2 unchanged, 3 new"


def test_this_process_is_alive_and_a_finished_one_is_not():
    run = Run("r", "ingest", this_process(), NOON, NOON)
    assert is_alive(run, NOON + timedelta(days=1))
    assert not is_alive(replace(run, owner=dead_owner()), NOON)


def test_a_process_with_the_same_id_started_later_is_another():
    host, pid, _ = this_process().split(":")
    assert not is_alive(Run("r", "ingest", f"{host}:{pid}:1.00", NOON, NOON), NOON)


def test_a_run_on_another_machine_lives_until_it_has_been_silent():
    run = Run("r", "ingest", "elsewhere:1:2.00", NOON, NOON)
    assert is_alive(run, NOON + SILENCE - timedelta(seconds=1))
    assert not is_alive(run, NOON + SILENCE)


def address(number, **changes):
    return replace(Address(f"http://x/{number}", f"http://x/{number}", "a", NOON), **changes)


def test_the_next_run_closes_a_dead_one_and_its_account_adds_up(journal):
    dead = Run("dead", "ingest", dead_owner(), NOON, NOON)
    journal.open_run(dead)
    items = journal.offer("dead", [Offer("a", f"http://x/{n}", f"http://x/{n}") for n in range(4)])
    journal.settle("dead", {items[0].key: Outcome(Reason.NOT_DUE)})
    # Item 1 was loaded in this run and killed before its outcome was written; 2 was loaded by an earlier run; 3 is new.
    journal.save_addresses(
        [
            address(1, reason=Reason.FIRST_SEEN, article_id="id1", checked_at=NOON + timedelta(seconds=5)),
            address(2, reason=Reason.FIRST_SEEN, article_id="id2", checked_at=NOON - timedelta(days=1)),
            address(3),
        ]
    )
    run = open_run(journal, "ingest", NOON + timedelta(minutes=1))
    assert journal.run("dead").state is RunState.INTERRUPTED
    assert journal.ledger("dead").gaps() == {}
    reasons = [item.outcome.reason for item in journal.items("dead")]
    assert reasons == [Reason.NOT_DUE, Reason.FIRST_SEEN, Reason.RUN_INTERRUPTED, Reason.RUN_INTERRUPTED]
    waiting = journal.waiting("a", NOON + timedelta(minutes=1), 10)
    assert {found.url for found in waiting} == {"http://x/2", "http://x/3"}
    assert [found.id for found in journal.open_runs()] == [run.id]


def test_an_interrupted_page_keeps_the_article_it_leads_to(journal):
    journal.open_run(Run("dead", "ingest", dead_owner(), NOON, NOON))
    journal.offer("dead", [Offer("a", "http://x/2", "http://x/2")])
    journal.save_addresses([address(2, reason=Reason.SAME_CONTENT, article_id="id2", etag="e")])
    close_interrupted(journal, NOON + timedelta(minutes=1))
    found = journal.addresses(["http://x/2"])["http://x/2"]
    assert (found.article_id, found.etag, found.reason) == ("id2", "e", Reason.RUN_INTERRUPTED)


def test_a_live_run_is_left_alone(journal):
    open_run(journal, "ingest", NOON)
    assert close_interrupted(journal, NOON) == []
