"""`secnews doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from flows.cli.screens import out, print_json, printable
from flows.prefect_server import is_prefect
from flows.settings import Settings, read_settings
from flows.wiring import embedder_of, index_of
from index.errors import SecnewsError

DISTRIBUTIONS = ("secnews", "prefect", "trafilatura", "sentence-transformers", "openvino", "tantivy")
# A day of a hundred sources is some 200 MB of archive and index; below a gigabyte a week's run would fill the disk.
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do where it is not fine."""

    subject: str
    found: str
    remedy: str = ""

    @property
    def fine(self) -> bool:
        return not self.remedy


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False) -> None:
    """Check versions, index, model, coverage, sources, archive and Prefect; exit code 1 if something is wrong.

    Example: `secnews doctor`
    """
    settings = read_settings()
    findings = [finding for look in LOOKS for finding in _looked(look, settings)]
    if as_json:
        rows = [{"subject": f.subject, "found": f.found, "fine": f.fine, "remedy": f.remedy} for f in findings]
        print_json(rows)
    else:
        for finding in findings:
            _print(finding)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


def _print(finding: Finding) -> None:
    mark = Text("fine  ", style="green") if finding.fine else Text("wrong ", style="red")
    out.print(mark + Text(f"{finding.subject:<10}", style="bold") + Text(printable(finding.found)), soft_wrap=True)
    if finding.remedy:
        out.print(Text(f"                → {printable(finding.remedy)}", style="yellow"), soft_wrap=True)


def _looked(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> list[Finding]:
    subject = look.__name__.strip("_")
    try:
        return list(look(settings))
    except SecnewsError as error:
        return [Finding(subject, type(error).__name__, str(error))]


def _versions(_settings: Settings) -> Iterator[Finding]:
    found = [f"Python {platform.python_version()}"]
    for name in DISTRIBUTIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("versions", f"{name} is missing", "install from requirements.lock again: make demo")
    yield Finding("versions", ", ".join(found))


def _index(settings: Settings) -> Iterator[Finding]:
    store, journal = index_of(settings)
    counts = store.count()
    told = f"{store.location}: {counts.articles} articles, {counts.revisions} older revisions, {counts.deleted} deleted"
    yield Finding("index", told)
    latest = journal.runs(limit=1)
    if latest:
        yield Finding("last run", f"{latest[0].id}: {latest[0].state.value}, {latest[0].note}")
    letters = len(journal.dead_letters())
    yield Finding("letters", f"{letters} dead letters (addresses that failed their last try)")


def _model(settings: Settings) -> Iterator[Finding]:
    description = embedder_of(settings).description
    told = f"{description.name}, {description.dimension} numbers, weights {description.checksum[:12]}… verified"
    store, _ = index_of(settings)
    if store.model is not None and store.model.checksum != description.checksum:
        remedy = f"set SECNEWS_MODEL={store.model.name}, or SECNEWS_INDEX to a new folder"
        yield Finding("model", f"{told}; the index was made with {store.model.name}", remedy)
    else:
        yield Finding("model", told)


def _coverage(settings: Settings) -> Iterator[Finding]:
    counts = index_of(settings)[0].count()
    told = (
        f"{counts.articles} articles, {counts.passages} passages, {counts.embedded_passages} with vectors of the "
        "index's model"
    )
    missing = counts.passages - counts.embedded_passages
    yield Finding("coverage", told, "run `secnews import` or `ingest` on them again" if missing else "")


def _sources(settings: Settings) -> Iterator[Finding]:
    from tasks.sources import load_sources

    sources = load_sources(settings.sources)
    enabled = sum(source.enabled for source in sources)
    remedy = "" if enabled else "enable at least one"
    yield Finding("sources", f"{settings.sources}: {len(sources)} sources, {enabled} enabled", remedy)
    if not settings.contact:
        yield Finding("contact", "none: SECNEWS_CONTACT tells webmasters whom to write to (a courtesy, not a must)")


def _archive(settings: Settings) -> Iterator[Finding]:
    folder = _existing(settings.archive)
    free = shutil.disk_usage(folder).free
    told = f"{settings.archive}: {free / 1e9:.1f} GB free"
    if not os.access(folder, os.W_OK):
        yield Finding("archive", f"{folder} cannot be written", "set SECNEWS_ARCHIVE to a folder of yours")
    else:
        yield Finding("archive", told, "free some disk space" if free < LEAST_FREE_BYTES else "")


def _existing(folder: Path) -> Path:
    folder = folder.resolve()
    while not folder.exists():
        folder = folder.parent
    return folder


def _prefect(settings: Settings) -> Iterator[Finding]:
    named = os.environ.get("PREFECT_API_URL", "")
    url = named or f"http://127.0.0.1:{settings.prefect_port}/api"
    if is_prefect(url):
        yield Finding("prefect", f"answers at {url}")
    elif named:
        yield Finding("prefect", f"no answer at {url}", "start that server, or unset PREFECT_API_URL")
    else:
        yield Finding("prefect", "not running; `secnews up` starts it, `secnews ingest` starts one for the while")


LOOKS = (_versions, _index, _model, _coverage, _sources, _archive, _prefect)
