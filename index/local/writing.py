"""What a write does to the tables: each function works inside a transaction of its caller."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

from index.article import Article
from index.embedder import ModelDescription
from index.errors import ModelMismatch
from index.local.article_rows import all_sources, from_record, microseconds, to_blob, to_record
from index.results import PutResult, PutStatus

COLUMNS = "id, revision, effective_us, language, sources, content_hash, record"


def write(db: sqlite3.Connection, article: Article) -> PutResult:
    """Put one article, which is storable and whose vectors fit the index."""
    if db.execute("SELECT 1 FROM tombstones WHERE id = ?", (article.id,)).fetchone():
        return PutResult(article.id, PutStatus.DELETED)
    row = db.execute("SELECT number, record FROM articles WHERE id = ?", (article.id,)).fetchone()
    if row is None:
        _insert(db, article)
        return PutResult(article.id, PutStatus.CREATED)
    number = row[0]
    stored = from_record(row[1], vectors_of(db, number))
    if article.revision == stored.revision + 1:
        _keep(db, replace(stored, valid_from=stored.valid_from or stored.updated_at, valid_to=article.updated_at))
        _update(db, number, article)
        return PutResult(article.id, PutStatus.REVISED)
    if article.revision != stored.revision:
        error = f"it is revision {article.revision}, and the index holds revision {stored.revision}: read it again"
        return PutResult(article.id, PutStatus.CONFLICT, error)
    article = _with_known_vectors(article, stored)
    if _says_nothing_new(article, stored):
        return PutResult(article.id, PutStatus.UNCHANGED)
    _update(db, number, article)
    return PutResult(article.id, PutStatus.REWRITTEN)


def vectors_of(db: sqlite3.Connection, number: int) -> list[bytes | None]:
    """The vectors of an article's passages, in their order."""
    rows = db.execute("SELECT vector FROM passages WHERE number = ? ORDER BY ordinal", (number,))
    return [row[0] for row in rows]


def check_model(article: Article, model: ModelDescription | None) -> None:
    """Make sure that an article's vectors are those of the index's model, as far as can be seen.

    Raises:
        ModelMismatch: no model was claimed, or it makes vectors of another dimension.
    """
    shapes = {passage.vector.shape for passage in article.passages if passage.vector is not None}
    if shapes and model is None:
        raise ModelMismatch(f"article {article.id} has vectors, and no model was claimed: call claim_model first")
    if shapes and model is not None and shapes != {(model.dimension,)}:
        raise ModelMismatch(
            f"article {article.id} has vectors of shape {sorted(shapes)[0]}, and the index's model {model.name} makes "
            f"{model.dimension} numbers: embed it with that model, or rebuild the index"
        )


def forget(db: sqlite3.Connection, article_id: str) -> bool:
    """Delete an article with all revisions, and leave a tombstone."""
    row = db.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return False
    db.execute("DELETE FROM passages WHERE number = ?", row)
    db.execute("DELETE FROM articles WHERE number = ?", row)
    db.execute("DELETE FROM revisions WHERE id = ?", (article_id,))
    db.execute("INSERT INTO tombstones VALUES (?, ?)", (article_id, datetime.now(UTC).isoformat()))
    _log(db, row[0])
    return True


def _with_known_vectors(article: Article, stored: Article) -> Article:
    """Passages that came without a vector keep the one stored for the same text: metadata costs no embedding."""
    known = {passage.text: passage.vector for passage in stored.passages}
    return replace(
        article,
        passages=tuple(
            replace(passage, vector=known.get(passage.text)) if passage.vector is None else passage
            for passage in article.passages
        ),
    )


def _says_nothing_new(article: Article, stored: Article) -> bool:
    # When it was written is no news of its own. Nor is another vector of the same text: batches round differently.
    embedded = [passage.vector is not None for passage in article.passages]
    known = [passage.vector is not None for passage in stored.passages]
    # Records and not articles are compared: equal moments with other offsets are another date to a publisher.
    return embedded == known and to_record(replace(article, updated_at=stored.updated_at)) == to_record(stored)


def _insert(db: sqlite3.Connection, article: Article) -> None:
    values = _values(article)
    number = db.execute(f"INSERT INTO articles ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", values).lastrowid
    assert number is not None
    _embed(db, number, article)
    _log(db, number)


def _update(db: sqlite3.Connection, number: int, article: Article) -> None:
    db.execute(
        f"UPDATE articles SET ({COLUMNS}) = (?, ?, ?, ?, ?, ?, ?) WHERE number = ?",
        (*_values(article), number),
    )
    db.execute("DELETE FROM passages WHERE number = ?", (number,))
    _embed(db, number, article)
    _log(db, number)


def _values(article: Article) -> tuple[str | int, ...]:
    sources = json.dumps(all_sources(article), ensure_ascii=False)
    return (
        article.id, article.revision, microseconds(article.effective_at), article.language, sources,
        article.content_hash, to_record(article),
    )  # fmt: skip


def _embed(db: sqlite3.Connection, number: int, article: Article) -> None:
    db.executemany(
        "INSERT INTO passages VALUES (?, ?, ?)",
        [(number, ordinal, to_blob(passage.vector)) for ordinal, passage in enumerate(article.passages)],
    )


def _keep(db: sqlite3.Connection, older: Article) -> None:
    db.execute("INSERT OR REPLACE INTO revisions VALUES (?, ?, ?)", (older.id, older.revision, to_record(older)))


def _log(db: sqlite3.Connection, number: int) -> None:
    # REPLACE: the article's earlier change goes, and this one stands at the end.
    db.execute("INSERT OR REPLACE INTO changes (number) VALUES (?)", (number,))
