"""Snowball's stemmers by language. In a language without one a word is its own stem."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from importlib.metadata import version

import Stemmer

from index.folding import fold

# Snowball's algorithms by ISO 639-1 code. "porter" and "dutch_porter" are older variants.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_threads = threading.local()


@cache
def stemmable(language: str) -> bool:
    """Whether the installed Snowball stems this language (ISO 639-1 code)."""
    return ALGORITHMS.get(language, "") in Stemmer.algorithms()


# As many as fold() keeps, for the same reason.
@lru_cache(maxsize=65_536)
def stem(plain: str, language: str) -> str:
    """The stem of a word in lower case with its accents; the folded word in a language without a stemmer.

    Surprise: stems carry no mark of their language. A mark would make the commonest words of a rare language rare in
    the index ("in" where three of a thousand articles are German) and BM25 would rank those articles first; a query
    names the language beside the stem instead. Accents are folded after stemming, since Snowball reads them.
    """
    if not stemmable(language):
        return fold(plain)
    return fold(_stemmer(language).stemWord(plain))


def _stemmer(language: str) -> Stemmer.Stemmer:
    # One a thread: Snowball's stemmers keep a cache and are not safe to share.
    found: dict[str, Stemmer.Stemmer] | None = getattr(_threads, "stemmers", None)
    if found is None:
        found = _threads.stemmers = {}
    if language not in found:
        found[language] = Stemmer.Stemmer(ALGORITHMS[language])
    return found[language]


def stemmer_version() -> str:
    """The version of the stemmers: another one makes other stems, so that an index must be made anew."""
    return version("pystemmer")
