"""Pages cleaned a second on one core, against trafilatura with metadata on the same pages.

    python -m bench.cleaning

The pages are those beside the project (../shared/data/pages), or the demo's where they are absent.
"""

from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from flows.demo.pages import article_page
from flows.demo.server import DemoServer
from tasks.enrich import with_language
from tasks.extract.page import extract_page
from tasks.extract.records import NotAnArticle, RawPage

PAGES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "pages"
# The median of three takes out one disturbance by another process.
ROUNDS = 3


def main() -> None:
    name, pages = sample()
    ours, theirs = [], []
    for _ in range(ROUNDS):  # taking turns, so that both meet the same disturbances
        ours.append(pages_a_second(pages, clean))
        theirs.append(pages_a_second(pages, peer))
    mine, other = sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]
    print(f"cleaning, {len(pages)} {name}, one core, pages/s of CPU time:")
    print(f"  secnews (metadata, language, blocks)  {mine:6.1f}   ratio {mine / other:.2f}")
    print(f"  trafilatura (favor_precision, metadata) {other:4.1f}   ratio 1")


def sample() -> tuple[str, list[bytes]]:
    """What is cleaned: real pages where there are any."""
    if PAGES.exists():
        return "real pages", [gzip.decompress(path.read_bytes()) for path in sorted(PAGES.glob("*.html.gz"))]
    with DemoServer() as sites:
        return "pages of the demo", [article_page(at, one).encode() for at in sites.sites for one in at.stories]


def clean(page: bytes) -> None:
    with contextlib.suppress(NotAnArticle):
        with_language(extract_page([RawPage(page)]))


def peer(page: bytes) -> None:
    trafilatura.bare_extraction(page.decode("utf-8", "replace"), favor_precision=True, with_metadata=True)


def pages_a_second(pages: list[bytes], work: Callable[[bytes], None]) -> float:
    work(pages[0])  # imports and caches
    started = time.process_time()
    for page in pages:
        work(page)
    return len(pages) / (time.process_time() - started)


if __name__ == "__main__":
    main()
