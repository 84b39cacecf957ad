"""What a page really is, by its bytes: HTML, text, or something that no article is ever served as."""

from __future__ import annotations

import codecs
import re

from index.outcome import Reason
from tasks.extract.charset import decode
from tasks.extract.records import NotAnArticle, RawPage

# The largest of 152 real pages has 1.3 MB.
MOST_BYTES = 10_000_000
MARKUP = re.compile(r"<(?:!doctype|html|head|body|p|div|h[1-6]|article|title|meta|span|br|script|a)\b", re.I)
# Text has none of these; one byte in ten of compressed data is one. A few NULs are a fault of the publisher's.
CONTROL_BYTES = bytes({*range(0x20)} - set(b"\t\n\r\f\x1b"))
MOST_CONTROLS = 0.03
HEAD_BYTES = 20_000
BINARY = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")
JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"])")


def is_text(page: RawPage) -> bool:
    """Whether a page is text without markup, whatever it is served as."""
    kind = page.content_type.partition(";")[0].strip().lower()
    head = page.body[:HEAD_BYTES]
    if head.startswith(BINARY) or JSON.match(head) or is_binary(page):
        return False
    return bool(head.strip()) and kind in {"", "text/plain", "text/html"} and not has_markup(page)


def has_markup(page: RawPage) -> bool:
    """Whether the beginning of the page holds any HTML tag."""
    return MARKUP.search(decode(page.body[:HEAD_BYTES], page.content_type)) is not None


def is_binary(page: RawPage) -> bool:
    """Whether so many control characters stand in it that it is no text in any charset."""
    head = page.body[:HEAD_BYTES]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or "utf-16" in page.content_type.lower():
        return False
    return len(head) - len(head.translate(None, CONTROL_BYTES)) > MOST_CONTROLS * len(head)


def refuse_bytes(page: RawPage) -> None:
    """Refuse what is no page at all, before anything is parsed.

    Raises:
        NotAnArticle: EMPTY, TOO_LARGE or NOT_HTML.
    """
    body = page.body
    if not body.strip():
        raise NotAnArticle(Reason.EMPTY, "the page is empty")
    if len(body) > MOST_BYTES:
        raise NotAnArticle(Reason.TOO_LARGE, f"the page has {len(body)} bytes, more than {MOST_BYTES}")
    if body.startswith(BINARY) or is_binary(page):
        raise NotAnArticle(Reason.NOT_HTML, "the page is a PDF, picture, archive, program or other binary data")
    if JSON.match(body[:HEAD_BYTES]):
        raise NotAnArticle(Reason.NOT_HTML, "the page is JSON, not HTML")
    if not has_markup(page):
        raise NotAnArticle(Reason.NOT_HTML, "the page is neither HTML nor text")
