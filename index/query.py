"""What is asked of an index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from index.article import Vector
from index.embedder import ModelDescription
from index.errors import BadRequest

# Each half of a hybrid query brings its best 300, and relevance is defined among those only.
DEPTH = 300
# A query of more words is a document, not a question; the words beyond it are not looked up, and the result says so.
MAX_QUERY_WORDS = 64
MAX_QUERY_CHARACTERS = 10_000

PART = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')


class Mode(StrEnum):
    """Which halves answer."""

    KEYWORD = "keyword"
    SEMANTIC = "semantic"
    HYBRID = "hybrid"


class Order(StrEnum):
    """How hits are ordered."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must be, whatever it says. They bind both halves.

    Attributes:
        sources: ids, any of which will do; empty for all. languages: ISO 639-1 codes, likewise.
        after: aware; articles of that moment and later. before: aware; articles before that moment.
    """

    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The query as its model sees it: float32 of shape (dimension,), unit length, and which model that was."""

    vector: Vector
    model: ModelDescription


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. An empty text matches every article that passes the filters, newest first.

    Raises:
        BadRequest: a limit or offset outside what can be answered, a naive date, a text over MAX_QUERY_CHARACTERS.
    """

    text: str
    mode: Mode = Mode.HYBRID
    filters: Filters = Filters()
    order: Order = Order.RELEVANCE
    limit: int = 10
    offset: int = 0
    vector: QueryVector | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= DEPTH:
            raise BadRequest(f"limit is {self.limit}: ask for 1 to {DEPTH} hits")
        if self.offset < 0 or self.offset + self.limit > DEPTH:
            raise BadRequest(f"offset {self.offset} with limit {self.limit} goes past hit {DEPTH}: narrow the query")
        if len(self.text) > MAX_QUERY_CHARACTERS:
            raise BadRequest(f"the query has {len(self.text)} characters: the most is {MAX_QUERY_CHARACTERS}")
        for name, moment in (("after", self.filters.after), ("before", self.filters.before)):
            if moment is not None and moment.tzinfo is None:
                raise BadRequest(f"{name} has no time zone")


@dataclass(frozen=True, slots=True)
class Words:
    """A query's text taken apart: loose words, phrases that must stand so, and what must not occur."""

    loose: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def positive(self) -> str:
        """All that is looked for, as one text: what is embedded and what is highlighted."""
        return " ".join(part for part in (self.loose, *self.phrases) if part)


def take_apart(text: str) -> Words:
    """Split a query into loose words, "phrases" and -excluded ones. Anything malformed is read as words.

    A minus excludes only where a space, or nothing, stands before it: `Al-Noor` and `"quoted"-then` exclude nothing.
    """
    loose: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    for part in PART.finditer(text):
        word, phrase = part["word"], (part["phrase"] or "").strip()
        at_start = part.start() == 0 or text[part.start() - 1].isspace()
        if word is None:
            (excluded if part["minus"] else phrases).extend([phrase] if phrase else [])
        elif word.startswith("-") and word.strip("-") and at_start:
            excluded.append(word.lstrip("-"))
        else:
            loose.append(word)
    return Words(" ".join(loose), tuple(phrases), tuple(excluded))
