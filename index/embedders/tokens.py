"""The packaged model's tokens: by the library `tokenizers` alone, since a query must not wait for torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced, so that it can be encoded; every offset stays as it was."""
    return LONE_SURROGATE.sub("\ufffd", text)


class Tokens:
    """A tokenizer read from its `tokenizer.json`.

    Args:
        longest: the most tokens of one input, the special ones at both ends included.
    """

    def __init__(self, path: Path, longest: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        # The published file truncates at 128 tokens and pads to 128; the published model takes 256.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._longest = longest

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, special ones included, at most `longest`; what is over is cut before the last."""
        rows = [coded.ids for coded in self._tokenizer.encode_batch([encodable(text) for text in texts])]
        return [row if len(row) <= self._longest else [*row[: self._longest - 1], row[-1]] for row in rows]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each token in characters, without the special ones."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(encodable(text), add_special_tokens=False).offsets
        return offsets
