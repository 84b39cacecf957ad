"""Articles to rows and back, exactly: every offset of a date and every order of a list survives."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from index.article import Article, Block, BlockKind, Passage, Precision, Receipt, Removed, Vector

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SURROGATES = re.compile("[\ud800-\udfff]")
DATES = ("first_seen_at", "updated_at", "published_at", "valid_from", "valid_to")
LISTS = ("authors", "other_urls", "page_urls", "sources")
# A long book has a million characters; what is larger than 16 million is no article, and would be read with each hit.
MAX_RECORD_CHARACTERS = 16_000_000
# fp16 moves the length of a unit vector by less than a thousandth.
UNIT_TOLERANCE = 0.01


def to_record(article: Article) -> str:
    """An article as JSON, without its vectors."""
    values = {field.name: getattr(article, field.name) for field in fields(article)}
    values |= {name: moment.isoformat() for name in DATES if (moment := values[name]) is not None}
    values["blocks"] = [[block.kind.value, block.text] for block in article.blocks]
    values["passages"] = [[passage.start, passage.end] for passage in article.passages]
    receipt = {field.name: getattr(article.receipt, field.name) for field in fields(Receipt)}
    receipt["removed"] = [[one.rule, one.blocks, one.characters] for one in article.receipt.removed]
    values["receipt"] = receipt
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def from_record(record: str, vectors: Sequence[bytes | None] = ()) -> Article:
    """An article from its JSON, with the vectors of its passages in their order where there are any."""
    values: dict[str, Any] = json.loads(record)
    values |= {name: datetime.fromisoformat(values[name]) for name in DATES if values[name] is not None}
    values |= {name: tuple(values[name]) for name in LISTS}
    values["published_precision"] = Precision(values["published_precision"])
    values["blocks"] = tuple(Block(text, BlockKind(kind)) for kind, text in values["blocks"])
    values["receipt"] = _receipt(values["receipt"])
    places = values.pop("passages")
    article = Article(**values)
    text = article.text
    blobs = [*vectors, *[None] * (len(places) - len(vectors))]
    passages = (Passage(text[a:b], a, b, from_blob(blob)) for (a, b), blob in zip(places, blobs, strict=True))
    return replace(article, passages=tuple(passages)) if places else article


def _receipt(values: dict[str, Any]) -> Receipt:
    removed = tuple(Removed(*one) for one in values.pop("removed"))
    names = tuple((name, rule) for name, rule in values.pop("fields"))
    return Receipt(**{**values, "notes": tuple(values["notes"])}, removed=removed, fields=names)


def to_blob(vector: Vector | None) -> bytes | None:
    """A vector as fp16, low byte first: half the room, cosines right to a thousandth."""
    return None if vector is None else vector.astype("<f2").tobytes()


def from_blob(blob: bytes | None) -> Vector | None:
    return None if blob is None else np.frombuffer(blob, dtype="<f2").astype(np.float32)


def microseconds(moment: datetime) -> int:
    """A moment as microseconds since 1970, UTC: what filters and orders compare."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def all_sources(article: Article) -> list[str]:
    return list(dict.fromkeys((article.source, *article.sources)))


def cleaned(article: Article) -> Article:
    """The article without lone surrogates, which no database takes. Offsets stay: one character for one."""
    record = to_record(article)
    if not SURROGATES.search(record):
        return article
    clean = from_record(SURROGATES.sub("\ufffd", record))
    vectors = [passage.vector for passage in article.passages]
    pairs = zip(clean.passages, vectors, strict=True)
    return replace(clean, passages=tuple(replace(passage, vector=vector) for passage, vector in pairs))


def fault(article: Article) -> str:
    """Why an article cannot be stored; empty where it can."""
    if not article.id or SURROGATES.search(article.id):
        return "it has no usable id"
    if article.revision < 1:
        return f"its revision is {article.revision}: the first one is 1"
    moments = [getattr(article, name) for name in DATES]
    if any(moment is not None and moment.utcoffset() is None for moment in moments):
        return "one of its dates has no time zone"
    text = article.text
    if sum(map(len, (text, article.title, article.summary))) > MAX_RECORD_CHARACTERS:
        return f"it has more than {MAX_RECORD_CHARACTERS} characters"
    if any(text[passage.start : passage.end] != passage.text for passage in article.passages):
        return "a passage is not where it says it is in the body"
    lengths = [float(np.linalg.norm(p.vector)) for p in article.passages if p.vector is not None]
    if any(not abs(length - 1) < UNIT_TOLERANCE for length in lengths):
        return "a vector is not of unit length"
    return ""
