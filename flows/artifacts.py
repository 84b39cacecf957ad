"""What a run shows in Prefect: a summary for people, and a table of outcomes by source and reason. Pure text."""

from __future__ import annotations

from index.journal import Run, SourceCheck
from index.outcome import Kind, Ledger
from tasks.runs import Verdict

Row = dict[str, str | int]


def summary(run: Run, verdict: Verdict, ledger: Ledger, checks: list[SourceCheck]) -> str:
    """The run in markdown: how it ended, the account by source, and the sources that failed."""
    lines = [f"# {verdict.state.value.capitalize()}", "", verdict.note, "", f"Run `{run.id}`.", ""]
    lines += ["| source | offered | " + " | ".join(kind.value for kind in Kind) + " |"]
    lines += ["|---|---:|" + "---:|" * len(Kind)]
    for source in ledger.sources:
        counts = [str(ledger.count(source, kind) or "") for kind in Kind]
        lines.append(f"| {cell(source)} | {ledger.offered[source]} | " + " | ".join(counts) + " |")
    totals = [str(ledger.total(kind)) for kind in Kind]
    lines.append(f"| **all** | {sum(ledger.offered.values())} | " + " | ".join(totals) + " |")
    broken = [check for check in checks if check.reason is not None]
    if broken:
        lines += ["", "## Sources that could not be read", ""]
        lines += [f"- **{cell(check.source)}**: {cell(check.detail or _meaning(check))}" for check in broken]
    return "\n".join(lines)


def outcome_rows(ledger: Ledger) -> list[Row]:
    """One row for each source, outcome and reason, with its count."""
    ordered = sorted(ledger.settled.items(), key=lambda pair: (pair[0][0], pair[0][1].kind.value, pair[0][1].value))
    return [
        {"source": source, "outcome": reason.kind.value, "reason": reason.value, "items": number}
        for (source, reason), number in ordered
    ]


def cell(text: str) -> str:
    """Text that a feed or a server wrote, harmless in a markdown table: no markup, no line break."""
    for character in "\\`*_{}[]<>()#|!&":
        text = text.replace(character, "\\" + character if character not in "<>&" else " ")
    return " ".join(text.split())


def _meaning(check: SourceCheck) -> str:
    return check.reason.meaning if check.reason else ""
