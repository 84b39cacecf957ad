"""kill -9 in the middle of a run: the next run completes it, nothing lost, nothing twice."""

import os
import signal
import sqlite3
import time

import pytest

from flows.demo.server import DemoServer

pytestmark = pytest.mark.service

# Written by the run itself, so that each kill falls on a different moment of the work and not of the start-up.
MOMENTS = {
    "items": [1, 8, 20, 34],
    "places": [1, 10, 25],
    "articles": [1, 10, 30],
    "settled": [2, 15, 30],
}
QUESTIONS = {
    "items": "SELECT count(*) FROM items",
    "places": "SELECT count(*) FROM items WHERE places != '[]'",
    "articles": "SELECT count(*) FROM articles",
    "settled": "SELECT count(*) FROM items WHERE reason IS NOT NULL",
}


def count(database, question):
    try:
        db = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1)
        try:
            return db.execute(question).fetchone()[0]
        finally:
            db.close()
    except sqlite3.Error:
        return 0


def kill_when(secnews, question, least):
    """Start a run and kill it, and all it started, once the database answers the question with `least` or more."""
    database = secnews.folder / "data" / "index" / "secnews.db"
    run = secnews.start("ingest")
    deadline = time.monotonic() + 60
    while run.poll() is None and time.monotonic() < deadline:
        if count(database, question) >= least:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return True
        time.sleep(0.002)
    run.wait(60)
    return False


@pytest.mark.parametrize("stage", sorted(MOMENTS))
def test_a_run_killed_at_many_moments_is_completed_by_the_next(secnews, prefect_server, stage):
    with DemoServer() as sites:
        (secnews.folder / "sources.toml").write_text(sites.sources_toml(), encoding="utf-8")
        secnews.environment |= {
            **prefect_server.environment,
            "SECNEWS_SOURCES": "sources.toml",
            "SECNEWS_ALLOW_PRIVATE": "*.localhost",
            "SECNEWS_HOST_DELAY_SECONDS": "0.01",
            "SECNEWS_MODEL": "hashing",
            "SECNEWS_ARTICLES_PER_TASK": "5",
        }
        killed = sum(kill_when(secnews, QUESTIONS[stage], least) for least in MOMENTS[stage])
        last = secnews.json("ingest")
        expected = sites.expected()
    assert killed == len(MOMENTS[stage])
    runs = secnews.json("runs", "--limit", "100")
    assert all(run["adds_up"] for run in runs)
    assert sum(run["new"] for run in runs) == expected.articles
    assert last["state"] == "completed"
    findings = {row["subject"]: row["found"] for row in secnews.json("doctor")}
    assert f"{expected.articles} articles" in findings["coverage"]
