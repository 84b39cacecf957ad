"""Cut an article into the passages that are embedded, so that no word lies beyond the model's longest input.

A model drops what is over its limit without a word: 180 English words fit into 254 tokens of the packaged model, 180
German ones make 439. So the model's own tokens are counted, not words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from index.article import Article, Passage
from index.embedder import Embedder
from index.sentences import sentences, trimmed

# A passage begins with the last sentence of the one before, so that what is said across the edge ("He denied it.")
# stands beside what it speaks of. A sentence over this share of the limit is not repeated: it would cost more passages
# than it is worth.
LARGEST_OVERLAP = 0.25

Span = tuple[int, int]


def cut(article: Article, embedder: Embedder) -> tuple[Passage, ...]:
    """The passages of the body, in order, not embedded yet; () for an article without a body.

    Each is a stretch of whole sentences of at most `embedder.description.max_tokens` tokens, sharing a sentence with
    the one before; a sentence longer than that is cut between words, or else between tokens. Together they cover every
    character of `Article.text` that is not white space.

    Raises:
        ModelUnusable: the embedder cannot be loaded.
    """
    text = article.text
    if not text.strip():
        return ()
    limit = embedder.description.max_tokens
    starts = [start for start, _ in embedder.token_spans(text)]
    pieces = [piece for sentence in sentences(text) for piece in _pieces(text, sentence, starts, limit)]
    spans = [part for span in _packed(pieces, starts, limit) for part in _fitting(text, span, embedder)]
    return tuple(Passage(text[start:end], start, end) for start, end in spans)


def _pieces(text: str, sentence: Span, starts: Sequence[int], limit: int) -> Iterator[Span]:
    """The sentence, or parts of it that are not over the limit."""
    start, end = sentence
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    while last - first > limit:
        first = _cut_before(text, starts, first, limit)
        yield trimmed(text, start, starts[first])
        start = starts[first]
    yield trimmed(text, start, end)


def _cut_before(text: str, starts: Sequence[int], first: int, limit: int) -> int:
    """The token to cut before: the last that begins a word in the second half of what fits; else the last that fits."""
    for at in range(first + limit, first + limit // 2, -1):
        if text[starts[at] - 1].isspace():
            return at
    return first + limit


def _packed(pieces: Iterable[Span], starts: Sequence[int], limit: int) -> Iterator[Span]:
    """As many pieces to a passage as fit, the last of them repeated at the start of the next."""

    def tokens(start: int, end: int) -> int:
        return bisect_left(starts, end) - bisect_left(starts, start)

    group: list[Span] = []
    for piece in pieces:
        if group and tokens(group[0][0], piece[1]) > limit:
            yield group[0][0], group[-1][1]
            last = group[-1]
            repeat = tokens(*last) <= limit * LARGEST_OVERLAP and tokens(last[0], piece[1]) <= limit
            group = [last] if repeat else []
        group.append(piece)
    if group:
        yield group[0][0], group[-1][1]


def _fitting(text: str, span: Span, embedder: Embedder) -> Iterator[Span]:
    """The passage, or parts of it where it has more tokens by itself than it had inside the article.

    That happens where a word was cut: what is left of it is spelt with other tokens.
    """
    limit = embedder.description.max_tokens
    start, end = span
    while start < end:
        stop = end
        while len(own := embedder.token_spans(text[start:stop])) > limit:
            stop = start + max(1, own[limit][0])
            if stop == start + 1:
                break
        yield trimmed(text, start, stop)
        start = trimmed(text, stop, end)[0]
