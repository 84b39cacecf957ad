"""Every address of the sample sites, and what each visit to it gets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.demo.articles import Behaviour, Story, stories
from flows.demo.feeds import CONTENT_TYPES, newest, render_feed
from flows.demo.outlets import OUTLETS, Feed, Site
from flows.demo.pages import article_page, gallery_page, listing_page, missing_page, template, text_dump
from flows.demo.pictures import picture

# What never changes (style sheets, pictures, robots.txt) is as old as this.
FOUNDED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ROBOTS = "User-agent: *\nDisallow: /subscribers/\nDisallow: /search\n"


@dataclass(frozen=True, slots=True)
class Resource:
    """One answer: what is sent, and since when it has been so (`modified`, UTC)."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    modified: datetime = FOUNDED
    status: int = 200

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of an address: the first visit gets the first, and the last one stays.

    `follows` is another path of the same host whose visits count instead: a feed names the corrected date of a story as
    soon as the story's page has been read once, however often the feed was read before.
    """

    versions: tuple[Resource, ...]
    follows: str = ""

    def for_visit(self, earlier: int) -> Resource:
        """What is answered after so many earlier visits."""
        return self.versions[min(earlier, len(self.versions) - 1)]


def sites_at(port: int) -> tuple[Site, ...]:
    """The outlets with their stories, as they are served on this port."""
    written = stories()
    return tuple(
        Site(outlet, f"http://{outlet.host}:{port}", tuple(story for story in written if story.outlet == outlet.id))
        for outlet in OUTLETS
    )


def answers_of(sites: Sequence[Site]) -> dict[tuple[str, str], Answers]:
    """(host, path) of every address that answers otherwise than 404."""
    return {(site.outlet.host, path): answers for site in sites for path, answers in _addresses(site)}


def unknown_page(sites: Sequence[Site], host: str) -> Resource:
    """The 404 of an outlet, or a bare one for a host that is none of ours."""
    for site in sites:
        if site.outlet.host == host:
            return Resource(missing_page(site).encode(), status=404)
    names = ", ".join(site.outlet.host for site in sites)
    return Resource(f"no such site here; there are {names}\n".encode(), "text/plain; charset=utf-8", status=404)


def _addresses(site: Site) -> Iterator[tuple[str, Answers]]:
    outlet = site.outlet
    latest = newest(site.stories).astimezone(UTC)
    yield "/robots.txt", Answers((Resource(ROBOTS.encode(), "text/plain; charset=utf-8"),))
    yield "/style.css", Answers((Resource(template(f"{outlet.id}.css").template.encode(), "text/css; charset=utf-8"),))
    yield "/", Answers((Resource(listing_page(site, "Latest", site.stories).encode(), modified=latest),))
    for section in outlet.sections:
        listed = [story for story in site.stories if story.section == section]
        page = Resource(listing_page(site, section, listed).encode(), modified=latest)
        yield site.section_path(section), Answers((page,))
    for feed in outlet.feeds:
        yield feed.path, _feed(site, feed)
    for story in site.stories:
        yield from _story_addresses(site, story)


def _story_addresses(site: Site, story: Story) -> Iterator[tuple[str, Answers]]:
    pictures = [f"{story.slug}-{number}" for number in range(1, len(story.blocks) + 1)]
    for name in pictures if story.behaviour is Behaviour.GALLERY else [story.slug] if story.caption else []:
        yield f"/media/{name}.svg", Answers((Resource(picture(name).encode(), "image/svg+xml"),))
    if story.behaviour is Behaviour.MISSING:
        return
    if story.behaviour is Behaviour.TEXT_DUMP:
        yield site.path(story), Answers((_resource(story, text_dump(site, story), "text/plain"),))
        return
    for page in range(1, len(story.pages) + 1):
        yield site.path(story, page), _page(site, story, page)


def _page(site: Site, story: Story, page: int) -> Answers:
    if story.behaviour is Behaviour.GALLERY:
        return Answers((_resource(story, gallery_page(site, story)),))
    told = [story, story.correction] if story.correction else [story]
    versions = [_resource(version, article_page(site, version, page)) for version in told]
    if story.behaviour is Behaviour.HEALS:
        versions.insert(0, Resource(b"Internal error. Please try again.\n", "text/plain; charset=utf-8", status=500))
    return Answers(tuple(versions))


def _feed(site: Site, feed: Feed) -> Answers:
    listed = site.listed(feed)
    versions = [listed]
    corrected = [story for story in listed if story.correction]
    if corrected:
        versions.append(tuple(story.correction or story for story in listed))
    return Answers(
        tuple(
            Resource(
                render_feed(site, feed, version),
                f"{CONTENT_TYPES[feed.kind]}; charset=utf-8",
                newest(version).astimezone(UTC),
            )
            for version in versions
        ),
        follows=site.path(corrected[0]) if corrected else "",
    )


def _resource(story: Story, text: str, media_type: str = "text/html") -> Resource:
    modified = (story.changed_at or FOUNDED).astimezone(UTC)
    body = text.encode(story.charset, "xmlcharrefreplace")
    return Resource(body, f"{media_type}; charset={story.charset}", modified)
