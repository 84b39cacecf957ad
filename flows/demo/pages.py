"""The pages of the sample sites as HTML, each outlet in a design of its own, and one page flattened to text.

Everything an article says is escaped here; the templates hold the rest: menus, promotion, comments and footers, which
are there because real pages have them and searches match them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from flows.demo.articles import Story
from flows.demo.metadata import head_of, iso
from flows.demo.outlets import Site
from index.article import Block, BlockKind

TAGS = {BlockKind.PARAGRAPH: "p", BlockKind.HEADING: "h2", BlockKind.QUOTE: "blockquote"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
RELATED = 3
LATEST = 5


@cache
def template(name: str) -> Template:
    """A file of flows/demo/templates/."""
    return Template(files("flows.demo").joinpath("templates", name).read_text("utf-8"))


def article_page(site: Site, story: Story, page: int = 1) -> str:
    """One page of a story, as its outlet prints it."""
    main = template(f"{site.outlet.id}_article.html").substitute(
        title=escape(story.title),
        section=escape(story.section),
        section_path=site.section_path(story.section),
        summary=escape(story.summary),
        byline=_byline(site, story),
        dateline=_dateline(story),
        figure=_figure(story) if page == 1 else "",
        body=body_html(story.pages[page - 1]),
        pager=_pager(site, story, page),
        related="\n".join(_teaser(site, other) for other in _related(site, story)),
        direction="rtl" if story.language in RIGHT_TO_LEFT else "ltr",
    )
    return _frame(site, story.title, head_of(site, story, page), main, story.language, story.charset)


def listing_page(site: Site, heading: str, stories: Sequence[Story]) -> str:
    """The front page, or a section's: teasers only."""
    teasers = "\n".join(_teaser(site, story) for story in stories)
    return _frame(site, heading, "", f'<h1 class="listing">{escape(heading)}</h1>\n<div class="list">{teasers}</div>')


def gallery_page(site: Site, story: Story) -> str:
    """Pictures with a few words each, which no extractor should take for an article."""
    pictures = "\n".join(
        f'<li><img src="/media/{story.slug}-{number}.svg" alt=""><span>{escape(block.text)}</span></li>'
        for number, block in enumerate(story.blocks, 1)
    )
    main = f'<h1 class="listing">{escape(story.title)}</h1>\n<ul class="gallery">{pictures}</ul>'
    return _frame(site, story.title, "", main)


def missing_page(site: Site) -> str:
    """What a 404 shows."""
    return _frame(site, "Page not found", "", '<h1 class="listing">Page not found</h1>\n<p>Try the menu above.</p>')


def text_dump(site: Site, story: Story) -> str:
    """The page as plain text, flattened with its menus and promotion, the way old archives hand pages over."""
    first, *rest = (block.text for block in story.blocks)
    return template(f"{site.outlet.id}_dump.txt").substitute(
        title=story.title,
        section=story.section,
        summary=story.summary,
        byline=" and ".join(story.authors),
        date=f"{story.published:%B} {story.published:%d}, {story.published:%Y}" if story.published else "",
        caption=story.caption,
        credit=story.credit,
        opening=first,
        rest="\n\n".join(rest),
    )


def body_html(blocks: Sequence[Block]) -> str:
    """The blocks as HTML, neighbouring items of a list gathered in one."""
    parts: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        if block.kind is BlockKind.LIST_ITEM:
            continues = before is not None and before.kind is BlockKind.LIST_ITEM
            opening = parts.pop().removesuffix("</ul>") if continues else "<ul>"
            parts.append(f"{opening}<li>{escape(block.text)}</li></ul>")
        else:
            tag = TAGS[block.kind]
            parts.append(f"<{tag}>{escape(block.text)}</{tag}>")
    return "\n".join(parts)


def _frame(site: Site, title: str, head: str, main: str, language: str = "en", charset: str = "utf-8") -> str:
    outlet = site.outlet
    return template(f"{outlet.id}.html").substitute(
        title=escape(title),
        language=language,
        charset=charset,
        head=head,
        main=main,
        name=escape(outlet.name),
        tagline=escape(outlet.tagline),
        menu=" ".join(f'<li><a href="{site.section_path(section)}">{section}</a></li>' for section in outlet.sections),
        latest="\n".join(
            f'<li><a href="{site.path(story)}">{escape(story.title)}</a></li>' for story in site.stories[:LATEST]
        ),
    )


def _byline(site: Site, story: Story) -> str:
    names = " and ".join(escape(name) for name in story.authors)
    if site.outlet.id == "cipher":
        return f'<span class="author" rel="author">{names}</span>'
    if story.agency:
        return f"{names + ', ' if names else ''}{escape(story.agency)}"
    return f"By {names}" if names else "Staff report"


def _dateline(story: Story) -> str:
    if story.published is None:
        return ""
    line = f'<time datetime="{iso(story.published)}">{_long_date(story.published)}</time>'
    if story.updated:
        line += f' · Corrected <time class="updated" datetime="{iso(story.updated)}">{_long_date(story.updated)}</time>'
    return line


def _long_date(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} ({moment.tzname()})"


def _figure(story: Story) -> str:
    if not story.caption:
        return ""
    caption = f'{escape(story.caption)} <span class="credit">{escape(story.credit)}</span>'
    return f'<figure><img src="/media/{story.slug}.svg" alt=""><figcaption>{caption}</figcaption></figure>'


def _pager(site: Site, story: Story, page: int) -> str:
    if len(story.pages) == 1:
        return ""
    before = f'<a rel="prev" href="{site.path(story, page - 1)}">Previous</a>' if page > 1 else ""
    after = f'<a rel="next" href="{site.path(story, page + 1)}">Next</a>' if page < len(story.pages) else ""
    return f'<nav class="pager">{before} <span>Page {page} of {len(story.pages)}</span> {after}</nav>'


def _related(site: Site, story: Story) -> list[Story]:
    others = [other for other in site.stories if other.slug != story.slug and other.language == story.language]
    others = others or [other for other in site.stories if other.slug != story.slug]
    same_section = [other for other in others if other.section == story.section]
    return (same_section + [other for other in others if other not in same_section])[:RELATED]


def _teaser(site: Site, story: Story) -> str:
    link = f'<a href="{site.path(story)}">{escape(story.title)}</a>'
    return f'<section class="teaser"><h3>{link}</h3><p>{escape(story.summary)}</p></section>'
