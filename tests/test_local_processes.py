"""Several processes on one embedded index, and processes that are killed in the middle of their work."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from index.local.database import Database
from index.local.store import LocalStore
from index.local.store_tables import STORE_TABLES
from index.query import Mode
from tests.stores import find, ids

pytestmark = pytest.mark.service
ROOT = Path(__file__).resolve().parents[1]
KILLS = 12


def start(folder, name, *count):
    command = [sys.executable, "-m", "tests.local_writer", str(folder), name, *map(str, count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check_whole(folder, acknowledged):
    """Everything acknowledged is there and found, by words and by meaning, and nothing is there twice."""
    store = LocalStore(Database(folder / "secnews.db", STORE_TABLES), folder)
    try:
        stored = Counter(one.id for one in store.iterate())
        assert set(acknowledged) <= set(stored)
        assert set(stored.values()) <= {1}
        counts = store.count()
        assert counts.articles == counts.passages == counts.embedded_passages == len(stored)
        assert find(store, "missile").total == len(stored)
        for name in random.Random(1).sample(sorted(acknowledged), min(20, len(acknowledged))):
            writer, number = name.split("-")
            assert name in ids(store, f'"number{number} by {writer}"', limit=50)
            assert ids(store, f'"number{number} by {writer}"', Mode.HYBRID) == [name]
        return len(stored)
    finally:
        store.close()


def test_several_processes_write_and_search_at_once(tmp_path):
    writers = [start(tmp_path, f"writer{n}", 60) for n in range(3)]
    searcher = LocalStore(Database(tmp_path / "secnews.db", STORE_TABLES), tmp_path)
    totals = []
    while any(writer.poll() is None for writer in writers):
        totals.append(find(searcher, "missile").total)
        time.sleep(0.01)
    searcher.close()
    acknowledged = [line.split()[0] for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(acknowledged) == 3 * 63
    # What was found once stays found.
    assert totals == sorted(totals)
    assert check_whole(tmp_path, acknowledged) == 3 * 63


def test_killed_writers_lose_nothing_they_acknowledged(tmp_path):
    chance, acknowledged = random.Random(7), []
    for kill in range(KILLS):
        writer = start(tmp_path, f"life{kill}")
        # From its first acknowledgement on, so that each kill falls into the work and not into the imports.
        acknowledged.append(writer.stdout.readline().split()[0])
        time.sleep(chance.uniform(0, 0.25))
        writer.kill()
        acknowledged += [line.split()[0] for line in writer.communicate()[0].splitlines() if line.endswith("created")]
        if kill % 4 == 3:
            check_whole(tmp_path, acknowledged)
    assert len(acknowledged) > KILLS
    check_whole(tmp_path, acknowledged)
