"""What a page says of itself in JSON-LD: which node is its article, and what that node says."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tasks.extract.charset import one_line

Node = Mapping[str, Any]

# NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting, Report, ...
ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report)$")
# Comments and CDATA around the object, as templates of the XHTML years leave them.
WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s{0,20})?(?:-->|\]\]>)[\s;]*+\Z"
)
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# A page of real news holds a few hundred nodes; the walk stops here whatever a hostile page nests or repeats.
MOST_NODES = 5_000
DEEPEST = 6
MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
LONGEST_TEXT = 20_000
# The longest real block is 0.3 MB (a live blog's updates).
LONGEST_SCRIPT = 2_000_000


def nodes(scripts: Iterable[str]) -> list[Node]:
    """Every object of the page's JSON-LD, @graph and lists taken apart. Broken JSON is mended where that is plain."""
    found: list[Node] = []
    for script in scripts:
        if len(script) <= LONGEST_SCRIPT:
            for node in _walk(_load(script), 0):
                found.append(node)
                if len(found) >= MOST_NODES:
                    return found
    return found


def article_node(all_nodes: Sequence[Node], titles: Sequence[str]) -> Node:
    """The node of the page's own article, {} where there is none.

    A page may list other articles too: the one whose headline is among the page's own titles wins, else the first.
    """
    articles = [node for node in all_nodes if is_article(node)]
    own = {one_line(title).casefold() for title in titles}
    for node in articles:
        if text(node.get("headline")).casefold() in own:
            return node
    return next((node for node in articles if node.get("headline") or node.get("datePublished")), {})


def is_article(node: Node) -> bool:
    """Whether the node's type is an article's."""
    kinds = node.get("@type")
    return any(isinstance(kind, str) and ARTICLE_TYPE.search(kind) for kind in _list(kinds))


def author_names(node: Node, all_nodes: Sequence[Node]) -> list[tuple[str, bool]]:
    """Authors as the node gives them, each with whether it is an organisation. References by @id are followed."""
    by_id = {other["@id"]: other for other in all_nodes if isinstance(other.get("@id"), str) and other.get("name")}
    found: list[tuple[str, bool]] = []
    for author in _list(node.get("author"))[:50]:
        if isinstance(author, dict):
            if not author.get("name") and isinstance(author.get("@id"), str):
                author = by_id.get(author["@id"], author)
            kinds = " ".join(str(kind) for kind in _list(author.get("@type")))
            name = text(author.get("name")) or f"{text(author.get('givenName'))} {text(author.get('familyName'))}"
            found.append((name.strip(), "Organization" in kinds and "Person" not in kinds))
        else:
            found.append((text(author), False))
    return [(name, organisation) for name, organisation in found if name]


def breadcrumb(all_nodes: Sequence[Node]) -> list[str]:
    """Names of the page's breadcrumb trail, outermost first."""
    for node in all_nodes:
        if "BreadcrumbList" in _list(node.get("@type")):
            items = [item for item in _list(node.get("itemListElement")) if isinstance(item, dict)][:20]
            return [text(item.get("name")) or text(_first_dict(item.get("item")).get("name")) for item in items]
    return []


def text(value: object) -> str:
    """A value as one line of text; the first of a list; "" for anything that is no text."""
    if isinstance(value, list):
        return text(value[0]) if value else ""
    return plain(value) if isinstance(value, str) else ""


def plain(value: str) -> str:
    """A field's text on one line. Templates escape it twice, or put markup in it: both are undone."""
    text = html.unescape(html.unescape(value[:LONGEST_TEXT]))
    return one_line(MARKUP.sub(" ", text))


def _load(script: str) -> object:
    for candidate in (script, TRAILING_COMMA.sub(r"\1", WRAPPING.sub("", WRAPPING.sub("", script)))):
        try:
            # strict=False: raw line breaks within strings are the commonest fault. raw_decode: so is a stray tail.
            return json.JSONDecoder(strict=False).raw_decode(candidate.lstrip(" \t\r\n\ufeff;"))[0]
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author"):
            if isinstance(value.get(key), (list, dict)):
                yield from _walk(value[key], depth + 1)


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _first_dict(value: object) -> Node:
    return next((item for item in _list(value) if isinstance(item, dict)), {})
