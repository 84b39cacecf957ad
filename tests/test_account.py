"""The account under adverse order: upgrades, kills, twins, moved and lying addresses. One `new` for each article."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from index.article import Precision, Receipt
from index.identity import article_id
from index.journal import Address, Offer, Run
from index.outcome import Kind, Outcome, Reason
from tasks.runs import settle_the_rest
from tasks.settling import LookedAt, after, settle_looked_at
from tests.test_load import HOME, NOON, Newsroom, changed

PRIMARY, AMP, MOBILE = f"{HOME}/mines", f"{HOME}/amp/mines", f"{HOME}/m/mines"
DEAD = Run("dead", "ingest", "host:1:1", NOON, NOON)


@pytest.fixture
def newsroom(tmp_path):
    opened = Newsroom(tmp_path)
    yield opened
    opened.store.close()


def fail(newsroom, url, reason=Reason.SERVER_ERROR):
    newsroom.run += 1
    run_id = f"run-{newsroom.run}"
    (item,) = newsroom.journal.offer(run_id, [Offer("ledger", url, url)])
    known = newsroom.journal.addresses([url]).get(url) or Address(url, url, "ledger", newsroom.now)
    settle_looked_at(newsroom.journal, run_id, [LookedAt(item, known, Outcome(reason))], newsroom.now, 60)
    return newsroom.journal.items(run_id)[0].outcome


def interrupt(newsroom, url=PRIMARY):
    """As if the run that stored the article had been killed before it could say so."""
    newsroom.journal.save_addresses([replace(Address(url, url, "ledger", NOON), reason=Reason.RUN_INTERRUPTED)])


def test_the_first_edit_after_an_extractor_upgrade_is_a_revision(newsroom):
    newsroom.look(receipt=Receipt(extractor="1"))
    assert newsroom.look(receipt=Receipt(extractor="2")) is Reason.RE_EXTRACTED
    assert newsroom.look(title="Edited", receipt=Receipt(extractor="2")) is Reason.CONTENT_CHANGED
    assert newsroom.article().revision == 2


def test_new_is_said_once_where_the_canonical_address_failed_before(newsroom):
    fail(newsroom, PRIMARY)
    assert newsroom.look(AMP, canonical_url=PRIMARY) is Reason.FIRST_SEEN
    assert newsroom.look(MOBILE, canonical_url=PRIMARY) is Reason.SAME_CANONICAL
    assert newsroom.look(PRIMARY).kind is Kind.UNCHANGED


@pytest.mark.parametrize("canonical", ["", PRIMARY])
def test_new_is_said_once_where_another_address_comes_first_after_a_kill(newsroom, canonical):
    newsroom.look()
    interrupt(newsroom)
    said = [newsroom.look(AMP, canonical_url=canonical), newsroom.look(PRIMARY)]
    assert said.count(Reason.FIRST_SEEN) == 1


def test_a_revision_is_said_once_over_two_addresses(newsroom):
    newsroom.look(PRIMARY)
    newsroom.look(AMP, canonical_url=PRIMARY)
    said = [newsroom.look(AMP, canonical_url=PRIMARY, title="Edit"), newsroom.look(PRIMARY, title="Edit")]
    assert said == [Reason.CONTENT_CHANGED, Reason.SAME_CONTENT]


def test_an_address_met_after_a_revision_announces_none(newsroom):
    newsroom.look(AMP, canonical_url=PRIMARY)
    newsroom.look(AMP, canonical_url=PRIMARY, title="Edit")
    assert newsroom.look(PRIMARY, title="Edit") is Reason.SAME_CONTENT


def test_a_killed_revision_that_was_taken_back_is_taken_back_here_too(newsroom):
    newsroom.look()
    before = newsroom.journal.addresses([PRIMARY])[PRIMARY]
    newsroom.look(title="Wrong claim")
    newsroom.journal.save_addresses([before])
    newsroom.look()
    assert newsroom.article().title == "Mines under the pier"


def test_a_moved_article_stays_one(newsroom):
    moved = f"{HOME}/world/mines"
    newsroom.look(PRIMARY)
    newsroom.look(PRIMARY, final=moved, title="Moved and edited")
    newsroom.look(moved, title="Moved and edited twice")
    assert newsroom.store.count().articles == 1


def test_the_address_that_a_twin_declares_leads_to_the_article(newsroom):
    declared = f"{HOME}/world/mines"
    newsroom.look(PRIMARY)
    newsroom.look(AMP, canonical_url=declared)
    newsroom.look(declared, title="Edited")
    assert newsroom.store.count().articles == 1


def test_copies_at_two_outlets_that_one_import_brings_are_two_articles(newsroom):
    newsroom.look("https://a-paper.example/x", source="import")
    assert newsroom.look("https://b-paper.test/y", source="import") is Reason.FIRST_SEEN


def test_page_two_listed_beside_its_article_is_part_of_it(newsroom):
    second = f"{PRIMARY}?page=2"
    pages = [
        (second, "ledger", None, {"blocks": changed("Only the second page.")}),
        (PRIMARY, "ledger", None, {"page_urls": (PRIMARY, second)}),
    ]
    assert newsroom.look_at(pages) == [Reason.PART_OF_ARTICLE, Reason.FIRST_SEEN]


def test_a_deleted_article_stays_deleted_at_its_other_addresses(newsroom):
    newsroom.look(PRIMARY)
    newsroom.look(AMP)
    newsroom.store.delete(article_id(PRIMARY))
    assert newsroom.look(AMP) is Reason.DELETED


def test_an_outage_of_hours_makes_no_dead_letter(newsroom):
    """A server's short Retry-After does not shorten the growing delay."""
    address, now = Address(PRIMARY, PRIMARY, "ledger", NOON), NOON
    while address.reason is not Reason.DEAD_LETTER:
        if address.next_check_at is None or address.next_check_at <= now:
            asked = Outcome(Reason.ROBOTS_UNREACHABLE, retry_at=now + timedelta(minutes=10))
            address = after(address, asked, now, 60)
        now += timedelta(minutes=15)
    assert now - NOON > timedelta(days=1)


