"""`secnews ingest`: one run now."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.accounts import account, ledger_rows
from flows.cli.progress import watching
from flows.cli.screens import complain, err, ledger_sum, ledger_table, out, print_json
from flows.running import prefect_api, run_ingest
from flows.settings import read_settings
from flows.wiring import index_of


def ingest(
    source: Annotated[list[str] | None, typer.Option(help="Id of a source to ask; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON and nothing else.")] = False,
) -> None:
    """Fetch, clean, embed and index what the sources offer, now.

    Uses the Prefect server that is there (PREFECT_API_URL, or the port of `secnews up`), or starts one for the while.

    Example: `secnews ingest --source cisa-advisories`
    """
    from flows.choosing import choose
    from flows.tooling import open_tools

    settings = read_settings()
    choose(open_tools(settings), source)
    _, journal = index_of(settings)
    if not as_json:
        err.print("[dim]waiting for the Prefect server …[/]")
    with prefect_api(settings), watching(journal, "ingest"):
        flow_run = run_ingest(source or ())
    run = next((run for run in journal.runs() if run.flow_run_id == flow_run.id), None)
    if run is None:
        complain(f"the run ended {flow_run.state} before it began: {flow_run.message}")
        raise typer.Exit(1)
    ledger = journal.ledger(run.id)
    if as_json:
        print_json({**account(run, ledger), "sources": ledger_rows(ledger), "prefect": flow_run.page})
    else:
        out.print(ledger_table(ledger, f"Run {run.id}"))
        out.print(ledger_sum(ledger))
        out.print(f"{flow_run.state}: {flow_run.message}")
        out.print(f"In Prefect: {flow_run.page}", soft_wrap=True)
    if flow_run.failed:
        raise typer.Exit(1)
