"""The pace of a host: pure rules, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.journal import HostState
from tasks.pace import LONGEST_DELAY, answered, booked, next_slot, wished_delay

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOST = HostState("courier.example:443", delay=timedelta(seconds=5))


def test_a_host_never_asked_may_be_asked_at_once():
    assert next_slot(HOST, NOON) == NOON


def test_the_next_request_waits_for_the_delay():
    assert next_slot(booked(HOST, NOON), NOON) == NOON + timedelta(seconds=5)
    assert next_slot(booked(HOST, NOON), NOON + timedelta(seconds=9)) == NOON + timedelta(seconds=9)


def test_each_failure_doubles_the_wait_and_a_success_forgives_all():
    failing = booked(HOST, NOON)
    for _ in range(3):
        failing = answered(failing, struggling=True)
    assert next_slot(failing, NOON) == NOON + timedelta(seconds=40)
    assert next_slot(answered(failing, struggling=False), NOON) == NOON + timedelta(seconds=5)


def test_a_slot_that_another_process_booked_comes_first():
    ahead = booked(HOST, NOON + timedelta(seconds=30))
    assert next_slot(ahead, NOON) == NOON + timedelta(seconds=35)


def test_a_clock_that_was_set_back_does_not_lock_a_host_for_ever():
    assert next_slot(booked(HOST, NOON + timedelta(days=300)), NOON) == NOON


@pytest.mark.parametrize(
    ("own", "crawl_delay", "seconds"),
    [
        (1, None, 1),
        (1, 10, 10),
        (10, 1, 10),
        (1, 3_600, 60),
        (1, -5, 1),
        (0, 0.5, 0.5),
        (1, float("inf"), 60),
        (1, float("nan"), 1),
    ],
)
def test_the_longer_wish_wins_up_to_a_minute(own, crawl_delay, seconds):
    assert wished_delay(own, crawl_delay) == timedelta(seconds=seconds)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(-100, 100))
def test_no_host_waits_longer_than_the_cap_and_never_goes_back(failures, seconds, ago):
    state = replace(HOST, delay=timedelta(seconds=seconds), failures=failures)
    slot = next_slot(booked(state, NOON - timedelta(seconds=ago)), NOON)
    assert slot >= NOON
    assert slot - max(NOON, NOON - timedelta(seconds=ago)) <= LONGEST_DELAY
