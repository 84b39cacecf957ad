"""What a careful crawler makes of the sample sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.demo.articles import Behaviour, Story
from flows.demo.outlets import Site
from index.outcome import Reason

REASONS = {
    Behaviour.FORBIDDEN: Reason.ROBOTS,
    Behaviour.GALLERY: Reason.NO_ARTICLE,
    Behaviour.MISSING: Reason.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the first runs over the sample sites find.

    Attributes:
        offered: entries of each feed, by source id.
        articles: how many articles the index holds once the page that heals has healed.
        rejected: address to reason.
        listed_twice: addresses that two feeds of one outlet list.
        copies: the addresses of the same agency text at two outlets.
        revised_url: the article that is corrected after it was first read.
        healing_url: answers 500 once; new in the first run if the fetcher tries again, failed and new later if not.
        two_page_urls: the pages of the article that has two, in order.
        undated_url, dump_url, digest_url: the page without a date, the raw text dump, the digest of other outlets.
    """

    offered: Mapping[str, int]
    articles: int
    rejected: Mapping[str, Reason]
    listed_twice: tuple[str, ...]
    copies: tuple[str, ...]
    revised_url: str
    healing_url: str
    two_page_urls: tuple[str, ...]
    undated_url: str
    dump_url: str
    digest_url: str


def expected_of(sites: Sequence[Site]) -> Expected:
    """Read off the stories themselves, so that a new story needs no second list."""
    told = [(site, story) for site in sites for story in site.stories]
    two_pages = next((site, story) for site, story in told if len(story.pages) > 1)
    return Expected(
        offered={feed.id: len(site.listed(feed)) for site in sites for feed in site.outlet.feeds},
        articles=sum(story.is_article for _, story in told),
        rejected={site.url(s): REASONS[s.behaviour] for site, s in told if s.behaviour in REASONS},
        listed_twice=tuple(site.url(story) for site, story in told if len(story.feeds) > 1),
        copies=tuple(site.url(story) for site, story in told if _is_copied(story, told)),
        revised_url=_only(site.url(story) for site, story in told if story.correction),
        healing_url=_only(site.url(story) for site, story in told if story.behaviour is Behaviour.HEALS),
        two_page_urls=tuple(two_pages[0].url(two_pages[1], page) for page in (1, 2)),
        undated_url=_only(site.url(story) for site, story in told if story.published is None and story.is_article),
        dump_url=_only(site.url(story) for site, story in told if story.behaviour is Behaviour.TEXT_DUMP),
        digest_url=_only(site.url(story) for site, story in told if story.section == "Digest"),
    )


def _is_copied(story: Story, told: Sequence[tuple[Site, Story]]) -> bool:
    return any(other.pages == story.pages and other.outlet != story.outlet for _, other in told)


def _only(urls: Iterable[str]) -> str:
    (url,) = urls
    return url
