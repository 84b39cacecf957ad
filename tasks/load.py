"""Write candidates to the index and settle their items: new, revised, unchanged or duplicate.

One batch at a time: within a run nothing else writes, so two items with the same text meet here and not in a race.
Between runs the index itself settles races ("only if absent", and one revision after the other).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.article import Article
from index.journal import Address, Item
from index.outcome import Outcome, Reason
from index.results import PutResult, PutStatus
from tasks.candidates import Candidate, document_address
from tasks.deciding import Decision, decide
from tasks.embed import embedded
from tasks.settling import LookedAt, settle_looked_at
from tasks.tools import Tools

# What writing an article answers that was not there when it was decided, and is now: another run was faster.
OVERTAKEN = frozenset({PutStatus.UNCHANGED, PutStatus.REWRITTEN})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A decision and what the index said to it."""

    decision: Decision
    outcome: Outcome


def load(run_id: str, candidates: Sequence[Candidate], tools: Tools) -> None:
    """Store what is new or changed, embedded, and settle every candidate's item.

    Raises:
        IndexUnavailable: the index could not be written; items not yet settled stay so, and the next run takes them.
        ModelMismatch: the index holds vectors of another model.
    """
    for together in rounds(candidates):
        loaded = _load_round(together, tools)
        looked_at = [_looked_at(one) for one in loaded]
        settle_looked_at(tools.journal, run_id, looked_at, tools.clock(), tools.rules.recheck_minutes)


def rounds(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Split a batch so that no round holds one article, or one text of one outlet, twice: the second must see the
    first in the index."""
    # Joined articles first: their further pages, offered alone, then find them.
    rest = sorted(candidates, key=lambda one: not one.article.page_urls)
    while rest:
        taken: list[Candidate] = []
        later: list[Candidate] = []
        seen: set[tuple[str, ...]] = set()
        for one in rest:
            marks = _marks(one)
            (later if marks & seen else taken).append(one)
            seen |= marks
        yield taken
        rest = later


def _marks(one: Candidate) -> set[tuple[str, ...]]:
    article = one.article
    marks: set[tuple[str, ...]] = {("id", article.id), ("text", article.content_hash), ("address", one.item.offer.url)}
    marks |= {("address", url) for url in article.page_urls}
    return marks | {("id", one.known.article_id)} if one.known.article_id else marks


def _load_round(candidates: list[Candidate], tools: Tools) -> list[Loaded]:
    decisions = [decide(one, tools.store, tools.journal) for one in candidates]
    writes = [decision for decision in decisions if decision.write is not None]
    results = dict(zip((id(decision) for decision in writes), _write(writes, tools), strict=True))
    return [Loaded(decision, _outcome(decision, results.get(id(decision)))) for decision in decisions]


def _write(decisions: list[Decision], tools: Tools) -> list[PutResult]:
    articles = [decision.write for decision in decisions if decision.write is not None]
    if not articles:
        return []
    tools.store.claim_model(tools.embedder.description)
    fresh = {article.id: article for article in embedded(_without_passages(articles), tools.embedder)}
    return list(tools.store.put(fresh.get(article.id, article) for article in articles))


def _without_passages(articles: list[Article]) -> list[Article]:
    # Metadata updates keep the passages and vectors that they have.
    return [article for article in articles if not article.passages]


def _outcome(decision: Decision, result: PutResult | None) -> Outcome:
    if decision.creates and result and result.status in OVERTAKEN:
        return Outcome(Reason.SAME_CONTENT, "another run stored it at the same moment", result.id)
    if result is None or result.stored:
        return decision.outcome
    if result.status is PutStatus.DELETED:
        return Outcome(Reason.DELETED, article_id=result.id)
    detail = result.error or "another process changed the article at the same moment"
    return Outcome(Reason.REFUSED_BY_INDEX, detail, result.id)


def _looked_at(loaded: Loaded) -> LookedAt:
    """The item, its address, and the further addresses that lead to the same article from now on."""
    one, outcome = loaded.decision.candidate, loaded.outcome
    item, known = one.item, one.known
    if not outcome.article_id or outcome.reason in {Reason.REFUSED_BY_INDEX, Reason.DELETED}:
        return LookedAt(item, known, outcome)
    return LookedAt(item, known, outcome, tuple(_aliases(item, known, loaded.decision, outcome)))


def _aliases(item: Item, known: Address, decision: Decision, outcome: Outcome) -> Iterator[Address]:
    article = decision.write or decision.candidate.article
    own = article.url if article.id == outcome.article_id else decision.candidate.article.url
    declared = decision.candidate.article.url if outcome.reason is not Reason.FIRST_SEEN else ""
    urls = {declared, own or document_address(outcome.article_id), *article.page_urls} - {item.offer.url, ""}
    for url in sorted(urls):
        yield replace(
            known, url=url, link=url, article_id=outcome.article_id, reason=None, etag="", last_modified="",
            content_hash="", fingerprint="",
        )  # fmt: skip
