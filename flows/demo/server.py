"""Serve the sample sites on one loopback port, each under its own name, and remember who asked for what."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from flows.demo.addresses import Answers, Resource, answers_of, sites_at, unknown_page
from flows.demo.expectation import Expected, expected_of

LOOPBACK = "127.0.0.1"
# A client that opens a connection and says nothing must not outlive the server by more than this.
IDLE_SECONDS = 5


class DemoServer:
    """The sample sites, served from a thread between `start` and `close`, or within `with`.

    Attributes:
        requests: (host, path, status) of every request so far, in order.
    """

    def __init__(self, port: int = 0) -> None:
        """Take a port on loopback (0: any free one), but do not answer yet.

        Raises:
            OSError: the port is taken.
        """
        self.requests: list[tuple[str, str, int]] = []
        self._visits: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._http = _Http((LOOPBACK, port), self)
        self.port: int = self._http.server_address[1]
        self.sites = sites_at(self.port)
        self._answers = answers_of(self.sites)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="demo-sites", daemon=True)

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop answering and free the port. Closing twice does no harm."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def sources_toml(self) -> str:
        """A source file that lists every feed of the sample sites."""
        tables = []
        for site in self.sites:
            for feed in site.outlet.feeds:
                topics = ", ".join(f'"{topic}"' for topic in feed.topics)
                tables.append(
                    f'[[source]]\nid = "{feed.id}"\nname = "{feed.title}"\nurl = "{site.base}{feed.path}"\n'
                    f'kind = "{feed.kind}"\nlanguage = "en"\nregion = "{feed.region}"\ntopics = [{topics}]\n'
                )
        return "\n".join(tables)

    def expected(self) -> Expected:
        """What a careful crawler makes of the sites: what tests and the demo hold a run to."""
        return expected_of(self.sites)

    def answer(self, host: str, path: str, *, counts: bool) -> Resource:
        """What this visit gets. Visits are counted, since some pages change after the first one."""
        with self._lock:
            answers = self._answers.get((host, path)) or Answers((unknown_page(self.sites, host),))
            resource = answers.for_visit(self._visits[(host, answers.follows or path)])
            if counts:
                self._visits[(host, path)] += 1
            return resource

    def note(self, host: str, path: str, status: int) -> None:
        """Log a request that was answered."""
        with self._lock:
            self.requests.append((host, path, status))


class _Http(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], demo: DemoServer) -> None:
        self.demo = demo
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    timeout = IDLE_SECONDS
    server_version = "SampleSites"
    sys_version = ""

    # The names that http.server calls.
    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        path = self.path.partition("?")[0]
        resource = self.server.demo.answer(host, path, counts=with_body)
        status = 304 if resource.status == 200 and self._is_current(resource) else resource.status
        self.server.demo.note(host, path, status)
        self.send_response(status)
        if resource.status == 200:
            self.send_header("ETag", resource.etag)
            self.send_header("Last-Modified", format_datetime(resource.modified, usegmt=True))
        if status != 304:
            self.send_header("Content-Type", resource.content_type)
            self.send_header("Content-Length", str(len(resource.body)))
        self.end_headers()
        if with_body and status != 304:
            self.wfile.write(resource.body)

    def _is_current(self, resource: Resource) -> bool:
        # RFC 9110, 13.2.2: where If-None-Match is sent, If-Modified-Since does not count.
        known = self.headers.get("If-None-Match")
        if known is not None:
            return resource.etag in {tag.strip().removeprefix("W/") for tag in known.split(",")} or known == "*"
        since = _moment(self.headers.get("If-Modified-Since"))
        return since is not None and resource.modified - since < timedelta(seconds=1)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing on stderr: the requests stand in `DemoServer.requests`."""


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else None
