"""What pages say in their head: JSON-LD at one outlet, OpenGraph at another, next to nothing at the third."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape

from flows.demo.articles import Story
from flows.demo.outlets import Site


def head_of(site: Site, story: Story, page: int) -> str:
    """The canonical link and metadata of a page. Cipher Desk's pages say nothing here but what they are about."""
    url = site.url(story, page)
    tags = [f'<link rel="canonical" href="{url}">']
    if story.summary:
        tags.append(f'<meta name="description" content="{escape(story.summary)}">')
    if site.outlet.id == "meridian":
        tags.append(f'<script type="application/ld+json">{_json_ld(site, story)}</script>')
    if site.outlet.id == "harbour":
        tags += [f'<meta property="{name}" content="{escape(value)}">' for name, value in _open_graph(site, story)]
    return "\n".join(tags)


def _json_ld(site: Site, story: Story) -> str:
    record = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.summary,
        "articleSection": story.section,
        "author": [{"@type": "Person", "name": name} for name in story.authors]
        or [{"@type": "Organization", "name": story.agency or site.outlet.name}],
        "datePublished": iso(story.published),
        "dateModified": iso(story.changed_at),
        "inLanguage": story.language,
        "mainEntityOfPage": site.url(story),
        "publisher": {"@type": "Organization", "name": site.outlet.name},
    }
    # "</script>" in a text would end the element, so no "<" stands in it as itself.
    return json.dumps(record, ensure_ascii=False).replace("<", "\\u003c")


def _open_graph(site: Site, story: Story) -> list[tuple[str, str]]:
    properties = [
        ("og:type", "article"),
        ("og:site_name", site.outlet.name),
        ("og:title", story.title),
        ("og:description", story.summary),
        ("og:url", site.url(story)),
        ("article:published_time", iso(story.published)),
        ("article:modified_time", iso(story.changed_at)),
        ("article:section", story.section),
    ]
    return properties + [("article:author", name) for name in story.authors]


def iso(moment: datetime | None) -> str:
    """With its offset; "" for none."""
    return moment.isoformat() if moment else ""
