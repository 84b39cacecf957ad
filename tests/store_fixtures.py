"""The fixtures that open stores, for the contract tests of every backend: a backend is a parameter of one of them."""

import os
import tempfile
from pathlib import Path

import pytest

from index.local.database import Database
from index.local.store import LocalStore
from index.local.store_tables import STORE_TABLES
from tests.stores import EMBEDDER


@pytest.fixture
def quick_folder():
    """An empty folder, in memory where the system has such a place: a disk takes ten times as long to acknowledge."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture(params=["local"])
def store_factory(request, quick_folder):
    """A function that opens the same index once more, as another process would. A backend is a parameter of it."""
    opened = []

    def open_store():
        opened.append(LocalStore(Database(quick_folder / "secnews.db", STORE_TABLES), quick_folder))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(store_factory):
    """A store for vectors of the hashing embedder."""
    made = store_factory()
    made.claim_model(EMBEDDER.description)
    return made
