"""One spelling for what a reader takes for the same word: width, case, accents, digits.

Folding decides what matches, so it is held by tests/test_analysis.py, and a change of it raises
`index.analysis.VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks that readers leave out: accents (Latin, Greek and Cyrillic share them), Hebrew points, Arabic vowel signs with
# hamza, madda and tatweel, variation selectors. Not among them, since they make another letter: kana voicing marks
# (3099, 309A), Indic vowel signs and nukta, Thai vowels, Hangul's jamo.
LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Soft hyphen, joiners, byte order mark: invisible inside a word, and no part of it.
INVISIBLE = "\u00ad\u200c\u200d\u2060\ufeff"
UNSEEN = re.compile(f"[{INVISIBLE}]")
# Letters that Unicode does not take apart, but keyboards of other countries do. Persian kaf and yeh look and read as
# the Arabic ones, and texts mix them.
LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
        "ŋ": "n", "ĸ": "k", "ƒ": "f", "ȷ": "j", "ß": "ss",
        "\u06a9": "\u0643", "\u06cc": "\u064a", "\u0649": "\u064a",
    }
)  # fmt: skip


def cased(word: str) -> str:
    """A word in lower case and one width, accents kept: what a stemmer wants to see."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", UNSEEN.sub("", word)).casefold())


# News repeats itself: of 800 words in an article a few hundred differ, and most come back in the next one.
@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """The spelling under which a word is found. Folding twice is folding once."""
    if word.isascii():
        return word.lower()
    bare = LEFT_OUT.sub("", unicodedata.normalize("NFKD", cased(word))).translate(LETTERS)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in bare)
    return unicodedata.normalize("NFC", digits)
