"""A web server that lies, stalls and floods, on loopback: `python -m tests.hostile` serves it until Ctrl-C.

Built on bare streams, since a proper server would refuse most of this. Each path is one misdeed:

    /ok /etag /empty /latin /not-a-feed /empty-feed /huge-feed /huge-page
    /bomb/gzip /bomb/deflate /bomb/br /bomb/zstd /bomb/twice    100 MB or more in 475 bytes (br) to 100 KB
    /bad/gzip /bad/coding                                       what does not unpack
    /loop /circle/a /hops/N /redirect?to=ADDRESS
    /drip/headers /drip/body /silent /endless /flood/headers /flood/header /early-hints
    /length/short /length/long /length/announced /half-chunk /garbage /hang-up
    /status/N?retry-after=... /heals/N                          N failures, then well
    /robots.txt  forbids /private/, and /private/page

Start it in a test by `async with HostileServer() as server` or, from code that knows no asyncio, `serve_in_thread()`.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, urlsplit

import brotli
import zstandard

MEGABYTE = 1 << 20
DRIP_SECONDS = 0.05
PAGE = b"<html><head><title>Plain</title></head><body><p>A plain page.</p></body></html>"
ROBOTS = b"User-agent: *\nDisallow: /private/\n"


@dataclass
class Asked:
    """One request: its path with query, its headers with names in lower case, and the loop's time of its arrival."""

    path: str
    headers: dict[str, str]
    at: float

    @property
    def route(self) -> str:
        return urlsplit(self.path).path

    def query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]


