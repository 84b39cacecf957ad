"""Put what a person hands in (pages, dumps, JSONL articles) into the index, with the same account as a crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from index.journal import Address, Item, Offer
from index.outcome import Outcome, Reason
from tasks.addresses import BadAddress, canonical_url
from tasks.candidates import Candidate, candidate, document_address, unaddressed_id
from tasks.extract.records import EXTRACTOR_VERSION, Extracted
from tasks.load import load
from tasks.reading import Document
from tasks.tools import Tools

# Articles whose passages are embedded together: enough to fill batches of one length, few enough to show progress.
BATCH = 50


def import_documents(
    run_id: str, documents: Iterable[Document], source: str, tools: Tools, advance: Callable[[int], None]
) -> None:
    """Offer, load and settle documents within an open run; `advance` is told how many files are done.

    Every file is an item: the first page of an article carries its outcome, further pages are PART_OF_ARTICLE.
    """
    remaining = iter(documents)
    while batch := list(islice(remaining, BATCH)):
        _load_batch(run_id, batch, source, tools)
        tools.journal.beat(run_id, tools.clock())
        advance(sum(len(document.paths) for document in batch))


def _load_batch(run_id: str, documents: list[Document], source: str, tools: Tools) -> None:
    candidates: list[Candidate] = []
    outcomes: dict[str, Outcome] = {}
    offers = [list(_offers(document, source)) for document in documents]
    items = iter(tools.journal.offer(run_id, [offer for of_document in offers for offer in of_document]))
    known = _remember([of_document[0] for of_document in offers if of_document], tools)
    for document, of_document in zip(documents, offers, strict=True):
        first, *further = islice(items, len(of_document))
        outcomes |= {item.key: Outcome(Reason.PART_OF_ARTICLE, f"a page of {first.offer.link}") for item in further}
        if document.extracted is None:
            outcomes[first.key] = Outcome(document.rejected or Reason.UNREADABLE, document.detail)
        else:
            candidates.append(_candidate(first, known[first.offer.url], document.extracted, document.url, tools))
    load(run_id, candidates, tools)
    tools.journal.settle(run_id, outcomes)


def _offers(document: Document, source: str) -> Iterator[Offer]:
    address = _address(document, source)
    for number, path in enumerate(document.paths):
        yield Offer(source, address if number == 0 else f"file:{path}", link=str(path))


def _address(document: Document, source: str) -> str:
    if document.extracted is None:
        return f"file:{document.paths[0]}"
    try:
        return canonical_url(document.url)
    except BadAddress:  # none, or none that is usable
        return document_address(unaddressed_id(source, document.extracted))


def _remember(offers: list[Offer], tools: Tools) -> dict[str, Address]:
    """The addresses of these documents, new ones entered. Files that were rejected leave no trace but the account."""
    wanted = [offer for offer in offers if not offer.url.startswith("file:")]
    known = tools.journal.addresses(offer.url for offer in wanted)
    now = tools.clock()
    new = {
        offer.url: Address(offer.url, offer.url, offer.source, first_seen_at=now)
        for offer in wanted
        if offer.url not in known
    }
    tools.journal.save_addresses(new.values())
    return {**known, **new}


def _candidate(item: Item, known: Address, extracted: Extracted, url: str, tools: Tools) -> Candidate:
    judged = replace(known, extractor=EXTRACTOR_VERSION, etag="", last_modified="")
    return candidate(item, judged, extracted, url, tools.clock())
