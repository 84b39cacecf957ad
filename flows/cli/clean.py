"""`secnews clean`: pages and dumps in, clean articles out; nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.rule import Rule
from rich.text import Text

from flows.cli.progress import bar
from flows.cli.screens import complain, out, print_json, printable


def clean(
    paths: Annotated[
        list[Path], typer.Argument(help="HTML, text dumps, JSONL articles, folders of them, .gz of each.")
    ],
    jsonl: Annotated[bool, typer.Option("--jsonl", "--json", help="Print one article a line as JSON.")] = False,
    no_join: Annotated[bool, typer.Option("--no-join", help="Each file is an article of its own.")] = False,
) -> None:
    """Clean pages and text dumps: title, summary, authors, date and body, without menus and promotion.

    Example: `secnews clean saved-page.html dump.txt.gz --jsonl > articles.jsonl`
    """
    # Late: what extracts takes half a second to import, and every other command would pay for it.
    from tasks.clean import clean_row
    from tasks.reading import read_documents

    cleaned = 0
    with bar() as progress:
        task = progress.add_task("clean", total=None)
        for document in read_documents(paths, join=not no_join):
            progress.advance(task, len(document.paths))
            if document.extracted is None:
                reason = document.rejected.value if document.rejected else "unreadable"
                complain(f"{document.paths[0]}: {reason}: {document.detail}")
                continue
            cleaned += 1
            if jsonl:
                print_json(clean_row(document), indent=None)
            else:
                _print(clean_row(document))
    if not cleaned:
        raise typer.Exit(1)


def _print(row: dict[str, Any]) -> None:
    out.print(Text(printable(row["title"] or "(no title)"), style="bold"))
    facts = [row["section"], ", ".join(row["authors"]), row["published_at"], row["language"], row["url"]]
    out.print(Text(" · ".join(printable(str(fact)) for fact in facts if fact), style="dim"))
    if row["summary"]:
        out.print(Text(printable(row["summary"]), style="italic"))
    for paragraph in row["body"]:
        out.print()
        out.print(Text(printable(paragraph)))
    out.print(Rule(style="dim"))
