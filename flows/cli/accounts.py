"""Runs and articles as plain values, for `--json`."""

from __future__ import annotations

from typing import Any

from index.article import Article
from index.journal import Item, Run
from index.outcome import Kind, Ledger
from index.results import Hit, Results, Span


def account(run: Run, ledger: Ledger) -> dict[str, Any]:
    """A run with its sums by outcome."""
    return {
        "run": run.id,
        "flow": run.flow,
        "state": run.state.value,
        "note": run.note,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "offered": sum(ledger.offered.values()),
        **{kind.value: ledger.total(kind) for kind in Kind},
        "adds_up": not ledger.gaps(),
    }


def ledger_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """What each source offered, by outcome and by reason."""
    return [
        {
            "source": source,
            "offered": ledger.offered[source],
            **{kind.value: ledger.count(source, kind) for kind in Kind},
            "reasons": {reason.value: n for (name, reason), n in sorted(ledger.settled.items()) if name == source},
        }
        for source in ledger.sources
    ]


def item_row(item: Item) -> dict[str, Any]:
    outcome = item.outcome
    return {
        "source": item.offer.source,
        "url": item.offer.url,
        "link": item.offer.link,
        "outcome": outcome.kind.value if outcome else None,
        "reason": outcome.reason.value if outcome else None,
        "detail": outcome.detail if outcome else "",
        "article": outcome.article_id if outcome else "",
        "retry_at": outcome.retry_at.isoformat() if outcome and outcome.retry_at else None,
    }


def article_row(article: Article) -> dict[str, Any]:
    """An article without its vectors."""
    return {
        "id": article.id,
        "url": article.url,
        "other_urls": list(article.other_urls),
        "pages": list(article.page_urls),
        "source": article.source,
        "sources": list(article.sources),
        "title": article.title,
        "summary": article.summary,
        "section": article.section,
        "authors": list(article.authors),
        "agency": article.agency,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "published_precision": article.published_precision.value,
        "first_seen_at": article.first_seen_at.isoformat(),
        "updated_at": article.updated_at.isoformat(),
        "valid_from": article.valid_from.isoformat() if article.valid_from else None,
        "valid_to": article.valid_to.isoformat() if article.valid_to else None,
        "language": article.language,
        "revision": article.revision,
        "copy_group": article.copy_group,
        "body": [{"kind": block.kind.value, "text": block.text} for block in article.blocks],
        "passages": len(article.passages),
        "receipt": {
            "extractor": article.receipt.extractor,
            "kept_share": round(article.receipt.kept_share, 4),
            "fields": dict(article.receipt.fields),
            "notes": list(article.receipt.notes),
        },
    }


def hit_row(hit: Hit) -> dict[str, Any]:
    explanation = hit.explanation
    passage = hit.passage
    return {
        "id": hit.article.id,
        "url": hit.article.url,
        "source": hit.article.source,
        "title": hit.article.title,
        "summary": hit.article.summary,
        "published_at": hit.article.published_at.isoformat() if hit.article.published_at else None,
        "language": hit.article.language,
        "score": hit.score,
        "explanation": {
            "keyword_share": explanation.keyword_share,
            "vector_share": explanation.vector_share,
            "keyword_score": explanation.keyword_score,
            "similarity": explanation.similarity,
            "terms": list(explanation.terms),
            "fields": list(explanation.fields),
        },
        "passage": {
            "text": passage.text,
            "start": passage.start,
            "end": passage.end,
            "highlights": spans(passage.highlights),
        }
        if passage
        else None,
        "title_highlights": spans(hit.title_highlights),
        "summary_highlights": spans(hit.summary_highlights),
    }


def results_row(results: Results) -> dict[str, Any]:
    timings = results.timings
    return {
        "mode": results.mode.value,
        "total": results.total,
        "total_is_exact": results.total_is_exact,
        "notes": list(results.notes),
        "milliseconds": {
            "embed": round(timings.embed_ms, 2),
            "keyword": round(timings.keyword_ms, 2),
            "vector": round(timings.vector_ms, 2),
            "fetch": round(timings.fetch_ms, 2),
            "total": round(timings.total_ms, 2),
        },
        "hits": [hit_row(hit) for hit in results.hits],
    }


def spans(found: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in found]