def test_a_failed_item_says_when_it_is_tried_again(newsroom):
    assert fail(newsroom, PRIMARY).retry_at == newsroom.now + timedelta(minutes=15)


def test_two_items_of_a_killed_run_with_one_address_announce_one_article(newsroom):
    journal = newsroom.journal
    journal.open_run(DEAD)
    (one,) = journal.offer("dead", [Offer("a", PRIMARY, PRIMARY)])
    journal.offer("dead", [Offer("b", PRIMARY, PRIMARY)])
    known = Address(PRIMARY, PRIMARY, "a", NOON)
    settle_looked_at(journal, "dead", [LookedAt(one, known, Outcome(Reason.FIRST_SEEN, article_id="i"))], NOON, 60)
    settle_the_rest(journal, DEAD, NOON)
    assert [item.outcome.reason for item in journal.items("dead")] == [Reason.FIRST_SEEN, Reason.SAME_ADDRESS]


def test_what_was_offered_to_a_killed_run_and_not_yet_remembered_comes_back(newsroom):
    newsroom.journal.open_run(DEAD)
    newsroom.journal.offer("dead", [Offer("a", PRIMARY, PRIMARY)])
    settle_the_rest(newsroom.journal, DEAD, NOON)
    assert [address.url for address in newsroom.journal.waiting("a", NOON, 10)] == [PRIMARY]


@pytest.mark.parametrize(
    "final", [f"{HOME}/?utm_source=a&q={'/' * 3000}", f"{HOME}/%{'25' * 12}", f"{HOME}/a?q=%{'25' * 20}&utm_source=1"]
)
def test_a_redirect_to_an_address_without_canonical_form_harms_nobody(newsroom, final):
    assert newsroom.look(final=final).kind is Kind.NEW


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
        datetime(2026, 3, 1, tzinfo=UTC),
    ],
)
def test_dates_at_the_ends_of_time_are_stored(newsroom, moment):
    assert newsroom.look(published_at=moment, published_precision=Precision.DAY) is Reason.FIRST_SEEN
