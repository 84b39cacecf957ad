"""`secnews demo`: the whole way on fictional sites, in about a minute."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.progress import watching
from flows.cli.screens import complain, err, ledger_sum, ledger_table, out, print_results
from flows.prefect_server import PrefectServer
from flows.running import environment, run_ingest, send_what_waits
from flows.settings import Settings, read_settings
from flows.wiring import embedder_of, index_of
from index.errors import BadRequest
from index.journal import Run
from index.outcome import Kind, Ledger
from index.query import SearchRequest
from index.search import search

if TYPE_CHECKING:
    from flows.demo.server import DemoServer

# Only a folder that carries this file is emptied: it was made by an earlier demo.
MARKER = ".secnews-demo"
QUERY = "truck bombing fuel depot"


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its index; emptied first.")] = Path("data/demo"),
) -> None:
    """Serve three fictional outlets on loopback, ingest them twice by the real flow, and search.

    Example: `secnews demo`
    """
    from flows.demo.server import DemoServer

    started = time.monotonic()
    prepare(folder)
    # Not entered but closed: it starts while the model is loaded.
    with DemoServer() as sites, closing(PrefectServer(folder / "prefect", 0).start()) as server:
        (folder / "sources.toml").write_text(sites.sources_toml(), encoding="utf-8")
        with environment({**surroundings(folder), **server.environment}):
            try:
                problems = show(folder, sites, server)
            finally:
                send_what_waits()
    out.print(f"The whole demo took {time.monotonic() - started:.0f} s.")
    if problems:
        for problem in problems:
            complain(problem)
        raise typer.Exit(1)


def prepare(folder: Path) -> None:
    """An empty folder of our own.

    Raises:
        BadRequest: the folder holds something that no demo made.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARKER).exists():
                raise BadRequest(f"{folder} holds files that no demo made: name another folder with --folder")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).touch()
    except OSError as error:
        raise BadRequest(f"{folder} cannot be used ({error.strerror}): name another folder with --folder") from error


def surroundings(folder: Path) -> dict[str, str]:
    """The demo's settings. Loopback is allowed, and asked faster than any real host would be."""
    return {
        "SECNEWS_INDEX": f"local:{folder / 'index'}",
        "SECNEWS_ARCHIVE": str(folder / "archive"),
        "SECNEWS_SOURCES": str(folder / "sources.toml"),
        "SECNEWS_ALLOW_PRIVATE": "*.localhost",
        "SECNEWS_HOST_DELAY_SECONDS": "0.02",
        "SECNEWS_RECHECK_MINUTES": "0",
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING"),
    }


def show(folder: Path, sites: DemoServer, server: PrefectServer) -> list[str]:
    """Ingest twice and search; returns what went wrong, in sentences."""
    settings = read_settings()
    out.print(f"Three fictional outlets are served on loopback, port {sites.port}.")
    err.print("[dim]starting the Prefect server and loading the model …[/]")
    embedder_of(settings).query("warm up")
    server.wait()
    first = run_once("First run: everything is new", settings)
    second = run_once("Second run: an edit is found, the rest is unchanged", settings)
    problems = judge(first, second)
    store, _ = index_of(settings)
    out.print(f"\n[bold]Search:[/] {QUERY}\n")
    results = search(store, embedder_of(settings), SearchRequest(QUERY, limit=3))
    print_results(results, 0)
    if not results.hits:
        problems.append("the search found nothing")
    say_what_next(folder, server)
    return problems


def run_once(title: str, settings: Settings) -> tuple[Run, Ledger]:
    _, journal = index_of(settings)
    out.print(f"\n[bold]{title}[/]")
    with watching(journal, "ingest"):
        flow_run = run_ingest()
    run = journal.runs(limit=1)[0]
    ledger = journal.ledger(run.id)
    out.print(ledger_table(ledger, f"Run {run.id}"))
    out.print(ledger_sum(ledger))
    out.print(f"{flow_run.state}: {flow_run.message}")
    return run, ledger


def judge(first: tuple[Run, Ledger], second: tuple[Run, Ledger]) -> list[str]:
    """What is not as a demo must be."""
    problems = []
    for run, ledger in (first, second):
        if ledger.gaps():
            problems.append(f"run {run.id} does not add up: {ledger.gaps()}")
        if ledger.total(Kind.FAILED):
            problems.append(f"run {run.id} has failed items: see `secnews runs`")
    if first[1].total(Kind.NEW) < 1:
        problems.append("the first run found nothing new")
    if second[1].total(Kind.NEW) or second[1].total(Kind.REVISED) != 1:
        problems.append("the second run should find one edit and nothing new")
    return problems


def say_what_next(folder: Path, server: PrefectServer) -> None:
    out.print(f"The Prefect dashboard was at {server.url} while this ran.", soft_wrap=True)
    out.print("To go on:\n")
    settings, secnews = f"SECNEWS_INDEX=local:{folder / 'index'}", as_typed()
    for command, what in (
        (f"{settings} {secnews} search 'sanctions evasion by tanker'", "ask the demo's articles something else"),
        (f"{settings} {secnews} runs", "see what became of every page"),
        (f"{secnews} up", "the same on schedule, with real sources and a dashboard"),
        (f"{secnews} sources list", "the real sources that `make up` would ask"),
    ):
        out.print(f"  {command}\n      [dim]{what}[/]", soft_wrap=True)
    out.print("\ndocs/sources.md says how to name your own sources.\n")


def as_typed() -> str:
    """How this command is called from here: by its name where it is on the path, else by its place."""
    return "secnews" if shutil.which("secnews") else os.path.relpath(sys.argv[0])
