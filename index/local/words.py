"""The word half: a tantivy folder, derived from SQLite's log of changes and never trusted further than that.

Any process may bring it up to date, one at a time; the others leave it to that one. How far it has come stands in a
file beside it, written after tantivy's commit: a process killed in between applies some changes twice, which is the
same as once. A folder that is missing, damaged, or made for another database or analyser is made anew.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import tantivy

from index.analysis import VERSION
from index.errors import IndexDamaged, IndexUnavailable, SecnewsError
from index.local.article_rows import from_record
from index.local.database import Database
from index.local.folder import lock
from index.local.word_queries import document, schema
from index.local.word_view import WordsDamaged, WordView, in_our_words
from index.stemming import stemmer_version

LOG = logging.getLogger(__name__)
# tantivy wants 15 MB a thread at least; with 50 MB and one thread some 20,000 articles make one segment. The analyser
# in Python, not tantivy, is what takes the time.
HEAP_BYTES = 50_000_000
BATCH = 500
# Batches between commits while catching up on a long log: half a minute's work that a killed process would lose.
COMMIT_EVERY = 20
# What was stored before a search began is found by it, unless another process is still busy after this long.
PATIENCE_SECONDS = 1.0
# 100,000 articles take some 3 minutes to analyse; whoever waits for another process to do it gives up before that.
REBUILD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Applied:
    """How far a tantivy folder has come: made by what for which database, up to which position of its log.

    `build` differs each time that the folder is made anew.
    """

    identity: str
    build: str
    position: int


class Words:
    """The word half of one embedded index."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._db = database
        self._folder = folder / f"words-{VERSION}"
        self._lock = folder / f"words-{VERSION}.lock"
        self._mark = self._folder / "applied.json"
        self._identity = self._make_identity()
        self._mutex = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: Applied | None = None
        self._notes: list[str] = []

    def _make_identity(self) -> str:
        with self._db.read() as db:
            database: str = db.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()[0]
        return f"{database} analyser {VERSION} stemmers {stemmer_version()} unicode {unicodedata.unidata_version}"

    def notes(self) -> tuple[str, ...]:
        """What happened since this was asked last, in sentences."""
        taken, self._notes = self._notes, []
        return tuple(taken)

    def view(self) -> WordView:
        """The words as they stand now, or nearly so (`WordView.behind`).

        Raises:
            WordsDamaged: the folder cannot be read; call `rebuild`.
        """
        try:
            self.catch_up(PATIENCE_SECONDS)
        except SecnewsError as error:
            # What is there can still be searched.
            self._notes.append(str(error))
        with self._mutex, in_our_words():
            self._follow(self._applied())
            searcher = self._index.searcher() if self._index else None
            return WordView(searcher, max(0, self._last() - (self._seen.position if self._seen else 0)))

    def _follow(self, applied: Applied | None) -> None:
        """Read what was committed since. While the folder is being made anew, what is open stays in use."""
        if applied is None or applied == self._seen:
            return
        if self._index is None or self._seen is None or applied.build != self._seen.build:
            self._index = self._open(fresh=False)
        self._index.reload()
        self._seen = applied

    def catch_up(self, patience_seconds: float = 0.0) -> None:
        """Apply what the log holds. Where another process is at it, leave it to that one and wait a moment."""
        until, goal = time.monotonic() + patience_seconds, None
        while True:
            applied, last = self._applied(), self._last()
            goal = last if goal is None else goal
            known = applied is not None and applied.identity == self._identity
            # Beyond the end of the log: the database is an older copy, put back.
            if applied and known and goal <= applied.position <= last:
                return
            with lock(self._lock) as mine:
                if mine:
                    self._apply()
                    return
            if time.monotonic() >= until:
                return
            time.sleep(0.01)

    def rebuild(self, reason: str) -> None:
        """Make the folder anew from the database, or wait until another process has done so.

        Raises:
            IndexUnavailable: the other process takes too long.
        """
        damaged, until = self._seen, time.monotonic() + REBUILD_SECONDS
        while time.monotonic() < until:
            with lock(self._lock) as mine:
                if mine:
                    applied = self._applied()
                    if applied is None or damaged is None or applied.build == damaged.build:
                        self._discard(reason)
                        self._replay_whole()
                    break
            time.sleep(0.05)
        else:
            raise IndexUnavailable(f"another process is making {self._folder} anew: try again in a moment")
        self.close()

    def _apply(self) -> None:
        applied, last = self._applied(), self._last()
        try:
            if applied and applied.identity == self._identity and applied.position <= last:
                self._replay(applied.position, applied.build)
            elif last:
                self._discard("it was missing, or not made from this database by this version")
                self._replay(0, uuid.uuid4().hex)
        except WordsDamaged as error:
            self._discard(str(error))
            self._replay_whole()

    def _replay_whole(self) -> None:
        try:
            self._replay(0, uuid.uuid4().hex)
        except WordsDamaged as error:
            raise IndexDamaged(
                f"the keyword index in {self._folder} can be neither read nor made anew ({error}): check the disk and "
                "the folder's permissions"
            ) from error

    def _discard(self, reason: str) -> None:
        note = f"the keyword index was made anew from the database ({reason})"
        LOG.info(note)
        self._notes.append(note)
        with in_our_words():
            # The mark goes first: a process killed in the middle of this must not trust the rest.
            self._mark.unlink(missing_ok=True)
            if self._folder.is_dir():
                shutil.rmtree(self._folder)
            else:
                self._folder.unlink(missing_ok=True)

    def _replay(self, position: int, build: str) -> None:
        """Apply the log from after this position to its end."""
        with in_our_words():
            writer = self._open(fresh=position == 0).writer(heap_size=HEAP_BYTES, num_threads=1)
            try:
                afresh = position == 0
                for n, rows in enumerate(self._changes(position), 1):
                    for _, number, record in rows:
                        if not afresh:
                            writer.delete_documents_by_term("number", number)
                        if record is not None:
                            writer.add_document(document(number, from_record(record)))
                    position = rows[-1][0]
                    if n % COMMIT_EVERY == 0:
                        self._commit(writer, Applied(self._identity, build, position))
                self._commit(writer, Applied(self._identity, build, position))
            finally:
                # Gives tantivy's own lock back. After a failure there is nothing to wait for, and it says so.
                with suppress(Exception):
                    writer.wait_merging_threads()

    def _commit(self, writer: tantivy.IndexWriter, applied: Applied) -> None:
        writer.commit()
        made = self._mark.with_suffix(".new")
        made.write_text(json.dumps(asdict(applied)), encoding="utf-8")
        os.replace(made, self._mark)

    def _changes(self, position: int) -> Iterator[list[tuple[int, int, str | None]]]:
        while True:
            with self._db.read() as db:
                rows = db.execute(
                    "SELECT position, number, record FROM changes LEFT JOIN articles USING (number) "
                    "WHERE position > ? ORDER BY position LIMIT ?",
                    (position, BATCH),
                ).fetchall()
            if not rows:
                return
            yield rows
            position = rows[-1][0]

    def _open(self, *, fresh: bool) -> tantivy.Index:
        if not fresh and not tantivy.Index.exists(str(self._folder)):
            # tantivy would make an empty one without a word.
            raise WordsDamaged("its meta.json is missing")
        self._folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(schema(), path=str(self._folder))
        # By hand, when the mark moves: the other policy is a thread that polls twice a second.
        index.config_reader(reload_policy="manual")
        return index

    def _last(self) -> int:
        with self._db.read() as db:
            return int(db.execute("SELECT coalesce(max(position), 0) FROM changes").fetchone()[0])

    def _applied(self) -> Applied | None:
        try:
            return Applied(**json.loads(self._mark.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def close(self) -> None:
        with self._mutex:
            self._index = self._seen = None
