"""Is this article new, revised, known or a duplicate? Reads the index and the journal, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from index.article import Article
from index.identity import article_id, normalised
from index.journal import Journal
from index.outcome import Outcome, Reason
from index.store import Store
from tasks.addresses import outlet_of
from tasks.candidates import Candidate, document_address

# What a publisher may change without writing anything new: it is brought up to date in place.
METADATA = ("section", "authors", "agency", "published_at", "published_precision", "language")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a candidate.

    `write` is what the index shall hold, None where it already does; `creates` says that nothing was there.
    """

    candidate: Candidate
    outcome: Outcome
    write: Article | None = None
    creates: bool = False


def decide(candidate: Candidate, store: Store, journal: Journal) -> Decision:
    """Compare a candidate with what is known of its addresses and its text."""
    existing = _known_article(candidate, store, journal)
    if existing is None:
        article = _under_a_free_id(candidate, store)
        twin = _twin(article, store)
        if twin is not None:
            unsaid = _written_but_unsaid(twin, journal)
            return _duplicate(candidate, twin, Reason.FIRST_SEEN if unsaid else Reason.SAME_OUTLET_TEXT)
        return Decision(candidate, Outcome(Reason.FIRST_SEEN, article_id=article.id), article, creates=True)
    if candidate.item.offer.url in existing.page_urls[1:]:
        return Decision(candidate, Outcome(Reason.PART_OF_ARTICLE, article_id=existing.id))
    if not candidate.known.article_id:
        if _written_but_unsaid(existing, journal):
            return _completed(candidate, existing)
        return _duplicate(candidate, existing, Reason.SAME_CANONICAL)
    return _compared(candidate, existing, journal)


def _compared(candidate: Candidate, existing: Article, journal: Journal) -> Decision:
    """The same address was loaded before: did its publisher change anything?"""
    article = candidate.article
    if article.content_hash == existing.content_hash:
        if existing.revision > 1 and not _announced(existing, journal):
            # A killed run stored this revision and did not come to say so.
            return Decision(candidate, Outcome(Reason.CONTENT_CHANGED, article_id=existing.id))
        return _metadata(candidate, existing)
    if candidate.known_hash == article.content_hash and candidate.item.offer.url != existing.url:
        # This address still says what it said; another address of the article leads.
        return Decision(candidate, Outcome(Reason.SAME_CONTENT, article_id=existing.id))
    changed = _merged(existing, article)
    if existing.receipt.extractor != article.receipt.extractor:
        return Decision(candidate, Outcome(Reason.RE_EXTRACTED, article_id=existing.id), changed)
    revised = replace(changed, revision=existing.revision + 1)
    return Decision(candidate, Outcome(Reason.CONTENT_CHANGED, article_id=existing.id), revised)


def _announced(existing: Article, journal: Journal) -> bool:
    """Whether a run said of any address of the article what it says now."""
    known = journal.addresses([existing.url or document_address(existing.id), *existing.other_urls])
    return any(address.content_hash == existing.content_hash for address in known.values())


def _metadata(candidate: Candidate, existing: Article) -> Decision:
    """The words are the same: keep the stored text, its passages and vectors, and learn what else the page says."""
    new = candidate.article
    learned = replace(existing, sources=_union(existing.sources, new.sources), **_learned(existing, new))
    if existing.receipt.extractor != new.receipt.extractor:
        # Else the next change, the publisher's, would be taken for the extractor's.
        learned = replace(learned, receipt=new.receipt)
        return Decision(candidate, Outcome(Reason.RE_EXTRACTED, article_id=existing.id), learned)
    if learned == existing:
        return Decision(candidate, Outcome(Reason.SAME_CONTENT, article_id=existing.id))
    return Decision(candidate, Outcome(Reason.METADATA_UPDATED, article_id=existing.id), learned)


