"""Where sentences end, for cutting passages.

A rule of thumb for many scripts rather than a model of a language: a missed end makes one long sentence of two, a false
one makes two of one, and both only move a passage's edge by a few words. No text is lost either way.
"""

from __future__ import annotations

import re

# Followed by white space in their scripts: Latin, Arabic and Urdu, Devanagari, Armenian, Ethiopic.
SPACED = ".!?…؟۔।॥։።"
# Full width, as Chinese and Japanese write them: no space follows.
UNSPACED = "。！？｡"
CLOSING = "\"'”’»›)]}」』】）》〉"
# Possessive, and never begun inside a run of stops: a page of a million dots costs one pass, not a million.
END = re.compile(
    rf"""
    \n\s*+                                                    # a block's end ends a sentence
    | [{UNSPACED}]++ [{re.escape(CLOSING)}]*+ \s*+
    | (?<! [{re.escape(SPACED)}]) (?P<stop>[{re.escape(SPACED)}]++ [{re.escape(CLOSING)}]*+) \s++ (?=(?P<next>\S))
    """,
    re.VERBOSE,
)
# What comes before a full stop that ends no sentence: one letter (J. Smith, U.S., z. B.), a day or ordinal (12. Mai),
# or one of these.
ABBREVIATIONS = frozenset(
    """
    abs adm art asst aug av avg bzw ca capt cf cmdr co col corp dec dept det dr ed eds eg est etc feb ff fig fr gen gov
    hon hr ie inc insp jan jr jul jun lt ltd maj mar mr mrs ms mt nr no nov nos oct op pp pres prof rep rev sec sen sep
    sept sgt sr sra st str supt ten usw vgl vol vs zb
    """.split()  # noqa: SIM905 (a word a line would be 80 lines)
)
WORD_BEFORE = re.compile(r"[^\W_]+$")
# Longer than any abbreviation above: how far back the word before a stop is looked for.
LOOK_BACK = 12


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence in characters, in order; white space around them left out, nothing else."""
    spans = []
    start = 0
    for match in END.finditer(text):
        if match["stop"] is None or _ends_a_sentence(text, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return [span for span in (trimmed(text, *span) for span in spans) if span[0] < span[1]]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at both its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_a_sentence(text: str, match: re.Match[str]) -> bool:
    if match["next"].islower():
        return False
    if match["stop"] != ".":
        return True
    word = WORD_BEFORE.search(text, max(0, match.start() - LOOK_BACK), match.start())
    if word is None:
        return True
    before = word[0]
    if before.isdigit():
        return len(before) > 2
    return len(before) > 1 and before.casefold() not in ABBREVIATIONS
