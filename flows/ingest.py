"""The flow `ingest`: everything that the sources offer, accounted for, clean and searchable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.context import get_run_context
from prefect.futures import as_completed, wait
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.artifacts import outcome_rows, summary
from flows.choosing import choose
from flows.settings import Settings, read_settings
from flows.tooling import opener
from index.errors import SecnewsError
from index.journal import Run, RunState
from tasks.runs import Verdict, judge, open_run, settle_the_rest
from tasks.steps import collect_step, process_step
from tasks.tools import Tools

TAGS = ["secnews", "ingest"]


def run_name() -> str:
    return f"ingest {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


# Two collecting tasks at once: while one waits for slow hosts the other goes on. Processing stays one batch at a time,
# in the flow's own thread: it is bound by the CPU, and writing in one place keeps duplicates out (tasks/load.py).
COLLECTORS: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=2)


@flow(
    name="ingest",
    flow_run_name=run_name,
    task_runner=COLLECTORS,
    validate_parameters=True,
    log_prints=False,
)
def ingest(source_ids: list[str] | None = None) -> State:
    """Fetch, clean, embed and index what the sources offer.

    Idempotent: a second run adds nothing and says so. A failing source or page never stops the others. Ends Completed,
    Completed with faults, or Failed, by the rule of `tasks.runs.judge`.

    Args:
        source_ids: ids of the sources to ask; all enabled ones by default.
    """
    settings = read_settings()
    open_tools = opener(settings)
    tools = open_tools()
    chosen = choose(tools, source_ids)
    run = open_run(tools.journal, "ingest", tools.clock(), flow_run_id=flow_run_id())
    get_run_logger().info("run %s: %d sources", run.id, len(chosen))
    try:
        _work(run, chosen, settings, open_tools)
    except SecnewsError as error:
        return _close(run, tools, fault=str(error))
    except Exception as defect:  # noqa: BLE001 - the account is closed and told whatever happened
        get_run_logger().exception("a defect of secnews")
        return _close(run, tools, fault=f"a defect of secnews ({type(defect).__name__}): the log has the trace")
    return _close(run, tools)


def _work(run: Run, chosen: list[str], settings: Settings, open_tools: Callable[[], Tools]) -> None:
    """Collect chunk by chunk, and process what comes while the next chunks are under way."""
    chunks = split(chosen, settings.sources_per_task)
    collected = [collect_step.submit(run.id, chunk, n, open_tools) for n, chunk in enumerate(chunks, start=1)]
    number = 0
    try:
        for future in as_completed(collected):
            for batch in split(future.result(), settings.articles_per_task):
                number += 1
                process_step(run.id, batch, number, open_tools)
    finally:
        # The account is closed next: nobody may offer to it any more.
        wait(collected)


def split(values: Sequence[str], size: int) -> list[list[str]]:
    return [list(values[start : start + size]) for start in range(0, len(values), size)]


def flow_run_id() -> str:
    return str(get_run_context().flow_run.id)  # type: ignore[union-attr]


def _close(run: Run, tools: Tools, fault: str = "") -> State:
    """Judge the account as it stands, carry over what is left, show it, and say how the run ended."""
    checks = tools.journal.source_checks(run.id)
    verdict = Verdict(RunState.FAILED, fault) if fault else judge(tools.journal.ledger(run.id), checks)
    settle_the_rest(tools.journal, run, tools.clock())
    ledger = tools.journal.ledger(run.id)
    tools.journal.close_run(run.id, verdict.state, verdict.note, tools.clock())
    create_markdown_artifact(
        summary(run, verdict, ledger, checks), key="ingest-summary", description=f"How run {run.id} ended"
    )
    create_table_artifact(
        outcome_rows(ledger), key="ingest-outcomes", description="Items by source, outcome and reason"
    )
    get_run_logger().info("%s: %s", verdict.state.value, verdict.note)
    if verdict.state is RunState.FAILED:
        return Failed(message=verdict.note)
    if verdict.state is RunState.FAULTS:
        return Completed(message=verdict.note, name="Completed with faults")
    return Completed(message=verdict.note)
