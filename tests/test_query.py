"""How a query's text is taken apart, and which requests are refused."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadRequest
from index.query import DEPTH, Filters, SearchRequest, Words, take_apart


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("truck bomb", Words("truck bomb")),
        ('"truck bomb" checkpoint', Words("checkpoint", ("truck bomb",))),
        ("bomb -truck", Words("bomb", (), ("truck",))),
        ('bomb -"truck driver"', Words("bomb", (), ("truck driver",))),
        ("Al-Noor", Words("Al-Noor")),
        ('he said "never again"-officials', Words("he said -officials", ("never again",))),
        ('"unbalanced', Words("unbalanced")),
        ('""', Words("")),
        ("- -- ---", Words("- -- ---")),
        ("CVE-2021-44228 -patch", Words("CVE-2021-44228", (), ("patch",))),
    ],
)
def test_words_phrases_and_exclusions(text, words):
    assert take_apart(text) == words


@given(st.text(max_size=200))
def test_any_text_is_taken_apart_and_no_letter_is_lost(text):
    words = take_apart(text)
    kept = "".join((words.loose, *words.phrases, *words.excluded))
    assert sorted(c for c in kept if c.isalnum()) == sorted(c for c in text if c.isalnum())


@pytest.mark.parametrize("bounds", [(0, 0), (-1, 0), (DEPTH + 1, 0), (10, -1), (10, DEPTH - 5)])
def test_limits_that_cannot_be_answered_are_refused(bounds):
    with pytest.raises(BadRequest):
        SearchRequest("x", limit=bounds[0], offset=bounds[1])


def test_a_naive_date_is_refused():
    with pytest.raises(BadRequest, match="time zone"):
        SearchRequest("x", filters=Filters(after=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_query_of_a_hundred_kilobytes_is_refused():
    with pytest.raises(BadRequest, match="characters"):
        SearchRequest("x" * 100_000)
