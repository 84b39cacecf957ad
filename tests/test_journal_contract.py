"""What every journal keeps, whatever its backend. A second backend adds one parameter to the fixture."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.article import Precision
from index.journal import Address, DeadLetter, HostState, Offer, Run, RunState, SourceCheck, SourceState
from index.local.database import Database
from index.local.journal import LocalJournal
from index.local.journal_tables import JOURNAL_TABLES
from index.outcome import Kind, Outcome, Reason

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = Run("run-1", "ingest", "host:1:2", NOON, NOON)


@pytest.fixture(params=["local"])
def journal(request, tmp_path):
    opened = LocalJournal(Database(tmp_path / "secnews.db", JOURNAL_TABLES))
    yield opened
    opened.close()


def offers(*urls, source="a"):
    return [Offer(source, url, url) for url in urls]


def test_a_run_is_open_until_it_is_closed(journal):
    journal.open_run(RUN)
    assert journal.open_runs() == [RUN]
    journal.close_run("run-1", RunState.COMPLETED, "all well", NOON + timedelta(minutes=1))
    assert journal.open_runs() == []
    closed = journal.run("run-1")
    assert (closed.state, closed.note, closed.ended_at) == (RunState.COMPLETED, "all well", NOON + timedelta(minutes=1))


def test_a_run_is_found_by_an_unambiguous_beginning_of_its_id(journal):
    journal.open_run(replace(RUN, id="abc1"))
    journal.open_run(replace(RUN, id="abd2"))
    assert journal.run("abc").id == "abc1"
    assert journal.run("ab") is None
    assert journal.run("zzz") is None


def test_a_percent_sign_is_no_wildcard_in_a_run_id(journal):
    journal.open_run(RUN)
    assert journal.run("%") is None


def test_runs_come_newest_first(journal):
    for n in range(5):
        journal.open_run(replace(RUN, id=f"run-{n}", started_at=NOON + timedelta(hours=n)))
    assert [run.id for run in journal.runs(limit=2)] == ["run-4", "run-3"]


def test_a_beat_is_remembered(journal):
    journal.open_run(RUN)
    journal.beat("run-1", NOON + timedelta(seconds=30))
    assert journal.run("run-1").beat_at == NOON + timedelta(seconds=30)


def test_offering_the_same_list_twice_changes_nothing(journal):
    first = journal.offer("run-1", offers("http://x/1", "http://x/2"))
    assert journal.offer("run-1", offers("http://x/1", "http://x/2")) == first
    assert journal.ledger("run-1").offered == Counter(a=2)


def test_an_address_listed_twice_is_two_items(journal):
    items = journal.offer("run-1", offers("http://x/1", "http://x/1"))
    assert len({item.key for item in items}) == 2
    assert journal.ledger("run-1").offered == Counter(a=2)


def test_items_keep_the_order_in_which_they_were_offered(journal):
    urls = [f"http://x/{n}" for n in (5, 3, 9, 1)]
    journal.offer("run-1", offers(*urls))
    assert [item.offer.url for item in journal.items("run-1")] == urls


def test_an_offer_comes_back_as_it_was(journal):
    offer = Offer("a", "http://x/1", "http://x/1?utm=1", "f1", "Títle \ud83d", NOON, Precision.DAY)
    assert journal.offer("run-1", [offer])[0].offer == offer


def test_lone_surrogates_in_a_detail_do_not_break_the_account(journal):
    (item,) = journal.offer("run-1", offers("http://x/1"))
    journal.settle("run-1", {item.key: Outcome(Reason.TIMEOUT, "slow \ud83d host")})
    journal.source_checked("run-1", SourceCheck("a", Reason.DNS, "\udfff"))
    assert journal.items("run-1")[0].outcome.detail == "slow ? host"


def test_the_first_outcome_of_an_item_stands(journal):
    (item,) = journal.offer("run-1", offers("http://x/1"))
    assert journal.settle("run-1", {item.key: Outcome(Reason.FIRST_SEEN, article_id="id1")}) == {item.key}
    assert not journal.settle("run-1", {item.key: Outcome(Reason.TIMEOUT)})
    assert journal.items("run-1")[0].outcome == Outcome(Reason.FIRST_SEEN, article_id="id1")


def test_settling_an_item_that_was_never_offered_changes_nothing(journal):
    assert not journal.settle("run-1", {"nothing": Outcome(Reason.FIRST_SEEN)})
    assert journal.ledger("run-1").settled == Counter()


def test_unsettled_items_are_those_without_an_outcome(journal):
    one, two = journal.offer("run-1", offers("http://x/1", "http://x/2"))
    journal.settle("run-1", {one.key: Outcome(Reason.NOT_FOUND)})
    assert [item.key for item in journal.items("run-1", unsettled=True)] == [two.key]


def test_items_are_found_by_key(journal):
    items = journal.offer("run-1", offers(*(f"http://x/{n}" for n in range(2500))))
    wanted = [item.key for item in items[::2]]
    assert [item.key for item in journal.items("run-1", wanted)] == wanted


def test_the_places_of_fetched_pages_are_kept_in_order(journal):
    (item,) = journal.offer("run-1", offers("http://x/1"))
    journal.fetched("run-1", item.key, ["b#2,3", "a#0,1"])
    assert journal.items("run-1")[0].places == ("b#2,3", "a#0,1")


def test_the_ledger_counts_by_source_and_reason(journal):
    items = journal.offer("run-1", offers("http://x/1", "http://x/2") + offers("http://y/1", source="b"))
    journal.settle("run-1", {items[0].key: Outcome(Reason.FIRST_SEEN)})
    journal.settle("run-1", {items[2].key: Outcome(Reason.TIMEOUT)})
    ledger = journal.ledger("run-1")
    assert ledger.offered == Counter(a=2, b=1)
    assert ledger.settled == Counter({("a", Reason.FIRST_SEEN): 1, ("b", Reason.TIMEOUT): 1})
    assert ledger.gaps() == {"a": 1}
    assert ledger.total(Kind.FAILED) == 1


def test_runs_have_accounts_of_their_own(journal):
    journal.offer("run-1", offers("http://x/1"))
    journal.offer("run-2", offers("http://x/1"))
    assert journal.ledger("run-2").offered == Counter(a=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sampled_from([None, *Reason])), max_size=12))
def test_a_ledger_adds_up_exactly_when_every_item_is_settled(journal, rows):
    run_id = f"run-{len(journal.runs(10_000))}"
    journal.open_run(replace(RUN, id=run_id))
    items = journal.offer(run_id, [Offer(source, f"http://x/{n}", "") for source, n, _ in rows])
    for item, (_, _, reason) in zip(items, rows, strict=True):
        if reason is not None:
            journal.settle(run_id, {item.key: Outcome(reason)})
    unsettled = sum(reason is None for _, _, reason in rows)
    assert sum(journal.ledger(run_id).gaps().values()) == unsettled
    assert sum(journal.ledger(run_id).offered.values()) == len(rows)


def test_how_a_source_answered_is_kept_with_the_run(journal):
    journal.source_checked("run-1", SourceCheck("b", Reason.TIMEOUT, "30 s"))
    journal.source_checked("run-1", SourceCheck("a"))
    journal.source_checked("run-1", SourceCheck("b", Reason.DNS, "no such name"))
    assert journal.source_checks("run-1") == [SourceCheck("a"), SourceCheck("b", Reason.DNS, "no such name")]


ADDRESS = Address("http://x/1", "http://x/1?utm=1", "a", NOON)


def test_an_address_comes_back_as_it_was(journal):
    full = replace(
        ADDRESS, article_id="id1", fingerprint="f", etag='W/"1"', last_modified="Mon", place="p#1,2",
        content_hash="c", extractor="1",
        reason=Reason.TIMEOUT, detail="slow", failures=3, checked_at=NOON, next_check_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    journal.save_addresses([full])
    journal.save_addresses([replace(ADDRESS, url="http://x/2")])
    assert journal.addresses(["http://x/1", "http://x/2", "http://x/3"]) == {
        "http://x/1": full,
        "http://x/2": replace(ADDRESS, url="http://x/2"),
    }


def test_only_what_is_not_now_waits_to_come_back(journal):
    due = NOON - timedelta(seconds=1)
    for n, reason in enumerate([Reason.TIMEOUT, Reason.RUN_INTERRUPTED, Reason.NOT_FOUND, Reason.FIRST_SEEN, None]):
        journal.save_addresses([replace(ADDRESS, url=f"http://x/{n}", reason=reason, next_check_at=due)])
    journal.save_addresses(
        [replace(ADDRESS, url="http://x/later", reason=Reason.TIMEOUT, next_check_at=NOON + timedelta(1))]
    )
    journal.save_addresses([replace(ADDRESS, url="http://y/1", source="b", reason=Reason.TIMEOUT, next_check_at=due)])
    assert [address.url for address in journal.waiting("a", NOON, 10)] == ["http://x/0", "http://x/1"]


def test_the_longest_waiting_comes_first_whatever_its_offset(journal):
    east = datetime.fromisoformat("2026-03-01T12:30:00+02:00")  # 10:30 in UTC
    journal.save_addresses([replace(ADDRESS, url="http://x/west", reason=Reason.TIMEOUT, next_check_at=NOON)])
    journal.save_addresses([replace(ADDRESS, url="http://x/east", reason=Reason.TIMEOUT, next_check_at=east)])
    assert [a.url for a in journal.waiting("a", NOON, 10)] == ["http://x/east", "http://x/west"]
    assert [a.url for a in journal.waiting("a", NOON, 1)] == ["http://x/east"]


def test_source_and_host_states_come_back_as_they_were(journal):
    source = SourceState(
        "a", "http://x/feed", NOON, NOON, "e", "m", 2, Reason.SERVER_ERROR, "503", ("http://x/1", "http://x/2")
    )
    host = HostState("x:80", NOON, timedelta(seconds=2.5), 1, "User-agent: *", 200, NOON)
    journal.save_source(source)
    journal.save_host(host)
    assert journal.source("a") == source
    assert journal.host("x:80") == host
    assert journal.source("none") is None
    assert journal.host("none") is None


def test_dead_letters_can_be_listed_and_taken_back(journal):
    old = DeadLetter("http://x/1", "a", Reason.TIMEOUT, "slow", 6, NOON, NOON)
    new = replace(old, url="http://x/2", last_failed_at=NOON + timedelta(hours=1))
    for letter in (old, new):
        journal.bury(letter)
    assert journal.dead_letters() == [new, old]
    assert journal.exhume("http://x/1")
    assert not journal.exhume("http://x/1")
    assert journal.dead_letters() == [new]


def test_every_reason_belongs_to_one_kind_and_says_what_it_means():
    for reason in Reason:
        assert reason.meaning
        assert reason is Reason.named(reason.value)
        assert isinstance(reason.kind, Kind)
