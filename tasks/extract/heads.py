"""A page's own address and title by its head alone: enough to tell which pages belong together, without a tree."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from tasks.extract.charset import decode, one_line

# Heads of real pages end within 0.3 MB, inlined styles included.
HEAD_BYTES = 400_000
TAG = re.compile(r"<(?:meta|link)\b[^>]{1,4000}>", re.I)
ATTRIBUTE = re.compile(r"""([\w:-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
TITLE = re.compile(r"<title\b[^>]*>([^<]{1,1000})", re.I)
MOST_TAGS = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """`url` is absolute, or ""."""

    url: str
    title: str


def read_head(body: bytes) -> Head:
    """What the page calls its own address (canonical link, else og:url) and its title (og:title, else <title>)."""
    text = decode(body[:HEAD_BYTES])
    claims: dict[str, str] = {}
    for number, tag in enumerate(TAG.finditer(text)):
        if number >= MOST_TAGS:
            break
        attributes = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in ATTRIBUTE.finditer(tag[0])}
        name = (attributes.get("rel") or attributes.get("property") or attributes.get("name") or "").lower()
        claims.setdefault(name, html.unescape(attributes.get("href") or attributes.get("content") or "").strip())
    url = next((claims[name] for name in ("canonical", "og:url") if _absolute(claims.get(name, ""))), "")
    title = TITLE.search(text)
    return Head(url, one_line(claims.get("og:title") or html.unescape(title[1] if title else "")))


def _absolute(url: str) -> bool:
    return url.startswith(("http://", "https://"))