def _merged(existing: Article, new: Article) -> Article:
    """The new text under the identity of the known article."""
    return replace(
        new, id=existing.id, url=existing.url, source=existing.source, first_seen_at=existing.first_seen_at,
        revision=existing.revision, sources=_union(existing.sources, new.sources), other_urls=existing.other_urls,
        **_learned(existing, new),
    )  # fmt: skip


def _learned(existing: Article, new: Article) -> dict[str, Any]:
    """Metadata as the page says it now; what was known once and is missing now is not unlearned."""
    metadata = {name: getattr(new, name) or getattr(existing, name) for name in METADATA}
    if new.published_at is None:
        metadata["published_precision"] = existing.published_precision
    return metadata


def _duplicate(candidate: Candidate, existing: Article, reason: Reason) -> Decision:
    """Another address of a known article: the article learns the address, and nothing else changes."""
    article = candidate.article
    offered = (article.url, candidate.item.offer.url)
    addresses = [url for url in offered if url.startswith("http") and url != existing.url]
    learned = replace(
        existing,
        other_urls=_union(existing.other_urls, addresses),
        sources=_union(existing.sources, article.sources),
    )
    outcome = Outcome(reason, f"the article is {existing.url or existing.id}", existing.id)
    return Decision(candidate, outcome, learned if learned != existing else None)


def _completed(candidate: Candidate, existing: Article) -> Decision:
    """A killed run stored this article and did not come to say so: this run says it."""
    outcome = Outcome(Reason.FIRST_SEEN, "stored by a run that was killed", existing.id)
    if candidate.article.content_hash == existing.content_hash:
        return Decision(candidate, outcome)
    revised = replace(_merged(existing, candidate.article), revision=existing.revision + 1)
    return Decision(candidate, outcome, revised)


def _known_article(candidate: Candidate, store: Store, journal: Journal) -> Article | None:
    article = candidate.article
    if candidate.known.article_id and (found := store.get(candidate.known.article_id)):
        return found
    known = journal.addresses([article.url]).get(article.url) if article.url else None
    for found_id in dict.fromkeys([known.article_id if known else "", article.id]):
        found = store.get(found_id) if found_id else None
        if found is not None and _believable(candidate, found):
            return found
    return None


def _believable(candidate: Candidate, existing: Article) -> bool:
    """Whether a page may be taken for the known article at the canonical address that it declares.

    Sites that declare one address on many different articles exist; neither title nor text would agree then.
    """
    article = candidate.article
    if candidate.item.offer.url == existing.url:
        return True
    same_title = normalised(article.title).casefold() == normalised(existing.title).casefold()
    return same_title or article.copy_group == existing.copy_group


def _under_a_free_id(candidate: Candidate, store: Store) -> Article:
    """The candidate's article, under the address it was offered at where its declared one is another article's."""
    article = candidate.article
    if candidate.known.article_id:
        # Its address led to an article that is gone: under that id the tombstone keeps it out.
        return replace(article, id=candidate.known.article_id)
    if not article.url or store.get(article.id) is None:
        return article
    url = candidate.item.offer.url
    note = f"declares {article.url}, which is another article"
    receipt = replace(article.receipt, notes=(*article.receipt.notes, note))
    return replace(article, id=article_id(url), url=url, receipt=receipt)


def _twin(article: Article, store: Store) -> Article | None:
    """The same text by the same outlet at another address."""
    for found_id in store.same_content(article.content_hash):
        found = store.get(found_id)
        if found is None:
            continue
        both = article.url and found.url
        if outlet_of(article.url) == outlet_of(found.url) if both else article.source in found.sources:
            return found
    return None


def _written_but_unsaid(existing: Article, journal: Journal) -> bool:
    """Whether no address leads to this article yet: whoever stored it was killed before saying so."""
    address = existing.url or document_address(existing.id)
    known = journal.addresses([address]).get(address)
    return known is None or not known.article_id


def _union(first: tuple[str, ...], more: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *more)))
