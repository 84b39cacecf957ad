"""What a person hands in: HTML pages, text dumps and JSONL articles, in files and folders, gzipped or not.

What a file is, its content decides; a bad one is answered with a reason, and the others go on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.outcome import Reason
from tasks.enrich import with_language
from tasks.extract.charset import decode
from tasks.extract.dump import group_dumps
from tasks.extract.heads import read_head
from tasks.extract.page import extract_page
from tasks.extract.paging import readings, same_article
from tasks.extract.records import Extracted, NotAnArticle, RawPage
from tasks.extract.sniff import MOST_BYTES, is_text
from tasks.files import UnreadableFile, looks_like_json_lines, read_bytes
from tasks.json_articles import read_articles


@dataclass(frozen=True, slots=True)
class Document:
    """One article out of one or more files, or why there is none.

    `paths` are its files in the order of its pages; a line of a JSONL file is "file:line". `url` is what the page calls
    its own address (trusted, since a person handed it in). Either `extracted` or `rejected` is None; `detail` is a
    sentence for people.
    """

    paths: tuple[str, ...]
    url: str = ""
    extracted: Extracted | None = None
    rejected: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Pages:
    """Files that make one article, and the address that each page claims."""

    paths: tuple[Path, ...]
    urls: tuple[str, ...]


def read_documents(paths: Iterable[str | Path], join: bool = True) -> Iterator[Document]:
    """Every article in these files and folders (all files below a folder, in order of their names).

    With `join`, pages of one article in several files become one document: dumps by title and page mark, HTML by
    address and title. It reads each file twice, and never holds more than one article in memory.
    """
    pages: list[Path] = []
    for path in paths:
        for found in _files(Path(path)):
            if isinstance(found, Document):
                yield found
            elif _is_json_lines(found):
                yield from _json_documents(found)
            else:
                pages.append(found)
    for group in _grouped(pages) if join else (_Pages((path,), ("",)) for path in pages):
        yield _document(group)


def _files(path: Path) -> Iterator[Path | Document]:
    if os.path.isdir(path):
        found = False
        refused: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=refused.append):
            folders.sort()
            for name in sorted(names):
                if not name.startswith("."):
                    found = True
                    yield from _file(Path(folder, name))
        for error in refused:
            place = Path(os.fsdecode(error.filename))
            yield _rejected((place,), Reason.UNREADABLE, f"the folder cannot be read: {error.strerror}")
        if not found and not refused:
            yield _rejected((path,), Reason.EMPTY, "the folder holds no files")
    else:
        yield from _file(path)


def _file(path: Path) -> Iterator[Path | Document]:
    """A FIFO or device would be waited for without end."""
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        yield _rejected((path,), Reason.UNREADABLE, "there is no such file or folder")
    except OSError as error:
        yield _rejected((path,), Reason.UNREADABLE, f"it cannot be read: {error.strerror}")
    else:
        if stat.S_ISREG(kind):
            yield path
        else:
            yield _rejected((path,), Reason.UNREADABLE, "it is neither a file nor a folder")


def _is_json_lines(path: Path) -> bool:
    try:
        return looks_like_json_lines(path)
    except UnreadableFile:
        return False


def _json_documents(path: Path) -> Iterator[Document]:
    for number, result in read_articles(path):
        place = (f"{path}:{number}",) if number else (str(path),)
        if isinstance(result, NotAnArticle):
            yield Document(place, rejected=result.reason, detail=result.detail)
        else:
            yield Document(place, url=result.canonical_url, extracted=with_language(result))


def _grouped(paths: Sequence[Path]) -> list[_Pages]:
    """Which files belong together. Files that cannot be read stand alone, so that their fault is told."""
    groups: list[_Pages] = []
    dumps: list[tuple[str, str]] = []
    html: list[tuple[Path, str, str]] = []
    for path in paths:
        try:
            page = RawPage(read_bytes(path, MOST_BYTES), path=str(path))
        except UnreadableFile:
            groups.append(_Pages((path,), ("",)))
            continue
        if is_text(page):
            dumps.append((str(path), decode(page.body)))
        else:
            head = read_head(page.body)
            html.append((path, head.url, head.title))
    groups += [_Pages(tuple(Path(path) for path in group), ("",) * len(group)) for group in group_dumps(dumps)]
    groups += _html_groups(html)
    order = {path: position for position, path in enumerate(paths)}
    return sorted(groups, key=lambda group: min(order[path] for path in group.paths))


def _html_groups(pages: Sequence[tuple[Path, str, str]]) -> list[_Pages]:
    """Join each page 2 and higher to the first page of the same base address and title, numbers once each."""
    first = {
        readings(url or str(path))[-1].base: position for position, (path, url, _) in reversed([*enumerate(pages)])
    }
    members: dict[int, dict[int, int]] = {position: {1: position} for position in range(len(pages))}
    for position, (path, url, title) in enumerate(pages):
        for reading in readings(url or str(path))[:-1]:
            home = first.get(reading.base)
            if home is None or home == position or home not in members or reading.number < 2:
                continue
            if title and same_article(pages[home][2], title) and reading.number not in members[home]:
                members[home][reading.number] = position
                del members[position]
                break
    return [
        _Pages(
            tuple(pages[position][0] for _, position in sorted(group.items())),
            tuple(pages[position][1] for _, position in sorted(group.items())),
        )
        for group in members.values()
    ]


def _document(group: _Pages) -> Document:
    try:
        pages = [
            RawPage(read_bytes(path, MOST_BYTES), url, path=str(path))
            for path, url in zip(group.paths, group.urls, strict=True)
        ]
        extracted = with_language(extract_page(pages))
    except UnreadableFile as error:
        return _rejected(group.paths, error.reason, str(error))
    except NotAnArticle as refusal:
        return _rejected(group.paths, refusal.reason, refusal.detail)
    return Document(_in_order(group.paths, extracted), extracted.canonical_url, extracted)


def _in_order(paths: Sequence[Path], extracted: Extracted) -> tuple[str, ...]:
    order = {place: position for position, place in enumerate(extracted.page_urls)}
    return tuple(sorted(map(str, paths), key=lambda path: order.get(path, 0)))


def _rejected(paths: Sequence[Path], reason: Reason, detail: str) -> Document:
    return Document(tuple(str(path) for path in paths), rejected=reason, detail=detail)
