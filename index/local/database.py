"""The SQLite file under the embedded index: connections, transactions, and errors in our own words.

One connection a thread, WAL, so that readers never wait for a writer. Every write takes BEGIN IMMEDIATE: two processes
never discover half-way that both were writing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexDamaged, IndexFull, IndexIncompatible, IndexUnavailable, SecnewsError
from index.local.folder import refuse_network_folder

# Raised with each change of the tables below; an older file is refused with a message, never guessed at.
SCHEMA_VERSION = 1
# Longer than any single write of ours takes (a batch of 200 articles: under a second), short enough for a person.
BUSY_TIMEOUT_SECONDS = 30.0

DAMAGED = (
    "{path} is damaged ({text}): restore the folder from a backup, or move it away and run the sources again; the "
    "archive of pages is untouched"
)


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
        refuse_network_folder(path.parent)
        try:
            with self.translating():
                path.parent.mkdir(parents=True, exist_ok=True)
                if self._version() != SCHEMA_VERSION:
                    self._create(schema)
        except BaseException:
            self.close()
            raise

    def _version(self) -> int:
        """The version of the tables in the file, 0 for none. Raises for what is not ours."""
        version = int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        if version not in (0, SCHEMA_VERSION):
            raise IndexIncompatible(
                f"{self.path} was made by another version of secnews (schema {version}, this one is {SCHEMA_VERSION}): "
                "use that version, or point SECNEWS_INDEX at a new folder"
            )
        if version == 0 and self.connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise IndexIncompatible(f"{self.path} is a database of something else: point SECNEWS_INDEX at a new folder")
        return version

    def _create(self, schema: str) -> None:
        with self.write() as db:
            # Asked again now that nobody else can write: two processes may open a new index at the same moment.
            if self._version() == SCHEMA_VERSION:
                return
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
            with self._lock:  # first of all, so that it is closed even where the file turns out to be damaged
                self._connections.append(found)
            self._use_wal(found)
            # FULL: an article that was acknowledged outlives a power cut, not only a killed process.
            found.execute("PRAGMA synchronous = FULL")
            found.execute("PRAGMA foreign_keys = ON")
            self._threads.connection = found
        return found

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        # A file that another process is just turning to WAL answers "locked" at once, whatever the timeout.
        for wait_seconds in (0.01, 0.05, 0.2, 1.0, 5.0):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                time.sleep(wait_seconds)
        connection.execute("PRAGMA journal_mode = WAL")

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
                if db.in_transaction:
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
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            text = f"a record makes no sense: {error}"
            raise IndexDamaged(DAMAGED.format(path=self.path, text=text)) from error

    def _in_our_words(self, error: sqlite3.Error | OSError) -> SecnewsError:
        text = str(error)
        if "is full" in text or "No space left" in text or "disk I/O error" in text:
            return IndexFull(f"no room to write {self.path} ({text}): free some disk space, then run again")
        if "locked" in text or "busy" in text:
            return IndexUnavailable(f"{self.path} is locked by another process ({text}): try again in a moment")
        damaged = any(sign in text for sign in ("malformed", "no such table", "no such column"))
        if isinstance(error, sqlite3.OperationalError | OSError) and not damaged:
            return IndexUnavailable(f"{self.path} cannot be used ({text}): check the path and its permissions")
        return IndexDamaged(DAMAGED.format(path=self.path, text=text))

    def close(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._threads = threading.local()
