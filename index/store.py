"""Where articles live: the one contract that every backend keeps.

Every backend runs tests/test_store_contract.py. A client's own exceptions never leave its backend: they arrive here as
the errors of index/errors.py, which know whether trying again makes sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from index.article import Article
from index.embedder import ModelDescription
from index.query import SearchRequest
from index.results import Counts, PutResult, Results


class Store(Protocol):
    """A store of articles, searchable by words and by meaning. Safe to use from several processes at once."""

    @property
    def location(self) -> str:
        """Where it is, for people. Never holds a secret."""

    @property
    def model(self) -> ModelDescription | None:
        """The model of the vectors it holds; None until the first vector is stored."""

    def put(self, articles: Iterable[Article]) -> Iterator[PutResult]:
        """Write articles; one result each, in order, as soon as it is durable. Consume the iterator to the end.

        Creating is "only if absent". The same revision with equal fields is UNCHANGED, with other fields REWRITTEN; a
        revision one above the stored one is REVISED, and the older one is kept with `valid_to` set to the new one's
        `updated_at`; any other revision is a CONFLICT. A tombstone answers DELETED. A refused article does not stop
        the rest. Lone surrogates are cleaned out of text. Another `updated_at` alone is no change; a passage without
        a vector keeps the one stored for the same text, if any.

        Raises:
            IndexUnavailable: the backend cannot be reached, or is full; nothing after the last yielded result was
                written.
            ModelMismatch: vectors of another dimension than the index's model; nothing of that article was written.
        """

    def claim_model(self, model: ModelDescription) -> None:
        """Declare whose vectors are about to be put. The first to claim an index decides it.

        Raises:
            ModelMismatch: the index holds vectors of another model.
        """

    def get(self, article_id: str) -> Article | None:
        """The article as it stands, passages and vectors included; None where there is none."""

    def revisions(self, article_id: str) -> tuple[Article, ...]:
        """Its older revisions, oldest first, with `valid_from` and `valid_to`."""

    def same_content(self, content_hash: str) -> tuple[str, ...]:
        """Ids of the articles whose publishers wrote exactly this."""

    def delete(self, article_id: str) -> bool:
        """Remove an article and its revisions and leave a tombstone, so that a replay does not revive it.

        False where there was none.
        """

    def iterate(self) -> Iterator[Article]:
        """Every article in order of id, as they stand; those written meanwhile may or may not appear."""

    def count(self) -> Counts:
        """How much the index holds."""

    def search(self, request: SearchRequest) -> Results:
        """The best articles for a request, each with the shares that make up its score.

        Raises:
            BadRequest: a semantic or hybrid request without a vector.
            ModelMismatch: the request was embedded by another model than the index.
            IndexUnavailable, IndexDamaged: as their names say.
        """

    def close(self) -> None:
        """Release files and connections. Using the store afterwards is an error."""
