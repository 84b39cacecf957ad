"""The embedded index when its files are lost, damaged, full, or not where they may be."""

import json
import os
import shutil
import sqlite3
import subprocess

import pytest

from index.errors import IndexDamaged, IndexFull, IndexIncompatible, IndexUnavailable
from index.local.database import Database
from index.local.folder import lock, refuse_network_folder
from index.local.journal_tables import JOURNAL_TABLES
from index.local.store import LocalStore
from index.local.store_tables import STORE_TABLES
from index.query import Mode
from tests.stores import EMBEDDER, article, find, ids, put

OPENED = []


def open_store(folder):
    OPENED.append(LocalStore(Database(folder / "secnews.db", STORE_TABLES), folder))
    OPENED[-1].claim_model(EMBEDDER.description)
    return OPENED[-1]


@pytest.fixture(autouse=True)
def _close_stores():
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def folder(quick_folder):
    """An index with three articles, closed."""
    store = open_store(quick_folder)
    put(store, *(article(name, "T", f"missile {name}") for name in "abc"))
    store.close()
    return quick_folder


def words_folder(folder):
    [found] = [path for path in folder.glob("words-*") if path.is_dir()]
    return found


def test_a_deleted_word_folder_is_made_anew(folder):
    shutil.rmtree(words_folder(folder))
    results = find(open_store(folder), "missile", Mode.HYBRID)
    assert sorted(hit.article.id for hit in results.hits) == ["a", "b", "c"]
    assert "made anew" in results.notes[0]
    assert find(open_store(folder), "missile").notes == ()


def test_a_word_folder_deleted_under_an_open_store_is_made_anew(folder):
    store = open_store(folder)
    assert ids(store, "missile") == ["a", "b", "c"]
    shutil.rmtree(words_folder(folder))
    assert ids(store, "missile") == ["a", "b", "c"]
    put(store, article("d", "T", "missile d"))
    assert ids(store, "missile") == ["a", "b", "c", "d"]


DAMAGES = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "overwritten": lambda path: path.write_bytes(os.urandom(path.stat().st_size)),
    "deleted": lambda path: path.unlink(),
}


PATTERNS = [
    "meta.json",
    ".managed.json",
    "*.idx",
    "*.term",
    "*.pos",
    "*.fast",
    "*.store",
    "*.fieldnorm",
    "applied*",
    "*",
]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_damaged_word_folder_is_made_anew(folder, pattern, damage):
    for path in words_folder(folder).glob(pattern):
        if path.is_file():
            DAMAGES[damage](path)
    store = open_store(folder)
    assert sorted(ids(store, "missile")) == ["a", "b", "c"]
    put(store, article("d", "T", "missile d"))
    assert sorted(ids(store, '"missile d"')) == ["d"]
    assert sorted(ids(store, "missile", Mode.HYBRID)) == ["a", "b", "c", "d"]


def test_a_log_applied_by_half_is_applied_to_its_end_and_nothing_twice(folder):
    mark = words_folder(folder) / "applied.json"
    applied = json.loads(mark.read_text())
    mark.write_text(json.dumps({**applied, "position": applied["position"] - 2}))
    store = open_store(folder)
    assert sorted(ids(store, "missile")) == ["a", "b", "c"]
    assert find(store, "missile").total == 3


def test_an_older_database_put_back_is_not_searched_with_newer_words(folder):
    copy = (folder / "secnews.db").read_bytes()
    store = open_store(folder)
    put(store, article("later", "T", "missile later"))
    store.close()
    for path in folder.glob("secnews.db-*"):
        path.unlink()
    (folder / "secnews.db").write_bytes(copy)
    results = find(open_store(folder), "missile")
    assert (sorted(hit.article.id for hit in results.hits), results.total) == (["a", "b", "c"], 3)


def test_another_database_beside_the_words_is_noticed(folder, tmp_path):
    store = open_store(tmp_path)
    put(store, *(article(name, "T", f"tank {name}") for name in "xyz"))
    store.close()
    shutil.copy(tmp_path / "secnews.db", folder / "secnews.db")
    assert ids(open_store(folder), "missile") == []
    assert sorted(ids(open_store(folder), "tank")) == ["x", "y", "z"]


