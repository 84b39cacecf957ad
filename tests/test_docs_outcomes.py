"""docs/outcomes.md explains every kind and reason, and its table of statuses is what the code does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.journal import RunState
from index.outcome import Kind, Reason
from tasks.exchange import Answer, fault_for_status

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "outcomes.md").read_text("utf-8")
SETTING = re.compile(r"SECNEWS_[A-Z_]+")


def section(heading):
    """The lines below a heading, up to the next one."""
    _, _, rest = PAGE.partition(f"\n{heading}\n")
    assert rest, f"docs/outcomes.md has no heading {heading!r}"
    return re.split(r"\n#+ ", rest)[0]


def rows(text):
    """Each row of a table as its cells."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][1:]


def explained():
    """Reason to the kind under whose heading it stands."""
    found = {}
    for heading in re.findall(r"^### .+$", PAGE, re.MULTILINE):
        kinds = [Kind(name) for name in heading.removeprefix("### ").split(", ")]
        for reason, *_ in rows(section(heading)):
            found[reason.strip("`")] = kinds
    return found


def test_every_kind_has_its_row():
    assert [kind for kind, *_ in rows(section("## The seven kinds"))] == [f"`{kind}`" for kind in Kind]


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_every_reason_is_explained_under_its_kind(reason):
    assert reason.kind in explained().get(reason.value, []), f"add {reason.value} to docs/outcomes.md"


def test_no_reason_is_explained_that_does_not_exist():
    assert set(explained()) == {reason.value for reason in Reason}


def test_every_row_says_what_happens_next():
    for heading in re.findall(r"^### .+$", PAGE, re.MULTILINE):
        assert all(len(row) == 3 and all(row) for row in rows(section(heading))), heading


@pytest.mark.parametrize("status", [*range(400, 600), 204, 205, 206, 300])
def test_a_status_ends_as_its_table_says(status):
    fault = fault_for_status(Answer(status, (), b""), datetime(2026, 1, 1, tzinfo=UTC))
    (row,) = [row for row in rows(section("## From HTTP status to outcome")) if says(row[0], status)]
    assert row[1:] == [f"`{fault.reason.kind}`", f"`{fault.reason}`"]


def says(cell, status):
    """Whether a row is the one for this status: it names it, or holds "every other" of its hundred."""
    table = rows(section("## From HTTP status to outcome"))
    named = any(str(status) in re.findall(r"\d{3}", row[0]) for row in table)
    return str(status) in re.findall(r"\d{3}", cell) if named else f"every other {status // 100}xx" in cell


def test_every_end_of_a_run_has_its_row():
    described = {state for state, _ in rows(section("## How a run ends"))}
    assert described == {state.value for state in RunState} - {"running"}


def test_every_setting_that_is_named_exists():
    from flows.settings import Settings  # reads pydantic, which the other tests here do not need

    known = {f"SECNEWS_{name.upper()}" for name in Settings.model_fields}
    assert set(SETTING.findall(PAGE)) <= known
