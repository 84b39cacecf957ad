"""The command `secnews`. Exit code 0: done; 1: it failed, and says why; 2: wrong use."""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from flows.cli import clean, demo, doctor, importing, ingest, runs, search, show, sources, up
from flows.cli.screens import complain
from index.errors import BadRequest, SecnewsError

HELP = """Security news, clean and searchable by its words and by its meaning.

Start with `secnews demo`; then name your sources in a file and run `secnews up`.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("up")(up.up)
app.command("ingest")(ingest.ingest)
app.command("import")(importing.import_)
app.command("clean")(clean.clean)
app.command("search")(search.search)
app.command("show")(show.show)
app.command("runs")(runs.runs)
app.add_typer(sources.app, name="sources")
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"secnews {version('secnews')}")
        raise typer.Exit


@app.callback()
def _options(
    wants_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; expected errors become one sentence and an exit code, never a traceback."""
    # As Ctrl-C does: what was started is stopped in order. `secnews up` has a handler of its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no Unicode gets question marks, not a traceback
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except BadRequest as error:
        complain(str(error))
        sys.exit(2)
    except SecnewsError as error:
        complain(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        complain("interrupted; the next run carries on")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
