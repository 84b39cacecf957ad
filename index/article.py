"""The article: the one record that every step of the way speaks of.

Records are frozen. What a step learns, it adds with `dataclasses.replace`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class Precision(StrEnum):
    """How much of a publication date is known."""

    SECOND = "second"
    DAY = "day"
    UNKNOWN = "unknown"


class BlockKind(StrEnum):
    """What a block of the body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    LIST_ITEM = "list_item"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the body, in reading order. `text` holds no line break and no markup."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article that is embedded and found as one.

    `start` and `end` are character offsets into `Article.text`, so that `Article.text[start:end] == text`.
    `vector` is float32 of shape (dimension,), unit length; None where it has not been embedded.
    """

    text: str
    start: int
    end: int
    vector: Vector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Removed:
    """What one rule took out of the page: how many blocks, how many characters."""

    rule: str
    blocks: int
    characters: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """How the article was made from its page: enough to doubt it, and to make it again.

    `fields` says for each field which rule gave it ("title": "json-ld"). `notes` are sentences for people, such as
    "page 2 of 2 is missing".
    """

    extractor: str = ""
    page_characters: int = 0
    kept_characters: int = 0
    removed: tuple[Removed, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kept_share(self) -> float:
        """Characters kept over characters on the page, 0 to 1; 0 where the page's size is unknown."""
        return self.kept_characters / self.page_characters if self.page_characters else 0.0


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one outlet, clean.

    Attributes:
        id: hash of the first canonical URL, never changed (index/identity.py).
        url: the first canonical address; empty for a document that came without one.
        other_urls: every other address under which the same outlet offered it.
        page_urls: addresses or paths of its pages, in order, where it had more than one.
        source: id of the source that offered it first; `sources` holds all of them, this one included.
        published_at: aware, with the publisher's own offset; for precision `day` midnight of the publisher's day;
            None where the page names no date. A missing date is never replaced by now.
        first_seen_at: aware, UTC: when secnews first met it. updated_at: when this revision was stored.
        language: ISO 639-1 code, or "" where unknown.
        blocks: the body. passages: what of it is embedded.
        content_hash: of what the publisher wrote (title, summary, body), see `index.identity.content_hash`.
        revision: 1, 2, ...: what the publisher wrote changed. valid_from and valid_to bound an older revision.
        copy_group: equal for copies of the same text at several outlets.
    """

    id: str
    url: str
    source: str
    title: str
    blocks: tuple[Block, ...]
    first_seen_at: datetime
    updated_at: datetime
    content_hash: str
    summary: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    other_urls: tuple[str, ...] = ()
    page_urls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision = Precision.UNKNOWN
    language: str = ""
    passages: tuple[Passage, ...] = ()
    revision: int = 1
    copy_group: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    receipt: Receipt = Receipt()

    @property
    def text(self) -> str:
        """The body as plain text, blocks parted by an empty line. Passage offsets count in it."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def effective_at(self) -> datetime:
        """What orders and filters an article: when it was published, or else when it was first seen."""
        return self.published_at or self.first_seen_at
