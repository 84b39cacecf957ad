"""Turn archived pages into articles in the index: read, extract, decide, embed, write, settle."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from index.errors import SecnewsError
from index.journal import Address, Item
from index.outcome import Outcome, Reason
from tasks.archive import ArchiveError
from tasks.candidates import Candidate, candidate
from tasks.enrich import with_language
from tasks.extract.page import extract_page
from tasks.extract.records import EXTRACTOR_VERSION, NotAnArticle, RawPage
from tasks.fetch import Fetched
from tasks.load import load
from tasks.settling import LookedAt, settle_looked_at
from tasks.tools import Tools

log = logging.getLogger(__name__)


def process(run_id: str, keys: Sequence[str], tools: Tools) -> None:
    """Extract and load the items with these keys. Settled items are left alone, so it may run twice.

    Raises:
        IndexUnavailable, IndexDamaged, ModelMismatch: nothing can be written; unsettled items stay so.
    """
    items = tools.journal.items(run_id, keys, unsettled=True)
    known = tools.journal.addresses(item.offer.url for item in items)
    candidates: list[Candidate] = []
    rejected: list[LookedAt] = []
    for item in items:
        made = _extracted(item, known[item.offer.url], tools)
        if isinstance(made, Candidate):
            candidates.append(made)
        else:
            rejected.append(made)
    settle_looked_at(tools.journal, run_id, rejected, tools.clock(), tools.rules.recheck_minutes)
    load(run_id, candidates, tools)


def _extracted(item: Item, known: Address, tools: Tools) -> Candidate | LookedAt:
    try:
        pages = [tools.archive.read(place) for place in item.places]
    except ArchiveError as fault:
        return LookedAt(item, known, Outcome(Reason.ARCHIVE_UNAVAILABLE, str(fault)))
    seen = brought_up_to_date(item, known, pages[0])
    try:
        extracted = with_language(extract_page([raw_page(page) for page in pages]))
    except NotAnArticle as verdict:
        return LookedAt(item, seen, Outcome(verdict.reason, verdict.detail))
    except SecnewsError:
        raise
    except Exception as defect:
        log.exception("item %s: the extractor broke", item.offer.url)
        return LookedAt(item, seen, Outcome(Reason.EXTRACTOR_FAULT, type(defect).__name__))
    return candidate(item, seen, extracted, pages[0].url, tools.clock())


def brought_up_to_date(item: Item, known: Address, page: Fetched) -> Address:
    """What the journal shall know of an address once this page has been judged."""
    return replace(
        known,
        fingerprint=item.offer.fingerprint,
        etag=page.etag,
        last_modified=page.last_modified,
        place=item.places[0],
        extractor=EXTRACTOR_VERSION,
    )


def raw_page(page: Fetched) -> RawPage:
    return RawPage(body=page.body, url=page.url, content_type=page.content_type)
