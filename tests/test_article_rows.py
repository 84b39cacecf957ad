"""Articles to rows and back, for any article there can be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block, BlockKind, Passage, Precision, Receipt, Removed
from index.local.article_rows import cleaned, fault, from_blob, from_record, microseconds, to_blob, to_record
from tests.stores import EMBEDDER, NOON, article

TEXT = st.text(max_size=20)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
NUMBERS = st.integers(0, 10**9)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  zones are drawn
RECEIPTS = st.builds(
    Receipt, TEXT, NUMBERS, NUMBERS, st.lists(st.builds(Removed, TEXT, NUMBERS, NUMBERS), max_size=2).map(tuple),
    st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple), TEXTS,
)  # fmt: skip
ARTICLES = st.builds(
    Article, id=TEXT, url=TEXT, source=TEXT, title=TEXT, first_seen_at=MOMENTS, updated_at=MOMENTS, content_hash=TEXT,
    blocks=st.lists(st.builds(Block, TEXT, st.sampled_from(BlockKind)), max_size=3).map(tuple),
    summary=TEXT, section=TEXT, authors=TEXTS, agency=TEXT, other_urls=TEXTS, page_urls=TEXTS, sources=TEXTS,
    published_at=st.none() | MOMENTS, published_precision=st.sampled_from(Precision), language=TEXT,
    revision=st.integers(1, 9), copy_group=TEXT, valid_from=st.none() | MOMENTS, valid_to=st.none() | MOMENTS,
    receipt=RECEIPTS, passages=st.just(()),
)  # fmt: skip


def dates(one):
    moments = (one.published_at, one.first_seen_at, one.updated_at, one.valid_from, one.valid_to)
    return [moment and moment.isoformat() for moment in moments]


@given(ARTICLES)
def test_an_article_survives_its_row_exactly(one):
    again = from_record(to_record(one))
    assert again == one
    assert dates(again) == dates(one)


@given(ARTICLES, st.integers(0, 5), st.integers(0, 5))
def test_passages_are_cut_from_the_text_again(one, start, length):
    text = one.text[start : start + length]
    one = replace(one, passages=(Passage(text, start, start + len(text)),))
    assert from_record(to_record(one)).passages == one.passages


def test_a_vector_keeps_its_direction():
    vector = EMBEDDER.query("truck parts for missiles")
    assert float(from_blob(to_blob(vector)) @ vector) > 0.9999
    assert from_blob(to_blob(None)) is None


def test_cleaning_leaves_a_clean_article_alone():
    one = article("a", "T", "text 🚀")
    assert cleaned(one) is one


def test_cleaning_keeps_offsets_and_vectors():
    one = cleaned(article("a", "T", "one \ud83d two", "three"))
    assert [passage.text for passage in one.passages] == ["one \ufffd two", "three"]
    assert all(passage.vector is not None for passage in one.passages)
    assert fault(one) == ""


def test_moments_count_microseconds_whatever_the_zone():
    moment = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert microseconds(moment) == microseconds(NOON) == int(NOON.timestamp()) * 1_000_000
    assert microseconds(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))) < microseconds(
        datetime(1, 1, 1, tzinfo=UTC)
    )
