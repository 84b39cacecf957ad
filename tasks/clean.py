"""The row that `secnews clean --jsonl` prints for each document."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from index.article import Precision
from tasks.reading import Document


def clean_row(document: Document) -> dict[str, Any]:
    """A document as JSON types; `import` reads it back. Without an article: path, rejected (the reason) and detail."""
    path = document.paths[0] if document.paths else ""
    article = document.extracted
    if article is None:
        return {"path": path, "rejected": str(document.rejected or ""), "detail": document.detail}
    return {
        "path": path,
        "url": document.url,
        "title": article.title,
        "summary": article.summary,
        "section": article.section,
        "authors": list(article.authors),
        "published_at": _written(article.published_at, article.published_precision),
        "language": article.language,
        "body": [block.text for block in article.blocks],
        "pages": list(document.paths),
        "receipt": asdict(article.receipt),
    }


def _written(moment: datetime | None, precision: Precision) -> str | None:
    if moment is None:
        return None
    return moment.date().isoformat() if precision is Precision.DAY else moment.isoformat()
