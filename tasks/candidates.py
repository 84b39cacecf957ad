"""What an item's page turned into, on its way to the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from index.article import Article
from index.identity import article_id, content_hash, copy_group, document_id
from index.journal import Address, Item
from tasks.addresses import BadAddress, canonical_url, same_site
from tasks.extract.records import Extracted


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item with its clean text.

    `known` is what the journal knew of its address, brought up to date with this look (validators, place, content
    hash); `known_hash` is the content hash it announced before.
    """

    item: Item
    known: Address
    known_hash: str
    article: Article


def candidate(item: Item, known: Address, extracted: Extracted, final_url: str, now: datetime) -> Candidate:
    """Build the article that this page would be if nobody knew it yet.

    `final_url` is where redirects ended; empty for a document that came without an address.
    """
    fingerprint = content_hash(extracted.title, extracted.summary, extracted.blocks)
    url = own_address(extracted.canonical_url, final_url)
    if not url and final_url and item.offer.url.startswith("http"):
        url = item.offer.url
    published, precision = extracted.published_at, extracted.published_precision
    receipt = extracted.receipt
    if published is None and item.offer.published_hint is not None:
        published, precision = item.offer.published_hint, item.offer.precision_hint
        receipt = replace(receipt, fields=(*receipt.fields, ("published_at", "feed")))
    article = Article(
        id=article_id(url) if url else unaddressed_id(item.offer.source, extracted),
        url=url,
        source=item.offer.source,
        sources=(item.offer.source,),
        title=extracted.title or item.offer.title_hint,
        summary=extracted.summary,
        section=extracted.section,
        authors=extracted.authors,
        agency=extracted.agency,
        published_at=published,
        published_precision=precision,
        language=extracted.language,
        blocks=extracted.blocks,
        page_urls=extracted.page_urls,
        other_urls=(item.offer.url,) if url and item.offer.url != url else (),
        first_seen_at=known.first_seen_at,
        updated_at=now,
        content_hash=fingerprint,
        copy_group=copy_group(extracted.blocks),
        receipt=receipt,
    )
    return Candidate(item, replace(known, content_hash=fingerprint), known.content_hash, article)


def unaddressed_id(source: str, extracted: Extracted) -> str:
    """The id of a document without an address: by source, title, day and opening text, never by its path."""
    opening = " ".join(block.text for block in extracted.blocks)
    return document_id(source, extracted.title, extracted.published_at, opening)


def document_address(article_id: str) -> str:
    """What stands in the journal for the address of a document that has none."""
    return f"document:{article_id}"


def own_address(declared: str, final_url: str) -> str:
    """The canonical address of a page: the one it declares, where that can be believed, else where it was found.

    A page may speak for its own site only, and a site that declares its home page on every article (a common mistake)
    would fold all of them into one: neither is believed.
    """
    try:
        found = canonical_url(final_url) if final_url else ""
    except BadAddress:  # a redirect may end at an address that has no canonical form
        found = ""
    if not declared:
        return found
    try:
        own = canonical_url(declared)
    except BadAddress:
        return found
    believed = urlsplit(own).path.strip("/") and (not found or same_site(own, found))
    return own if believed else found
