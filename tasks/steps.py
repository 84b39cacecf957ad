"""The steps as Prefect tasks: the only module of tasks/ that knows Prefect.

One task for a chunk of sources, one for a batch of articles, never one an article (a task run costs the server 22 to
42 ms of CPU and 17 to 19 KB). Between tasks travel ids only; bodies go through archive and journal. What a task needs
it opens itself, by the function it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from index.errors import SecnewsError
from tasks.collect import collect
from tasks.process import process
from tasks.tools import Tools

OpenTools = Callable[[], Tools]


async def worth_retrying(_task: Any, _run: Any, state: Any) -> bool:
    """Only "not now" is retried: an index that cannot be reached, never a bad page."""
    try:
        await state.result()
    except SecnewsError as error:
        return error.retryable
    except Exception:  # noqa: BLE001 - a defect is the same defect the second time
        return False
    return False


@task(
    name="collect",
    task_run_name="collect chunk {number}",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=worth_retrying,
)
def collect_step(run_id: str, source_ids: list[str], number: int, open_tools: OpenTools) -> list[str]:
    """Ask these sources, fetch and archive their pages; returns the keys of the items to process."""
    tools = open_tools()
    return collect(run_id, [tools.sources[source_id] for source_id in source_ids], tools)


@task(
    name="process",
    task_run_name="process batch {number}",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=worth_retrying,
)
def process_step(run_id: str, keys: list[str], number: int, open_tools: OpenTools) -> None:
    """Extract, embed and load these items."""
    tools = open_tools()
    tools.journal.beat(run_id, tools.clock())
    process(run_id, keys, tools)
