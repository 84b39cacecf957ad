"""The journal of the embedded index: index/journal.py's contract on SQLite."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from index.journal import (
    Address,
    DeadLetter,
    HostState,
    Item,
    Offer,
    Run,
    RunState,
    SourceCheck,
    SourceState,
)
from index.local import records
from index.local.database import Database
from index.local.records import moment, stamp, storable, to_json
from index.outcome import Ledger, Outcome, Reason

# SQLite takes 32,766 parameters in one statement; a thousand keep each statement short.
PARAMETERS = 1000
RUN_COLUMNS = "id, flow, owner, state, started_at, beat_at, ended_at, flow_run_id, note"
ITEM_COLUMNS = "run_id, key, offer, places, reason, detail, article_id, retry_at"


class LocalJournal:
    """The journal in the same SQLite file as the articles."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def open_run(self, run: Run) -> None:
        with self._db.write() as db:
            db.execute(
                f"INSERT OR REPLACE INTO runs ({RUN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (run.id, run.flow, run.owner, run.state.value, stamp(run.started_at), stamp(run.beat_at),
                 stamp(run.ended_at), run.flow_run_id, run.note),
            )  # fmt: skip

    def beat(self, run_id: str, now: datetime) -> None:
        with self._db.write() as db:
            db.execute("UPDATE runs SET beat_at = ? WHERE id = ?", (stamp(now), run_id))

    def close_run(self, run_id: str, state: RunState, note: str, now: datetime) -> None:
        with self._db.write() as db:
            db.execute(
                "UPDATE runs SET state = ?, note = ?, ended_at = ? WHERE id = ?",
                (state.value, storable(note), stamp(now), run_id),
            )

    def run(self, run_id: str) -> Run | None:
        with self._db.read() as db:
            rows = db.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE substr(id, 1, ?) = ? LIMIT 2",
                (len(run_id), storable(run_id)),
            ).fetchall()
        return _run(rows[0]) if len(rows) == 1 else None

    def runs(self, limit: int = 20) -> list[Run]:
        with self._db.read() as db:
            rows = db.execute(
                f"SELECT {RUN_COLUMNS} FROM runs ORDER BY started_at DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [_run(row) for row in rows]

    def open_runs(self) -> list[Run]:
        with self._db.read() as db:
            rows = db.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE state = ? ORDER BY started_at",
                (RunState.RUNNING.value,),
            ).fetchall()
        return [_run(row) for row in rows]

    def offer(self, run_id: str, offers: Sequence[Offer]) -> list[Item]:
        keyed = list(zip(_keys(offers), offers, strict=True))
        with self._db.write() as db:
            last = db.execute("SELECT coalesce(max(seq), 0) FROM items WHERE run_id = ?", (run_id,)).fetchone()[0]
            db.executemany(
                "INSERT OR IGNORE INTO items (run_id, key, seq, source, url, offer) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (run_id, key, last + n, storable(offer.source), storable(offer.url), to_json(offer))
                    for n, (key, offer) in enumerate(keyed, start=1)
                ],
            )
        return self.items(run_id, [key for key, _ in keyed])

    def fetched(self, run_id: str, key: str, places: Sequence[str]) -> None:
        with self._db.write() as db:
            db.execute(
                "UPDATE items SET places = ? WHERE run_id = ? AND key = ?", (json.dumps(list(places)), run_id, key)
            )

    def settle(self, run_id: str, outcomes: Mapping[str, Outcome]) -> set[str]:
        settled = set()
        with self._db.write() as db:
            for key, outcome in outcomes.items():
                changed = db.execute(
                    "UPDATE items SET reason = ?, detail = ?, article_id = ?, retry_at = ? "
                    "WHERE run_id = ? AND key = ? AND reason IS NULL",
                    (outcome.reason.value, storable(outcome.detail), outcome.article_id, stamp(outcome.retry_at),
                     run_id, key),
                ).rowcount  # fmt: skip
                if changed:
                    settled.add(key)
        return settled

    def items(self, run_id: str, keys: Iterable[str] | None = None, *, unsettled: bool = False) -> list[Item]:
        open_only = " AND reason IS NULL" if unsettled else ""
        query = f"SELECT seq, {ITEM_COLUMNS} FROM items WHERE run_id = ?{open_only}"
        with self._db.read() as db:
            if keys is None:
                rows = db.execute(query, (run_id,)).fetchall()
            else:
                rows = [
                    row
                    for part in _parts(keys)
                    for row in db.execute(f"{query} AND key IN ({_marks(part)})", (run_id, *part))
                ]
        return [_item(row[1:]) for row in sorted(rows)]

    def source_checked(self, run_id: str, check: SourceCheck) -> None:
        with self._db.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO source_checks (run_id, source, reason, detail) VALUES (?, ?, ?, ?)",
                (run_id, check.source, check.reason.value if check.reason else None, storable(check.detail)),
            )

    def source_checks(self, run_id: str) -> list[SourceCheck]:
        with self._db.read() as db:
            rows = db.execute(
                "SELECT source, reason, detail FROM source_checks WHERE run_id = ? ORDER BY source", (run_id,)
            ).fetchall()
        return [
            SourceCheck(source, Reason.named(reason) if reason else None, detail) for source, reason, detail in rows
        ]

    def ledger(self, run_id: str) -> Ledger:
        with self._db.read() as db:
            rows = db.execute(
                "SELECT source, reason, count(*) FROM items WHERE run_id = ? GROUP BY source, reason", (run_id,)
            ).fetchall()
        ledger = Ledger(Counter(), Counter())
        for source, reason, number in rows:
            ledger.offered[source] += number
            if reason is not None:
                ledger.settled[source, Reason.named(reason)] += number
        return ledger

    def addresses(self, urls: Iterable[str]) -> dict[str, Address]:
        with self._db.read() as db:
            return {
                url: records.address(record)
                for part in _parts(urls)
                for url, record in db.execute(
                    f"SELECT url, record FROM addresses WHERE url IN ({_marks(part)})",
                    part,
                )
            }

    def save_addresses(self, addresses: Iterable[Address]) -> None:
        rows = [
            (address.url, address.source, address.reason.value if address.reason else None,
             stamp(address.next_check_at), to_json(address))
            for address in addresses
        ]  # fmt: skip
        with self._db.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO addresses (url, source, reason, next_check_at, record) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    def waiting(self, source: str, now: datetime, limit: int) -> list[Address]:
        come_back = [reason.value for reason in Reason if reason.comes_back]
        with self._db.read() as db:
            rows = db.execute(
                "SELECT record FROM addresses WHERE source = ? AND next_check_at <= ? "
                f"AND reason IN ({_marks(come_back)}) ORDER BY next_check_at LIMIT ?",
                (source, stamp(now), *come_back, limit),
            ).fetchall()
        return [records.address(record) for (record,) in rows]

    def source(self, source: str) -> SourceState | None:
        text = self._record("SELECT record FROM sources WHERE source = ?", source)
        return records.source_state(text) if text else None

    def save_source(self, state: SourceState) -> None:
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (storable(state.source), to_json(state)))

    def host(self, host: str) -> HostState | None:
        text = self._record("SELECT record FROM hosts WHERE host = ?", host)
        return records.host_state(text) if text else None

    def save_host(self, state: HostState) -> None:
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?)", (state.host, to_json(state)))

    def bury(self, letter: DeadLetter) -> None:
        with self._db.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO dead_letters VALUES (?, ?, ?)",
                (letter.url, stamp(letter.last_failed_at), to_json(letter)),
            )

    def exhume(self, url: str) -> bool:
        with self._db.write() as db:
            return db.execute("DELETE FROM dead_letters WHERE url = ?", (url,)).rowcount == 1

    def dead_letters(self) -> list[DeadLetter]:
        with self._db.read() as db:
            rows = db.execute("SELECT record FROM dead_letters ORDER BY last_failed_at DESC").fetchall()
        return [records.dead_letter(record) for (record,) in rows]

    def close(self) -> None:
        self._db.close()

    def _record(self, query: str, key: str) -> str | None:
        with self._db.read() as db:
            row = db.execute(query, (key,)).fetchone()
        return row[0] if row else None


def _keys(offers: Sequence[Offer]) -> Iterator[str]:
    """A key for each offer: of its source, its address and link, and how often the list named them before."""
    seen: Counter[tuple[str, ...]] = Counter()
    for offer in offers:
        pair = (offer.source, offer.url, offer.link)
        yield hashlib.sha256("\x1f".join((*pair, str(seen[pair]))).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        seen[pair] += 1


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(values))
    while part := list(islice(rest, PARAMETERS)):
        yield part


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _run(row: sqlite3.Row) -> Run:
    run_id, flow, owner, state, started_at, beat_at, ended_at, flow_run_id, note = row
    return Run(
        run_id, flow, owner, datetime.fromisoformat(started_at), datetime.fromisoformat(beat_at), RunState(state),
        moment(ended_at), flow_run_id, note,
    )  # fmt: skip


def _item(row: Sequence[str]) -> Item:
    run_id, key, offer, places, reason, detail, article_id, retry_at = row
    outcome = Outcome(Reason.named(reason), detail, article_id, moment(retry_at)) if reason else None
    return Item(run_id, key, records.offer(offer), tuple(json.loads(places)), outcome)
