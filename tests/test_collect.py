"""Collecting over many runs, from a feed and pages that change, fail and come back, on real sockets."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tasks.collect import collect
from tasks.fetch import FetchPolicy
from tasks.process import process
from tasks.sources import Source
from tasks.tools import Rules
from tests.test_load import Newsroom

pytestmark = pytest.mark.service
DAY = "Sun, 01 Mar 2026 10:00:00 +0200"


class Web:
    """One site: `pages` maps paths to bodies, or to a status. It asks for what it answered to be left alone: 304."""

    def __init__(self, newsroom):
        self.newsroom, self.pages, self.asked = newsroom, {}, Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked[self.path] += 1
                body = site.pages.get(self.path, 404)
                status, body = (body, b"") if isinstance(body, int) else (200, body)
                tag = f'"{hash(body)}"'
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "text/html" if body.startswith(b"<html") else "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.home = f"http://127.0.0.1:{self.http.server_port}"
        self.source = Source("ledger", "The Ledger", f"{self.home}/feed", "rss")
        self.runs = 0

    def list(self, *paths):
        items = "".join(
            f"<item><title>Story {path}</title><link>{self.home}{path}</link><pubDate>{DAY}</pubDate></item>"
            for path in paths
        )
        self.pages["/feed"] = f"<rss version='2.0'><channel><title>L</title>{items}</channel></rss>".encode()

    def visit(self, limit=500, minutes=61):
        """A run, an hour after the last one."""
        self.runs += 1
        self.newsroom.now += timedelta(minutes=minutes)
        policy = FetchPolicy(
            allowed_private=("127.0.0.1",), host_delay_seconds=0, attempts=1, deadline_seconds=5, backoff_seconds=0
        )
        tools = replace(self.newsroom.tools, rules=Rules(60, limit), policy=policy)
        return self.work(f"visit-{self.runs}", tools)

    def work(self, run_id, tools):
        process(run_id, collect(run_id, [self.source], tools), tools)
        assert self.newsroom.journal.ledger(run_id).gaps() == {}
        return [item.outcome.reason.value for item in self.newsroom.journal.items(run_id)]

    @property
    def articles(self):
        return list(self.newsroom.store.iterate())


@pytest.fixture
def web(tmp_path):
    newsroom = Newsroom(tmp_path)
    opened = Web(newsroom)
    yield opened
    opened.http.shutdown()
    opened.http.server_close()
    newsroom.store.close()


def page(title, more=""):
    sentence = f"{title}: the harbour of the town stayed closed while divers searched the pier, said the master."
    body = "".join(f"<p>{sentence} Part {n}.</p>" for n in range(12))
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}{more}</article></body></html>".encode()  # noqa: E501


def test_the_limit_of_a_run_starves_nobody(web):
    paths = [f"/s{n}" for n in range(6)]
    web.list(*paths)
    web.pages |= {path: page(f"Story of {path[1:]}") for path in paths}
    for _ in range(4):
        web.visit(limit=2)
    assert len(web.articles) == 6


def test_a_second_page_that_fails_once_leaves_no_half_article(web):
    web.list("/long")
    web.pages |= {"/long": page("Long", "<a href='/long?page=2'>2</a>"), "/long?page=2": 500}
    assert web.visit() == ["server_error"]
    web.pages["/long?page=2"] = page("Long").replace(b"Part", b"Chapter")
    assert web.visit() == ["first_seen"]
    assert "Chapter" in web.articles[0].text


def test_the_feeds_date_survives_a_failure_of_the_page(web):
    web.list("/x")
    web.pages["/x"] = 500
    assert web.visit() == ["server_error"]
    web.pages["/x"] = page("Undated")
    assert web.visit() == ["first_seen"]
    assert web.articles[0].published_at is not None


def test_a_task_tried_again_after_its_feed_was_read_loses_nothing(web, monkeypatch):
    web.list("/x", "/x", "/y")
    web.pages |= {"/x": page("Ex"), "/y": page("Why")}
    broken = iter([True])
    keep = web.newsroom.journal.source_checked

    def source_checked(run_id, check):
        if next(broken, False):
            raise OSError("killed here")
        keep(run_id, check)

    monkeypatch.setattr(web.newsroom.journal, "source_checked", source_checked)
    with pytest.raises(OSError, match="killed here"):
        web.visit()
    web.runs -= 1
    assert sorted(web.visit(minutes=0)) == ["first_seen", "first_seen", "same_address"]


def test_a_feed_that_moved_is_read_anew(web):
    web.list("/x")
    web.pages["/x"] = page("Ex")
    web.visit()
    web.pages["/moved"] = web.pages["/feed"]
    web.source = replace(web.source, url=f"{web.home}/moved")
    assert web.visit() == ["not_modified"]
    assert web.newsroom.journal.source("ledger").url.endswith("/moved")
