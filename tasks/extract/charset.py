"""Bytes to text. Never raises: what cannot be decoded becomes the replacement character.

Declared charsets are often wrong, so the order is: byte order mark; UTF-8 where the bytes really are UTF-8 (text in
another charset practically never is by chance); what HTTP or the page declares; detection; windows-1252.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

# Detection is slow (0.1 s for 100 KB) and no better on more text than this.
DETECTION_BYTES = 20_000
FEWEST_DETECTABLE = 64
# A declared charset that leaves more of the text undecoded than this is wrong: a page with a few broken quotes stays
# under it, a German page read in the wrong charset (2 % umlauts) does not.
MOST_UNDECODED = 0.005
# The web's own default where nothing is declared and nothing can be told.
FALLBACK = "cp1252"
# C0 and C1 controls, other than tab and line breaks: no text, and lxml refuses NUL.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# A lone no-break space is the publisher's own and stays; it is white space wherever words are told apart.
SPACE = re.compile(r"\s{2,}|[^\S\xa0]")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page or file."""
    bom_encoding, bom = read_bom(body)
    if bom_encoding and bom:
        return clean(_decode(body[len(bom) :], bom_encoding))
    if not body.isascii() and _is_utf8(body):
        return clean(body.decode("utf-8", "replace"))
    declared = http_content_type_encoding(content_type or None) or _declared_within(body)
    if declared:
        text = _decode(body, declared)
        if text.count("\ufffd") <= MOST_UNDECODED * len(text):
            return clean(text)
    return clean(_decode(body, "utf-8" if body.isascii() else _detected(body)))


def clean(text: str) -> str:
    """Valid Unicode without control characters: pairs of surrogates are joined, lone ones replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """Clean text in form NFC on one line, with every run of white space as one space."""
    return SPACE.sub(" ", unicodedata.normalize("NFC", clean(text))).strip()


def _is_utf8(body: bytes) -> bool:
    # Incremental, so that a page cut off in the middle of a character is still UTF-8.
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _declared_within(body: bytes) -> str | None:
    # A declaration that can be read as ASCII is not in UTF-16 or UTF-32, whatever it says.
    declared = html_body_declared_encoding(body[:8192])
    return None if declared and declared.startswith(("utf-16", "utf-32")) else declared


def _decode(body: bytes, encoding: str) -> str:
    try:
        return body.decode(resolve_encoding(encoding) or encoding, "replace")
    except (LookupError, ValueError):
        return body.decode(FALLBACK, "replace")


def _detected(body: bytes) -> str:
    best = from_bytes(body[:DETECTION_BYTES]).best() if len(body) >= FEWEST_DETECTABLE else None
    return best.encoding if best else FALLBACK
