"""Run the flow `ingest` in this process, against a real Prefect server: the one that is there, or one of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flows.prefect_server import QUIET, PrefectServer, ServerError, is_listening, is_prefect
from flows.settings import Settings

DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class FlowRun:
    """How a flow run ended in Prefect's words, and where its page is."""

    id: str
    name: str
    state: str
    failed: bool
    message: str
    page: str


@contextmanager
def prefect_api(settings: Settings) -> Iterator[str]:
    """A Prefect API for this process: PREFECT_API_URL, or what listens on our port, or a server started for the while.

    Must be entered before `prefect` is imported: it reads its environment once.

    Raises:
        ServerError: the API that was named does not answer, or the port belongs to something else.
    """
    named = os.environ.get("PREFECT_API_URL", "")
    ours = f"http://127.0.0.1:{settings.prefect_port}/api"
    if named:
        if not is_prefect(named):
            raise ServerError(f"no Prefect server answers at {named}: start it, or unset PREFECT_API_URL")
        yield named
    elif settings.prefect_port and is_prefect(ours):
        with environment({**QUIET, "PREFECT_API_URL": ours}):
            yield ours
    else:
        taken = settings.prefect_port and is_listening(settings.prefect_port)
        port = 0 if taken else settings.prefect_port
        with PrefectServer(settings.prefect_home, port) as server, environment(server.environment):
            try:
                yield server.api
            finally:
                send_what_waits()


def send_what_waits() -> None:
    """Have Prefect send its queued logs and events while the server still answers; at exit it would wait for it."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=DRAIN_SECONDS)


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These variables, for the while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def run_ingest(source_ids: Sequence[str] = ()) -> FlowRun:
    """Run the flow once, here. Its artifacts and states are on the server afterwards."""
    from prefect import tags

    from flows.ingest import TAGS, ingest

    with tags(*TAGS):
        state = ingest(list(source_ids) or None, return_state=True)
    details = state.state_details
    run_id = str(details.flow_run_id)
    page = os.environ["PREFECT_API_URL"].removesuffix("/api") + f"/runs/flow-run/{run_id}"
    return FlowRun(run_id, "ingest", state.name or "", not state.is_completed(), state.message or "", page)
