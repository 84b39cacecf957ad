"""What a page says of its article outside the body: title, date, authors, section, language, address.

Only the few elements that can say something are copied out of the page's tree and read by BeautifulSoup: a soup of the
whole page costs more than its extraction.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin

from bs4.element import Tag
from htmldate import find_date
from lxml.html import HtmlElement

from index.article import Precision
from tasks.addresses import canonical_url, same_site
from tasks.extract import jsonld
from tasks.extract.dates import Moment, day_moment, first_moment
from tasks.extract.names import agency_of, people
from tasks.extract.page_parts import SITE_METAS, PageParts, read_parts, text_of
from tasks.extract.titles import alike, folded, vote, without_site_name

BYLINE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:by-?line|authors?|autor(?:en|es)?|article-?author)(?:[-_]+(?:names?|link|text))?(?:$| )", re.I
)
# A byline is short; what is longer holds more than names.
LONGEST_BYLINE = 120
LANGUAGE = re.compile(r"^([a-z]{2})(?:[-_].*)?$", re.I)
TITLE_METAS = (("og:title", "og"), ("twitter:title", "twitter"))
SUMMARY_METAS = ("og:description", "description", "twitter:description", "dc.description")
DATE_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "parsely-pub-date",
    "cxenseparse:publishtime", "dc.date.issued", "dcterms.created", "dc.date", "date", "publishdate", "pubdate",
    "dc.date.created", "date.available", "content:publishdate", "publication_date", "cxenseparse:recs:publishtime",
)  # fmt: skip
AUTHOR_METAS = (
    "author", "article:author_name", "article:author", "og:article:author", "sailthru.author", "parsely-author",
    "cxenseparse:author", "dc.creator", "dcsext.author", "articleauthor", "byl", "dcterms.creator",
)  # fmt: skip
OTHER_METAS = ("og:title", "twitter:title", "og:type", "og:url", "og:locale")
SECTION_METAS = ("article:section", "og:article:section", "section", "category", "parsely-section", "sailthru.section")
WANTED_METAS = frozenset((*OTHER_METAS, *SUMMARY_METAS, *DATE_METAS, *AUTHOR_METAS, *SECTION_METAS, *SITE_METAS))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says; "" or None where it says nothing.

    Attributes:
        kind: og:type. claims_article: the page calls itself an article, by og:type or JSON-LD.
        article_body: the body as JSON-LD gives it, with its line breaks.
        fields: which rule gave each field.
    """

    title: str = ""
    summary: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    published_at: datetime | None = None
    published_precision: Precision = Precision.UNKNOWN
    language: str = ""
    canonical_url: str = ""
    kind: str = ""
    claims_article: bool = False
    article_body: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_metadata(tree: HtmlElement, url: str = "") -> Metadata:
    """Everything the page says of its article. `url` is where it came from; without one the page's own is believed."""
    page = read_parts(tree, url, WANTED_METAS)
    title, title_rule = _title(page)
    summary, summary_rule = _summary(page, title)
    section, section_rule = _section(page)
    authors, author_rule = _authors(page)
    moment = _published(page, tree)
    language = _language(page, tree)
    canonical = _canonical(page)
    rules = {
        "title": title_rule, "summary": summary_rule, "section": section_rule, "authors": author_rule,
        "published_at": moment.rule if moment else "", "language": "html" if language else "",
        "canonical_url": "link" if canonical else "",
    }  # fmt: skip
    zoneless = moment is not None and moment.precision is Precision.SECOND and not moment.zoned
    return Metadata(
        title=title,
        summary=summary,
        section=section,
        authors=authors,
        agency=agency_of(authors),
        published_at=moment.at if moment else None,
        published_precision=moment.precision if moment else Precision.UNKNOWN,
        language=language,
        canonical_url=canonical,
        kind=page.metas.get("og:type", "").lower(),
        claims_article=bool(page.article)
        or page.metas.get("og:type", "").lower() in {"article", "news", "newsarticle"},
        article_body=str(page.article.get("articleBody") or ""),
        fields=tuple((field, rule) for field, rule in rules.items() if rule),
        notes=("the date names no time zone: it is read as UTC",) if zoneless else (),
    )


