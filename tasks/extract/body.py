"""The body of an article: trafilatura finds it, and here it becomes typed blocks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import cast

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from index.article import Block, BlockKind
from tasks.extract.charset import one_line

# It logs every page it finds nothing on; the caller says so itself.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# Trafilatura's own tags, and HTML's where it hands on the answer of readability.
KINDS = {
    **dict.fromkeys(("head", "h1", "h2", "h3", "h4", "h5", "h6"), BlockKind.HEADING),
    **dict.fromkeys(("quote", "blockquote"), BlockKind.QUOTE),
    **dict.fromkeys(("item", "li", "dt", "dd"), BlockKind.LIST_ITEM),
}
CONTAINERS = {
    *KINDS, "p", "list", "table", "code", "pre", "ab", "div", "lb", "br", "ul", "ol", "dl", "tbody", "thead", "section",
    "article", "figure", "main", "row", "tr",
}  # fmt: skip
# Shorter stretches of text are labels, links and buttons.
SENTENCE_CHARACTERS = 80
TEXTS = etree.XPath(
    "//body//text()[not(parent::script or parent::style or parent::noscript or parent::template or parent::textarea"
    " or parent::option)]",
    smart_strings=False,
)
# Trafilatura alone, without the second opinions of readability and justext, runs at 72 pages/s in place of 39 and finds
# the same body on 147 of 152 pages; on the other five it finds next to nothing. So the second opinions are asked for
# only where the first one holds less than this share of the page's text.
TRUSTED_SHARE = 0.5
# Precision gives up whole articles now and then (782 characters of 5,003). Where little of the page is kept, and the
# balanced mode finds several times as much, that is what happened; on 20 others with little kept it finds the same.
DOUBTED_SHARE = 0.35
CLEARLY_MORE = 3


def read_body(tree: HtmlElement, on_page: int) -> tuple[Block, ...]:
    """The article's blocks in reading order; empty where none were found. The tree is left as it was.

    `on_page` is how many characters of sentences the whole page holds (`text_on_page`).
    """
    blocks = _extract(tree, fast=True)
    if characters(blocks) < TRUSTED_SHARE * on_page:
        blocks = max(blocks, _extract(tree), key=characters)
    if characters(blocks) < DOUBTED_SHARE * on_page:
        generous = _extract(tree, precise=False)
        if characters(generous) >= CLEARLY_MORE * characters(blocks):
            return generous
    return blocks


def characters(blocks: tuple[Block, ...]) -> int:
    """Length of the blocks' text."""
    return sum(len(block.text) for block in blocks)


def text_on_page(tree: HtmlElement) -> tuple[int, int, int]:
    """(stretches of text, their characters, characters of those long enough to be somebody's sentences)."""
    lengths = [length for text in cast(list[str], TEXTS(tree)) if (length := len(text.strip()))]
    return len(lengths), sum(lengths), sum(length for length in lengths if length >= SENTENCE_CHARACTERS)


def _extract(tree: HtmlElement, *, fast: bool = False, precise: bool = True) -> tuple[Block, ...]:
    document = bare_extraction(tree, favor_precision=precise, include_comments=False, include_tables=True, fast=fast)
    body = getattr(document, "body", None)
    return tuple(_blocks(body)) if body is not None else ()


def _blocks(element: etree._Element, kind: BlockKind = BlockKind.PARAGRAPH) -> Iterator[Block]:
    """Every block below, once: a container's own text stands before, and its children's tails after, their blocks."""
    loose: list[str] = [element.text or ""]
    for child in element:
        if child.tag in CONTAINERS:
            yield from _block("".join(loose), kind)
            loose = []
            yield from _row(child) if child.tag in {"row", "tr"} else _blocks(child, KINDS.get(str(child.tag), kind))
        elif isinstance(child.tag, str) and child.tag != "graphic":
            loose.append(_text(child))
        loose.append(child.tail or "")
    yield from _block("".join(loose), kind)


def _row(row: etree._Element) -> Iterator[Block]:
    cells = (one_line(_text(cell)) for cell in row)
    yield from _block(" | ".join(cell for cell in cells if cell), BlockKind.LIST_ITEM)


def _text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _block(text: str, kind: BlockKind) -> Iterator[Block]:
    line = one_line(text)
    if any(character.isalnum() for character in line):
        yield Block(line, kind)
