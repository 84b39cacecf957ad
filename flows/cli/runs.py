"""`secnews runs`: what happened, run by run and item by item."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from flows.cli.accounts import account, item_row, ledger_rows
from flows.cli.screens import ledger_sum, ledger_table, out, print_json, printable, run_table
from flows.settings import read_settings
from flows.wiring import index_of
from index.errors import BadRequest
from index.journal import Item, Journal, Run
from index.outcome import Kind

# Kinds whose items a person wants to see one by one; the others are as they should be.
TELLING = (Kind.FAILED, Kind.REJECTED, Kind.DEFERRED, Kind.DUPLICATE, Kind.REVISED)


def runs(
    run_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="A run, or the beginning of its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many runs to list.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the latest runs, or show one: its account by source, and every item that was not plainly stored.

    Example: `secnews runs 20260301-12`
    """
    _, journal = index_of(read_settings())
    if run_id is None:
        listed = [(run, journal.ledger(run.id)) for run in journal.runs(limit)]
        if as_json:
            print_json([account(run, ledger) for run, ledger in listed])
        elif listed:
            out.print(run_table(listed))
        else:
            out.print("No run yet: start one with `secnews ingest` or `secnews import`.")
        return
    run = journal.run(run_id)
    if run is None:
        raise BadRequest(f"no run, or more than one, has an id that begins with {run_id}: see `secnews runs`")
    _show(run, journal, as_json)


def _show(run: Run, journal: Journal, as_json: bool) -> None:
    ledger, items = journal.ledger(run.id), journal.items(run.id)
    if as_json:
        rows = {"sources": ledger_rows(ledger), "items": [item_row(item) for item in items]}
        print_json({**account(run, ledger), **rows})
        return
    out.print(ledger_table(ledger, f"Run {run.id} ({run.flow}): {run.state.value}"))
    out.print(ledger_sum(ledger))
    if run.note:
        out.print(Text(printable(run.note)))
    for check in journal.source_checks(run.id):
        if check.reason is not None:
            out.print(Text(f"source {check.source}: {check.reason.value}: {printable(check.detail)}", style="yellow"))
    telling = [item for item in items if item.outcome is None or item.outcome.kind in TELLING]
    if telling:
        _print_items(telling)


def _print_items(items: list[Item]) -> None:
    """Address and detail on lines of their own, so that they can be copied whole."""
    out.print("\nItems to look at:")
    for item in items:
        outcome = item.outcome
        told = f"{outcome.kind.value} ({outcome.reason.value})" if outcome else "open"
        out.print(Text(f"  {printable(item.offer.source)}: {told}"))
        out.print(Text(f"    {printable(item.offer.link or item.offer.url)}"), soft_wrap=True)
        detail = (outcome.detail or outcome.reason.meaning) if outcome else ""
        out.print(Text(f"    {printable(detail)}", style="dim"), soft_wrap=True)
