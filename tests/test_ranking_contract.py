"""In which order articles are found, with what totals, explanations and highlights, whatever the backend."""

from datetime import timedelta

import pytest

from index.query import Mode, Order
from index.results import Span
from tests.stores import NOON, article, find, ids, marked, put


@pytest.mark.parametrize("mode", list(Mode))
def test_an_empty_query_lists_everything_newest_first(store, mode):
    moments = [NOON + timedelta(hours=n % 7, minutes=n) for n in range(30)]
    put(store, *(article(str(n), "T", f"text {n}", published_at=moment) for n, moment in enumerate(moments)))
    expected = sorted(range(30), key=lambda n: (n % 7) * 60 + n, reverse=True)
    assert ids(store, "", mode, limit=30) == [str(n) for n in expected]
    assert ids(store, "  ", mode, limit=5, offset=5) == [str(n) for n in expected[5:10]]
    results = find(store, "", mode)
    assert (results.total, results.total_is_exact, results.hits[0].score) == (30, True, 0.0)


def test_exclusions_alone_list_the_rest_newest_first(store):
    hours = [NOON + timedelta(hours=n) for n in range(6)]
    put(store, *(article(str(n), "T", ("even", "odd")[n % 2], published_at=hour) for n, hour in enumerate(hours)))
    assert ids(store, "-odd", Mode.HYBRID) == ["4", "2", "0"]


@pytest.mark.parametrize("mode", list(Mode))
def test_newest_orders_what_was_found_by_time(store, mode):
    hours = [NOON - timedelta(hours=n) for n in range(9)]
    put(store, *(article(str(n), "T", "missile " * (1 + n % 3), published_at=hour) for n, hour in enumerate(hours)))
    put(store, article("other", "T", "unrelated", published_at=NOON + timedelta(days=9), embedded=False))
    assert ids(store, "missile", mode, order=Order.NEWEST) == [str(n) for n in range(9)]
    assert all(hit.score > 0 for hit in find(store, "missile", Mode.KEYWORD, order=Order.NEWEST).hits)


def test_pages_follow_each_other_without_gap_or_repetition(store):
    put(store, *(article(str(n), "T", "missile " * (n + 1) + "word " * 50) for n in range(25)))
    whole = ids(store, "missile", Mode.HYBRID, limit=25)
    pages = [ids(store, "missile", Mode.HYBRID, limit=10, offset=offset) for offset in (0, 10, 20)]
    assert [one for page in pages for one in page] == whole
    assert len(set(whole)) == 25


def test_totals_count_all_that_match_and_not_only_the_page(store):
    put(store, *(article(str(n), "T", "missile launch", embedded=False) for n in range(310)))
    put(store, *(article(f"v{n}", "T", "calm weather") for n in range(7)))
    keyword = find(store, "missile", limit=3)
    assert (len(keyword.hits), keyword.total, keyword.total_is_exact) == (3, 310, True)
    hybrid = find(store, "missile", Mode.HYBRID)
    assert hybrid.total == 317
    assert find(store, "weather", Mode.SEMANTIC).total == 7


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("text", ["missile launch", '"missile launch" site', "calm", "", "-calm", "nowhere"])
def test_shares_always_sum_to_the_score(store, mode, order, text):
    put(store, article("a", "Missile launch", "a missile launch site"), article("b", "Calm", "calm weather today"))
    put(store, article("c", "A launch", "missile and launch", embedded=False))
    for hit in find(store, text, mode, order=order).hits:
        why = hit.explanation
        assert why.keyword_share + why.vector_share == hit.score
        assert min(why.keyword_share, why.vector_share) >= 0


def test_scores_say_what_they_are(store):
    put(store, article("a", "T", "missile launch"), article("b", "T", "calm weather", "missile"))
    put(store, article("c", "T", "missile", embedded=False))
    keyword = find(store, "missile").hits
    assert all(hit.score == hit.explanation.keyword_score == hit.explanation.keyword_share for hit in keyword)
    semantic = find(store, "missile", Mode.SEMANTIC).hits
    assert [hit.article.id for hit in semantic] == ["b", "a"]
    assert semantic[0].score == semantic[0].explanation.similarity == pytest.approx(1, abs=1e-3)
    assert semantic[0].explanation.keyword_score is None
    hybrid = {hit.article.id: hit for hit in find(store, "missile", Mode.HYBRID).hits}
    assert hybrid["b"].explanation.vector_share == pytest.approx(0.4)
    assert hybrid["c"].explanation.similarity is None
    assert max(hit.explanation.keyword_share for hit in hybrid.values()) == pytest.approx(0.6)


def test_an_article_scores_as_its_best_passage_and_shows_it(store):
    put(store, article("a", "T", "calm weather", "truck parts for missiles", "more weather"))
    hit = find(store, "truck parts", Mode.SEMANTIC).hits[0]
    assert hit.passage.text == "truck parts for missiles"
    assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_a_keyword_hit_shows_the_passage_with_most_of_the_words(store):
    put(store, article("a", "T", "A truck.", "Trucks and missiles: truck parts.", "missiles", embedded=False))
    hit = find(store, "truck missile").hits[0]
    assert hit.passage.text == "Trucks and missiles: truck parts."
    assert marked(hit.passage.text, hit.passage.highlights) == ["Trucks", "missiles", "truck"]


def test_a_hit_by_its_title_alone_shows_no_passage(store):
    put(store, article("a", "Missiles", "Something else."))
    assert find(store, "missiles").hits[0].passage is None


def test_highlights_are_offsets_into_the_original_text(store):
    body = "ﬁrst 弾道ミサイル発射 evil[.]example[.]com"
    put(store, article("a", "İstanbul: «Müller» & the U.S.", body, summary="e\u0301te\u0301"))
    [hit] = find(store, "istanbul muller us ミサイル evil.example.com été").hits
    assert marked(hit.article.title, hit.title_highlights) == ["İstanbul", "Müller", "U.S"]
    assert marked(hit.article.summary, hit.summary_highlights) == ["e\u0301te\u0301"]
    assert marked(hit.passage.text, hit.passage.highlights) == ["ミサイル", "evil[.]example[.]com"]
    assert "été" in hit.explanation.terms


def test_terms_are_spelled_as_the_query_spells_them(store):
    put(store, article("a", "T", "Missiles hit North Korea"))
    assert find(store, 'MISSILE tank "north KOREA"').hits[0].explanation.terms == ("MISSILE", "north KOREA")


def test_a_page_s_own_markup_stays_text(store):
    put(store, article("a", "<script>alert(1)</script> missile", "x"))
    hit = find(store, "missile").hits[0]
    assert hit.article.title == "<script>alert(1)</script> missile"
    assert hit.title_highlights == (Span(26, 33),)
