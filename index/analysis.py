"""What counts as a word: the analyser that decides, for every backend, what matches.

Text becomes chunks. A chunk is a word ("missiles"), something joined by marks inside ("CVE-2024-3400", "Iran-backed",
"10.0.0.1", "l'Iran"), or a run of Chinese, Japanese or Korean. Of each chunk come

- words: the word, the parts of what is joined, or the overlapping pairs of characters of a run;
- wholes: what is joined, as one ("cve-2024-3400"), or the single characters of a run.

A field of words and a field of wholes are searched side by side (index/wanted.py says which when). Every token knows
where it stands in the text, for highlights.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from index.folding import INVISIBLE, cased, fold

# Raised with every change of what this module or folding.py or stemming.py makes of a text: derived indexes are then
# built anew.
VERSION = 1
# Nothing that people look for is longer (a SHA-512 has 128 digits); what is (base64 in a page) is cut.
MAX_TOKEN_CHARACTERS = 256


class Token(NamedTuple):
    """One token. A tuple and not a dataclass: there are some 800 in every article, and this is made in half the time.

    `text` is folded, and what is matched. `plain` keeps its accents, for the stemmer. The offsets count characters.
    """

    text: str
    plain: str
    start: int
    end: int


class Chunk(NamedTuple):
    """A stretch of text without a gap, as words and as wholes (see the module). `run`: it is a run of CJK."""

    words: tuple[Token, ...]
    wholes: tuple[Token, ...] = ()
    run: bool = False


# Scripts without spaces between words: kana, Han, Hangul with its jamo. Ideographic marks 々 and 〇 belong to words.
CJK = (
    "\u3005\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U000323af"
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\uffa1-\uffdc"
)
CJK_MARKS = "\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
# One character as a reader sees it: jamo in their order, or a character with its marks.
CJK_CHARACTER = re.compile(
    f"[\u1100-\u115f\ua960-\ua97f]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
    f"|.[{CJK_MARKS}\uff9e\uff9f]*",
    re.DOTALL,
)


def _marks() -> str:
    """Every combining mark as ranges of a character class: `re` does not count them among \\w."""
    # Blocks without marks are left out, which halves the time at import: Han 3400 to 9FFF, Hangul to FAFF.
    spans = ((0x300, 0x3400), (0xA000, 0xAC00), (0xFB00, 0x12000), (0x16A00, 0x1F000), (0xE0100, 0xE01F0))
    points = [n for start, end in spans for n in range(start, end) if unicodedata.category(chr(n))[0] == "M"]
    return "".join(map(chr, points)).translate({ord(c): None for c in CJK_MARKS})


WORD = f"(?:[^\\W_{CJK}]++|[{_marks()}{INVISIBLE}]++)++"
# What joins: hyphens of all kinds (not the long dash, which parts sentences), stop, underscore, at, ampersand,
# apostrophes, the middle dot of Catalan; and the same disarmed, as reports write addresses: evil[.]example[.]com.
HYPHENS = "-‐‑‒–−﹣－"
APOSTROPHES = "'’‘ʼ＇"
JOINER = f"(?:[{HYPHENS}.．_@＠&·{APOSTROPHES}]|\\[\\.\\]|\\(\\.\\)|\\[dot\\]|\\[at\\]|\\[@\\])"
SPELLED = {"．": ".", "[.]": ".", "(.)": ".", "[dot]": ".", "＠": "@", "[at]": "@", "[@]": "@"}
SPELLED |= dict.fromkeys(HYPHENS, "-") | dict.fromkeys(APOSTROPHES, "'")
COLONS = r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}+:){2,7}+(?:[0-9A-Fa-f]{1,4}|(?<=::))(?![\w:])"
# Nine of ten English words stand before a gap or a plain stop: seen first, they cost a tenth of the rest.
PLAIN = r"(?P<plain>[A-Za-z0-9]++(?=[\s,;!?\")]|\.(?:\s|$)|$))"
SCAN = re.compile(f"{PLAIN}|(?P<cjk>[{CJK}][{CJK}{CJK_MARKS}]*+)|(?P<word>{WORD}(?:{JOINER}{WORD})*+)")
SCAN_WITH_COLONS = re.compile(f"(?P<colons>{COLONS})|{SCAN.pattern}")
ONE_WORD = re.compile(WORD)
JOINED_BY = re.compile(JOINER)


def chunks(text: str) -> Iterator[Chunk]:
    """The chunks of a text, in order."""
    for match in scan(text):
        yield chunk_of(match)


def analysed(text: str) -> Chunk:
    """All words and all wholes of a text, in order: what a field of an article holds."""
    words: list[Token] = []
    wholes: list[Token] = []
    for match in scan(text):
        if match.lastgroup == "plain":
            words.append(_plain(match))
        else:
            chunk = chunk_of(match)
            words += chunk.words
            wholes += chunk.wholes
    return Chunk(tuple(words), tuple(wholes))


def scan(text: str) -> Iterator[re.Match[str]]:
    """The matches that `chunk_of` reads. Those of group "plain" are single words that only have to be lowered."""
    # Looking for addresses with colons costs a tenth, and most texts hold none.
    return (SCAN_WITH_COLONS if text.count(":") > 1 else SCAN).finditer(text)


def _plain(match: re.Match[str]) -> Token:
    lower = match[0][:MAX_TOKEN_CHARACTERS].lower()
    return Token(lower, lower, match.start(), match.end())


def chunk_of(match: re.Match[str]) -> Chunk:
    """The chunk of a match of `scan`."""
    raw, start = match[0], match.start()
    if match.lastgroup == "plain":
        return Chunk((_plain(match),))
    if match.lastgroup == "cjk":
        return _run(raw, start)
    if match.lastgroup == "colons":
        return _colons(raw, start)
    return _joined(raw, start)


def _run(raw: str, start: int) -> Chunk:
    """A run of CJK as overlapping pairs; a lone character as itself."""
    singles: list[Token] = []
    for match in CJK_CHARACTER.finditer(raw):
        for character in fold(match[0]):
            singles.append(Token(character, character, start + match.start(), start + match.end()))
    if len(singles) < 2:
        return Chunk(tuple(singles), tuple(singles), run=True)
    neighbours = pairwise(singles)
    pairs = tuple(Token(a.text + b.text, a.text + b.text, a.start, b.end) for a, b in neighbours)
    return Chunk(pairs, tuple(singles), run=True)


def _colons(raw: str, start: int) -> Chunk:
    """IPv6 addresses, in whatever way they are abbreviated, times, hardware addresses."""
    try:
        whole = ipaddress.IPv6Address(raw).compressed
    except ValueError:
        whole = raw.lower()
    parts = [token for match in ONE_WORD.finditer(raw) for token in _word(match[0], start + match.start())]
    return Chunk(tuple(parts), (Token(whole, whole, start, start + len(raw)),) if parts else ())


def _joined(raw: str, start: int) -> Chunk:
    """A word, or words joined by marks inside."""
    joiners = list(JOINED_BY.finditer(raw)) if not raw.isalnum() else []
    edges = [0, *(edge for joiner in joiners for edge in joiner.span()), len(raw)]
    spans = [(edges[n], edges[n + 1]) for n in range(0, len(edges), 2)]
    marks = [SPELLED.get(joiner[0], joiner[0]) for joiner in joiners]
    if marks and marks[-1] == "'" and raw[spans[-1][0] :] in {"s", "S"}:
        marks.pop()
        spans.pop()
    if marks and set(marks) == {"."} and all(end - begin == 1 and raw[begin].isalpha() for begin, end in spans):
        # U.S., U.N.: people write them with and without the stops.
        letters = "".join(raw[begin] for begin, _ in spans)
        return Chunk((Token(fold(letters), cased(letters), start, start + spans[-1][1]),))
    parts = [token for begin, end in spans for token in _word(raw[begin:end], start + begin)]
    return Chunk(tuple(parts), _wholes(raw, start, spans, marks) if marks and parts else ())


def _wholes(raw: str, start: int, spans: list[tuple[int, int]], marks: list[str]) -> tuple[Token, ...]:
    """What is joined, as one. An e-mail address is found by its domain too, and a web address without its www."""
    names = [fold(raw[begin:end]) for begin, end in spans]

    def whole(first: int) -> Token:
        text = names[first] + "".join(mark + name for mark, name in zip(marks[first:], names[first + 1 :], strict=True))
        return Token(text[:MAX_TOKEN_CHARACTERS], text, start + spans[first][0], start + spans[-1][1])

    found = [whole(0)]
    if "@" in marks and marks.index("@") + 1 < len(marks):
        found.append(whole(marks.index("@") + 1))
    if names[0] == "www" and len(marks) > 1:
        found.append(whole(1))
    return tuple(found)


def _word(raw: str, start: int) -> list[Token]:
    """One word as a token. A few letters fold into several words (the ligature ﷺ into four); some into nothing."""
    raw = raw[:MAX_TOKEN_CHARACTERS]
    folded, plain, end = fold(raw), cased(raw), start + len(raw)
    pieces = ONE_WORD.findall(folded)
    if pieces == [folded]:
        return [Token(folded, plain, start, end)]
    return [Token(piece, piece, start, end) for piece in pieces]
