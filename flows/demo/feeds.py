"""The feeds of the sample sites, as RSS 2.0 and Atom."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree

from flows.demo.articles import Story
from flows.demo.outlets import Feed, Site
from flows.demo.pages import body_html

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
CONTENT_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def render_feed(site: Site, feed: Feed, stories: tuple[Story, ...]) -> bytes:
    """The feed's document in UTF-8, listing these stories in this order."""
    for prefix, namespace in (("atom", ATOM), ("content", CONTENT), ("dc", DUBLIN_CORE)):
        ElementTree.register_namespace(prefix, namespace)
    root = _atom(site, feed, stories) if feed.kind == "atom" else _rss(site, feed, stories)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def newest(stories: tuple[Story, ...]) -> datetime:
    """When the latest of these versions was published."""
    return max(story.changed_at for story in stories if story.changed_at)


def _rss(site: Site, feed: Feed, stories: tuple[Story, ...]) -> ElementTree.Element:
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", site.base + "/")
    _add(channel, "description", site.outlet.tagline)
    _add(channel, "lastBuildDate", format_datetime(newest(stories)))
    _add(channel, f"{{{ATOM}}}link", href=site.base + feed.path, rel="self", type=CONTENT_TYPES["rss"])
    for story in stories:
        _rss_item(channel, site, feed, story)
    return root


def _rss_item(channel: ElementTree.Element, site: Site, feed: Feed, story: Story) -> None:
    item = ElementTree.SubElement(channel, "item")
    _add(item, "title", story.title)
    _add(item, "link", site.url(story))
    _add(item, "guid", site.url(story), isPermaLink="true")
    _add(item, "description", story.summary)
    _add(item, "category", story.section)
    for author in story.authors:
        _add(item, f"{{{DUBLIN_CORE}}}creator", author)
    if story.published:
        _add(item, "pubDate", format_datetime(story.published))
    if feed.full_text and story.is_article:
        _add(item, f"{{{CONTENT}}}encoded", body_html(story.blocks))


def _atom(site: Site, feed: Feed, stories: tuple[Story, ...]) -> ElementTree.Element:
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add_atom(root, "title", feed.title)
    _add_atom(root, "subtitle", site.outlet.tagline)
    _add_atom(root, "id", site.base + feed.path)
    _add_atom(root, "updated", newest(stories).isoformat())
    _add_atom(root, "link", href=site.base + feed.path, rel="self")
    _add_atom(root, "link", href=site.base + "/", rel="alternate")
    for story in stories:
        _atom_entry(root, site, story)
    return root


def _atom_entry(root: ElementTree.Element, site: Site, story: Story) -> None:
    entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _add_atom(entry, "title", story.title)
    _add_atom(entry, "id", site.url(story))
    _add_atom(entry, "link", href=site.url(story), rel="alternate")
    _add_atom(entry, "summary", story.summary)
    _add_atom(entry, "category", term=story.section)
    author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
    _add_atom(author, "name", ", ".join(story.authors) or story.agency or site.outlet.name)
    if story.published and story.changed_at:
        _add_atom(entry, "published", story.published.isoformat())
        _add_atom(entry, "updated", story.changed_at.isoformat())


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = text or None


def _add_atom(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
    _add(parent, f"{{{ATOM}}}{tag}", text, **attributes)
