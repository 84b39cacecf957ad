"""Raw text dumps of pages, one block a line with menus and promotion around, to one clean article.

Two passes. First each line is judged by its shape alone (lines.py), and the stretch that holds the most prose is the
body's; title, section, summary, byline and date are taken from above it (dump_header.py). Then each line within the
stretch is judged by its neighbours (dump_body.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.article import Block, Precision, Receipt, Removed
from index.outcome import Reason
from tasks.extract.charset import decode
from tasks.extract.dates import day_moment
from tasks.extract.dump_body import body_stretch, second_pass
from tasks.extract.dump_header import Header, read_header
from tasks.extract.lines import count_letters, read_lines
from tasks.extract.names import agency_of, people
from tasks.extract.records import EXTRACTOR_VERSION, Extracted, NotAnArticle, RawPage
from tasks.extract.titles import folded

# The largest of 152 real dumps has 60,000 bytes.
MOST_BYTES = 5_000_000
# A dump of a page whose article has less prose than this is a list, a form or an error message.
FEWEST_LETTERS = 250


@dataclass(frozen=True, slots=True)
class Dump:
    """One dump page, read. `removed` holds (rule, line); `characters` counts all of its lines."""

    header: Header
    blocks: tuple[Block, ...]
    removed: tuple[tuple[str, str], ...]
    characters: int

    @property
    def number(self) -> int:
        """Which page it is; one without a mark is the first."""
        return self.header.number or 1


def read_dump(text: str) -> Dump:
    """Take one dump page apart.

    Raises:
        NotAnArticle: there is not enough prose.
    """
    lines = read_lines(text)
    start, end = body_stretch(lines)
    header = read_header(lines, start, end)
    blocks, removed = second_pass(lines, header.body_at, end)
    if sum(count_letters(block.text) for block in blocks) < FEWEST_LETTERS:
        raise NotAnArticle(Reason.NO_ARTICLE, "no stretch of the text reads like an article")
    outside = [("outside the article", line.text) for line in (*lines[: header.body_at], *lines[end:])]
    return Dump(header, blocks, (*outside, *removed), sum(len(line.text) for line in lines))


def extract_dump(pages: Sequence[RawPage]) -> Extracted:
    """The article in these dump pages, which are put in the order of their page marks.

    What only the first page carries (byline, date) is taken from whichever page has it. Pages that the marks promise
    and that are not there are named in the receipt's notes, and so are those that do not belong.

    Raises:
        NotAnArticle: the first page given holds none.
    """
    read, notes = _read_pages(pages)
    dumps = [dump for dump, _ in read]
    headers = [dump.header for dump in dumps]
    blocks = tuple(dict.fromkeys(block for dump in dumps for block in dump.blocks))
    title = _first(header.title for header in headers)
    authors = people([_first(header.byline for header in headers)])
    day = next((header.day for header in headers if header.day), None)
    rules = {"title": "line above the body" if title else "first block", "authors": "byline" if authors else ""}
    rules["published_at"] = "written date" if day else ""
    return Extracted(
        title=title or blocks[0].text[:150],
        blocks=blocks,
        summary=_first(header.summary for header in headers),
        section=_first(header.section for header in headers),
        authors=authors,
        agency=agency_of(authors),
        published_at=day_moment(day, "written date").at if day else None,
        published_precision=Precision.DAY if day else Precision.UNKNOWN,
        page_urls=tuple(page.place for _, page in read) if len(read) > 1 else (),
        receipt=Receipt(
            extractor=EXTRACTOR_VERSION,
            page_characters=sum(dump.characters for dump in dumps),
            kept_characters=sum(len(block.text) for block in blocks),
            removed=_counted(dumps),
            fields=tuple((field, rule) for field, rule in rules.items() if rule),
            notes=(*notes, *_missing(dumps)),
        ),
    )


def group_dumps(texts: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Which dumps are pages of one article, given (path, text): the paths of each article in the order of its pages.

    Pages belong together when their titles are equal and their page marks differ; a page without a mark is a first
    page. Two first pages with one title are two articles (a daily digest repeats its title), and a further page goes to
    the nearest that lacks it, the one before it first.
    """
    firsts: list[tuple[str, dict[int, str]]] = []
    further: list[tuple[int, str, int, str]] = []
    for path, text in texts:
        title, number = _key(text)
        if number > 1 and title:
            further.append((len(firsts), title, number, path))
        else:
            firsts.append((title, {1: path}))
    groups = list(firsts)
    for position, title, number, path in further:
        near = [*reversed(groups[:position]), *groups[position:]]
        home = next((pages for other, pages in near if other == title and number not in pages), None)
        if home is None:
            groups.append((title, {number: path}))
        else:
            home[number] = path
    return [[path for _, path in sorted(pages.items())] for _, pages in groups]


def _read_pages(pages: Sequence[RawPage]) -> tuple[list[tuple[Dump, RawPage]], list[str]]:
    first, *others = pages
    read = [(_read_page(first), first)]
    notes: list[str] = []
    for page in others:
        try:
            dump = _read_page(page)
        except NotAnArticle as refusal:
            notes.append(f"{page.place or 'a page'} was left out: {refusal.detail}")
            continue
        if folded(dump.header.title) == folded(read[0][0].header.title):
            read.append((dump, page))
        else:
            notes.append(f"{page.place or 'a page'} was left out: its title is another article's")
    return sorted(read, key=lambda one: one[0].number), notes


def _read_page(page: RawPage) -> Dump:
    if not page.body.strip():
        raise NotAnArticle(Reason.EMPTY, "the text is empty")
    if len(page.body) > MOST_BYTES:
        raise NotAnArticle(Reason.TOO_LARGE, f"the text has {len(page.body)} bytes, more than {MOST_BYTES}")
    return read_dump(decode(page.body, page.content_type))


def _key(text: str) -> tuple[str, int]:
    try:
        dump = read_dump(text)
    except NotAnArticle:
        return "", 1
    return folded(dump.header.title), dump.number


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _counted(dumps: Sequence[Dump]) -> tuple[Removed, ...]:
    blocks: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for rule, text in (item for dump in dumps for item in dump.removed):
        blocks[rule] += 1
        characters[rule] += len(text)
    return tuple(Removed(rule, count, characters[rule]) for rule, count in blocks.most_common())


def _missing(dumps: Sequence[Dump]) -> list[str]:
    given = {dump.number for dump in dumps}
    promised = max([*given, *(dump.header.total for dump in dumps)])
    total = f" of {promised}" if any(dump.header.total for dump in dumps) else ""
    return [f"page {number}{total} is missing" for number in range(1, promised + 1) if number not in given]
