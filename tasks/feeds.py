"""Read RSS and Atom feeds of any kind and in any state."""

from __future__ import annotations

import hashlib
import html
import io
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from index.article import Precision
from tasks.addresses import BadAddress, canonical_url, fetchable_url
from tasks.feed_dates import feed_date
from tasks.feed_xml import NoFeed, clean_xml

MAX_TITLE_CHARACTERS = 1_000
# Some feeds put the whole article into the summary; a hint needs its beginning only.
MAX_SUMMARY_CHARACTERS = 5_000
MAX_MARKUP_CHARACTERS = 20_000
MAX_LINK_CHARACTERS = 8_000

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Tags that part words; the others (<b>, <a>) may stand within one.
PARTING_TAG = re.compile(r"<(?=/?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|table|blockquote|hr)\b)", re.IGNORECASE)
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "item"})


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed. Texts are plain, without markup, lone surrogates or control characters.

    Attributes:
        link: the page's absolute http(s) address; "" where the feed names none that can be used.
        listed_link: the address as it stands in the feed, for people.
        published: aware, with the publisher's offset; None where the feed says nothing. precision says how much of it
            is known: for `day` it is midnight.
        id: the feed's own id of the item. updated: the date of its last change, as written.
    """

    title: str
    link: str
    listed_link: str = ""
    published: datetime | None = None
    precision: Precision = Precision.UNKNOWN
    summary: str = ""
    id: str = ""
    updated: str = ""

    @property
    def fingerprint(self) -> str:
        """Changes when the publisher changes the item."""
        return fingerprint(self.title, self.summary, self.updated)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read.

    `problem` says, in a sentence, why it is no feed; it is "" for every feed, an empty one included. `notes` say what
    was cut or repaired.
    """

    entries: tuple[FeedEntry, ...] = ()
    title: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


def fingerprint(title: str, summary: str, updated: str) -> str:
    """A hash of what a feed says of an item, 32 hexadecimal digits."""
    return hashlib.sha256("\x1f".join((title, summary, updated)).encode("utf-8", "replace")).hexdigest()[:32]


def parse_feed(body: bytes, url: str, content_type: str) -> Feed:
    """Read a feed's bytes; nothing is fetched, and no input raises.

    Args:
        url: where it came from; relative links are resolved against it.
        content_type: the HTTP header, "" where there was none.

    Time and memory are bounded (tasks/feed_xml.py): a feed of 50 MB is read in part, and the notes say so.
    """
    try:
        xml = clean_xml(body, content_type)
    except NoFeed as error:
        return Feed(problem=str(error))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # Bytes, never a text or a file name: feedparser opens those. Markup in summaries becomes plain text below, so its
    # sanitiser, half of the time, is left out.
    parsed = feedparser.parse(
        io.BytesIO(xml.data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    entries = tuple(_entry(entry, url) for entry in parsed.entries)
    if not entries and not parsed.version and xml.root.lower() not in FEED_ROOTS:
        return Feed(problem=f"it is neither RSS nor Atom: its root is <{xml.root[:40]}>", notes=xml.notes)
    return Feed(entries, _title(parsed.feed), _emptiness(entries, xml.notes), xml.notes)


def _emptiness(entries: tuple[FeedEntry, ...], notes: tuple[str, ...]) -> str:
    # A well-formed feed may well list nothing today; a broken one that does has lost it.
    return f"nothing could be read: {notes[0]}" if notes and not entries else ""


def _entry(entry: Mapping[str, Any], url: str) -> FeedEntry:
    published = _text(entry, "published")
    updated = _text(entry, "updated")
    moment, precision = feed_date(published or updated)
    if moment is None:
        moment, precision = _feedparsers_date(entry)
    link, listed = _link(entry, url)
    return FeedEntry(
        title=_title(entry),
        link=link,
        listed_link=listed,
        published=moment,
        precision=precision,
        summary=plain_text(_text(entry, "summary") or _content(entry), is_markup=True)[:MAX_SUMMARY_CHARACTERS],
        id=_clean(_text(entry, "id"))[:MAX_LINK_CHARACTERS],
        updated=_clean(updated or published)[:80],
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    # Not entry.get: feedparser's own warns where "updated" is missing, and answers with "published".
    value = dict.get(entry, key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _title(entry: Mapping[str, Any]) -> str:
    detail = dict.get(entry, "title_detail") if isinstance(entry, dict) else None
    is_markup = isinstance(detail, dict) and detail.get("type") != "text/plain"
    return plain_text(_text(entry, "title"), is_markup=is_markup)[:MAX_TITLE_CHARACTERS]


def _content(entry: Mapping[str, Any]) -> str:
    contents = entry.get("content") or []
    return next((part["value"] for part in contents if isinstance(part.get("value"), str)), "")


def _link(entry: Mapping[str, Any], url: str) -> tuple[str, str]:
    """The first usable address of an entry, and the first one listed."""
    links = [_text(link, "href") for link in entry.get("links") or [] if link.get("rel", "alternate") == "alternate"]
    # FeedBurner's and others' click counters name the page's own address beside theirs.
    candidates = [_text(entry, "feedburner_origlink"), _text(entry, "link"), *links]
    listed = [candidate.strip() for candidate in candidates if candidate.strip()]
    for candidate in listed:
        with suppress(BadAddress, ValueError):
            address = fetchable_url(urljoin(url, candidate))
            canonical_url(address)
            return address, candidate[:MAX_LINK_CHARACTERS]
    return "", _clean(listed[0])[:MAX_LINK_CHARACTERS] if listed else ""


def _feedparsers_date(entry: Mapping[str, Any]) -> tuple[datetime | None, Precision]:
    """feedparser's reading of a date in one of its many other formats; it keeps no offset."""
    for key in ("published", "updated", "created"):
        parsed = dict.get(entry, f"{key}_parsed") if isinstance(entry, dict) else None
        if isinstance(parsed, time.struct_time):
            with suppress(ValueError):
                text = datetime(*parsed[:6], tzinfo=UTC).isoformat()
                return feed_date(text if ":" in _text(entry, key) else text[:10])
    return None, Precision.UNKNOWN


def plain_text(text: str, *, is_markup: bool) -> str:
    """Text on one line, without tags, scripts, entities, control characters or lone surrogates."""
    text = _clean(text[:MAX_MARKUP_CHARACTERS])
    if is_markup and "<" in text:
        text = _without_tags(PARTING_TAG.sub(" <", text))
    # Titles are often escaped twice.
    return " ".join(_clean(html.unescape(text)).split())


def _without_tags(markup: str) -> str:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(f"<div>{markup}</div>".encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return re.sub(r"<[^>]{0,500}>", " ", markup)
    etree.strip_elements(root, "script", "style", "template", "noscript", with_tail=False)
    return "".join(str(part) for part in root.itertext())


def _clean(text: str) -> str:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return UNPRINTABLE.sub("", whole)
