"""The composition root: from settings to the things that steps work with."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from tasks.archive import Archive

from flows.settings import Settings
from index.embedder import Embedder
from index.embedders.choosing import open_embedder
from index.journal import Journal
from index.local.opening import open_local
from index.store import Store
from tasks.fetch import FetchPolicy
from tasks.resolving import SystemResolver
from tasks.sources import load_sources
from tasks.tools import Rules, Tools


@lru_cache(maxsize=4)
def open_index(folder: Path) -> tuple[Store, Journal]:
    """Store and journal, opened once in a process."""
    return open_local(folder)


def index_of(settings: Settings) -> tuple[Store, Journal]:
    return open_index(settings.index_folder)


@lru_cache(maxsize=4)
def _embedder(model: str, cache: Path) -> Embedder:
    return open_embedder(model, cache)


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that settings name. Cheap: the model is loaded at its first use."""
    return _embedder(settings.model, settings.cache)


def open_tools(settings: Settings) -> Tools:
    """Everything the steps need.

    Raises:
        SourceFileError, ModelUnusable, and the errors of index/errors.py.
    """
    store, journal = index_of(settings)
    return Tools(
        store=store,
        journal=journal,
        archive=Archive(settings.archive),
        embedder=embedder_of(settings),
        sources={source.id: source for source in load_sources(settings.sources)},
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
        max_body_bytes=settings.max_body_bytes,
        deadline_seconds=settings.deadline_seconds,
        max_redirects=settings.max_redirects,
        attempts=settings.attempts,
        allowed_private=settings.allow_private,
        host_delay_seconds=settings.host_delay_seconds,
        max_connections=settings.max_connections,
    )
