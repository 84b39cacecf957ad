"""Who an article is: its id, and the fingerprint of what its publisher wrote."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from index.article import Block

SPACE = re.compile(r"\s+")
# How much of an address-less document's opening tells it from its neighbours. A digest repeats its title daily, but not
# its first sentences.
OPENING_CHARACTERS = 200


def article_id(canonical_url: str) -> str:
    """The id of the article first met at this canonical address: 32 hexadecimal digits."""
    return _digest("url", canonical_url)


def document_id(source: str, title: str, published_at: datetime | None, opening: str) -> str:
    """The id of a document without an address, such as an imported dump. A file's path is no part of it."""
    day = published_at.date().isoformat() if published_at else ""
    return _digest("document", source, normalised(title), day, normalised(opening)[:OPENING_CHARACTERS])


def content_hash(title: str, summary: str, blocks: Sequence[Block]) -> str:
    """Fingerprint of what the publisher wrote. White space and Unicode form do not count."""
    return _digest("content", normalised(title), normalised(summary), *(normalised(block.text) for block in blocks))


def copy_group(blocks: Sequence[Block]) -> str:
    """Equal for copies of one text at several outlets, whatever title each gave it: a hash of the body's words."""
    words = re.findall(r"\w+", " ".join(normalised(block.text) for block in blocks).casefold())
    return _digest("copy", " ".join(words))[:16]


def normalised(text: str) -> str:
    """Text in Unicode form NFC with every run of white space as one space."""
    return SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _digest(*parts: str) -> str:
    # The separator cannot stand in any part, since `normalised` folds it away and no address may hold it.
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
