"""The three fictional outlets: who they are, where their pages lie, and the feeds that they offer."""

from __future__ import annotations

from dataclasses import dataclass

from flows.demo.articles import Behaviour, Story


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of an outlet. `id` is the source's id; `full_text` feeds carry the body in each entry."""

    id: str
    title: str
    path: str
    kind: str
    region: str = ""
    topics: tuple[str, ...] = ()
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Outlet:
    """A fictional newsroom. `host` is a name under .localhost; `sections` are its menu."""

    id: str
    name: str
    tagline: str
    host: str
    sections: tuple[str, ...]
    feeds: tuple[Feed, ...]


OUTLETS = (
    Outlet(
        id="meridian",
        name="The Meridian Ledger",
        tagline="World affairs, conflict and security since the age of the telegraph",
        host="meridian.localhost",
        sections=("Terrorism", "Conflict", "Diplomacy", "Courts", "Digest"),
        feeds=(
            Feed(
                id="meridian",
                title="The Meridian Ledger: World and Security",
                path="/feed.xml",
                kind="rss",
                region="Karvelia",
                topics=("terrorism", "conflict", "geopolitics"),
            ),
        ),
    ),
    Outlet(
        id="harbour",
        name="Harbour & Strait",
        tagline="Shipping, sanctions and emergencies along the Halcine coast",
        host="harbour.localhost",
        sections=("Shipping", "Sanctions", "Rescue", "Smuggling"),
        feeds=(
            Feed(
                id="harbour",
                title="Harbour & Strait",
                path="/atom.xml",
                kind="atom",
                region="Ilmeria",
                topics=("maritime", "sanctions", "disaster"),
            ),
        ),
    ),
    Outlet(
        id="cipher",
        name="Cipher Desk",
        tagline="Intrusions, flaws and the people who chase them",
        host="cipher.localhost",
        sections=("Intrusions", "Advisories", "Crime", "Defence"),
        feeds=(
            Feed(
                id="cipher",
                title="Cipher Desk: all stories",
                path="/rss/all.xml",
                kind="rss",
                topics=("cyber",),
                full_text=True,
            ),
            Feed(
                id="cipher-alerts",
                title="Cipher Desk: advisories",
                path="/atom/alerts.xml",
                kind="atom",
                topics=("cyber", "vulnerabilities"),
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Site:
    """An outlet with all that it has written, at the address where it is served (`base` has no slash at its end)."""

    outlet: Outlet
    base: str
    stories: tuple[Story, ...]

    def path(self, story: Story, page: int = 1) -> str:
        """The path of a page of a story. Each outlet names its pages its own way."""
        if story.behaviour is Behaviour.TEXT_DUMP:
            return f"/text/{story.slug}.txt"
        if story.behaviour is Behaviour.FORBIDDEN:
            return f"/subscribers/{story.slug}"
        first = self._first_page(story)
        return first if page == 1 else f"{first.rstrip('/')}/page/{page}"

    def url(self, story: Story, page: int = 1) -> str:
        """The address of a page of a story."""
        return self.base + self.path(story, page)

    def listed(self, feed: Feed) -> tuple[Story, ...]:
        """What a feed lists, newest first."""
        return tuple(story for story in self.stories if feed.id in story.feeds)

    def section_path(self, section: str) -> str:
        return f"/{section.lower()}/"

    def _first_page(self, story: Story) -> str:
        if self.outlet.id == "harbour" and story.published:
            return f"/{story.published:%Y/%m/%d}/{story.slug}.html"
        if self.outlet.id == "cipher":
            return f"/stories/{story.slug}/"
        return self.section_path(story.section) + story.slug
