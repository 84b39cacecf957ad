"""Progress bars on standard error, only where a person looks at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.cli.screens import err
from index.journal import Journal
from tasks.runs import this_process

# Often enough to look alive, seldom enough to cost nothing: one count over the run's items each time.
POLL_SECONDS = 0.5


def bar(transient: bool = True) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=err, transient=transient, disable=not err.is_terminal)


@contextmanager
def watching(journal: Journal, description: str) -> Iterator[None]:
    """A bar that follows this process's open run: items settled of items offered."""
    if not err.is_terminal:
        yield
        return
    done = threading.Event()
    with bar() as progress:
        follower = threading.Thread(target=_follow, args=(journal, progress, description, done), daemon=True)
        follower.start()
        try:
            yield
        finally:
            done.set()
            follower.join()


def _follow(journal: Journal, progress: Progress, description: str, done: threading.Event) -> None:
    task = progress.add_task(description, total=None)
    while not done.wait(POLL_SECONDS):
        for run in journal.open_runs():
            if run.owner == this_process():
                ledger = journal.ledger(run.id)
                offered, settled = sum(ledger.offered.values()), sum(ledger.settled.values())
                progress.update(task, total=offered or None, completed=settled)
