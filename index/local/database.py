"""The SQLite file under the embedded index: connections, transactions, and errors in our own words.

One connection a thread, WAL, so that readers never wait for a writer. Every write takes BEGIN IMMEDIATE: two processes
never discover half-way that both were writing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexDamaged, IndexFull, IndexIncompatible, IndexUnavailable, SecnewsError

# Raised with each change of the tables below; an older file is refused with a message, never guessed at.
SCHEMA_VERSION = 1
# Longer than any single write of ours takes (a batch of 200 articles: under a second), short enough for a person.
BUSY_TIMEOUT_SECONDS = 30.0


class Database:
    """One SQLite file, used by any number of threads and processes.

    Raises:
        IndexDamaged: the file is not a database, or cannot be read.
        IndexIncompatible: made by another version of secnews.
        IndexUnavailable: locked for more than half a minute. IndexFull: no room on the disk.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        with self.translating():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._create(schema)

    def _create(self, schema: str) -> None:
        connection = self.connection
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise IndexIncompatible(
                f"{self.path} was made by another version of secnews (schema {version}, this one is {SCHEMA_VERSION}): "
                "use that version, or point SECNEWS_INDEX at a new folder"
            )
        if version == 0:
            with self.write() as db:
                for statement in schema.split(";\n"):
                    if statement.strip():
                        db.execute(statement)
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened at first use."""
        found: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            # Closed by whichever thread closes the database, hence check_same_thread=False.
            found = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            found.execute("PRAGMA journal_mode = WAL")
            # FULL: an article that was acknowledged outlives a power cut, not only a killed process.
            found.execute("PRAGMA synchronous = FULL")
            found.execute("PRAGMA foreign_keys = ON")
            self._threads.connection = found
            with self._lock:
                self._connections.append(found)
        return found

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A snapshot: every statement inside sees the same state."""
        with self.translating():
            db = self.connection
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it, or nothing."""
        with self.translating():
            db = self.connection
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Turn SQLite's and the system's errors into those of index/errors.py."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._in_our_words(error) from error

    def _in_our_words(self, error: sqlite3.Error | OSError) -> SecnewsError:
        text = str(error)
        if "is full" in text or "No space left" in text or "disk I/O error" in text:
            return IndexFull(f"no room to write {self.path} ({text}): free some disk space, then run again")
        if "locked" in text or "busy" in text:
            return IndexUnavailable(f"{self.path} is locked by another process ({text}): try again in a moment")
        if isinstance(error, sqlite3.OperationalError | OSError) and "malformed" not in text:
            return IndexUnavailable(f"{self.path} cannot be used ({text}): check the path and its permissions")
        return IndexDamaged(
            f"{self.path} is damaged ({text}): restore the folder from a backup, or move it away and run the sources "
            "again; the archive of pages is untouched"
        )

    def close(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._threads = threading.local()
