"""`secnews import`: what lies on disk, into the index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.accounts import account, item_row, ledger_rows
from flows.cli.progress import bar
from flows.cli.screens import complain, ledger_sum, ledger_table, out, print_json
from flows.settings import read_settings
from index.errors import BadRequest, SecnewsError
from index.journal import RunState
from index.outcome import Kind
from tasks.runs import judge, open_run, settle_the_rest


def import_(
    paths: Annotated[
        list[Path], typer.Argument(help="HTML, text dumps, JSONL articles, folders of them, .gz of each.")
    ],
    source: Annotated[str, typer.Option(help="The source id under which they are kept.")] = "import",
    no_join: Annotated[bool, typer.Option("--no-join", help="Each file is an article of its own.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON and nothing else.")] = False,
) -> None:
    """Import articles from files; the pages of one article are joined across files. Importing again adds nothing.

    Example: `secnews import page-1.txt page-2.txt archive/ articles.jsonl.gz`
    """
    # Late: what extracts takes half a second to import, and every other command would pay for it.
    from flows.tooling import open_tools
    from tasks.importing import import_documents
    from tasks.reading import read_documents
    from tasks.sources import ID as SOURCE_ID

    if not SOURCE_ID.fullmatch(source):
        raise BadRequest(f"--source {source[:80]}: write up to 64 of a-z, 0-9, - and _")
    tools = open_tools(read_settings(), with_sources=False)
    run = open_run(tools.journal, "import", tools.clock())
    try:
        with bar() as progress:
            task = progress.add_task("import", total=None)
            documents = read_documents(paths, join=not no_join)
            import_documents(run.id, documents, source, tools, lambda files: progress.advance(task, files))
    except BaseException as error:
        settle_the_rest(tools.journal, run, tools.clock())
        note = str(error) if isinstance(error, SecnewsError) else type(error).__name__
        tools.journal.close_run(run.id, RunState.FAILED, note, tools.clock())
        raise
    ledger, items = tools.journal.ledger(run.id), tools.journal.items(run.id)
    verdict = judge(ledger, [])
    tools.journal.close_run(run.id, verdict.state, verdict.note, tools.clock())
    for item in items:
        if item.outcome and item.outcome.kind in {Kind.REJECTED, Kind.FAILED}:
            complain(f"{item.offer.link}: {item.outcome.reason.value}: {item.outcome.detail}")
    if as_json:
        closed = tools.journal.run(run.id) or run
        rows = [item_row(item) for item in items]
        print_json({**account(closed, ledger), "sources": ledger_rows(ledger), "items": rows})
    else:
        out.print(ledger_table(ledger, f"Run {run.id} (import)"))
        out.print(ledger_sum(ledger))
    offered, refused = sum(ledger.offered.values()), ledger.total(Kind.REJECTED) + ledger.total(Kind.FAILED)
    if verdict.state is RunState.FAILED or (offered and offered == refused) or not offered:
        raise typer.Exit(1)
