"""Real news pages behind feeds, on loopback: one source a publisher, each at a name of its own under .localhost.

    python -m tests.publishers        serves them until interrupted

The pages lie beside the project, where they are present at all; they are test data and no part of it.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
PAGES = SHARED / "data" / "pages"


@dataclass(frozen=True, slots=True)
class Page:
    file: str
    host: str
    path: str
    title: str
    language: str


def read_pages(folder: Path = PAGES) -> list[Page]:
    """Every page of the gold file: its publisher's name as a host, its address's path and query as its path."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines() if line]
    return [_page(row) for row in rows]


def _page(row: dict[str, str]) -> Page:
    url = urlsplit(row["url"])
    path = url.path + (f"?{url.query}" if url.query else "")
    publisher = row["file"].split("_V")[0].lower().replace("_", "-")
    return Page(row["file"], f"{publisher}.localhost", path or "/", row["title"], row["lang"])


class Publishers:
    """A loopback server of all publishers; a context manager. `asked` counts requests by host and path."""

    def __init__(self, folder: Path = PAGES, port: int = 0) -> None:
        self.folder = folder
        self.pages = read_pages(folder)
        self.by_host: dict[str, list[Page]] = defaultdict(list)
        for page in self.pages:
            self.by_host[page.host].append(page)
        self.asked: dict[tuple[str, str], int] = defaultdict(int)
        self._http = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.port = self._http.server_port

    def sources_toml(self) -> str:
        tables = []
        for host in sorted(self.by_host):
            name = host.removesuffix(".localhost")
            url = f"http://{host}:{self.port}/feed.xml"
            tables.append(f'[[source]]\nid = "{name}"\nname = "{name}"\nurl = "{url}"\nkind = "rss"\n')
        return "\n".join(tables)

    def feed(self, host: str) -> bytes:
        items = "".join(
            f"<item><title>{escape(page.title or '')}</title>"
            f"<link>{escape(f'http://{host}:{self.port}{page.path}')}</link></item>"
            for page in self.by_host[host]
        )
        now = format_datetime(datetime.now().astimezone())
        head = f"<title>{host}</title><link>http://{host}:{self.port}/</link><description>{now}</description>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def answer(self, host: str, path: str) -> tuple[int, str, bytes]:
        self.asked[host, path] += 1
        if path == "/feed.xml" and host in self.by_host:
            return 200, "application/rss+xml; charset=utf-8", self.feed(host)
        for page in self.by_host.get(host, ()):
            if page.path == path:
                body = gzip.decompress((self.folder / page.file).read_bytes())
                return 200, "text/html; charset=utf-8", body
        return 404, "text/plain", b"not found"

    def __enter__(self) -> Publishers:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = (self.headers.get("Host") or "").partition(":")[0]
                status, kind, body = site.answer(host, self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


if __name__ == "__main__":
    with Publishers() as publishers:
        print(publishers.sources_toml())
        while True:
            time.sleep(3600)
