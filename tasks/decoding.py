"""Unpack what a server packed, within bounds: a kilobyte on the wire can hold gigabytes.

Every decoder here is fed so that it can overshoot the limit by a few megabytes at most before it is stopped.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator

import brotli
import zstandard

# Real servers use one coding, seldom two. More is an attack on whoever unpacks.
MAX_CODINGS = 3
# What one call may give back before the limit is looked at again.
STEP_BYTES = 1 << 20
INPUT_BYTES = 64 << 10
# Gzip and zstd may hold several streams, one after the other. Block gzip cuts at 64 KB, so this is enough for 64 MB;
# without an end to them 10 MB could hold half a million.
MAX_MEMBERS = 1_000
# A zstd block of 4 bytes unpacks to at most 128 KB and the library cannot be told to stop, so it gets this much at a
# time: 2 MB at most per step, for 10 ms per megabyte of input.
ZSTD_INPUT_BYTES = 64
# RFC 9659: a decoder for HTTP must offer a window of 8 MB and should refuse more.
ZSTD_WINDOW_BYTES = 8 << 20

Pieces = Iterator[bytes]


class UndecodableBody(Exception):
    """The body does not unpack as its Content-Encoding says: damaged, cut short, or an unknown coding."""


class BodyTooLarge(Exception):
    """The body is over the limit once unpacked."""


def decode(raw: bytes, content_encoding: str, limit: int) -> bytes:
    """The body that `raw` holds, undoing the codings of a Content-Encoding header from last to first.

    Args:
        limit: the most bytes of any stage's output.

    Raises:
        BodyTooLarge: some stage gives more than `limit` bytes.
        UndecodableBody: see there.
    """
    for unpack in _decoders(content_encoding):
        raw = _collect(unpack(raw), limit) if raw else raw
    if len(raw) > limit:
        raise BodyTooLarge(f"more than {limit} bytes")
    return raw


def decode_start(raw: bytes, content_encoding: str, limit: int) -> bytes:
    """The first `limit` bytes of the body, as far as they can be unpacked: for what may be read in part, robots.txt.

    Raises:
        UndecodableBody: an unknown coding, or nothing could be unpacked.
    """
    for unpack in _decoders(content_encoding):
        raw = _collect_start(unpack(raw), limit) if raw else raw
    return raw[:limit]


def _decoders(content_encoding: str) -> list[Callable[[bytes], Pieces]]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if len(names) > MAX_CODINGS:
        raise UndecodableBody(f"{len(names)} codings in a row")
    unknown = [name for name in names if name not in DECODERS]
    if unknown:
        raise UndecodableBody(f"unknown Content-Encoding {unknown[0][:40]!r}")
    return [DECODERS[name] for name in reversed(names)]


def _collect(pieces: Pieces, limit: int) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > limit:
            raise BodyTooLarge(f"more than {limit} bytes once unpacked")
    return bytes(whole)


def _collect_start(pieces: Pieces, limit: int) -> bytes:
    whole = bytearray()
    try:
        for piece in pieces:
            whole += piece
            if len(whole) >= limit:
                break
    except UndecodableBody:
        if not whole:
            raise
    return bytes(whole)


def _gzip(raw: bytes) -> Pieces:
    """Gzip, of one member or several; what follows the last one is ignored, as browsers do."""
    start = 0
    for _ in range(MAX_MEMBERS):
        start = yield from _inflate(zlib.decompressobj(zlib.MAX_WBITS | 16), raw, start, "gzip")
        if raw[start : start + 2] != b"\x1f\x8b":
            return
    raise UndecodableBody(f"more than {MAX_MEMBERS} gzip members")


def _deflate(raw: bytes) -> Pieces:
    # "deflate" means zlib's format, and some servers send the bare stream; zlib's header tells which.
    is_zlib = raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
    yield from _inflate(zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS), raw, 0, "deflate")


def _inflate(unpacker: zlib._Decompress, raw: bytes, start: int, name: str) -> Generator[bytes, None, int]:
    """Yield the pieces of the one stream that begins at `start`; return where it ended."""
    pending = b""
    try:
        while not unpacker.eof:
            if not pending:
                pending = raw[start : start + INPUT_BYTES]
                start += len(pending)
            is_last = not pending
            piece = unpacker.decompress(pending, STEP_BYTES)
            pending = unpacker.unconsumed_tail
            if is_last and not piece and not unpacker.eof:
                raise UndecodableBody(f"the {name} data is cut short")
            yield piece
    except zlib.error as error:
        raise UndecodableBody(f"not {name}: {error}") from error
    return start - len(unpacker.unused_data)


def _brotli(raw: bytes) -> Pieces:
    unpacker = brotli.Decompressor()
    try:
        piece = unpacker.process(raw, output_buffer_limit=STEP_BYTES)
        while piece or not unpacker.can_accept_more_data():
            yield piece
            piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=STEP_BYTES)
            if unpacker.is_finished() and not piece:
                break
    except brotli.error as error:
        raise UndecodableBody(f"not brotli: {error}") from error
    if not unpacker.is_finished():
        raise UndecodableBody("the brotli data is cut short")


def _zstd(raw: bytes) -> Pieces:
    start = 0
    for _ in range(MAX_MEMBERS):
        unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()
        try:
            while not unpacker.eof:
                pending = raw[start : start + ZSTD_INPUT_BYTES]
                if not pending:
                    raise UndecodableBody("the zstd data is cut short")
                start += len(pending)
                yield unpacker.decompress(pending)
        except zstandard.ZstdError as error:
            raise UndecodableBody(f"not zstd: {error}") from error
        start -= len(unpacker.unused_data)
        if start >= len(raw):
            return
    raise UndecodableBody(f"more than {MAX_MEMBERS} zstd frames")


DECODERS: dict[str, Callable[[bytes], Pieces]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
