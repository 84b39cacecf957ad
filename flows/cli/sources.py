"""`secnews sources`: which there are, and which answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from flows.choosing import choose
from flows.cli.progress import bar
from flows.cli.screens import local_time, out, print_json, printable
from flows.settings import read_settings

if TYPE_CHECKING:
    from tasks.listing import Listing
    from tasks.sources import Source
    from tasks.tools import Tools

app = typer.Typer(help="List the sources, or ask each whether it answers.", no_args_is_help=True)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False) -> None:
    """List the sources of the file that SECNEWS_SOURCES names, and how each did last.

    Example: `secnews sources list --json`
    """
    from flows.tooling import open_tools

    settings = read_settings()
    tools = open_tools(settings)
    rows = [_listed(source, tools) for source in tools.sources.values()]
    if as_json:
        print_json(rows)
        return
    out.print(Text(f"Sources of {printable(str(settings.sources))}"))
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for name in ("id", "state", "last read", "name"):
        table.add_column(name, no_wrap=name != "name")
    for row in rows:
        table.add_row(*(Text(printable(str(row[key] or ""))) for key in ("id", "state", "last_read", "name")))
    out.print(table)
    out.print("Addresses, languages and topics: secnews sources list --json", style="dim")


def _listed(source: Source, tools: Tools) -> dict[str, Any]:
    known = tools.journal.source(source.id)
    state = "never asked" if known is None else (known.reason.value if known.reason else "fine")
    return {
        "id": source.id,
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "language": source.language,
        "region": source.region,
        "topics": list(source.topics),
        "enabled": source.enabled,
        "state": state if source.enabled else "disabled",
        "detail": known.detail if known else "",
        "last_read": local_time(known.succeeded_at) if known else "",
    }


@app.command("check")
def check(
    source: Annotated[list[str] | None, typer.Option(help="Id of a source to ask; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Ask each source for its feed now, and say which can be read. Nothing is stored; exit code 1 if any fails.

    Example: `secnews sources check --source cisa-advisories`
    """
    from flows.tooling import open_tools

    tools = open_tools(read_settings())
    chosen = [tools.sources[source_id] for source_id in choose(tools, source)]
    listings = asyncio.run(_ask_all(chosen, tools))
    rows = [_checked(one, listing) for one, listing in zip(chosen, listings, strict=True)]
    if as_json:
        print_json(rows)
    else:
        _print_checks(rows)
    if any(row["reason"] for row in rows):
        raise typer.Exit(1)


async def _ask_all(sources: Sequence[Source], tools: Tools) -> list[Listing]:
    from tasks.fetch import Fetcher
    from tasks.listing import ask

    with bar() as progress:
        task = progress.add_task("asking", total=len(sources))
        fetcher = Fetcher(tools.policy, tools.journal, resolver=tools.resolver, clock=tools.clock)
        async with fetcher:

            async def one(source: Source) -> Listing:
                listing = await ask(source, fetcher, tools.journal, tools.clock())
                progress.advance(task)
                return listing

            return await asyncio.gather(*(one(source) for source in sources))


def _checked(source: Source, listing: Listing) -> dict[str, Any]:
    reason = listing.check.reason
    return {
        "id": source.id,
        "url": source.url,
        "items": len(listing.offers),
        "reason": reason.value if reason else None,
        "detail": listing.check.detail or (reason.meaning if reason else ""),
    }


def _print_checks(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        state = Text(row["reason"] or "fine", style="red" if row["reason"] else "green")
        out.print(Text(f"{row['id']}: ") + state + Text(f", {row['items']} items" if not row["reason"] else ""))
        if row["detail"]:
            out.print(Text(f"    {printable(row['detail'])}", style="dim"), soft_wrap=True)
        if row["reason"]:
            out.print(Text(f"    {printable(row['url'])}", style="dim"), soft_wrap=True)
