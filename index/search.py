"""Searching as people mean it: embed the text where the mode asks for it, then ask the store."""

from __future__ import annotations

import time
from dataclasses import replace

from index.embedder import Embedder
from index.errors import BadRequest
from index.query import Mode, QueryVector, SearchRequest, take_apart
from index.results import Results
from index.store import Store


def search(store: Store, embedder: Embedder | None, request: SearchRequest) -> Results:
    """The store's answer to a request whose text still has to be embedded.

    Without an embedder a hybrid request is answered by its words alone, and a note says so. A request that has its
    vector, or no words, is passed on as it is.

    Raises:
        BadRequest: a semantic request without an embedder.
        What `Store.search` raises.
    """
    positive = take_apart(request.text).positive
    if request.mode is Mode.KEYWORD or request.vector is not None or not positive:
        return store.search(request)
    if embedder is None:
        return _without_model(store, request)
    started = time.perf_counter()
    vector = QueryVector(embedder.query(positive), embedder.description)
    embed_ms = (time.perf_counter() - started) * 1000
    results = store.search(replace(request, vector=vector))
    timings = replace(results.timings, embed_ms=embed_ms, total_ms=results.timings.total_ms + embed_ms)
    return replace(results, timings=timings)


def _without_model(store: Store, request: SearchRequest) -> Results:
    if request.mode is Mode.SEMANTIC:
        raise BadRequest("a semantic search needs an embedding model: set one up, or search by keyword")
    results = store.search(replace(request, mode=Mode.KEYWORD))
    return replace(results, notes=(*results.notes, "no embedding model is loaded: found by keywords alone"))
