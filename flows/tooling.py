"""The tools of the steps, from settings. Apart from flows/wiring.py, so that a search need not import what fetches and
extracts (0.5 s)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flows.settings import Settings
from flows.wiring import embedder_of, index_of
from tasks.archive import Archive
from tasks.fetched import FetchPolicy
from tasks.resolving import SystemResolver
from tasks.sources import load_sources
from tasks.tools import Rules, Tools


def open_tools(settings: Settings, with_sources: bool = True) -> Tools:
    """Everything the steps need; without sources for what asks none.

    Raises:
        SourceFileError, ModelUnusable, and the errors of index/errors.py.
    """
    store, journal = index_of(settings)
    return Tools(
        store=store,
        journal=journal,
        archive=Archive(settings.archive, settings.max_body_bytes),
        embedder=embedder_of(settings),
        sources={source.id: source for source in (load_sources(settings.sources) if with_sources else ())},
        policy=policy_of(settings),
        resolver=SystemResolver(),
        rules=Rules(settings.recheck_minutes, settings.max_items_per_source),
    )


def opener(settings: Settings) -> Callable[[], Tools]:
    """A function that opens the tools: what travels into a Prefect task instead of open files."""
    return partial(open_tools, settings)


def policy_of(settings: Settings) -> FetchPolicy:
    return FetchPolicy(
        user_agent=settings.user_agent,
        contact=settings.contact,
        max_raw_bytes=settings.max_body_bytes,
        max_body_bytes=settings.max_body_bytes,
        deadline_seconds=settings.deadline_seconds,
        max_redirects=settings.max_redirects,
        attempts=settings.attempts,
        allowed_private=settings.allow_private,
        host_delay_seconds=settings.host_delay_seconds,
        max_connections=settings.max_connections,
    )
