"""What commands print for people. Text from pages is printed as text: rich's markup in it is never read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from index.article import Article, Precision
from index.journal import Run, RunState
from index.outcome import Kind, Ledger
from index.results import BestPassage, Hit, Results, Span

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)

STATE_STYLE = {
    RunState.COMPLETED: "green",
    RunState.FAULTS: "yellow",
    RunState.FAILED: "red",
    RunState.INTERRUPTED: "yellow",
    RunState.RUNNING: "cyan",
}
# Control characters of the second block, marks of direction, and lone surrogates.
UNPRINTABLE = re.compile(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HIGHLIGHT = "bold yellow"
# Three or four lines of a terminal: enough to judge a hit by.
EXCERPT_CHARACTERS = 280


def complain(message: str) -> None:
    """One sentence on standard error."""
    err.print(Text("secnews: ", style="red") + Text(printable(message)), soft_wrap=True)


def print_json(value: object, indent: int | None = 2) -> None:
    """JSON and nothing else on standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    # What could drive a terminal is escaped, as JSON may; letters of all scripts stay readable.
    print(UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def printable(text: str) -> str:
    """Text without control characters: a page's title must not drive the reader's terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def ledger_table(ledger: Ledger, title: str) -> Table:
    """The account: a row a source, a column an outcome that occurred, and the sum."""
    kinds = [kind for kind in Kind if ledger.total(kind)]
    table = Table(title=title, title_justify="left", show_footer=True, box=SIMPLE)
    table.add_column("source", footer="all", no_wrap=True)
    table.add_column("offered", justify="right", footer=str(sum(ledger.offered.values())))
    for kind in kinds:
        table.add_column(kind.value, justify="right", footer=str(ledger.total(kind)))
    for source in ledger.sources:
        counts = (ledger.count(source, kind) for kind in kinds)
        table.add_row(
            Text(printable(source)), str(ledger.offered[source]), *(str(count) if count else "·" for count in counts)
        )
    return table


def ledger_sum(ledger: Ledger) -> Text:
    """The account as an equation, and whether it holds."""
    offered = sum(ledger.offered.values())
    parts = " + ".join(f"{ledger.total(kind)} {kind.value}" for kind in Kind if ledger.total(kind)) or "0"
    if gaps := ledger.gaps():
        return Text(f"{offered} offered = {parts}: does NOT add up ({gaps})", style="red")
    return Text(f"{offered} offered = {parts}: adds up", style="green")


def run_table(rows: Iterable[tuple[Run, Ledger]]) -> Table:
    """Runs with what matters of each; the id says when it started, in UTC."""
    table = Table(title="Runs, newest first", title_justify="left", box=SIMPLE, padding=0)
    for name in ("run", "flow", "state"):
        table.add_column(name, no_wrap=name != "state")
    for name in ("offered", "new", "revised", "failed"):
        table.add_column(name, justify="right", no_wrap=True)
    for run, ledger in rows:
        numbers = (ledger.total(kind) for kind in (Kind.NEW, Kind.REVISED, Kind.FAILED))
        state = Text(run.state.value, style=STATE_STYLE[run.state])
        table.add_row(run.id, run.flow, state, str(sum(ledger.offered.values())), *map(str, numbers))
    return table


def local_time(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def published(article: Article) -> str:
    """When its publisher says it appeared, as precisely as it says."""
    if article.published_at is None:
        return "undated"
    shape = "%Y-%m-%d" if article.published_precision is Precision.DAY else "%Y-%m-%d %H:%M %z"
    return article.published_at.strftime(shape)


def print_results(results: Results, offset: int) -> None:
    """Hits with their reasons."""
    for note in results.notes:
        out.print(Text(f"note: {note}", style="yellow"))
    for number, hit in enumerate(results.hits, start=offset + 1):
        print_hit(number, hit)
    least = "" if results.total_is_exact else "at least "
    shown = f"{len(results.hits)} of {least}{results.total} articles, {results.mode.value}"
    out.print(Text(f"{shown}, {results.timings.total_ms:.0f} ms", style="dim"))


def print_hit(number: int, hit: Hit) -> None:
    article = hit.article
    out.print(Text(f"{number}. ", style="bold") + highlighted(article.title, hit.title_highlights, "bold"))
    about = [article.source, published(article), article.language, f"id {article.id}"]
    print_indented(Text(" · ".join(printable(part) for part in about if part), style="dim"))
    if article.url:
        out.print(Text(f"   {printable(article.url)}", style="dim"), soft_wrap=True)
    if hit.passage is not None:
        print_indented(excerpt(hit.passage))
    print_indented(Text(why(hit), style="cyan"))
    out.print()


def print_indented(text: Text) -> None:
    out.print(Padding(text, (0, 0, 0, 3)))


def excerpt(passage: BestPassage) -> Text:
    """The part of the passage that holds its first highlight, cut at words."""
    first = passage.highlights[0].start if passage.highlights else 0
    start = 0 if first < EXCERPT_CHARACTERS // 2 else passage.text.rfind(" ", 0, first - EXCERPT_CHARACTERS // 3) + 1
    end = min(len(passage.text), start + EXCERPT_CHARACTERS)
    if end < len(passage.text):
        end = max(passage.text.rfind(" ", start, end), start + EXCERPT_CHARACTERS // 2)
    shown = highlighted(passage.text, passage.highlights)[start:end]
    before, behind = ("… " if start else "", " …" if end < len(passage.text) else "")
    return Text(before) + shown + Text(behind)


def why(hit: Hit) -> str:
    """The score in words: what the words gave, what the meaning gave."""
    explanation = hit.explanation
    parts = []
    if explanation.keyword_score is not None:
        found = ", ".join(explanation.terms)
        where = ", ".join(explanation.fields)
        detail = f"BM25 {explanation.keyword_score:.2f}" + (f": {found} in {where}" if found else "")
        parts.append(f"words {explanation.keyword_share:.3f} ({printable(detail)})")
    if explanation.similarity is not None:
        parts.append(f"meaning {explanation.vector_share:.3f} (cosine {explanation.similarity:.3f})")
    return f"score {hit.score:.3f} = " + (" + ".join(parts) or "0, by date")


def highlighted(text: str, spans: Sequence[Span], style: str = "") -> Text:
    shown = Text(printable(text).replace("\n", " "), style=style)
    for span in spans:
        shown.stylize(HIGHLIGHT, span.start, span.end)
    return shown
