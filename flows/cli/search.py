"""`secnews search`: find articles, with a reason for each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.cli.accounts import results_row
from flows.cli.screens import out, print_json, print_results
from flows.settings import read_settings
from flows.wiring import embedder_of, index_of
from index.errors import BadRequest
from index.query import Filters, Mode, Order, SearchRequest
from index.search import search as search_index


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases" and -excluded words.')],
    mode: Annotated[Mode, typer.Option(help="Which halves answer.")] = Mode.HYBRID,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this language (en, de ...); several times.")] = None,
    after: Annotated[str | None, typer.Option(help="From this day or moment on: 2026-03-01 (UTC).")] = None,
    before: Annotated[str | None, typer.Option(help="Before this day or moment.")] = None,
    order: Annotated[Order, typer.Option(help="Best first, or newest first.")] = Order.RELEVANCE,
    limit: Annotated[int, typer.Option(help="How many hits, 1 to 300.")] = 10,
    offset: Annotated[int, typer.Option(help="How many hits to skip.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Search by words and by meaning; every hit says why it is there.

    Example: `secnews search "truck bomb near a checkpoint" --after 2026-03-01 --limit 5`
    """
    settings = read_settings()
    filters = Filters(
        tuple(source or ()), tuple(language or ()), _moment("--after", after), _moment("--before", before)
    )
    request = SearchRequest(query, mode, filters, order, limit, offset)
    store, _ = index_of(settings)
    results = search_index(store, embedder_of(settings), request)
    if as_json:
        print_json(results_row(results))
        return
    if not results.hits:
        counts = store.count()
        hint = "the index is empty: run `secnews ingest` first" if not counts.articles else "try other words or filters"
        out.print(f"Nothing found; {hint}.")
    print_results(results, offset)


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{option} {text} is no date: write 2026-03-01 or 2026-03-01T12:00+01:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
