"""Files that a person hands in: read with bounds, gzipped or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from index.outcome import Reason

GZIP = b"\x1f\x8b"
# A line of JSONL longer than this is no article: the longest real one has 0.1 MB.
LONGEST_LINE = 10_000_000


class UnreadableFile(Exception):
    """The file cannot be read; the message says why, and `reason` is one of the ledger's."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, unpacked if its content is gzip.

    Raises:
        UnreadableFile: it does not open, or breaks while it is being read.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFile(Reason.UNREADABLE, f"the gzip file is damaged: {error}") from error
    except OSError as error:
        raise UnreadableFile(Reason.UNREADABLE, f"it cannot be read: {error.strerror or error}") from error


def read_bytes(path: Path, most: int) -> bytes:
    """The file's content, unpacked, at most `most` bytes.

    Raises:
        UnreadableFile: it is longer, or cannot be read.
    """
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise UnreadableFile(Reason.TOO_LARGE, f"it has more than {most} bytes")
    return content


def looks_like_json_lines(path: Path) -> bool:
    """Whether the content begins as a JSON object or a list of them."""
    with opened(path) as file:
        head = file.read(2_000).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip()[:1] == b"{")


def lines_of(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines that are not blank; None for one that is too long, after which nothing is read."""
    with opened(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                yield number, None
                return
            if line.strip():
                yield number, line
