"""`secnews up`: Prefect server and schedule, until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.cli.screens import err, out
from flows.prefect_server import PrefectServer, ServerError, stop_group
from flows.settings import read_settings


def up() -> None:
    """Start the Prefect server and one process that runs `ingest` on schedule. Ctrl-C or SIGTERM stops both.

    Example: `SECNEWS_SOURCES=my-sources.toml SECNEWS_SCHEDULE_MINUTES=30 secnews up`
    """
    from flows.tooling import open_tools

    settings = read_settings()
    enabled = sum(source.enabled for source in open_tools(settings).sources.values())
    with told_to_stop() as stopped:
        err.print("[dim]starting the Prefect server …[/]")
        with PrefectServer(settings.prefect_home, settings.prefect_port) as server, serving(server) as process:
            every = f"a run every {settings.schedule_minutes:g} minutes, the first one soon"
            out.print(f"secnews is up: {enabled} sources, {every}")
            out.print(f"  dashboard  {server.url}", soft_wrap=True)
            out.print(f"  logs       {server.log} and {serve_log(server)}", soft_wrap=True)
            out.print("  search     secnews search 'your words'")
            out.print("Stop with Ctrl-C.")
            watch(server, process, stopped)
            err.print("[dim]stopping …[/]")
    out.print("stopped")


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that everything is stopped in order."""
    stopped = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: stopped.set())
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve_log(server: PrefectServer) -> Path:
    return server.home / "serve.log"


@contextmanager
def serving(server: PrefectServer) -> Iterator[subprocess.Popen[bytes]]:
    """The process that waits for scheduled runs and runs them."""
    environment = {**os.environ, **server.environment}
    with serve_log(server).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.deployments"],
            env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        stop_group(process, signal.SIGTERM)


def watch(server: PrefectServer, process: subprocess.Popen[bytes], stopped: threading.Event) -> None:
    """Wait for the word to stop.

    Raises:
        ServerError: a child died by itself.
    """
    while not stopped.wait(1.0):
        if process.poll() is not None:
            raise ServerError(f"the serving process stopped with code {process.returncode}: see {serve_log(server)}")
        if not server.is_running:
            raise ServerError(f"the Prefect server stopped: see {server.log}")
