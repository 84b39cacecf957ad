"""What a run does with hostile sources, a full disk, and an index of another model: it says so, and loses nothing."""

import os
import shutil
import subprocess

import pytest

from flows.demo.server import DemoServer
from tests.hostile import serve_in_thread

pytestmark = pytest.mark.service


@pytest.fixture
def crawler(secnews, prefect_server):
    """The command with settings that reach loopback, and a model that costs nothing."""
    secnews.environment |= {
        **prefect_server.environment,
        "SECNEWS_SOURCES": "sources.toml",
        "SECNEWS_ALLOW_PRIVATE": "*.localhost,127.0.0.1",
        "SECNEWS_HOST_DELAY_SECONDS": "0.01",
        "SECNEWS_MODEL": "hashing",
    }
    return secnews


def sources_file(crawler, *tables):
    (crawler.folder / "sources.toml").write_text("\n".join(tables), encoding="utf-8")


def source(name, url):
    return f'[[source]]\nid = "{name}"\nname = "{name}"\nurl = "{url}"\nkind = "rss"\n'


def test_hostile_sources_never_stop_the_others(crawler):
    """Each hostile feed is a source that could not be read, with its reason; the good ones are read as ever."""
    with serve_in_thread() as hostile, DemoServer() as sites:
        bad = {
            "no-xml": "/not-a-feed",
            "empty": "/empty-feed",
            "huge": "/huge-feed",
            "gzip-bomb": "/bomb/gzip",
            "brotli-bomb": "/bomb/br",
            "loop": "/circle/a",
            "drip": "/drip/body",
            "silent": "/silent",
            "gone": "/status/404",
            "garbage": "/garbage",
        }
        crawler.environment["SECNEWS_DEADLINE_SECONDS"] = "3"
        tables = [source(name, hostile.url(path)) for name, path in bad.items()]
        sources_file(crawler, sites.sources_toml(), *tables)
        run = crawler.json("ingest")
    assert run["state"] == "completed with faults"
    assert run["adds_up"]
    assert run["new"] == sites.expected().articles
    states = {row["id"]: row["state"] for row in crawler.json("sources", "list")}
    assert [name for name in bad if states[name] == "fine"] == []
    assert states["meridian"] == "fine"


def test_when_no_source_answers_the_run_has_failed_and_says_so(crawler):
    sources_file(crawler, source("nobody", "http://nobody.localhost:9/feed"))
    done = crawler.run("ingest", code=1)
    assert "none of 1 sources could be read" in done.stdout


def stored(crawler):
    """What the doctor says of the index."""
    return next(row["found"] for row in crawler.json("doctor") if row["subject"] == "index")


def test_an_index_of_another_model_is_refused_and_keeps_what_it_has(crawler):
    with DemoServer() as sites:
        sources_file(crawler, sites.sources_toml())
        crawler.json("ingest", "--source", "harbour")
        before = stored(crawler)
        crawler.environment["SECNEWS_MODEL"] = "all-MiniLM-L6-v2"
        done = crawler.run("ingest", "--source", "cipher", code=1)
        assert "SECNEWS_MODEL" in done.stdout
        refused = crawler.run("search", "ransomware", code=2)
        assert "model" in refused.stderr
        assert any(row["subject"] == "model" and not row["fine"] for row in crawler.json("doctor", code=1))
        crawler.environment["SECNEWS_MODEL"] = "hashing"
        assert stored(crawler) == before
        last = crawler.json("ingest")
    assert last["state"] == "completed"
    assert sum(run["new"] for run in crawler.json("runs")) == sites.expected().articles


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 1 MB that `grow` can enlarge."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small tmpfs takes root")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_the_run_and_the_next_one_completes_it(crawler, small_disk):
    crawler.environment |= {
        "SECNEWS_INDEX": f"local:{small_disk / 'index'}",
        "SECNEWS_ARCHIVE": str(small_disk / "archive"),
    }
    with DemoServer() as sites:
        sources_file(crawler, sites.sources_toml())
        done = crawler.run("ingest", code=1)
        assert "room" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout
        subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
        last = crawler.json("ingest")
    runs = crawler.json("runs")
    assert last["state"] == "completed"
    assert all(run["adds_up"] for run in runs)
    assert sum(run["new"] for run in runs) == sites.expected().articles


def test_a_damaged_index_is_said_with_what_to_do(crawler):
    with DemoServer() as sites:
        sources_file(crawler, sites.sources_toml())
        crawler.json("ingest", "--source", "harbour")
    database = crawler.folder / "data" / "index" / "secnews.db"
    database.write_bytes(b"this is no database at all, and never was" * 100)
    for name in ("secnews.db-wal", "secnews.db-shm"):
        database.with_name(name).unlink(missing_ok=True)
    for command in (["search", "x", "--mode", "keyword"], ["runs"], ["ingest"]):
        done = crawler.run(*command, code=1)
        assert "damaged" in done.stderr
        assert "Traceback" not in done.stderr
    assert any("damaged" in row["remedy"] for row in crawler.json("doctor", code=1))