@dataclass
class HostileServer:
    """Listens on a free port of 127.0.0.1 within an `async with` block. `asked` lists every request."""

    robots: bytes | int | None = ROBOTS
    port: int = 0
    ssl_context: object = None
    asked: list[Asked] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def url(self, path: str = "/ok", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.ssl_context else 'http'}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def __aenter__(self) -> HostileServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.ssl_context)
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None] | None] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            if task:
                task.cancel()
        await asyncio.gather(*(task for task in self._tasks if task), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            while asked := await self._request(reader):
                if not await self._answer(asked, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(asyncio.current_task())
            writer.transport.abort()

    async def _request(self, reader: asyncio.StreamReader) -> Asked | None:
        with suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
            asked = Asked(head[0].split(" ")[1], {k.lower(): v for k, v in pairs}, asyncio.get_running_loop().time())
            self.asked.append(asked)
            return asked
        return None

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Answer a request. True keeps the connection."""
        if asked.route == "/robots.txt":
            await _send(writer, *_robots(self.robots))
            return True
        if asked.route.startswith("/heals/"):
            self.failures[asked.path] += 1
            well = self.failures[asked.path] > int(asked.route.rpartition("/")[2])
            await _send(writer, PAGE if well else b"not yet", status=200 if well else 503)
            return True
        plain = PLAIN.get(asked.route)
        if plain:
            await _send(writer, *plain())
            return True
        misdeed = next((deed for start, deed in MISDEEDS.items() if asked.route.startswith(start)), _not_found)
        await misdeed(asked, writer)
        await writer.drain()
        return False


async def _send(
    writer: asyncio.StreamWriter, body: bytes = b"", headers: str = "Content-Type: text/html\r\n", status: int = 200
) -> None:
    head = f"HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode("latin-1") + body)
    await writer.drain()


def _robots(robots: bytes | int | None) -> tuple[bytes, str, int]:
    if isinstance(robots, bytes):
        return robots, "Content-Type: text/plain\r\n", 200
    return b"", "", robots or 404


@cache
def _bomb(name: str) -> bytes:
    """Zeros, packed: 300 MB of them in 475 bytes of brotli, 100 MB in 100 KB of gzip."""
    if name == "zstd":
        return zstandard.ZstdCompressor().compress(bytes(100 * MEGABYTE))
    if name == "br":
        return brotli.compress(bytes(300 * MEGABYTE), quality=5)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15 if name == "deflate" else 31)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(100)) + packer.flush()
    return gzip.compress(packed) if name == "twice" else packed


async def _bombs(asked: Asked, writer: asyncio.StreamWriter) -> None:
    name = asked.route.rpartition("/")[2]
    coding = "gzip, gzip" if name == "twice" else name
    await _send(writer, _bomb(name), f"Content-Type: text/html\r\nContent-Encoding: {coding}\r\n")


async def _bad_coding(asked: Asked, writer: asyncio.StreamWriter) -> None:
    coding = "gzip" if asked.route.endswith("gzip") else "snappy"
    await _send(writer, gzip.compress(PAGE * 50)[:-20], f"Content-Encoding: {coding}\r\n")


async def _redirect(asked: Asked, writer: asyncio.StreamWriter) -> None:
    hops = int(asked.route.rpartition("/")[2]) if asked.route.startswith("/hops/") else 0
    targets = {"/loop": "/loop", "/circle/a": "/circle/b", "/circle/b": "/circle/a#again"}
    target = targets.get(asked.route) or (f"/hops/{hops - 1}" if hops else asked.query("to"))
    if asked.route == "/hops/0":
        await _send(writer, PAGE)
    else:
        await _send(writer, b"", f"Location: {target}\r\n" if target else "", status=302)


async def _etag(asked: Asked, writer: asyncio.StreamWriter) -> None:
    same = '"v1"' in asked.headers.get("if-none-match", "") or "if-modified-since" in asked.headers
    headers = 'ETag: "v1"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\nSet-Cookie: seen=1; Path=/\r\n'
    if same:
        writer.write(f"HTTP/1.1 304 Not Modified\r\n{headers}\r\n".encode())
    else:
        await _send(writer, PAGE, headers)


async def _status(asked: Asked, writer: asyncio.StreamWriter) -> None:
    wait = asked.query("retry-after")
    await _send(writer, b"no", f"Retry-After: {wait}\r\n" if wait else "", status=int(asked.route.rpartition("/")[2]))


DRIPS = {
    "/drip/headers": (b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n"),
    "/drip/body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "/early-hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
}


async def _drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.route == "/silent":
        await asyncio.sleep(3600)
    start, drop = DRIPS[asked.route]
    writer.write(start)
    while True:
        writer.write(drop)
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


async def _endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(65_536) + b"\r\n")
        await writer.drain()


async def _flood(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + (b"X-Long: " if asked.route.endswith("/header") else b""))
    while True:
        writer.write(b"x" * 10_000 if asked.route.endswith("/header") else b"X-Flood: yes\r\n" * 1_000)
        await writer.drain()


async def _length(asked: Asked, writer: asyncio.StreamWriter) -> None:
    declared = {"short": len(PAGE) - 10, "long": len(PAGE) + 10, "announced": 50_000_000}[
        asked.route.rpartition("/")[2]
    ]
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {declared}\r\n\r\n".encode() + PAGE)


async def _raw(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write({
        "/half-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        "/garbage": b"\x16\x03\x01 this is no HTTP\r\n\r\n",
        "/hang-up": b"",
    }[asked.route])  # fmt: skip


async def _not_found(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await _send(writer, b"nothing here", status=404)


FEED_ITEM = b"<item><title>News</title><link>https://a.example/1</link></item>"
XML = "Content-Type: application/rss+xml\r\n"
PLAIN: dict[str, Callable[[], tuple[bytes, str]]] = {
    "/ok": lambda: (PAGE, "Content-Type: text/html\r\nSet-Cookie: session=1; Path=/\r\n"),
    "/private/page": lambda: (PAGE, "Content-Type: text/html\r\n"),
    "/empty": lambda: (b"", "Content-Type: text/html\r\n"),
    "/latin": lambda: ("<p>Größe in Zürich</p>".encode("latin-1"), "Content-Type: text/html; charset=utf-8\r\n"),
    "/not-a-feed": lambda: (b"This is no XML at all.", XML),
    "/empty-feed": lambda: (b"", XML),
    "/huge-feed": lambda: (b"<rss version='2.0'><channel>" + FEED_ITEM * 800_000 + b"</channel></rss>", XML),
    "/huge-page": lambda: (b"<p>word word</p>" * (100 * MEGABYTE // 16), "Content-Type: text/html\r\n"),
}
MISDEEDS: dict[str, Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]] = {
    "/bomb/": _bombs,
    "/bad/": _bad_coding,
    "/loop": _redirect,
    "/circle/": _redirect,
    "/hops/": _redirect,
    "/redirect": _redirect,
    "/etag": _etag,
    "/status/": _status,
    "/drip/": _drip,
    "/silent": _drip,
    "/endless": _endless,
    "/flood/": _flood,
    "/early-hints": _drip,
    "/length/": _length,
    "/half-chunk": _raw,
    "/garbage": _raw,
    "/hang-up": _raw,
}


@contextmanager
def serve_in_thread() -> Iterator[HostileServer]:
    """A running server for code that knows no asyncio."""
    started = threading.Event()
    server = HostileServer()
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with server:
            stop.append(lambda: loop.call_soon_threadsafe(ending.set))
            started.set()
            await ending.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield server
    finally:
        stop[0]()
        thread.join(10)


if __name__ == "__main__":
    with serve_in_thread() as running, suppress(KeyboardInterrupt):
        print(f"{__doc__}\nServing at {running.url('/')}", flush=True)
        threading.Event().wait()
