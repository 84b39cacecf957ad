"""What goes into extraction and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from index.article import Block, Precision, Receipt
from index.outcome import Reason

# Stands in every receipt. A rejected page is looked at again when it changes, so raise it with every change of rules
# that can turn a rejected page into an article.
EXTRACTOR_VERSION = "1"


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as it came. `content_type` is the HTTP header; `path` is the file of a page that a person handed in."""

    body: bytes
    url: str = ""
    content_type: str = ""
    path: str = ""

    @property
    def place(self) -> str:
        """Where it came from: its address, or else its file."""
        return self.url or self.path


@dataclass(frozen=True, slots=True)
class Extracted:
    """One article as its pages show it.

    Attributes:
        authors: names of people, and newsrooms where no person is named; agencies stand in `agency` too.
        published_at: aware, with the publisher's own offset; for precision `day` midnight of the publisher's day, UTC.
        language: ISO 639-1 as the page claims it, or "" (tasks/enrich.py checks the claim).
        canonical_url: what the page calls its own address, where that is on its own site; "" otherwise.
        page_urls: addresses or paths of its pages, in order, where there is more than one.
    """

    title: str
    blocks: tuple[Block, ...]
    summary: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    published_at: datetime | None = None
    published_precision: Precision = Precision.UNKNOWN
    language: str = ""
    canonical_url: str = ""
    page_urls: tuple[str, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)

    @property
    def characters(self) -> int:
        """Length of the body."""
        return sum(len(block.text) for block in self.blocks)


class NotAnArticle(Exception):
    """There is no article on the page. `reason` is one of the ledger's; `detail` is a sentence for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
