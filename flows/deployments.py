"""What `secnews up` serves: the deployment of `ingest` with its schedule, and the guard against dead runs.

    python -m flows.deployments

| deployment | trigger | does |
|---|---|---|
| ingest/scheduled | every SECNEWS_SCHEDULE_MINUTES | one run over all enabled sources; skipped while one is at work |
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect import serve
from prefect.automations import Automation
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.schedules import Interval
from prefect.types.entrypoint import EntrypointType

from flows.ingest import TAGS, ingest
from flows.settings import Settings, read_settings

DEPLOYMENT = "scheduled"
GUARD = "secnews: a silent run has crashed"
# The first run comes soon after the start and not an interval later: who starts it wants to see it work. The server
# needs some seconds to turn a new schedule into runs.
FIRST_RUN = timedelta(seconds=15)
# Five heartbeats of a minute: a machine under load misses one or two, a killed process misses all.
SILENCE = timedelta(minutes=5)


def main() -> None:
    """Create what is missing on the server, then serve until told to stop."""
    settings = read_settings()
    guard_against_dead_runs()
    serve_scheduled(settings)


def serve_scheduled(settings: Settings) -> None:
    scheduled = ingest.to_deployment(
        name=DEPLOYMENT,
        schedule=Interval(timedelta(minutes=settings.schedule_minutes), anchor_date=datetime.now(UTC) + FIRST_RUN),
        tags=[*TAGS, "scheduled"],
        description="Fetch, clean, embed and index what the sources offer.",
        # Two at once would fetch every page twice; the index would stand it, the outlets should not have to.
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(scheduled, RunnerDeployment)  # and not a coroutine: nothing is awaited here
    # Prefect's default pauses the schedule when the process stops, and the next start would wait for ever.
    serve(scheduled, pause_on_shutdown=False, print_starting_message=False)


def guard_against_dead_runs() -> None:
    """Have the server call a run Crashed when its process has been silent. Idempotent.

    Without it a killed process leaves its run "Running" for ever.
    """
    guard = Automation(
        name=GUARD,
        description="Marks a flow run as Crashed after five minutes without a heartbeat.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={f"prefect.flow-run.{end}" for end in ("heartbeat", "Completed", "Failed", "Cancelled", "Crashed")},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="no heartbeat for five minutes")],
    )
    try:
        known = Automation.read(name=GUARD)
    except ValueError:
        guard.create()
    else:
        assert isinstance(known, Automation)
        guard.id = known.id
        guard.update()


if __name__ == "__main__":
    main()
