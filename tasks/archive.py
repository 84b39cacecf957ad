"""Every page as it came, in WARC files, before anything else is done with it.

A writer has a file of its own, so that a process that is killed can tear the end of its own file only. Each record is
a gzip member of its own: a place ("2026/11/23/NAME.warc.gz#offset,length") is enough to read it, whatever stands around
it. The files are ordinary WARC 1.1 for every other tool.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.errors import SecnewsError
from tasks.decoding import BodyTooLarge, UndecodableBody, decode
from tasks.fetched import MAX_BODY_BYTES, Fetched

PLACE = re.compile(r"(\d{4}/\d{2}/\d{2}/[A-Za-z0-9-]{1,100}\.warc\.gz)#(\d{1,15}),(\d{1,12})")
REQUESTED = "X-Secnews-Requested-URI"
REDIRECTS = "X-Secnews-Redirects"
# The body is stored without its chunking, so the header must not promise any; the name is the one archives use.
CHUNKING = "Transfer-Encoding"
FORMER_CHUNKING = "X-Archive-Orig-Transfer-Encoding"
WARC_DATE = "%Y-%m-%dT%H:%M:%S.%fZ"
LINE_BREAK = re.compile(r"[\r\n]")
# Records hold headers (165 KB at most, h11's limit and one read) and WARC's own beside the body.
MAX_HEADER_BYTES = 1 << 20
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ArchiveError(SecnewsError):
    """A page could not be written to the archive, or not be read from it."""


class ArchiveFull(ArchiveError):
    """There is no room left for the archive."""

    retryable = True


class ArchiveWriter:
    """Appends records to one new file, which is created with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._name = ""

    def write(self, fetched: Fetched) -> str:
        """Store an answer and return its place; the record is with the operating system by then.

        A killed process loses nothing that was returned. After a fault the file ends with its last whole record, and
        writing may be tried again.

        Raises:
            ArchiveFull: no room. ArchiveError: the folder cannot be written to, or an address holds a line break.
        """
        record = _record(fetched)
        with _explained(self._folder, "written to"):
            if self._file is None:
                self._name, self._file = _new_file(self._folder, fetched.fetched_at)
            offset = self._file.tell()
            try:
                _write_whole(self._file, record)
            except BaseException:
                self._file.truncate(offset)
                self._file.seek(offset)
                raise
        return f"{self._name}#{offset},{len(record)}"

    def close(self) -> None:
        """Bring the file to the disk."""
        if self._file is not None:
            with self._file, _explained(self._folder, "written to"):
                os.fsync(self._file.fileno())
            self._file = None


class Archive:
    """The WARC files under one folder. `max_body_bytes` bounds what unpacking a stored body may give."""

    def __init__(self, folder: Path | str, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._folder = Path(folder)
        self._max_body_bytes = max_body_bytes

    @contextmanager
    def writer(self) -> Iterator[ArchiveWriter]:
        """A writer for as long as the block lasts. Not to be shared between threads."""
        writer = ArchiveWriter(self._folder)
        try:
            yield writer
        finally:
            writer.close()

    def read(self, place: str) -> Fetched:
        """The answer stored at a place, its body unpacked.

        Raises:
            ArchiveError: no such place, torn or damaged, or over the limits.
        """
        record = _unpacked(self._slice(place), self._max_body_bytes + MAX_HEADER_BYTES, place)
        try:
            return _fetched(record, self._max_body_bytes)
        except (ArchiveLoadFailed, StopIteration, ValueError, AttributeError, TypeError) as error:
            raise ArchiveError(f"{place} holds no page that can be read ({error}); fetch it again") from error
        except (BodyTooLarge, UndecodableBody) as error:
            raise ArchiveError(f"the body at {place} does not unpack: {error}") from error

    def _slice(self, place: str) -> bytes:
        match = PLACE.fullmatch(place)
        if match is None:
            raise ArchiveError(f"{place[:100]!r} is no place in an archive")
        path = self._folder / match[1]
        offset, length = int(match[2]), int(match[3])
        with _explained(path, "read"):
            if not path.resolve().is_relative_to(self._folder.resolve()):
                raise ArchiveError(f"{place} leads out of the archive")
            with path.open("rb") as file:
                if offset + length > os.fstat(file.fileno()).st_size:
                    raise ArchiveError(f"{place} is torn: its file ends before; fetch the page again")
                file.seek(offset)
                return file.read(length)


def _new_file(folder: Path, moment: datetime) -> tuple[str, BinaryIO]:
    moment = moment.astimezone(UTC)
    name = f"{moment:%Y/%m/%d}/{moment:%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # Unbuffered: what write() has taken belongs to the operating system.
    return name, path.open("xb", buffering=0)


def _write_whole(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _record(fetched: Fetched) -> bytes:
    """A response record, compressed."""
    own = {
        "WARC-Date": fetched.fetched_at.astimezone(UTC).strftime(WARC_DATE),
        REQUESTED: fetched.requested_url,
        REDIRECTS: " ".join(fetched.redirects),
    }
    for text in (fetched.url, *own.values(), *(part for pair in fetched.headers for part in pair)):
        if LINE_BREAK.search(text):
            raise ArchiveError(f"the answer from {fetched.url[:200]!r} holds a line break where none may be")
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    # The block is made here and not by warcio, which would percent-encode what servers send in Latin-1.
    block = _http_block(fetched)
    record = writer.create_warc_record(
        fetched.url,
        "response",
        payload=io.BytesIO(fetched.raw),
        length=len(fetched.raw),
        warc_headers_dict={name: value for name, value in own.items() if value},
        http_headers=_RawHeaders(block),
    )
    writer.write_record(record)
    return buffer.getvalue()


class _RawHeaders(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that are written as the bytes they are."""

    def __init__(self, block: bytes) -> None:
        super().__init__("200 OK", [])  # without a status line warcio would look for one in the body
        self._block = block

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._block


def _http_block(fetched: Fetched) -> bytes:
    try:
        phrase = HTTPStatus(fetched.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {fetched.status} {phrase}"]
    for name, value in fetched.headers:
        lines.append(f"{FORMER_CHUNKING if name.lower() == CHUNKING.lower() else name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _unpacked(data: bytes, limit: int, place: str) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        record = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise ArchiveError(f"{place} is damaged ({error}); fetch the page again") from error
    if len(record) > limit:
        raise ArchiveError(f"{place} holds more than {limit} bytes")
    if not unpacker.eof:
        raise ArchiveError(f"{place} is torn; fetch the page again")
    return record


def _fetched(record: bytes, max_body_bytes: int) -> Fetched:
    found = next(ArchiveIterator(io.BytesIO(record), no_record_parse=True))
    own = found.rec_headers
    head, _, raw = found.raw_stream.read().partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple(_header(line) for line in lines)
    encoding = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    moment = datetime.strptime(own.get_header("WARC-Date"), WARC_DATE).replace(tzinfo=UTC)
    return Fetched(
        requested_url=own.get_header(REQUESTED) or own.get_header("WARC-Target-URI"),
        url=own.get_header("WARC-Target-URI"),
        status=int(status_line.split(" ")[1]),
        headers=headers,
        raw=raw,
        body=decode(raw, encoding, max_body_bytes),
        fetched_at=moment,
        redirects=tuple((own.get_header(REDIRECTS) or "").split()),
    )


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return (CHUNKING if name == FORMER_CHUNKING else name), value


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ArchiveError(f"{path} is not in the archive; fetch the page again") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise ArchiveFull(f"no room left for the archive at {path}: make room, and run again") from error
        raise ArchiveError(f"{path} cannot be {what} ({error.strerror}): check the folder and its rights") from error
