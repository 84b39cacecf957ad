"""What an index answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.article import Article
from index.query import Mode


class PutStatus(StrEnum):
    """What a write did."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REWRITTEN = "rewritten"
    REVISED = "revised"
    DELETED = "deleted"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PutResult:
    """What became of one article: one result each, in the order they were given.

    CREATED, UNCHANGED, REWRITTEN (same revision, new record) and REVISED are durable. DELETED: a tombstone stands at
    this id and nothing was written. CONFLICT: the index holds another revision than the one this follows; read it
    again. REFUSED: the article itself cannot be stored, and `error` says why.
    """

    id: str
    status: PutStatus
    error: str = ""

    @property
    def stored(self) -> bool:
        return self.status in {PutStatus.CREATED, PutStatus.UNCHANGED, PutStatus.REWRITTEN, PutStatus.REVISED}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text. Highlights are spans, never markup, so a page's own tags stay text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BestPassage:
    """The stretch of the body that carries the hit, with its place in `Article.text` and the words found in it."""

    text: str
    start: int
    end: int
    highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit stands where it does. `keyword_share + vector_share == score`.

    Attributes:
        keyword_share, vector_share: parts of the score, each 0 or more.
        keyword_score: BM25 before normalisation; None where no word matched.
        similarity: cosine of the nearest passage; None where the hit is not among the nearest.
        terms: the query's words found, as the query spells them. fields: where they were found.
    """

    keyword_share: float
    vector_share: float
    keyword_score: float | None = None
    similarity: float | None = None
    terms: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found."""

    article: Article
    score: float
    explanation: Explanation
    passage: BestPassage | None = None
    title_highlights: tuple[Span, ...] = ()
    summary_highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time went, in milliseconds."""

    embed_ms: float = 0.0
    keyword_ms: float = 0.0
    vector_ms: float = 0.0
    fetch_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a request.

    `total` counts articles that match the words or lie among the nearest 300; for a semantic or hybrid request it is a
    lower bound, and `total_is_exact` says so. `mode` is what really answered; `notes` say, in sentences, where that
    differs from what was asked.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool
    mode: Mode
    timings: Timings = Timings()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds. `embedded_passages` counts those with a vector of the index's own model."""

    articles: int
    passages: int
    embedded_passages: int
    revisions: int
    deleted: int
