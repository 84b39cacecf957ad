"""Fusion as OpenSearch's normalization-processor does it: min-max, lowest .001, lone hits 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import KEYWORD_WEIGHT, LOWEST, VECTOR_WEIGHT, Shares, fused, normalised

SCORES = st.dictionaries(st.integers(0, 50), st.floats(0, 1e6))


def test_scores_are_spread_between_the_lowest_and_one():
    assert normalised({1: 10.0, 2: 6.0, 3: 2.0}) == {1: 1.0, 2: 0.5, 3: LOWEST}


def test_a_lone_hit_is_one():
    assert normalised({7: 0.2}) == {7: 1.0}


def test_equal_hits_are_all_one():
    assert normalised({1: 3.0, 2: 3.0}) == {1: 1.0, 2: 1.0}


def test_nothing_stays_nothing():
    assert normalised({}) == {}
    assert fused({}, {}) == {}


def test_a_hit_of_both_halves_adds_up():
    both = fused({1: 5.0, 2: 1.0}, {2: 0.9, 3: 0.1})
    assert both[1] == Shares(KEYWORD_WEIGHT, 0.0)
    assert both[2] == Shares(KEYWORD_WEIGHT * LOWEST, VECTOR_WEIGHT)
    assert both[2].score == pytest.approx(0.4006)
    assert both[3] == Shares(0.0, VECTOR_WEIGHT * LOWEST)


def test_negative_cosines_are_only_a_scale():
    assert normalised({1: 0.5, 2: -0.5}) == {1: 1.0, 2: LOWEST}


@given(SCORES, SCORES)
def test_shares_stay_within_their_weights_and_nothing_is_lost(keyword, vector):
    result = fused(keyword, vector)
    assert set(result) == set(keyword) | set(vector)
    for key, shares in result.items():
        assert 0 <= shares.keyword <= KEYWORD_WEIGHT
        assert 0 <= shares.vector <= VECTOR_WEIGHT
        assert (shares.keyword > 0) == (key in keyword)
        assert (shares.vector > 0) == (key in vector)


@given(SCORES)
def test_normalising_keeps_the_order(scores):
    result = normalised(scores)
    ranked = sorted(scores, key=lambda key: scores[key])
    assert [result[key] for key in ranked] == sorted(result.values())
