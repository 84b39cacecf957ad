"""The composition root: from settings to the index and the model. What the steps need besides is in tooling.py."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flows.settings import Settings
from index.embedder import Embedder
from index.embedders.choosing import open_embedder
from index.journal import Journal
from index.local.opening import open_local
from index.store import Store


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
