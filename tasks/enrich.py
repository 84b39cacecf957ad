"""What can be told of an article by its text alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from index.article import Receipt
from tasks.extract.records import Extracted

# The identifier looks at this much: on more it is no surer (nearly 1.0 from 300 characters on), only slower.
SAMPLE_CHARACTERS = 1_000
# Below this it guesses: a headline in English may be taken for Dutch.
FEWEST_CHARACTERS = 100
# A page's own claim is overruled only by near certainty: many templates claim "en" for every language.
SURE = 0.95
# Written so alike that the page's claim knows better than the identifier.
ALIKE = ({"no", "da"}, {"id", "ms"}, {"hr", "bs", "sr"}, {"cs", "sk"}, {"xh", "zu"}, {"es", "gl"}, {"pt", "gl"})
# Codes that are withdrawn, or narrower than the one that ISO 639-1 readers expect.
CURRENT = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr"}


def with_language(extracted: Extracted) -> Extracted:
    """The article with its language as an ISO 639-1 code: the page's claim, unless its text says otherwise."""
    claim = CURRENT.get(extracted.language, extracted.language)
    text = " ".join((extracted.title, *(block.text for block in extracted.blocks)))[:SAMPLE_CHARACTERS]
    language = claim
    if len(text) >= FEWEST_CHARACTERS:
        found, probability = _identifier().classify(text)
        found = CURRENT.get(str(found), str(found))
        if not claim or (probability >= SURE and not _alike(claim, found)):
            language = found
    if language == extracted.language:
        return extracted
    return replace(extracted, language=language, receipt=_noted(extracted.receipt, claim))


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in ALIKE)


def _noted(receipt: Receipt, claim: str) -> Receipt:
    fields = tuple(field for field in receipt.fields if field[0] != "language")
    notes = (*receipt.notes, f"the page claims to be in {claim!r}; its text is not") if claim else receipt.notes
    return replace(receipt, fields=(*fields, ("language", "text")), notes=notes)


@cache
def _identifier() -> Any:
    # Imported late: its model takes 0.3 s to load, and `search` never needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
