"""Articles over several pages: which link leads to the next page, and which page an address is.

`rel=next` on a news page usually names another article (105 of 116 measured), so a next page must have this page's own
path and a page suffix one higher; whoever follows it must still compare the titles (`same_article`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from tasks.addresses import same_site
from tasks.extract.charset import decode
from tasks.extract.titles import alike

# "page=2", "seite=2", "p=2", in the languages of many sites.
QUERY_NAMES = frozenset(
    ["page", "p", "pg", "pag", "pagina", "página", "seite", "sida", "side", "sivu", "strona", "stranka", "pn", "paged"]
)
# "/2", "/page/2", "/page-2", "/seite2.html" after the article's own path; "-2.html", "_2.html", ",page-2.html".
WORD = r"(?:page|pagina|seite|sida|side|strona|stranka|p|pg)"
PATH_SUFFIXES = (
    (re.compile(rf"(?P<base>.+?)/\(?{WORD}\)?[-_/]?(?P<number>\d{{1,2}})(?P<end>\.\w+|/)?$", re.I), True),
    (re.compile(rf"(?P<base>.+?)[-_,.]{WORD}[-_,]?(?P<number>\d{{1,2}})(?P<end>\.\w+|/)?$", re.I), True),
    (re.compile(r"(?P<base>.+?)/(?P<number>\d{1,2})(?P<end>/)?$"), False),
    (re.compile(r"(?P<base>.+?)[-_](?P<number>\d{1,2})(?P<end>\.\w+)$"), False),
)
# Articles of more pages exist only as picture series.
MOST_PAGES = 30
# Addresses are looked for in the page's bytes, since few pages have a next one and parsing all for it is dear: those
# with a number after this page's own last path segment, and those that are a query alone.
NUMBER_AFTER = rb"""([^"'\s<>]{0,20}?[-/=_,.a-z]\d{1,2}(?:\.\w{2,5}|/)?)["'\s>?#&]"""
QUERY_LINK = re.compile(rb"""href=["']?(\?[^"'\s<>]{0,60}=\d{1,2})[&"'\s#>]""")
ADDRESS_END = re.compile(rb"""["'\s<>]""")
MOST_LINKS = 200


@dataclass(frozen=True, slots=True)
class PageAddress:
    """One way to read an address: what all pages of its article share, and the number, 1 where none is named.

    `worded`: it says "page", so the number is one without doubt; a bare one may be part of a slug or a date.
    """

    base: str
    number: int
    worded: bool = False


def readings(url: str) -> list[PageAddress]:
    """Every way to read an address, the likeliest first; the last is always "page 1 of itself"."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return [PageAddress(url, 1)]
    found: list[PageAddress] = []
    query = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in query:
        if name.lower() in QUERY_NAMES and value.isascii() and value.isdigit() and len(value) <= 2:
            rest = urlencode([pair for pair in query if pair != (name, value)])
            found.append(PageAddress(_base(parts.netloc, parts.path, rest), int(value), worded=True))
    for suffix, worded in PATH_SUFFIXES:
        if match := suffix.match(parts.path):
            end = match["end"] or ""
            path = match["base"] + ("" if end == "/" else end)
            found.append(PageAddress(_base(parts.netloc, path, parts.query), int(match["number"]), worded))
    return [*found, PageAddress(_base(parts.netloc, parts.path, parts.query), 1)]


def page_numbers(urls: Sequence[str]) -> set[int]:
    """Which pages of an article these addresses are; the first is page 1 unless it says "page 2" in so many words."""
    first = readings(urls[0])
    bases = {reading.base for reading in first}
    numbers = {first[0].number if first[0].worded else 1}
    return numbers | {reading.number for url in urls[1:] for reading in readings(url)[:-1] if reading.base in bases}


def next_page(body: bytes, url: str) -> str | None:
    """The address of the page after this one, None where no link leads to it.

    The link must stay on the site, and be this address with a page suffix one higher than its own.
    """
    if not url or not _may_have_next(body, url):
        return None
    soup = BeautifulSoup(decode(body), "lxml", parse_only=SoupStrainer(["a", "link"], href=True))
    for link in soup.find_all(["a", "link"], href=True):
        address = _joined(url, str(link["href"]))
        if _is_next(address, url) and same_site(address, url):
            return address
    return None


def same_article(first_title: str, other_title: str) -> bool:
    """Whether a page that may be the next one carries the title of the first. Without titles the address decides."""
    return not first_title or not other_title or alike(first_title, other_title)


def _may_have_next(body: bytes, url: str) -> bool:
    """Whether an address in the page's bytes would be the next one, be it in a link or not."""
    segment = min((reading.base.partition("?")[0] for reading in readings(url)), key=len).rpartition("/")[2]
    numbered = re.finditer(re.escape(segment.encode()) + NUMBER_AFTER, body)
    found = {ADDRESS_END.split(body[max(match.start() - 1_000, 0) : match.end(1)])[-1] for match in numbered}
    found |= {match[1] for match in QUERY_LINK.finditer(body)}
    hrefs = (html.unescape(href.decode("utf-8", "replace")) for href in islice(found, MOST_LINKS))
    return any(_is_next(_joined(url, href), url) for href in hrefs)


def _is_next(address: str, url: str) -> bool:
    own = readings(url)
    return any(
        other.base == mine.base and other.number == mine.number + 1 <= MOST_PAGES
        for other in readings(address)[:-1]
        for mine in own
    )


def _joined(url: str, href: str) -> str:
    try:
        return urlunsplit(urlsplit(urljoin(url, href.strip()))._replace(fragment=""))
    except ValueError:
        return ""


def _base(netloc: str, path: str, query: str) -> str:
    # What a publisher writes differently between pages of one article: "www.", a closing slash, an extension.
    host = netloc.lower().removeprefix("www.")
    path = re.sub(r"\.(?:html?|php|aspx?)$", "", path.rstrip("/"))
    return f"{host}{path}?{query}" if query else f"{host}{path}"
