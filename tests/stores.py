"""What the contract tests of a store share: small articles, and short ways to put and find them.

The fixtures that open stores are in store_fixtures.py.
"""

from dataclasses import replace
from datetime import UTC, datetime

from index.article import Article, Block, Passage
from index.embedders.hashing import HashingEmbedder
from index.query import Mode, SearchRequest
from index.search import search

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMBEDDER = HashingEmbedder()


def article(article_id, title="A title", *paragraphs, language="en", embedded=True, **others):
    """An article with a passage for each paragraph."""
    blocks = tuple(Block(text) for text in paragraphs)
    made = Article(article_id, "", "wire", title, blocks, NOON, NOON, f"hash of {article_id}", language=language)
    made = replace(made, **others)
    passages, start = [], 0
    for block in made.blocks:
        vector = EMBEDDER.passages([block.text])[0] if embedded else None
        passages.append(Passage(block.text, start, start + len(block.text), vector))
        start += len(block.text) + 2
    return replace(made, passages=tuple(passages))


def put(store, *articles):
    return [result.status for result in store.put(articles)]


def find(store, text, mode=Mode.KEYWORD, **others):
    return search(store, EMBEDDER, SearchRequest(text, mode, **others))


def ids(store, text, mode=Mode.KEYWORD, **others):
    return [hit.article.id for hit in find(store, text, mode, **others).hits]


def marked(text, spans):
    return [text[span.start : span.end] for span in spans]
