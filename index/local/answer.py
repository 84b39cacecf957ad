"""Answering a request from the two halves of the embedded index, at one moment of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import tantivy

from index.article import Article
from index.embedder import ModelDescription
from index.errors import BadRequest, ModelMismatch
from index.fusion import Shares, fused
from index.highlight import Highlighter
from index.local.article_rows import SURROGATES, from_record
from index.local.database import Database
from index.local.vectors import Near, Vectors
from index.local.word_queries import barred, demanded, matching
from index.local.word_view import WordView
from index.query import DEPTH, Filters, Mode, Order, SearchRequest, take_apart
from index.results import Explanation, Hit, Results, Timings
from index.wanted import Wanted, wanted

# Each language by one look into the index; DISTINCT would read all of it.
LANGUAGES = """
WITH RECURSIVE found (language) AS (
    SELECT min(language) FROM articles UNION ALL
    SELECT (SELECT min(language) FROM articles a WHERE a.language > found.language) FROM found
    WHERE found.language IS NOT NULL
) SELECT language FROM found WHERE language IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A request made ready for both halves. `listing`: it has no words, and everything that passes is listed."""

    request: SearchRequest
    mode: Mode
    listing: bool
    wanted: Wanted
    filters: Filters
    languages: tuple[str, ...]
    query: tantivy.Query


@dataclass(frozen=True, slots=True)
class Found:
    """What the halves found, by number of article.

    `keyword` holds BM25 of the best DEPTH, `further` that of others that match; `matches` counts all that match.
    """

    keyword: dict[int, float]
    nearest: dict[int, Near]
    further: dict[int, float]
    matches: int
    timings: Timings


def answer(
    database: Database, view: WordView, vectors: Vectors, model: ModelDescription | None, request: SearchRequest
) -> Results:
    """The answer of an index to a request.

    Raises:
        BadRequest, ModelMismatch: see `Store.search`.
        WordsDamaged: tantivy's folder cannot be read.
    """
    started = time.perf_counter()
    # One snapshot, so that vectors, passages and articles belong together.
    with database.read():
        question = _question(database, request, model)
        found = _found(question, view, vectors, model)
        fetching = time.perf_counter()
        numbers, shares = _ranked(database, view, question, found)
        hits = _hits(database, view, question, found, shares, numbers)
    now = time.perf_counter()
    timings = replace(found.timings, fetch_ms=(now - fetching) * 1000, total_ms=(now - started) * 1000)
    total = found.matches + len(found.nearest.keys() - found.keyword.keys() - found.further.keys())
    exact = len(found.nearest) < DEPTH and not view.behind
    return Results(hits, total, exact, question.mode, timings, _notes(question, view, model))


def _question(database: Database, request: SearchRequest, model: ModelDescription | None) -> Question:
    listing = not take_apart(request.text).positive
    looked_for = wanted(request.text)
    filters = _storable(request.filters)
    with database.read() as db:
        languages = tuple(row[0] for row in db.execute(LANGUAGES))
    mode = request.mode if listing else _answerable(request, model)
    return Question(
        request, mode, listing, looked_for, filters, languages, matching(looked_for, filters, languages)
    )  # fmt: skip


def _answerable(request: SearchRequest, model: ModelDescription | None) -> Mode:
    """The mode in which the index can answer."""
    if request.mode is Mode.KEYWORD:
        return Mode.KEYWORD
    asked = request.vector
    if asked is None:
        raise BadRequest(f"a {request.mode} search needs the query's vector: embed its text first")
    if model is None:
        return Mode.KEYWORD if request.mode is Mode.HYBRID else request.mode
    if (asked.model.checksum, asked.model.dimension) != (model.checksum, model.dimension):
        raise ModelMismatch(
            f"the query was embedded by {asked.model.name} ({asked.model.checksum[:12]}), the index by {model.name} "
            f"({model.checksum[:12]}): search with that model, search by keyword, or rebuild the index"
        )
    if asked.vector.shape != (model.dimension,) or not np.isfinite(asked.vector).all():
        raise BadRequest(f"the query's vector is not {model.dimension} finite numbers: embed the text again")
    return request.mode


def _found(question: Question, view: WordView, vectors: Vectors, model: ModelDescription | None) -> Found:
    started = time.perf_counter()
    keyword: dict[int, float] = {}
    matches = 0
    if question.wanted.positive and question.mode is not Mode.SEMANTIC:
        keyword, matches = view.top(question.query, DEPTH)
    between = time.perf_counter()
    nearest: dict[int, Near] = {}
    if not question.listing and question.mode is not Mode.KEYWORD and model is not None:
        nearest = {near.number: near for near in _nearest(question, view, vectors)}
    done = time.perf_counter()
    further = view.scores(question.query, [number for number in nearest if number not in keyword]) if matches else {}
    timings = Timings(
        keyword_ms=(between - started + time.perf_counter() - done) * 1000, vector_ms=(done - between) * 1000
    )
    if question.listing:
        matches = view.newest(question.query, 1)[1]
    return Found(keyword, nearest, further, matches, timings)


def _nearest(question: Question, view: WordView, vectors: Vectors) -> list[Near]:
    assert question.request.vector is not None
    looked_for, languages = question.wanted, question.languages
    return vectors.nearest(
        question.request.vector.vector,
        question.filters,
        DEPTH,
        only=view.every(demanded(looked_for, languages)) if looked_for.phrases else None,
        without=view.every(barred(looked_for, languages)) if looked_for.excluded else None,
    )


def _ranked(
    database: Database, view: WordView, question: Question, found: Found
) -> tuple[list[int], dict[int, Shares]]:
    """The page of numbers that was asked for, in order, and the shares of what was found."""
    request, shares = question.request, _shares(question.mode, found)
    newest = question.listing or request.order is Order.NEWEST
    candidates = set(shares)
    if (newest and question.mode is not Mode.SEMANTIC) or question.listing:
        candidates |= set(view.newest(question.query, request.offset + request.limit)[0])
    else:
        candidates = _best(shares, request.offset + request.limit)
    moments = _moments(database, candidates)
    if len(moments) < len(candidates) < len(shares):
        # Some were deleted since the words were brought up to date: others move up.
        moments = _moments(database, shares)

    def place(number: int) -> tuple[float, int, int]:
        score = 0.0 if newest else shares[number].score
        return -score, -moments[number], number

    return sorted(moments, key=place)[request.offset : request.offset + request.limit], shares


def _best(shares: dict[int, Shares], count: int) -> set[int]:
    """The best, and those that tie with the last of them."""
    if len(shares) <= count:
        return set(shares)
    border = sorted((share.score for share in shares.values()), reverse=True)[count - 1]
    return {number for number, share in shares.items() if share.score >= border}


def _shares(mode: Mode, found: Found) -> dict[int, Shares]:
    if mode is Mode.KEYWORD:
        return {number: Shares(keyword=score) for number, score in found.keyword.items()}
    if mode is Mode.SEMANTIC:
        # What points the other way adds nothing; a score is never negative.
        return {number: Shares(vector=max(0.0, near.similarity)) for number, near in found.nearest.items()}
    return fused(found.keyword, {number: near.similarity for number, near in found.nearest.items()})


def _hits(
    database: Database,
    view: WordView,
    question: Question,
    found: Found,
    shares: dict[int, Shares],
    numbers: Sequence[int],
) -> tuple[Hit, ...]:
    scores = found.keyword | found.further
    if question.wanted.positive and question.mode is not Mode.SEMANTIC:
        # The newest need not be among the best.
        scores |= view.scores(question.query, [number for number in numbers if number not in scores])
    articles = _articles(database, numbers)
    highlighter = Highlighter(question.wanted.positive)
    hits = []
    for number in numbers:
        share = shares.get(number, Shares())
        if question.mode is Mode.KEYWORD and not question.listing:
            share = Shares(keyword=scores.get(number, 0.0))
        near = found.nearest.get(number)
        explanation = Explanation(share.keyword, share.vector, scores.get(number), near.similarity if near else None)
        ordinal = near.ordinal if near and near.ordinal < len(articles[number].passages) else None
        hits.append(highlighter.explained(articles[number], explanation, ordinal))
    return tuple(hits)


def _moments(database: Database, numbers: Iterable[int]) -> dict[int, int]:
    """When each was published. What the words still hold but the database does not is left out."""
    listed = list(numbers)
    with database.read() as db:
        return dict(
            db.execute(
                f"SELECT number, effective_us FROM articles WHERE number IN ({_places(listed)})",
                listed,
            )
        )


def _articles(database: Database, numbers: Sequence[int]) -> dict[int, Article]:
    with database.read() as db:
        rows = db.execute(
            f"SELECT number, record FROM articles WHERE number IN ({_places(numbers)})",
            numbers,
        )
        return {number: from_record(record) for number, record in rows}


def _places(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))


def _storable(filters: Filters) -> Filters:
    """Filters in which nothing stands that no stored text can hold."""
    return replace(
        filters,
        sources=tuple(SURROGATES.sub("\ufffd", one) for one in filters.sources),
        languages=tuple(SURROGATES.sub("\ufffd", one).casefold() for one in filters.languages),
    )


def _notes(question: Question, view: WordView, model: ModelDescription | None) -> tuple[str, ...]:
    notes = []
    looked_for, asked = question.wanted, question.request.mode
    if asked is not Mode.KEYWORD and model is None and not question.listing:
        notes.append("the index holds no vectors yet: embed its articles to find them by meaning")
    if not question.listing and not looked_for.positive:
        notes.append("the query holds no letter or digit to look up")
    if looked_for.dropped:
        notes.append(f"the last {looked_for.dropped} words of the query were not looked up: it has too many")
    if view.behind:
        notes.append(f"the keyword index is {view.behind} changes behind: they are found with the next searches")
    return tuple(notes)