def _title(page: PageParts) -> tuple[str, str]:
    headings = [text_of(h1) for h1 in page.soup.find_all("h1")]
    claims = [(jsonld.text(page.article.get("headline") or page.article.get("name")), "json-ld")]
    claims += [(page.metas.get(name, ""), rule) for name, rule in TITLE_METAS]
    document_title = text_of(page.soup.title)
    others = [*headings, *(claim for claim, _ in claims)]
    claims = [(without_site_name(title, page.site_names, headings), rule) for title, rule in claims if title]
    short = without_site_name(document_title, page.site_names, others)
    # A page has many <h1>: its own is the one that speaks of the same thing as the rest of the claims.
    anchors = [title for title, _ in claims] + [short]
    own = [heading for heading in headings if any(alike(heading, anchor) for anchor in anchors)]
    if not own and len(headings) == 1:
        own = headings
    claims[1:1] = [(without_site_name(heading, page.site_names), "h1") for heading in own[:1]]
    return vote([*claims, (short, "title")])


def _summary(page: PageParts, title: str) -> tuple[str, str]:
    claims = [(jsonld.text(page.article.get("description")), "json-ld"), *page.meta(SUMMARY_METAS)]
    for text, rule in claims:
        if text and folded(text) != folded(title):
            return text, rule
    return "", ""


def _section(page: PageParts) -> tuple[str, str]:
    claims = [(jsonld.text(page.article.get("articleSection")), "json-ld"), *page.meta(SECTION_METAS)]
    trail = jsonld.breadcrumb(page.nodes)
    # The trail's ends are the home page and the article itself.
    claims += [(name, "breadcrumb") for name in trail[1:-1][:1]]
    return next(((text, rule) for text, rule in claims if text and len(text) < LONGEST_BYLINE), ("", ""))


def _authors(page: PageParts) -> tuple[tuple[str, ...], str]:
    """Persons named by any rule come before the newsroom that JSON-LD names in their place."""
    claimed = jsonld.author_names(page.article, page.nodes)
    persons = people(name for name, organisation in claimed if not organisation and not _is_site(page, name))
    if persons:
        return persons, "json-ld"
    for value, name in page.meta(AUTHOR_METAS):
        persons = people([value])
        if persons and not any(_is_site(page, person) for person in persons):
            return persons, name
    for element in page.soup.find_all(_is_byline):
        text = text_of(element)
        persons = people([text]) if len(text) <= LONGEST_BYLINE else ()
        if persons and all(_looks_personal(person) and not _is_site(page, person) for person in persons):
            return persons, "byline"
    newsroom = people(name for name, _ in claimed)
    return (newsroom, "json-ld") if newsroom else ((), "")


def _is_byline(tag: Tag) -> bool:
    if tag.name in {"meta", "link", "h1", "title", "img", "time"}:
        return False
    if "author" in (tag.get("rel") or []) or "author" in str(tag.get("itemprop") or ""):
        return True
    return any(BYLINE_CLASS.search(name) for name in tag.get("class") or [])


def _is_site(page: PageParts, name: str) -> bool:
    plain = folded(name).replace(" ", "")
    return any(plain == folded(site).replace(" ", "") for site in page.site_names)


def _looks_personal(name: str) -> bool:
    words = name.split()
    if not name.isascii() and len(words) == 1:
        return 2 <= len(name) <= 4
    return len(words) >= 2 and words[0][:1].isupper() and words[-1][:1].isupper()


def _published(page: PageParts, tree: HtmlElement) -> Moment | None:
    claims = [(jsonld.text(page.article.get(key)), "json-ld") for key in ("datePublished", "dateCreated")]
    claims += list(page.meta(DATE_METAS))
    times = [str(time.get("datetime") or "") for time in page.soup.find_all("time")][:10]
    claims += [
        (str(time.get("datetime") or ""), "time") for time in page.soup.find_all("time", {"itemprop": "datePublished"})
    ]
    if moment := first_moment(claims, times):
        return moment
    # Not extensive: that would search the footer too, and make a date of its copyright year.
    found = find_date(tree, extensive_search=False, original_date=True, url=page.url or None, min_date="1990-01-01")
    if not found:
        return None
    # htmldate knows the day; a <time> of that day may know the moment.
    of_that_day = [(value, "time") for value in times if value.startswith(found)]
    return first_moment(of_that_day) or day_moment(date.fromisoformat(found), "htmldate")


def _language(page: PageParts, tree: HtmlElement) -> str:
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    claims = (root.get("lang"), root.get("xml:lang"), page.article.get("inLanguage"), page.metas.get("og:locale"))
    for claim in map(jsonld.text, claims):
        if match := LANGUAGE.match(claim):
            return match[1].lower()
    return ""


def _canonical(page: PageParts) -> str:
    link = page.soup.find("link", rel="canonical")
    claims = [str(link.get("href") or "") if isinstance(link, Tag) else "", page.metas.get("og:url", "")]
    for claim in claims:
        with suppress(ValueError):
            address = urljoin(page.url, claim.strip()) if claim.strip() else ""
            if address and (not page.url or same_site(address, page.url)):
                return canonical_url(address)
    return ""
