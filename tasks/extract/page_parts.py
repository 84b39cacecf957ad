"""The few parts of a page that may speak of its article, copied out of its tree and read by BeautifulSoup.

A soup of the whole page costs more than its extraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import etree
from lxml.html import HtmlElement

from tasks.extract import jsonld
from tasks.extract.charset import one_line

METAS = etree.XPath("//meta[@content]")
SCRIPTS = etree.XPath("//script[contains(@type, 'ld+json')]")
# Class names are matched as many publishers write them: author, articleAuthor, byline, Byline, autor.
SPEAKING = etree.XPath(
    "//title | //link[@rel='canonical'] | //h1 | //time[@datetime] | //*[contains(@class, 'uthor') or contains(@class,"
    " 'yline') or contains(@class, 'autor') or contains(@itemprop, 'author') or @rel='author'][not(self::script)]"
)
SITE_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site")
# Enough for any page; a hostile one may hold a million.
MOST_ELEMENTS = 600
# Containers named after the author hold whole articles; what is copied is the byline within.
MOST_WITHIN = 20
LONGEST_META = 5_000
LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class PageParts:
    """The parts of one page.

    Attributes:
        soup: title, canonical link, headings, times and bylines. metas: the wanted ones by name, the first of each.
        nodes: all of its JSON-LD. article: the node of its own article, {} where there is none.
        site_names: what the site calls itself, its host included.
    """

    soup: BeautifulSoup
    metas: dict[str, str]
    nodes: list[jsonld.Node]
    article: jsonld.Node
    url: str
    site_names: tuple[str, ...]

    def meta(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(content, name) of those named that the page has."""
        return ((self.metas[name], name) for name in names if self.metas.get(name))


def read_parts(tree: HtmlElement, url: str, wanted_metas: frozenset[str]) -> PageParts:
    """Copy out what may speak of the article."""
    elements = cast(list[HtmlElement], SPEAKING(tree))[:MOST_ELEMENTS]
    fragment = "".join(
        etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        for element in elements
        if sum(1 for _ in element.iter()) <= MOST_WITHIN
    )
    soup = BeautifulSoup(fragment, "lxml")
    metas = _metas(tree, wanted_metas)
    nodes = jsonld.nodes(script.text or "" for script in cast(list[HtmlElement], SCRIPTS(tree)))
    titles = [metas.get("og:title", ""), *(text_of(h1) for h1 in soup.find_all("h1")), text_of(soup.title)]
    article = jsonld.article_node(nodes, [title for title in titles if title])
    return PageParts(soup, metas, nodes, article, url, _site_names(metas, article, url))


def text_of(tag: Tag | None) -> str:
    """A tag's text on one line, cut where no title or byline is that long."""
    return one_line(tag.get_text(" ")[:LONGEST_TEXT]) if tag is not None else ""


def _metas(tree: HtmlElement, wanted: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in cast(list[HtmlElement], METAS(tree))[:MOST_ELEMENTS]:
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in wanted and name not in found:
            content = jsonld.plain((meta.get("content") or "")[:LONGEST_META])
            if content:
                found[name] = content
    return found


def _site_names(metas: dict[str, str], article: jsonld.Node, url: str) -> tuple[str, ...]:
    publisher = article.get("publisher")
    names = [metas.get(name, "").lstrip("@") for name in SITE_METAS]
    names += [jsonld.text(publisher.get("name")) if isinstance(publisher, dict) else ""]
    try:
        host = (urlsplit(url or metas.get("og:url", "")).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    labels = host.split(".")
    names += [host, ".".join(labels[-2:]), labels[-2] if len(labels) > 1 else ""]
    return tuple(dict.fromkeys(name for name in names if name))
