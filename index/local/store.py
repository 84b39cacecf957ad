"""The store of the embedded index: index/store.py's contract on one SQLite file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from index.article import Article
from index.embedder import ModelDescription
from index.errors import IndexDamaged, ModelMismatch, SecnewsError
from index.local.answer import answer
from index.local.article_rows import SURROGATES, cleaned, fault, from_record
from index.local.database import Database
from index.local.folder import refuse_network_folder
from index.local.vectors import Vectors
from index.local.word_view import WordsDamaged
from index.local.words import Words
from index.local.writing import check_model, forget, vectors_of, write
from index.query import SearchRequest
from index.results import Counts, PutResult, PutStatus, Results

LOG = logging.getLogger(__name__)
# A commit waits for the disk (some 5 ms); 100 articles take about as long to write.
BATCH = 100
# tantivy's commit waits longer, and its segments are merged the less often the larger they are. A search brings it up
# to date anyway.
WORDS_EVERY = 2_000
PAGE = 200


class LocalStore:
    """Articles in a folder of this machine. Safe to use from several threads and processes at once."""

    def __init__(self, database: Database, folder: Path) -> None:
        refuse_network_folder(folder)
        self._db = database
        self._folder = folder
        self._words = Words(database, folder)
        self._vectors = Vectors(database)

    @property
    def location(self) -> str:
        return f"local:{self._folder}"

    @property
    def model(self) -> ModelDescription | None:
        with self._db.read() as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'model'").fetchone()
        return ModelDescription(**json.loads(row[0])) if row else None

    def claim_model(self, model: ModelDescription) -> None:
        with self._db.write() as db:
            db.execute("INSERT OR IGNORE INTO meta VALUES ('model', ?)", (json.dumps(asdict(model)),))
        held = self.model
        if held and (held.checksum, held.dimension) != (model.checksum, model.dimension):
            raise ModelMismatch(
                f"{self.location} holds vectors of {held.name} ({held.checksum[:12]}), not of {model.name} "
                f"({model.checksum[:12]}): set SECNEWS_MODEL to it, or SECNEWS_INDEX to a new folder"
            )

    def put(self, articles: Iterable[Article]) -> Iterator[PutResult]:
        waiting, since = iter(articles), 0
        try:
            while batch := list(islice(waiting, BATCH)):
                results, error = self._put_batch(batch)
                since += len(batch)
                yield from results
                if error:
                    raise error
                if since >= WORDS_EVERY:
                    self._bring_words_up_to_date()
                    since = 0
        finally:
            if since:
                self._bring_words_up_to_date()

    def _put_batch(self, batch: list[Article]) -> tuple[list[PutResult], ModelMismatch | None]:
        """One transaction. An article that breaks off the whole ends the batch before it."""
        results: list[PutResult] = []
        model = self.model
        with self._db.write() as db:
            for article in batch:
                reason = fault(article)
                if reason:
                    results.append(PutResult(article.id, PutStatus.REFUSED, reason))
                    continue
                try:
                    check_model(article, model)
                except ModelMismatch as error:
                    return results, error
                results.append(write(db, cleaned(article)))
        return results, None

    def _bring_words_up_to_date(self) -> None:
        """What was stored stays stored, whatever becomes of the words: the next search tries again."""
        try:
            self._words.catch_up()
        except SecnewsError as error:
            LOG.warning("the keyword index was left behind: %s", error)
        self._words.notes()

    def get(self, article_id: str) -> Article | None:
        with self._db.read() as db:
            row = db.execute("SELECT number, record FROM articles WHERE id = ?", (_storable(article_id),)).fetchone()
            return from_record(row[1], vectors_of(db, row[0])) if row else None

    def revisions(self, article_id: str) -> tuple[Article, ...]:
        with self._db.read() as db:
            rows = db.execute("SELECT record FROM revisions WHERE id = ? ORDER BY revision", (_storable(article_id),))
            return tuple(from_record(record) for (record,) in rows)

    def same_content(self, content_hash: str) -> tuple[str, ...]:
        with self._db.read() as db:
            rows = db.execute("SELECT id FROM articles WHERE content_hash = ? ORDER BY id", (_storable(content_hash),))
            return tuple(row[0] for row in rows)

    def delete(self, article_id: str) -> bool:
        with self._db.write() as db:
            deleted = forget(db, _storable(article_id))
        if deleted:
            self._bring_words_up_to_date()
        return deleted

    def iterate(self) -> Iterator[Article]:
        last = ""
        while True:
            # A page at a time: a snapshot held open would keep SQLite from tidying its log.
            with self._db.read() as db:
                rows = db.execute(
                    "SELECT id, number, record FROM articles WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)
                ).fetchall()
                page = [from_record(record, vectors_of(db, number)) for _, number, record in rows]
            if not page:
                return
            yield from page
            last = page[-1].id

    def count(self) -> Counts:
        with self._db.read() as db:
            numbers = [
                int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
                for table in ("articles", "passages", "passages WHERE vector IS NULL", "revisions", "tombstones")
            ]
        articles, passages, without_vector, revisions, deleted = numbers
        return Counts(articles, passages, passages - without_vector, revisions, deleted)

    def search(self, request: SearchRequest) -> Results:
        try:
            results = self._search(request)
        except WordsDamaged as error:
            self._words.rebuild(str(error))
            results = self._search_anew(request)
        return replace(results, notes=results.notes + self._words.notes())

    def _search(self, request: SearchRequest) -> Results:
        return answer(self._db, self._words.view(), self._vectors, self.model, request)

    def _search_anew(self, request: SearchRequest) -> Results:
        try:
            return self._search(request)
        except WordsDamaged as error:
            raise IndexDamaged(
                f"the keyword index in {self._folder} cannot be read ({error}): delete its words-* folder, and it is "
                "made anew from the database"
            ) from error

    def close(self) -> None:
        self._words.close()
        self._db.close()


def _storable(text: str) -> str:
    return SURROGATES.sub("\ufffd", text)
