"""New, revised, unchanged or duplicate: what the index and the journal hold after each look at a page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from index.article import Block, Precision, Receipt
from index.embedders.hashing import HashingEmbedder
from index.identity import article_id
from index.journal import Address, Offer
from index.local.opening import open_local
from index.outcome import Reason
from tasks.archive import Archive
from tasks.candidates import candidate, own_address
from tasks.extract.records import Extracted
from tasks.fetch import FetchPolicy
from tasks.load import load
from tasks.resolving import SystemResolver
from tasks.tools import Tools

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://ledger.example"
TEXT = (Block("Divers found three mines under the pier."), Block("The harbour stayed closed."))


class Newsroom:
    """Looks at pages one after the other, as runs do, and says what became of each."""

    def __init__(self, folder):
        store, journal = open_local(folder / "index")
        self.now = NOON
        self.tools = Tools(
            store, journal, Archive(folder / "archive"), HashingEmbedder(), {}, FetchPolicy(), SystemResolver(),
            clock=lambda: self.now,
        )  # fmt: skip
        self.store, self.journal = store, journal
        self.run = 0

    def look(self, url=f"{HOME}/mines", source="ledger", final=None, **extracted):
        """One page in a run of its own: its reason."""
        return self.look_at([(url, source, final, extracted)])[0]

    def look_at(self, pages):
        """Several pages in one batch of one run."""
        self.run += 1
        self.now += timedelta(hours=1)
        run_id = f"run-{self.run}"
        offers = [Offer(source, url, url) for url, source, _, _ in pages]
        items = self.journal.offer(run_id, offers)
        known = self.journal.addresses(offer.url for offer in offers)
        candidates = []
        for item, (url, source, final, fields) in zip(items, pages, strict=True):
            address = known.get(url) or Address(url, url, source, self.now)
            extracted = Extracted(**{"title": "Mines under the pier", "blocks": TEXT, **fields})
            candidates.append(candidate(item, address, extracted, final or url, self.now))
        load(run_id, candidates, self.tools)
        assert self.journal.ledger(run_id).gaps() == {}
        return [item.outcome.reason for item in self.journal.items(run_id)]

    def article(self, url=f"{HOME}/mines"):
        return self.store.get(self.journal.addresses([url])[url].article_id)


@pytest.fixture
def newsroom(tmp_path):
    opened = Newsroom(tmp_path)
    yield opened
    opened.store.close()


def changed(*texts):
    return tuple(Block(text) for text in texts)


def test_a_page_met_first_is_new_and_then_unchanged(newsroom):
    assert newsroom.look() is Reason.FIRST_SEEN
    assert newsroom.look() is Reason.SAME_CONTENT
    assert newsroom.store.count().articles == 1


def test_white_space_alone_is_no_change(newsroom):
    newsroom.look()
    spaced = changed("Divers  found three mines under the pier. ", "The harbour stayed closed.")
    assert newsroom.look(blocks=spaced) is Reason.SAME_CONTENT


def test_an_edited_article_becomes_a_revision_and_keeps_the_first(newsroom):
    newsroom.look()
    assert newsroom.look(blocks=changed("Divers found four mines.", "The harbour opened.")) is Reason.CONTENT_CHANGED
    article = newsroom.article()
    assert article.revision == 2
    (older,) = newsroom.store.revisions(article.id)
    assert older.blocks == TEXT
    assert older.valid_to == article.updated_at


def test_an_edit_taken_back_is_a_third_revision(newsroom):
    newsroom.look()
    newsroom.look(title="Mines found")
    assert newsroom.look() is Reason.CONTENT_CHANGED
    assert newsroom.article().revision == 3


def test_another_extractor_rewrites_the_same_revision(newsroom):
    newsroom.look(receipt=Receipt(extractor="1"))
    assert newsroom.look(blocks=changed("Cleaner text."), receipt=Receipt(extractor="2")) is Reason.RE_EXTRACTED
    assert newsroom.article().revision == 1
    assert newsroom.article().blocks == changed("Cleaner text.")


def test_changed_metadata_is_updated_in_place(newsroom):
    newsroom.look()
    vector = newsroom.article().passages[0].vector
    assert newsroom.look(authors=("Ines Okoro",)) is Reason.METADATA_UPDATED
    article = newsroom.article()
    assert (article.authors, article.revision) == (("Ines Okoro",), 1)
    assert (article.passages[0].vector == vector).all()


def test_a_date_once_known_is_not_unlearned(newsroom):
    newsroom.look(published_at=NOON, published_precision=Precision.DAY)
    assert newsroom.look() is Reason.SAME_CONTENT
    assert newsroom.article().published_at == NOON
    assert newsroom.article().published_precision is Precision.DAY


def test_another_address_that_declares_the_same_article_is_a_duplicate(newsroom):
    newsroom.look()
    other = f"{HOME}/m/mines"
    assert newsroom.look(other, canonical_url=f"{HOME}/mines") is Reason.SAME_CANONICAL
    assert newsroom.article().other_urls == (other,)
    assert newsroom.look(other, canonical_url=f"{HOME}/mines") is Reason.SAME_CONTENT
    assert newsroom.store.count().articles == 1


def test_the_same_text_by_the_same_outlet_is_a_duplicate(newsroom):
    newsroom.look()
    assert newsroom.look(f"{HOME}/2026/mines", source="ledger-world") is Reason.SAME_OUTLET_TEXT
    assert newsroom.article().sources == ("ledger", "ledger-world")
    assert newsroom.look(f"{HOME}/2026/mines", source="ledger-world") is Reason.SAME_CONTENT


def test_the_same_text_at_another_outlet_is_new_and_tied(newsroom):
    newsroom.look()
    strait = "https://strait.example/pier"
    assert newsroom.look(strait, source="strait", title="Pier mined") is Reason.FIRST_SEEN
    assert newsroom.article(strait).copy_group == newsroom.article().copy_group


def test_two_copies_in_one_batch_are_told_apart_too(newsroom):
    pages = [(f"{HOME}/{name}", "ledger", None, {}) for name in ("mines", "mines-2")]
    assert newsroom.look_at(pages) == [Reason.FIRST_SEEN, Reason.SAME_OUTLET_TEXT]


def test_a_second_address_with_an_older_text_does_not_turn_the_article_back(newsroom):
    other = f"{HOME}/amp/mines"
    newsroom.look()
    newsroom.look(other, canonical_url=f"{HOME}/mines")
    newsroom.look(title="Mines found")
    assert newsroom.look(other, canonical_url=f"{HOME}/mines") is Reason.SAME_CONTENT
    assert newsroom.article().title == "Mines found"


def test_one_declared_address_on_different_articles_folds_none(newsroom):
    """A site whose template declares the same canonical address everywhere must not lose all but one article."""
    declared = f"{HOME}/template"
    reasons = [
        newsroom.look(f"{HOME}/{n}", canonical_url=declared, title=f"Story {n}", blocks=changed(f"Text of story {n}."))
        for n in range(3)
    ]
    assert reasons == [Reason.FIRST_SEEN] * 3
    assert newsroom.store.count().articles == 3


@pytest.mark.parametrize(
    ("declared", "found", "own"),
    [
        ("", f"{HOME}/a", f"{HOME}/a"),
        (f"{HOME}/b", f"{HOME}/a", f"{HOME}/b"),
        (f"{HOME}/", f"{HOME}/a", f"{HOME}/a"),
        ("https://elsewhere.example/b", f"{HOME}/a", f"{HOME}/a"),
        ("javascript:alert(1)", f"{HOME}/a", f"{HOME}/a"),
        (f"{HOME}/b", "", f"{HOME}/b"),
    ],
)
def test_a_page_speaks_for_its_own_site_only(declared, found, own):
    assert own_address(declared, found) == own


def test_a_further_page_offered_alone_is_part_of_its_article(newsroom):
    pages = (f"{HOME}/mines", f"{HOME}/mines?page=2")
    newsroom.look(page_urls=pages)
    assert newsroom.look(pages[1], blocks=changed("Only the second page.")) is Reason.PART_OF_ARTICLE
    assert newsroom.article().revision == 1


def test_a_deleted_article_stays_deleted(newsroom):
    newsroom.look()
    newsroom.store.delete(article_id(f"{HOME}/mines"))
    assert newsroom.look() is Reason.DELETED
    assert newsroom.store.count().articles == 0


def test_an_article_stored_by_a_killed_run_is_announced_by_the_next(newsroom):
    """It was written, and the process died before the journal heard of it."""
    newsroom.look()
    url = f"{HOME}/mines"
    newsroom.journal.save_addresses([replace(Address(url, url, "ledger", NOON), reason=Reason.RUN_INTERRUPTED)])
    assert newsroom.look() is Reason.FIRST_SEEN
    assert newsroom.store.count().articles == 1


def test_a_revision_stored_by_a_killed_run_is_announced_by_the_next(newsroom):
    newsroom.look()
    (before,) = newsroom.journal.addresses([f"{HOME}/mines"]).values()
    newsroom.look(title="Mines found")
    newsroom.journal.save_addresses([before])
    assert newsroom.look(title="Mines found") is Reason.CONTENT_CHANGED
    assert newsroom.article().revision == 2


def test_every_passage_is_embedded(newsroom):
    newsroom.look()
    counts = newsroom.store.count()
    assert counts.passages == counts.embedded_passages > 0


def test_an_index_of_another_model_is_refused_before_anything_is_written(newsroom, tmp_path):
    from index.errors import ModelMismatch

    newsroom.look()
    newsroom.tools = replace(newsroom.tools, embedder=HashingEmbedder(dimension=7))
    with pytest.raises(ModelMismatch):
        newsroom.look(f"{HOME}/other", title="Other", blocks=changed("Other text."))
    assert newsroom.store.count().articles == 1
