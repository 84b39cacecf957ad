"""Open the embedded index: one folder, one SQLite file, store and journal side by side."""

from __future__ import annotations

from pathlib import Path

from index.local.database import Database
from index.local.journal import LocalJournal
from index.local.journal_tables import JOURNAL_TABLES
from index.local.store import LocalStore
from index.local.store_tables import STORE_TABLES


def open_local(folder: Path) -> tuple[LocalStore, LocalJournal]:
    """Store and journal of the embedded index in this folder, made where there is none.

    Raises:
        IndexDamaged, IndexIncompatible, IndexUnavailable, IndexFull: as their names say, with what to do.
    """
    database = Database(folder / "secnews.db", STORE_TABLES + JOURNAL_TABLES)
    return LocalStore(database, folder), LocalJournal(database)
