"""Which sources are watched: a TOML file of [[source]] tables, checked before anything is fetched."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import SecnewsError
from tasks.addresses import BadAddress, fetchable_url

KINDS = ("rss", "atom")
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2}")
HEADER = re.compile(r"\s*\[\[\s*source\s*\]\]")
KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
# Texts over several lines may hold what looks like a header or a key; their inner lines are blanked before the search.
LONG_TEXT = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''", re.DOTALL)
SYNTAX_LINE = re.compile(r"\(at line (\d+)")

# Every key of a [[source]] table, with the type it must have.
KEYS: dict[str, type] = {
    "id": str,
    "name": str,
    "url": str,
    "kind": str,
    "language": str,
    "region": str,
    "topics": list,
    "enabled": bool,
}
REQUIRED = ("id", "name", "url")
TYPE_NAMES = {str: "a text in quotes", bool: "true or false", list: "a list of texts in quotes"}


class SourceFileError(SecnewsError):
    """A file of sources is wrong. The message has a line for each fault, naming file, line and field."""


@dataclass(frozen=True, slots=True)
class Source:
    """One feed that is watched.

    Attributes:
        id: short and lasting: the ledger, the journal and search filters name the source by it.
        url: the feed's address. kind: "rss" or "atom"; both are read the same way.
        language: ISO 639-1 code, a hint for pages that do not say theirs; "" where mixed or unknown.
        region: for people. topics: for people and filters.
        enabled: False keeps the entry, and its history, without asking it.
    """

    id: str
    name: str
    url: str
    kind: str = "rss"
    language: str = ""
    region: str = ""
    topics: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class _Fault:
    line: int
    field: str
    message: str


def load_sources(path: Path | str) -> tuple[Source, ...]:
    """The sources of a TOML file, in its order, disabled ones included.

    Raises:
        SourceFileError: the file cannot be read, is no TOML, or holds an unknown or missing key, a value of the wrong
            type, a bad address, or an id or address twice. All faults are reported at once.
    """
    path = Path(path)
    text = _read(path)
    tables = _tables(path, text)
    lines = _key_lines(text, len(tables))
    faults: list[_Fault] = []
    sources: list[Source] = []
    for number, (table, at) in enumerate(zip(tables, lines, strict=True), start=1):
        found = _table_faults(table, at, number)
        faults += found
        if not found:
            sources.append(Source(**{**table, "topics": tuple(table.get("topics", ()))}))
    faults += _repeated(tables, lines, "id") + _repeated(tables, lines, "url")
    if faults:
        raise SourceFileError("\n".join(_told(path, fault) for fault in sorted(faults, key=lambda one: one.line)))
    return tuple(sources)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceFileError(f"{path}: cannot be read ({error.strerror}); name a file of [[source]] tables") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceFileError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error


def _tables(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = SYNTAX_LINE.search(str(error))
        line = found[1] if found else text.count("\n") + 1
        raise SourceFileError(f"{path}, line {line}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise SourceFileError(f"{path}: nested too deep to be a list of sources") from error
    unknown = sorted(set(document) - {"source"})
    if unknown:
        line = _line_of(text, unknown[0])
        raise SourceFileError(f"{path}, line {line}, field {unknown[0]}: unknown; only [[source]] tables are expected")
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SourceFileError(
            f"{path}, line {_line_of(text, 'source')}, field source: write [[source]], twice bracketed"
        )
    if not tables:
        raise SourceFileError(f"{path}: holds no [[source]] table, so there is nothing to watch")
    return tables


def _table_faults(table: dict[str, Any], at: dict[str, int], number: int) -> list[_Fault]:
    first = at.get("", 0)
    faults = [
        _Fault(at.get(key, first), key, f"unknown; known are {', '.join(KEYS)}") for key in table if key not in KEYS
    ]
    faults += [
        _Fault(first, key, f"missing in source number {number}; every source needs {', '.join(REQUIRED)}")
        for key in REQUIRED
        if key not in table
    ]
    for key, kind in KEYS.items():
        if key in table:
            problem = _type_problem(table[key], kind) or _value_problem(key, table[key])
            if problem:
                faults.append(_Fault(at.get(key, first), key, problem))
    return faults


def _type_problem(value: Any, kind: type) -> str:
    fits = isinstance(value, kind)
    if isinstance(value, list):
        fits = fits and all(isinstance(part, str) for part in value)
    return "" if fits else f"is {value!r:.60}, but must be {TYPE_NAMES[kind]}"


def _value_problem(key: str, value: Any) -> str:
    if key == "id" and not ID.fullmatch(value):
        return f"is {value!r:.80}; use up to 64 of a-z, 0-9, - and _, beginning with a letter or digit"
    if key == "name" and not value.strip():
        return "is empty; give the name that people know"
    if key == "kind" and value not in KINDS:
        return f"is {value!r:.60}; known are {', '.join(KINDS)}"
    if key == "language" and value and not LANGUAGE.fullmatch(value):
        return f"is {value!r:.60}; use a two-letter code such as en, or leave it out"
    if key == "url":
        try:
            fetchable_url(value)
        except BadAddress as error:
            return str(error)
    return ""


def _repeated(tables: list[dict[str, Any]], lines: list[dict[str, int]], key: str) -> list[_Fault]:
    first_line: dict[str, int] = {}
    faults = []
    for table, at in zip(tables, lines, strict=True):
        value = table.get(key)
        if not isinstance(value, str):
            continue
        line = at.get(key, at.get("", 0))
        if value in first_line:
            where = f" in line {first_line[value]}" if first_line[value] else ""
            faults.append(_Fault(line, key, f"{value!r:.120} was used before{where}; each may stand once"))
        first_line.setdefault(value, line)
    return faults


def _key_lines(text: str, tables: int) -> list[dict[str, int]]:
    """For each table the line of each key, and under "" the line of its header; 0 where it cannot be told.

    tomllib gives no line numbers. A file whose tables are written in another way ([[source]] as an inline list) keeps
    its messages, without lines.
    """
    found: list[dict[str, int]] = []
    masked = LONG_TEXT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(masked.split("\n"), start=1):
        if HEADER.match(line):
            found.append({"": number})
        elif found and (key := KEY.match(line)):
            found[-1].setdefault(key[1], number)
    return found if len(found) == tables else [{} for _ in range(tables)]


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}\b")
    return next((n for n, line in enumerate(text.split("\n"), start=1) if pattern.match(line)), 1)


def _told(path: Path, fault: _Fault) -> str:
    where = f", line {fault.line}" if fault.line else ""
    return f"{path}{where}, field {fault.field}: {fault.message}"
