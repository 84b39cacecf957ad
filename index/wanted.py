"""What a query looks for, in the words of the analyser: the same for every backend, and for the highlights.

| the query says | an article has it where |
|---|---|
| a word | it holds the word, or a word with the same stem in the article's language |
| an identifier with a digit, stop or @ (CVE-2024-3400, 10.0.0.1, example.com) | it holds exactly this, as one |
| joined letters (Iran-backed, O'Brien) | it holds it as one, or its parts in a row |
| a run of Chinese, Japanese or Korean | it holds one of its pairs of characters; the more the better |
| a single such character | it holds it anywhere |
| a phrase | it holds its words in a row, as they are spelled (no stems); its identifiers as one |

Loose words: any will do, more is better. Phrases: all must stand. Excluded: must not, where a word excludes all that it
would find, and a run of CJK counts as a phrase.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.analysis import Chunk, chunks
from index.errors import BadRequest
from index.query import MAX_QUERY_WORDS, take_apart


@dataclass(frozen=True, slots=True)
class Sought:
    """One thing looked for. It is found by its row, or any of its wholes, or its stem.

    Attributes:
        spelled: as the query spells it.
        row: folded words that stand in a row; empty where only the whole will do.
        wholes: identifiers, or a single CJK character.
        plain: the word with its accents, to be stemmed; empty where stems do not count.
        strict: the row and all of the wholes are needed.
    """

    spelled: str
    row: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()
    plain: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a query looks for. `dropped` words at its end are over the limit and are not looked up."""

    loose: tuple[Sought, ...] = ()
    phrases: tuple[Sought, ...] = ()
    excluded: tuple[Sought, ...] = ()
    dropped: int = 0

    @property
    def positive(self) -> tuple[Sought, ...]:
        return self.loose + self.phrases


def wanted(text: str) -> Wanted:
    """Read a query's text.

    Raises:
        BadRequest: more than MAX_QUERY_WORDS phrases and exclusions, none of which may be left out silently.
    """
    parts = take_apart(text)
    if len(parts.phrases) + len(parts.excluded) > MAX_QUERY_WORDS:
        raise BadRequest(f"the query has more than {MAX_QUERY_WORDS} phrases and exclusions: use fewer")
    # A repeated word adds nothing, and would use up the limit.
    first: dict[tuple[object, ...], Sought] = {}
    for one in _loose(parts.loose):
        first.setdefault((one.row, one.wholes, one.plain), one)
    loose = list(first.values())
    return Wanted(
        tuple(loose[:MAX_QUERY_WORDS]),
        tuple(phrase for text in parts.phrases if (phrase := _phrase(text))),
        tuple(sought for text in parts.excluded if (sought := _excluded(text))),
        max(0, len(loose) - MAX_QUERY_WORDS),
    )


def _loose(text: str) -> list[Sought]:
    return [sought for chunk in chunks(text) for sought in _of_chunk(chunk, text)]


def _of_chunk(chunk: Chunk, text: str) -> list[Sought]:
    if chunk.run and len(chunk.wholes) == 1:
        return [Sought(_spelled(chunk, text), wholes=(chunk.wholes[0].text,))]
    if chunk.run:
        return [Sought(text[pair.start : pair.end], (pair.text,), plain=pair.plain) for pair in chunk.words]
    if chunk.wholes:
        whole = chunk.wholes[0].text
        row = () if _only_whole(whole) else tuple(word.text for word in chunk.words)
        return [Sought(_spelled(chunk, text), row, (whole,))]
    return [Sought(text[word.start : word.end], (word.text,), plain=word.plain) for word in chunk.words]


def _only_whole(whole: str) -> bool:
    return any(character.isdigit() or character in ".@:" for character in whole)


def _spelled(chunk: Chunk, text: str) -> str:
    tokens = chunk.words + chunk.wholes
    return text[min(token.start for token in tokens) : max(token.end for token in tokens)]


def _phrase(text: str) -> Sought | None:
    found = [chunk for chunk in chunks(text) if chunk.words]
    if len(found) == 1 and found[0].run and len(found[0].wholes) == 1:
        return _of_chunk(found[0], text)[0]
    wholes = [chunk.wholes[0].text for chunk in found if chunk.wholes and not chunk.run]
    row = tuple(word.text for chunk in found for word in chunk.words)
    return Sought(text, row, tuple(filter(_only_whole, wholes)), strict=True) if row else None


def _excluded(text: str) -> Sought | None:
    found = _loose(text)
    return found[0] if len(found) == 1 else _phrase(text)