def test_a_search_goes_on_while_another_process_holds_the_lock(folder):
    store = open_store(folder)
    with lock(folder / f"{words_folder(folder).name}.lock") as mine:
        assert mine
        put(store, article("d", "T", "missile d"))
        results = find(store, "missile")
        assert sorted(hit.article.id for hit in results.hits) == ["a", "b", "c"]
        assert not results.total_is_exact
        assert "1 changes behind" in results.notes[0]
    assert sorted(ids(store, "missile")) == ["a", "b", "c", "d"]


def test_a_deleted_article_is_not_found_even_where_the_words_are_behind(folder):
    store = open_store(folder)
    with lock(folder / f"{words_folder(folder).name}.lock"):
        store.delete("a")
        assert sorted(ids(store, "missile")) == ["b", "c"]


def test_rows_of_changed_articles_do_not_pile_up_in_memory(folder, monkeypatch):
    monkeypatch.setattr("index.local.vectors.DEAD_ROWS", 5)
    store = open_store(folder)
    for n in range(40):
        put(store, article("a", "T", f"missile {n}", section=str(n)))
        assert len(ids(store, "missile", Mode.SEMANTIC)) == 3
    assert store._vectors._held.rows < 20


# The database file


def test_a_damaged_database_is_a_clear_error(folder):
    path = folder / "secnews.db"
    path.write_bytes(os.urandom(path.stat().st_size))
    with pytest.raises(IndexDamaged, match="backup"):
        open_store(folder)


def test_pages_damaged_in_the_middle_are_a_clear_error(folder):
    path = folder / "secnews.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    with pytest.raises(IndexDamaged, match="damaged"):
        list(open_store(folder).iterate())


def test_a_database_of_something_else_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / "secnews.db")
    db.execute("CREATE TABLE recipes (id)")
    db.close()
    with pytest.raises(IndexIncompatible, match="something else"):
        open_store(tmp_path)


def test_an_index_of_another_version_is_refused(folder):
    db = sqlite3.connect(folder / "secnews.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(IndexIncompatible, match="schema 99"):
        open_store(folder)


def test_a_file_in_place_of_the_folder_is_a_clear_error(tmp_path):
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexUnavailable, match="permissions"):
        open_store(tmp_path / "index")


def test_store_and_journal_share_a_file(tmp_path):
    database = Database(tmp_path / "secnews.db", STORE_TABLES + JOURNAL_TABLES)
    assert LocalStore(database, tmp_path).count().articles == 0
    database.close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_folder_on_another_machine_is_refused(tmp_path, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"proc /proc proc rw 0 0\n/dev/a / ext4 rw 0 0\nserver:/x {tmp_path}/far {kind} rw 0 0\n")
    with pytest.raises(IndexIncompatible, match="OpenSearch"):
        refuse_network_folder(tmp_path / "far" / "index", mounts)
    refuse_network_folder(tmp_path / "near", mounts)
    refuse_network_folder(tmp_path / "near", tmp_path / "no list of mounts")


# A full disk


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"cannot mount a small tmpfs: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_loses_nothing_that_was_acknowledged(small_disk):
    store = open_store(small_disk)
    acknowledged = []

    def fill():
        for n in range(400):
            some = [article(f"{n}-{m}", "T", f"missile {n} {m} " + "word " * 800) for m in range(5)]
            acknowledged.extend(result.id for result in store.put(some))

    with pytest.raises(IndexFull, match="free some disk space"):
        fill()
    assert len(acknowledged) > 20
    assert {one.id for one in store.iterate()} == set(acknowledged)
    assert find(store, "missile", Mode.HYBRID).hits
    store.close()
    subprocess.run(["mount", "-o", "remount,size=30m", small_disk], check=True)
    again = open_store(small_disk)
    assert find(again, "missile").total == len(acknowledged)
    assert put(again, article("more", "T", "missile more")) != []
