"""Dates as feeds write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Precision
from tasks.feed_dates import feed_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 CEST", "2026-11-23T10:00:00+02:00"),
        ("23 Nov 2026 10:00 EST", "2026-11-23T10:00:00-05:00"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00+00:00"),
        ("2026-11-23T10:00:00.123+05:30", "2026-11-23T10:00:00.123000+05:30"),
        ("2026-11-23 10:00:00 +0200", "2026-11-23T10:00:00+02:00"),
        ("2026-11-23T10:00", "2026-11-23T10:00:00+00:00"),
    ],
)
def test_moments_keep_their_offset(text, expected):
    moment, precision = feed_date(text)
    assert moment.isoformat() == expected
    assert precision is Precision.SECOND


@pytest.mark.parametrize("text", ["2026-11-23", "Mon, 23 Nov 2026", "23 Nov 2026"])
def test_a_day_stays_a_day(text):
    assert feed_date(text) == (datetime(2026, 11, 23, tzinfo=UTC), Precision.DAY)


@pytest.mark.parametrize("text", ["", "yesterday", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-13-45"])
def test_a_date_that_makes_no_sense_is_none_and_never_now(text):
    assert feed_date(text) == (None, Precision.UNKNOWN)


@settings(deadline=None)
@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d(:\d\d)? [+-]\d{4}")
)
def test_any_date_is_aware_or_none(text):
    moment, precision = feed_date(text)
    assert (moment is None) == (precision is Precision.UNKNOWN)
    if moment:
        assert moment.astimezone(UTC)
