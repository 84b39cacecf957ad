"""Records to JSON and back: exact, and in one place. Moments are written in UTC where order by text matters."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from index.article import Precision
from index.journal import Address, DeadLetter, HostState, Offer, SourceState
from index.outcome import Reason

Record = Address | SourceState | HostState | DeadLetter | Offer


def stamp(moment: datetime | None) -> str | None:
    """A moment as UTC text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def storable(text: str) -> str:
    """Text without lone surrogates, which no column takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_json(record: Record) -> str:
    values = {field.name: _plain(getattr(record, field.name)) for field in fields(record)}
    # ASCII: SQLite takes no lone surrogate, and a hostile feed may hold one.
    return json.dumps(values, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def address(text: str) -> Address:
    values = _moments(json.loads(text), "first_seen_at", "checked_at", "next_check_at", "published_hint")
    precision = Precision(values["precision_hint"])
    return Address(**{**values, "reason": _reason(values["reason"]), "precision_hint": precision})


def source_state(text: str) -> SourceState:
    values = _moments(json.loads(text), "checked_at", "succeeded_at")
    return SourceState(**{**values, "reason": _reason(values["reason"]), "listed": tuple(values["listed"])})


def host_state(text: str) -> HostState:
    values = _moments(json.loads(text), "last_request_at", "robots_at")
    return HostState(**{**values, "delay": timedelta(seconds=values["delay"])})


def dead_letter(text: str) -> DeadLetter:
    values = _moments(json.loads(text), "first_failed_at", "last_failed_at")
    return DeadLetter(**{**values, "reason": Reason.named(values["reason"])})


def offer(text: str) -> Offer:
    values = _moments(json.loads(text), "published_hint")
    return Offer(**{**values, "precision_hint": Precision(values["precision_hint"])})


def _reason(value: str | None) -> Reason | None:
    return Reason.named(value) if value else None


def _moments(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: moment(values[name]) for name in names}}
