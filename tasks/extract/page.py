"""Fetched pages to one clean article: the way in for HTML, and for whatever is served in its place."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from index.article import Block, BlockKind, Receipt, Removed
from index.outcome import Reason
from tasks.extract.body import characters, read_body, text_on_page
from tasks.extract.charset import clean, decode, one_line
from tasks.extract.dump import extract_dump
from tasks.extract.metadata import Metadata, read_metadata
from tasks.extract.paging import next_page, page_numbers, same_article
from tasks.extract.records import EXTRACTOR_VERSION, Extracted, NotAnArticle, RawPage
from tasks.extract.sniff import is_text, refuse_bytes
from tasks.extract.titles import folded

log = logging.getLogger(__name__)

# The largest of 152 real pages has 3,319 elements. Twenty thousand keep the extractor busy for a second, and its time
# grows with them.
MOST_ELEMENTS = 20_000
# The longest of those articles, a live blog, has 24,000 characters.
MOST_TEXT = 1_000_000
# A body in JSON-LD counts no less: embedding 1.9 million characters took 50 s.
MOST_BODY = 200_000
# The shortest of 152 real articles has 924 characters in letters, 384 in Chinese characters or kana, which say more
# each. A page that calls itself an article is believed at half of that, since news in brief exists.
FEWEST_CHARACTERS = 250
FEWEST_CLAIMED = 120
CJK_WEIGHT = 2.5
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A home or topic page is a list of headlines that are links, each with a line or two of text.
LISTED_HEADLINES = 6
HEADLINE_LINKS = etree.XPath("count(//a[@href][ancestor::h1 or ancestor::h2 or ancestor::h3 or h2 or h3])")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# The parser's time grows with the square of a tag's attributes: 20,000 take 5 s.
MOST_ATTRIBUTES = 200
LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{1000,}>")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# Half of a page's bytes, copied by every step of the extraction and read by none.
UNREAD = ("script", "style", "svg", "template")


@dataclass(frozen=True, slots=True)
class _Read:
    """One page, read."""

    page: RawPage
    metadata: Metadata
    blocks: tuple[Block, ...]
    stretches: int
    characters: int

    @property
    def url(self) -> str:
        """Where it came from, or else what it calls its own address."""
        return self.page.url or self.metadata.canonical_url


def extract_page(pages: Sequence[RawPage]) -> Extracted:
    """The article on these pages, which are given in order. Plain text is read as a dump of a page.

    A further page that is no article, or another one, is left out and named in the receipt's notes; so is a page that
    is linked to, or must exist by its neighbours' numbers, and was not given.

    Raises:
        NotAnArticle: the first page holds none; the reason and detail say why.
    """
    first, *others = pages
    if is_text(first):
        return extract_dump(pages)
    read = [_read(first)]
    notes: list[str] = []
    for number, page in enumerate(others, start=2):
        try:
            following = _read(page)
        except NotAnArticle as refusal:
            notes.append(f"page {number} was left out: {refusal.detail}")
            continue
        if same_article(read[0].metadata.title, following.metadata.title):
            read.append(following)
        else:
            notes.append(f"page {number} was left out: its title is another article's")
    return _joined(read, [*notes, *_missing(read)])


def _read(page: RawPage) -> _Read:
    try:
        return _read_unguarded(page)
    except NotAnArticle:
        raise
    except Exception as error:
        raise NotAnArticle(Reason.EXTRACTOR_FAULT, f"the extractor failed: {type(error).__name__}: {error}") from error


def _read_unguarded(page: RawPage) -> _Read:
    refuse_bytes(page)
    tree = _tree(decode(page.body, page.content_type))
    stretches, total, sentences = text_on_page(tree)
    if total > MOST_TEXT:
        raise NotAnArticle(Reason.TOO_LARGE, f"the page has {total} characters of text, more than {MOST_TEXT}")
    metadata = read_metadata(tree, page.url)
    etree.strip_elements(tree, *UNREAD, with_tail=False)
    blocks = read_body(tree, sentences)
    if _weight(blocks) < FEWEST_CHARACTERS and len(metadata.article_body) > characters(blocks):
        blocks = _paragraphs(metadata.article_body[:MOST_BODY])
    blocks = _without_title(blocks, metadata.title)
    _refuse_page(page, tree, metadata, blocks)
    return _Read(page, metadata, blocks, stretches, total)


def _tree(text: str) -> HtmlElement:
    # Depth stops at 256 (huge_tree stays off); a declared encoding would make lxml refuse text that is decoded already.
    text = LONG_TAG.sub(_without_attribute_flood, XML_DECLARATION.sub("", text))
    parser = HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True)
    # lxml.html asks Python for the class of each element it touches; one class for all makes extraction a fifth faster.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        tree = document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise NotAnArticle(Reason.NO_ARTICLE, "the page holds no markup that can be read") from error
    # Counting tags in the text is quick and never too low; only a page over the limit is counted exactly.
    elements = text.count("<")
    if elements > MOST_ELEMENTS and (elements := sum(1 for _ in tree.iter())) > MOST_ELEMENTS:
        raise NotAnArticle(Reason.TOO_LARGE, f"the page has {elements} elements, more than {MOST_ELEMENTS}")
    return tree


def _without_attribute_flood(tag: re.Match[str]) -> str:
    return "" if len(QUOTED.sub("", tag[0]).split()) > MOST_ATTRIBUTES else tag[0]


def _refuse_page(page: RawPage, tree: HtmlElement, metadata: Metadata, blocks: tuple[Block, ...]) -> None:
    fewest = FEWEST_CLAIMED if metadata.claims_article else FEWEST_CHARACTERS
    if not blocks:
        raise NotAnArticle(Reason.NO_ARTICLE, "no text that reads like an article was found")
    if _weight(blocks) < fewest:
        raise NotAnArticle(Reason.NO_ARTICLE, f"only {characters(blocks)} characters of text were found")
    if metadata.claims_article:
        return
    url = page.url or metadata.canonical_url
    if url and urlsplit(url).path.strip("/").lower() in {"", "index.html", "index.php", "home"}:
        raise NotAnArticle(Reason.NO_ARTICLE, "it is the site's home page")
    headlines = int(float(str(HEADLINE_LINKS(tree))))
    paragraphs = sum(block.kind is not BlockKind.HEADING for block in blocks)
    if headlines >= LISTED_HEADLINES and headlines * 3 >= paragraphs * 2 and metadata.published_at is None:
        raise NotAnArticle(Reason.NO_ARTICLE, f"it is a list of {headlines} headlines that lead elsewhere")


def _joined(read: Sequence[_Read], notes: Iterable[str]) -> Extracted:
    metadata = read[0].metadata
    blocks: dict[Block, None] = {}
    joined: list[_Read] = []
    for one in read:
        fresh = [block for block in one.blocks if block not in blocks]
        # A "page 2" that repeats the article is a page of its comments.
        if fresh:
            blocks.update(dict.fromkeys(fresh))
            joined.append(one)
    body = tuple(blocks)
    title, fields = metadata.title, metadata.fields
    if not title:
        title, fields = body[0].text[:150], (*fields, ("title", "first block"))
    on_page, kept = sum(one.characters for one in joined), characters(body)
    receipt = Receipt(
        extractor=EXTRACTOR_VERSION,
        page_characters=max(on_page, kept),
        kept_characters=kept,
        removed=(Removed("outside the article", _outside(joined), max(on_page - kept, 0)),),
        fields=fields,
        notes=(*metadata.notes, *notes),
    )
    return Extracted(
        title=title,
        blocks=body,
        summary=metadata.summary,
        section=metadata.section,
        authors=metadata.authors,
        agency=metadata.agency,
        published_at=metadata.published_at,
        published_precision=metadata.published_precision,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        page_urls=tuple(one.page.place for one in joined) if len(joined) > 1 else (),
        receipt=receipt,
    )


def _outside(read: Iterable[_Read]) -> int:
    return sum(max(one.stretches - len(one.blocks), 0) for one in read)


def _missing(read: Sequence[_Read]) -> list[str]:
    numbers = page_numbers([one.url for one in read])
    absent = [f"page {number} is missing" for number in range(1, max(numbers)) if number not in numbers]
    following = next_page(read[-1].page.body, read[-1].url)
    return [*absent, f"a further page was not given: {following}"] if following else absent


def _paragraphs(text: str) -> tuple[Block, ...]:
    if "<p" in text or "<br" in text:
        text = re.sub(r"<(?:/?p|br)\b[^<>]*>", "\n", text)
        text = re.sub(r"<[^<>]*>", " ", text)
    lines = (one_line(clean(line)) for line in text.splitlines())
    return tuple(Block(line) for line in lines if line)


def _without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    while blocks and title and folded(blocks[0].text) == folded(title):
        blocks = blocks[1:]
    return blocks


def _weight(blocks: Sequence[Block]) -> float:
    text = "".join(block.text for block in blocks)
    return len(text) + (CJK_WEIGHT - 1) * len(CJK.findall(text))
