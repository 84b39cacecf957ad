"""Read the invented articles of the sample sites from flows/demo/texts/.

A text is TOML between two lines of +++, then paragraphs parted by empty lines: "## " opens a heading, "> " a quotation,
"- " an item of a list, and a line of "%%%" starts the next page. `slug.corrected.md` is the later version of `slug.md`.
The folder names the outlet.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable

from index.article import Block, BlockKind

FENCE = "+++"
PAGE_BREAK = "%%%"
CORRECTED = ".corrected"
MARKS = {"## ": BlockKind.HEADING, "> ": BlockKind.QUOTE, "- ": BlockKind.LIST_ITEM}


class Behaviour(StrEnum):
    """How the server answers for a story. All but ARTICLE are what a crawler meets in the wild."""

    ARTICLE = "article"
    TEXT_DUMP = "text_dump"  # text/plain: the page flattened, with its menus
    HEALS = "heals"  # 500 first, the page after that
    FORBIDDEN = "forbidden"  # robots.txt forbids it
    GALLERY = "gallery"  # pictures with captions: no article
    MISSING = "missing"  # 404


@dataclass(frozen=True, slots=True)
class Story:
    """One article as its outlet wrote it.

    Attributes:
        published: aware, with the outlet's own offset; None for the page that names no date.
        updated: aware; when the corrected version was published, for corrected versions only.
        feeds: source ids of the feeds that list it.
        pages: the blocks of each page; more than one for an article over several pages.
        charset: what its page is encoded in.
        correction: the later version, which replaces this one once its page has been read.
    """

    outlet: str
    slug: str
    title: str
    section: str
    feeds: tuple[str, ...]
    pages: tuple[tuple[Block, ...], ...]
    summary: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = "en"
    caption: str = ""
    credit: str = ""
    charset: str = "utf-8"
    behaviour: Behaviour = Behaviour.ARTICLE
    correction: Story | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The body of all pages, in reading order."""
        return tuple(block for page in self.pages for block in page)

    @property
    def is_article(self) -> bool:
        """Whether a polite crawler can make an article of it."""
        return self.behaviour in {Behaviour.ARTICLE, Behaviour.TEXT_DUMP, Behaviour.HEALS}

    @property
    def changed_at(self) -> datetime | None:
        """When this version was published."""
        return self.updated or self.published


def stories() -> tuple[Story, ...]:
    """Every story of every outlet, newest first, undated ones last; versions are tied to what they correct.

    Raises:
        ValueError: a text is not written as this module's docstring says; the message names the file.
    """
    found: dict[str, Story] = {}
    borrowed: dict[str, str] = {}
    for outlet, file in _text_files():
        slug = file.name.removesuffix(".md")
        story, body_of = read_story(file.read_text("utf-8"), outlet, slug)
        found[f"{outlet}/{slug}"] = story
        if body_of:
            borrowed[f"{outlet}/{slug}"] = body_of
    for key, lender in borrowed.items():
        found[key] = replace(found[key], pages=found[lender].pages)
    return tuple(sorted(_with_corrections(found), key=_newest_first))


def read_story(text: str, outlet: str, slug: str) -> tuple[Story, str]:
    """One story, and the "outlet/slug" whose body it prints ("" where it has a body of its own)."""
    opening, fence, rest = text.removeprefix(FENCE).partition(f"\n{FENCE}")
    if not fence or not text.startswith(FENCE):
        raise ValueError(f"{outlet}/{slug}.md: put the TOML between two lines of {FENCE}")
    try:
        head = tomllib.loads(opening)
        body_of = str(head.pop("body_of", ""))
        for name in ("feeds", "authors"):
            head[name] = tuple(head.get(name, ()))
        head["behaviour"] = Behaviour(head.get("behaviour", Behaviour.ARTICLE))
        return Story(outlet=outlet, slug=slug, pages=_pages(rest), **head), body_of
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise ValueError(f"{outlet}/{slug}.md: {error}") from error


def _text_files() -> list[tuple[str, Traversable]]:
    folders = [folder for folder in files("flows.demo").joinpath("texts").iterdir() if folder.is_dir()]
    return [(folder.name, file) for folder in folders for file in folder.iterdir() if file.name.endswith(".md")]


def _pages(text: str) -> tuple[tuple[Block, ...], ...]:
    return tuple(
        tuple(_block(part) for part in page.split("\n\n") if part.strip()) for page in text.split(f"\n{PAGE_BREAK}\n")
    )


def _block(part: str) -> Block:
    text = " ".join(part.split())
    for mark, kind in MARKS.items():
        if text.startswith(mark):
            return Block(text.removeprefix(mark), kind)
    return Block(text)


def _with_corrections(found: dict[str, Story]) -> list[Story]:
    first_versions = {key: story for key, story in found.items() if not key.endswith(CORRECTED)}
    return [replace(story, correction=_correction(found, key)) for key, story in first_versions.items()]


def _correction(found: dict[str, Story], key: str) -> Story | None:
    later = found.get(key + CORRECTED)
    return replace(later, slug=later.slug.removesuffix(CORRECTED)) if later else None


def _newest_first(story: Story) -> tuple[float, str]:
    return (-story.published.timestamp() if story.published else 0.0, story.slug)
