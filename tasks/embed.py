"""Cut articles into passages and embed them, all of a batch together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.article import Article
from index.embedder import Embedder
from index.passages import cut


def embedded(articles: Sequence[Article], embedder: Embedder) -> list[Article]:
    """The articles with passages and vectors of this embedder, in order; those they had before are replaced.

    All passages go to the embedder in one call, which sorts them by length. An article without a body gets none.

    Raises:
        ModelUnusable: the embedder cannot be loaded.
    """
    cuts = [cut(article, embedder) for article in articles]
    vectors = iter(embedder.passages([passage.text for passages in cuts for passage in passages]))
    return [
        replace(article, passages=tuple(replace(passage, vector=next(vectors)) for passage in passages))
        for article, passages in zip(articles, cuts, strict=True)
    ]
