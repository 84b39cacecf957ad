"""Articles as JSON objects, one a line: what `secnews clean --jsonl` prints, and what others print like it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.article import Block, Precision, Receipt
from index.outcome import Reason
from tasks.addresses import canonical_url
from tasks.extract.charset import decode, one_line
from tasks.extract.dates import Moment, read_moment
from tasks.extract.names import agency_of
from tasks.extract.records import EXTRACTOR_VERSION, Extracted, NotAnArticle
from tasks.files import UnreadableFile, lines_of, read_bytes

# The longest of 152 real articles, a live blog, has 24,000 characters; embedding 1.9 million took 50 s.
MOST_TEXT = 1_000_000

DATE_KEYS = ("published_at", "published", "date", "datePublished")
WHOLE_FILE_BYTES = 50_000_000


def read_articles(path: Path) -> Iterator[tuple[int, Extracted | NotAnArticle]]:
    """(line number, article or why there is none) for each line; number 0 speaks of the file. Nothing is raised."""
    try:
        first = True
        for number, line in lines_of(path):
            if line is None:
                yield (
                    number,
                    NotAnArticle(Reason.TOO_LARGE, f"line {number} is too long; it and what follows are left out"),
                )
                return
            if first and line.strip() in (b"[", b"{"):
                yield from _whole_file(path)
                return
            first = False
            yield number, _parsed(decode(line), f"line {number}")
    except UnreadableFile as error:
        yield 0, NotAnArticle(error.reason, str(error))


def _whole_file(path: Path) -> Iterator[tuple[int, Extracted | NotAnArticle]]:
    """One object, or a list of them, written over several lines."""
    try:
        value = json.loads(decode(read_bytes(path, WHOLE_FILE_BYTES)))
    except (ValueError, RecursionError) as error:
        yield 0, NotAnArticle(Reason.UNREADABLE, f"it is not valid JSON: {error}")
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        yield number, _article(item, f"item {number}")


def _parsed(line: str, place: str) -> Extracted | NotAnArticle:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return NotAnArticle(Reason.UNREADABLE, f"{place} is not valid JSON: {error}")
    return _article(value, place)


def _article(row: object, place: str) -> Extracted | NotAnArticle:
    if not isinstance(row, dict):
        return NotAnArticle(Reason.UNREADABLE, f"{place} is not a JSON object")
    title, blocks = _text(row.get("title")), _blocks(row.get("body"))
    for name, value in (("title", title), ("body", blocks)):
        if not value:
            return NotAnArticle(Reason.UNREADABLE, f"{place} has no {name}")
    moment, notes = _moment(row)
    url, more_notes = _url(row)
    authors = _authors(row.get("authors") or row.get("author"))
    characters = sum(len(block.text) for block in blocks)
    if characters > MOST_TEXT:
        return NotAnArticle(Reason.TOO_LARGE, f"{place} has a body of {characters} characters, more than {MOST_TEXT}")
    return Extracted(
        title=title,
        blocks=blocks,
        summary=_text(row.get("summary")),
        section=_text(row.get("section")),
        authors=authors,
        agency=_text(row.get("agency")) or agency_of(authors),
        published_at=moment.at if moment else None,
        published_precision=moment.precision if moment else Precision.UNKNOWN,
        language=_text(row.get("language") or row.get("lang"))[:2].lower(),
        canonical_url=url,
        receipt=Receipt(EXTRACTOR_VERSION, characters, characters, notes=(*notes, *more_notes)),
    )


def _blocks(body: object) -> tuple[Block, ...]:
    paragraphs = body.splitlines() if isinstance(body, str) else body if isinstance(body, list) else []
    texts = (one_line(text) for text in paragraphs if isinstance(text, str))
    return tuple(Block(text) for text in texts if text)


def _authors(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(name for name in map(_text, names) if name)


def _moment(row: Mapping[str, Any]) -> tuple[Moment | None, list[str]]:
    value = next((row[key] for key in DATE_KEYS if row.get(key)), None)
    moment = read_moment(value, "json") if isinstance(value, str) else None
    return moment, [] if moment or not value else [f"the date {str(value)[:40]!r} cannot be read"]


def _url(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    value = _text(row.get("url"))
    try:
        return (canonical_url(value) if value else ""), []
    except ValueError as error:
        return "", [f"the url is left out: {error}"]


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""
