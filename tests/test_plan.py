"""Which offers are looked at now, and when the others are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.journal import Address, Item, Offer
from index.outcome import Kind, Outcome, Reason
from tasks.plan import LAST_TRY, LONGEST_RETRY, may_revalidate, recheck_at, retry_at, without_looking
from tasks.settling import LookedAt, after, settle_looked_at

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFER = Offer("a", "http://x/1", "http://x/1", fingerprint="f1")
LOADED = Address(
    "http://x/1", "http://x/1", "a", NOON, article_id="id1", fingerprint="f1", extractor="1",
    reason=Reason.FIRST_SEEN, checked_at=NOON, next_check_at=NOON + HOUR,
)  # fmt: skip


def outcome_of(known, now=NOON, offer=OFFER, extractor="1"):
    return without_looking(offer, known, now, extractor)


def test_an_unknown_page_is_looked_at():
    assert outcome_of(None) is None
    assert outcome_of(replace(LOADED, reason=None)) is None


def test_a_known_page_is_left_alone_until_it_is_due():
    assert outcome_of(LOADED).reason is Reason.NOT_DUE
    assert outcome_of(LOADED, NOON + HOUR) is None


def test_a_changed_feed_entry_is_looked_at_at_once():
    assert outcome_of(LOADED, offer=replace(OFFER, fingerprint="f2")) is None


def test_a_failure_comes_back_when_its_next_try_is_due():
    failed = replace(LOADED, reason=Reason.TIMEOUT)
    assert outcome_of(failed).reason is Reason.RETRY_NOT_DUE
    assert outcome_of(failed, NOON + HOUR) is None


def test_a_rejected_page_is_left_alone_for_its_time_even_if_its_entry_changes():
    rejected = replace(LOADED, article_id="", reason=Reason.NO_ARTICLE)
    assert outcome_of(rejected, offer=replace(OFFER, fingerprint="f2")).reason is Reason.STILL_REJECTED
    assert outcome_of(rejected, NOON + HOUR) is None


def test_another_extractor_judges_a_rejected_page_anew():
    rejected = replace(LOADED, article_id="", reason=Reason.NO_ARTICLE)
    assert outcome_of(rejected, extractor="2") is None


def test_what_robots_forbade_is_put_to_robots_again():
    assert outcome_of(replace(LOADED, reason=Reason.ROBOTS, article_id="")) is None


def test_a_dead_letter_waits_for_a_person():
    assert outcome_of(replace(LOADED, reason=Reason.DEAD_LETTER), NOON + 99 * HOUR).reason is Reason.DEAD_LETTER


@given(st.sampled_from(list(Reason)), st.integers(-100, 100))
def test_every_known_address_has_an_answer(reason, hours):
    """Either it is looked at, or it has an outcome that needs no look: unchanged or deferred."""
    outcome = outcome_of(replace(LOADED, reason=reason), NOON + hours * HOUR)
    assert outcome is None or outcome.kind in {Kind.UNCHANGED, Kind.DEFERRED}


@given(st.integers(0, 500))
def test_the_wait_grows_with_failures_up_to_a_day(failures):
    wait = retry_at(NOON, failures) - NOON
    assert timedelta(minutes=15) <= wait <= LONGEST_RETRY
    assert wait <= retry_at(NOON, failures + 1) - NOON


@pytest.mark.parametrize(("age_days", "hours"), [(0, 1), (2, 6), (10, 24), (20, None)])
def test_old_pages_are_asked_less_often(age_days, hours):
    due = recheck_at(NOON - timedelta(days=age_days), NOON, minutes=60)
    assert due == (NOON + hours * HOUR if hours else None)


def test_a_304_after_a_failure_would_be_no_success():
    assert may_revalidate(LOADED, "1")
    assert not may_revalidate(replace(LOADED, article_id="", reason=Reason.TIMEOUT), "1")
    assert not may_revalidate(replace(LOADED, reason=None), "1")
    assert not may_revalidate(None, "1")


def test_another_extractor_wants_the_page_itself_and_no_304():
    assert not may_revalidate(LOADED, "2")


def test_a_page_that_fails_its_last_try_becomes_a_dead_letter():
    known = replace(LOADED, failures=LAST_TRY - 1)
    assert after(known, Outcome(Reason.TIMEOUT), NOON, 60).reason is Reason.DEAD_LETTER
    assert after(replace(known, failures=0), Outcome(Reason.TIMEOUT), NOON, 60).reason is Reason.TIMEOUT


def test_success_forgets_earlier_failures():
    assert after(replace(LOADED, failures=5), Outcome(Reason.SAME_CONTENT), NOON, 60).failures == 0


def test_the_servers_own_wish_for_the_next_try_is_heard():
    wish = NOON + 3 * HOUR
    assert after(LOADED, Outcome(Reason.TOO_MANY_REQUESTS, retry_at=wish), NOON, 60).next_check_at == wish


def test_a_page_still_rejected_keeps_the_reason_for_which_it_was():
    rejected = replace(LOADED, reason=Reason.NO_ARTICLE, article_id="")
    assert after(rejected, Outcome(Reason.STILL_REJECTED), NOON, 60).reason is Reason.NO_ARTICLE


class Recorder:
    """The order in which a journal is written."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        def record(*args):
            self.calls.append(name)
            return {}

        return record


def test_the_address_is_written_before_the_outcome():
    """A process killed in between must leave an item open, never one settled whose address was forgotten."""
    journal = Recorder()
    item = Item("run", "key", OFFER)
    settle_looked_at(journal, "run", [LookedAt(item, LOADED, Outcome(Reason.SAME_CONTENT))], NOON, 60)
    assert journal.calls.index("save_addresses") < journal.calls.index("settle")
