"""Read what can be read of a feed that is not well-formed.

libxml2's own recovery loses everything after a closing tag that fits nowhere, and every &lt; after the first fault. So
references become numbers first, and each item is read for itself: damage stays in the item that has it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from lxml import etree

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
CDATA_START, CDATA_END = "<![CDATA[", "]]>"
REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});|#([0-9]{1,7});|#[xX]([0-9A-Fa-f]{1,6});)?")
FORBIDDEN_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
ROOT_TAG = re.compile(r"<(rss|feed|rdf:RDF)\b[^<>]{0,10000}>", re.IGNORECASE)
ITEM_START = re.compile(r"<((?:[A-Za-z]{1,20}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
# Prefixes that broken feeds use without declaring them.
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
}


def salvaged(text: str, most_items: int) -> etree._Element | None:
    """The tree of a damaged feed with its whole items, up to `most_items`; None where nothing is like XML.

    An item without an end is left out: the text may have been cut in the middle of its address.
    """
    text = _numbered(FORBIDDEN_CHARACTER.sub("", DECLARATION.sub("", text.lstrip("\ufeff"), count=1)))
    start = ROOT_TAG.search(text)
    if start is None:
        return _read(text)
    opening = _declaring(start[0])
    closing = f"</{start[1]}>"
    first = ITEM_START.search(text, start.end())
    root = _read(opening + text[start.end() : first.start() if first else len(text)] + closing)
    if root is None:
        return None
    channel = root.find("channel")
    home = root if channel is None else channel
    for number, chunk in enumerate(_items(text, start.end())):
        if number >= most_items:
            break
        wrapper = _read(opening + chunk + closing)
        if wrapper is not None and len(wrapper):
            home.append(wrapper[0])
    return root


def _items(text: str, position: int) -> Iterator[str]:
    while found := ITEM_START.search(text, position):
        ending = f"</{found[1]}>"
        end = text.find(ending, found.end())
        if end < 0:
            return
        position = end + len(ending)
        yield text[found.start() : position]


def _read(xml: str) -> etree._Element | None:
    try:
        parser = etree.XMLParser(
            recover=True, encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        return etree.fromstring(xml.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _declaring(opening: str) -> str:
    missing = [f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if f"xmlns:{prefix}=" not in opening]
    return opening.removesuffix(">") + "".join(missing) + ">"


def _numbered(text: str) -> str:
    """Text with every reference as a number, and every ampersand that is none escaped, outside CDATA sections.

    Cut by hand: a pattern for CDATA sections looks to the very end from each one that is not closed, 8 minutes in 1 MB.
    """
    parts: list[str] = []
    position = 0
    while position < len(text):
        start = text.find(CDATA_START, position)
        end = text.find(CDATA_END, start) if start >= 0 else -1
        if end < 0:
            start = end = len(text)
        parts += [REFERENCE.sub(_number, text[position:start]), text[start:end]]
        position = end
    return "".join(parts)


def _number(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        meant = html.unescape(match[0])
        return "".join(f"&#{ord(character)};" for character in meant) if meant != match[0] else f"&#38;{name};"
    if not decimal and not hexadecimal:
        return "&#38;"
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_allowed = code in {9, 10, 13} or (code >= 32 and code <= 0x10FFFF and not FORBIDDEN_CHARACTER.match(chr(code)))
    return f"&#{code};" if is_allowed else ""
