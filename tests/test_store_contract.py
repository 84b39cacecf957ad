"""What every store keeps of what it is given, whatever its backend (tests/store_fixtures.py opens them)."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from index.article import Block, BlockKind, Passage, Precision, Receipt, Removed
from index.embedder import ModelDescription
from index.errors import BadRequest, ModelMismatch
from index.query import Filters, Mode, QueryVector, SearchRequest
from index.results import Counts, PutStatus
from index.search import search
from tests.stores import EMBEDDER, NOON, article, find, ids, put

OTHER_MODEL = ModelDescription("another", EMBEDDER.description.dimension, 254, "f" * 64)


# What is stored


def test_an_article_comes_back_exactly_as_it_was_put(store):
    tokyo = timezone(timedelta(hours=9))
    full = article(
        "a1",
        "Ölpreis & <b>Markt</b>",
        "First paragraph.",
        "Second, with 漢字 and 🚀.",
        language="de",
        url="https://news.example/a1",
        source="wire",
        sources=("wire", "daily"),
        other_urls=("https://m.news.example/a1",),
        page_urls=("https://news.example/a1", "https://news.example/a1/2"),
        summary="A summary",
        section="World",
        authors=("A. Writer", "B. Writer"),
        agency="DPA",
        published_at=datetime(2026, 3, 1, tzinfo=tokyo),
        published_precision=Precision.DAY,
        copy_group="abc",
        receipt=Receipt("x 1", 900, 300, (Removed("menu", 3, 200),), (("title", "json-ld"),), ("a note",)),
    )
    full = replace(full, blocks=(*full.blocks, Block("Heading", BlockKind.HEADING), Block("q", BlockKind.QUOTE)))
    assert put(store, full) == [PutStatus.CREATED]
    assert store.get("a1") == full
    assert store.get("a1").published_at.isoformat() == "2026-03-01T00:00:00+09:00"
    assert np.allclose(store.get("a1").passages[1].vector, full.passages[1].vector, atol=1e-3)
    assert find(store, "Heading").hits[0].article == full


def test_an_unknown_article_is_none(store):
    assert store.get("nothing") is None
    assert store.get("\ud800") is None
    assert store.revisions("nothing") == ()


def test_putting_the_same_revision_twice_is_no_change(store):
    assert put(store, article("a", "T", "text"), article("b", "T", "text")) == [PutStatus.CREATED] * 2
    assert put(store, article("a", "T", "text"), article("b", "T", "text")) == [PutStatus.UNCHANGED] * 2
    assert store.count().articles == 2


def test_the_same_article_twice_in_one_put_is_stored_once(store):
    assert put(store, article("a", "T", "x"), article("a", "T", "x")) == [PutStatus.CREATED, PutStatus.UNCHANGED]
    assert ids(store, "x") == ["a"]


def test_the_time_of_writing_alone_is_no_change(store):
    put(store, article("a", "T", "text"))
    assert put(store, article("a", "T", "text", updated_at=NOON + timedelta(days=1))) == [PutStatus.UNCHANGED]
    assert store.get("a").updated_at == NOON


def test_other_metadata_rewrites_the_same_revision(store):
    put(store, article("a", "T", "text"))
    assert put(store, article("a", "T", "text", authors=("Someone",))) == [PutStatus.REWRITTEN]
    assert store.get("a").authors == ("Someone",)
    assert store.revisions("a") == ()


def test_another_offset_of_the_same_moment_is_another_date(store):
    put(store, article("a", "T", "text", published_at=NOON))
    moved = NOON.astimezone(timezone(timedelta(hours=2)))
    assert put(store, article("a", "T", "text", published_at=moved)) == [PutStatus.REWRITTEN]
    assert store.get("a").published_at.isoformat() == "2026-03-01T14:00:00+02:00"


def test_the_next_revision_keeps_the_older_one(store):
    later = NOON + timedelta(hours=2)
    put(store, article("a", "Old title", "old words"))
    assert put(store, article("a", "New title", "new words", revision=2, updated_at=later)) == [PutStatus.REVISED]
    assert store.get("a").title == "New title"
    [older] = store.revisions("a")
    assert (older.title, older.revision, older.valid_from, older.valid_to) == ("Old title", 1, NOON, later)
    assert [passage.text for passage in older.passages] == ["old words"]
    assert ids(store, "old") == []
    assert ids(store, "new") == ["a"]


def test_a_revision_that_does_not_follow_is_a_conflict(store):
    put(store, article("a", "T", "x", revision=2))
    [low, high] = store.put([article("a", "T", "y", revision=1), article("a", "T", "y", revision=4)])
    assert (low.status, high.status) == (PutStatus.CONFLICT, PutStatus.CONFLICT)
    assert "revision 2" in high.error
    assert store.get("a").text == "x"


def test_a_deleted_article_stays_deleted(store):
    put(store, article("a", "T", "gone"), article("b", "T", "stays"))
    put(store, article("a", "T", "gone too", revision=2))
    assert store.delete("a")
    assert not store.delete("a")
    assert not store.delete("never was")
    assert put(store, article("a", "T", "back again")) == [PutStatus.DELETED]
    assert (store.get("a"), store.revisions("a"), ids(store, "gone")) == (None, (), [])
    assert ids(store, "T", Mode.HYBRID) == ["b"]
    assert store.count() == Counts(articles=1, passages=1, embedded_passages=1, revisions=0, deleted=1)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"id": ""}, "id"),
        ({"revision": 0}, "revision"),
        ({"first_seen_at": NOON.replace(tzinfo=None)}, "time zone"),
        ({"passages": (Passage("elsewhere", 0, 9),)}, "passage"),
        ({"passages": (Passage("text", 0, 4, np.zeros(256, dtype=np.float32)),)}, "unit length"),
        ({"passages": (Passage("text", 0, 4, np.full(256, np.nan, dtype=np.float32)),)}, "unit length"),
    ],
)
def test_a_refused_article_says_why_and_does_not_stop_the_rest(store, broken, why):
    results = list(store.put([replace(article("a", "T", "text"), **broken), article("b", "T", "text")]))
    assert [result.status for result in results] == [PutStatus.REFUSED, PutStatus.CREATED]
    assert why in results[0].error
    assert store.count().articles == 1


def test_lone_surrogates_are_cleaned_out_of_text(store):
    broken = article("a", "Bad \ud800 title", "half \udfff a character", authors=("\ud801",))
    assert put(store, broken) == [PutStatus.CREATED]
    assert store.get("a").title == "Bad \ufffd title"
    assert store.get("a").passages[0].vector is not None
    assert put(store, broken) == [PutStatus.UNCHANGED]
    assert ids(store, "character \ud800") == ["a"]
    assert ids(store, "character", filters=Filters(sources=("\ud800",))) == []


def test_iterating_goes_through_every_article_in_order_of_id(store):
    names = [f"{n:03d}" for n in range(450)]
    put(store, *(article(name, "T", name) for name in reversed(names)))
    found = list(store.iterate())
    assert [one.id for one in found] == names
    assert all(one.passages[0].vector is not None for one in found)


def test_same_content_names_the_articles_with_that_hash(store):
    put(store, *(replace(article(name, "T", "x"), content_hash="same") for name in "ba"), article("c", "T", "x"))
    assert store.same_content("same") == ("a", "b")
    assert store.same_content("none") == ()


def test_counts_tell_passages_with_vectors_from_those_without(store):
    put(store, article("a", "T", "one", "two"), article("b", "T", "three", embedded=False))
    put(store, article("a", "T", "other", revision=2))
    assert store.count() == Counts(articles=2, passages=2, embedded_passages=1, revisions=1, deleted=0)


def test_results_of_a_put_come_in_order_for_any_number(store):
    results = list(store.put(article(str(n), "T", f"text {n}") for n in range(330)))
    assert [result.id for result in results] == [str(n) for n in range(330)]


# Models


def test_the_first_to_claim_decides_the_model(store, store_factory):
    other = store_factory()
    assert other.model == EMBEDDER.description
    other.claim_model(EMBEDDER.description)
    with pytest.raises(ModelMismatch, match="SECNEWS_MODEL"):
        other.claim_model(OTHER_MODEL)


def test_an_index_without_vectors_has_no_model(store_factory):
    fresh = store_factory()
    assert fresh.model is None
    assert put(fresh, article("a", "T", "word", embedded=False)) == [PutStatus.CREATED]
    results = find(fresh, "word", Mode.HYBRID)
    assert ([hit.article.id for hit in results.hits], results.mode) == (["a"], Mode.KEYWORD)
    assert "no vectors" in results.notes[0]
    assert find(fresh, "word", Mode.SEMANTIC).hits == ()


def test_vectors_before_a_claim_are_refused(store_factory):
    with pytest.raises(ModelMismatch, match="claim_model"):
        put(store_factory(), article("a", "T", "text"))


def test_vectors_of_another_dimension_stop_the_put_and_lose_nothing_before_it(store):
    short = Passage("text", 0, 4, np.array([1, 0], dtype=np.float32))
    wrong = replace(article("b", "T", "text"), passages=(short,))
    results = []
    with pytest.raises(ModelMismatch):
        results.extend(store.put([article("a", "T", "text"), wrong, article("c", "T", "text")]))
    assert store.get("a") is not None
    assert store.get("b") is None


def test_a_query_of_another_model_is_refused(store):
    put(store, article("a", "T", "text"))
    vector = QueryVector(EMBEDDER.query("text"), OTHER_MODEL)
    with pytest.raises(ModelMismatch, match="another"):
        store.search(SearchRequest("text", Mode.HYBRID, vector=vector))


def test_a_query_without_its_vector_is_refused(store):
    with pytest.raises(BadRequest, match="vector"):
        store.search(SearchRequest("text", Mode.SEMANTIC))


def test_a_query_vector_that_is_no_number_is_refused(store):
    put(store, article("a", "T", "text"))
    vector = QueryVector(np.full(256, np.nan, dtype=np.float32), EMBEDDER.description)
    with pytest.raises(BadRequest, match="finite"):
        store.search(SearchRequest("text", Mode.HYBRID, vector=vector))


def test_without_an_embedder_a_hybrid_search_finds_by_words_and_says_so(store):
    put(store, article("a", "T", "text"))
    results = search(store, None, SearchRequest("text", Mode.HYBRID))
    assert (results.mode, len(results.hits)) == (Mode.KEYWORD, 1)
    assert "no embedding model" in results.notes[-1]
    with pytest.raises(BadRequest, match="model"):
        search(store, None, SearchRequest("text", Mode.SEMANTIC))


def test_an_article_without_vectors_keeps_those_stored_for_the_same_text(store):
    put(store, article("a", "T", "text", "more"))
    assert put(store, article("a", "T", "text", "more", section="World", embedded=False)) == [PutStatus.REWRITTEN]
    assert store.count().embedded_passages == 2
    assert put(store, article("a", "T", "text", "more", section="World", embedded=False)) == [PutStatus.UNCHANGED]


def test_a_vector_for_a_passage_without_one_is_written(store):
    put(store, article("a", "T", "text", embedded=False))
    assert put(store, article("a", "T", "text")) == [PutStatus.REWRITTEN]
    assert ids(store, "text", Mode.SEMANTIC) == ["a"]


# Several at once


def test_what_one_stores_another_finds(store, store_factory):
    other = store_factory()
    assert ids(other, "missile") == []
    put(store, article("a", "T", "missile"))
    assert ids(other, "missile", Mode.HYBRID) == ["a"]
    other.delete("a")
    assert ids(store, "missile", Mode.HYBRID) == []
    assert store.get("a") is None


def test_creating_is_only_if_absent(store, store_factory):
    other = store_factory()
    mine, theirs = store.put([article("a", "T", "x")]), other.put([article("a", "T", "x")])
    assert [next(mine).status, next(theirs).status] == [PutStatus.CREATED, PutStatus.UNCHANGED]
    assert [*mine, *theirs] == []
