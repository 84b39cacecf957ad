"""The 152 real pages, behind feeds on loopback, through the real flow; and what the dashboard shows of it."""

import json

import httpx
import pytest

from index.query import Mode
from tests.conftest import Secnews
from tests.publishers import PAGES, SHARED, Publishers

pytestmark = [
    pytest.mark.service,
    pytest.mark.pages,
    pytest.mark.skipif(not PAGES.exists(), reason="the real pages (../shared/data/pages) are not beside the project"),
]
EAST_ASIAN = {"zh", "ja", "ko"}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, prefect_server):
    folder = tmp_path_factory.mktemp("pages")
    with Publishers() as publishers:
        (folder / "sources.toml").write_text(publishers.sources_toml(), encoding="utf-8")
        environment = {
            **prefect_server.environment,
            "SECNEWS_SOURCES": "sources.toml",
            "SECNEWS_ALLOW_PRIVATE": "*.localhost",
            "SECNEWS_HOST_DELAY_SECONDS": "0.05",
        }
        secnews = Secnews(folder, environment)
        yield secnews, publishers, json.loads(secnews.watched("ingest", "--json"))


def test_every_page_is_accounted_for(crawled):
    _, publishers, run = crawled
    assert run["adds_up"]
    assert run["offered"] == len(publishers.pages) == 152
    assert run["failed"] == run["deferred"] == 0
    assert run["new"] >= 148


def test_a_second_run_adds_nothing(crawled):
    secnews, _, first = crawled
    second = secnews.json("ingest", timeout=600)
    assert (second["offered"], second["new"], second["revised"]) == (first["offered"], 0, 0)


def found_by_title(crawled, mode, languages):
    """How many articles of these languages are among the first three for their own title, and of how many."""
    secnews, publishers, run = crawled
    from flows.settings import Settings
    from flows.wiring import embedder_of, index_of
    from index.query import SearchRequest
    from index.search import search

    settings = Settings(index=f"local:{secnews.folder / 'data' / 'index'}")
    store, _ = index_of(settings)
    found, asked = 0, 0
    items = {item["link"]: item["article"] for item in secnews.json("runs", run["run"])["items"] if item["article"]}
    for page in publishers.pages:
        article = store.get(items.get(f"http://{page.host}:{publishers.port}{page.path}", ""))
        if article is None or page.language not in languages:
            continue
        asked += 1
        results = search(store, embedder_of(settings), SearchRequest(article.title, mode, limit=3))
        found += article.id in [hit.article.id for hit in results.hits]
    return found, asked


@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_each_article_is_found_by_its_own_title(crawled, mode):
    _, publishers, _ = crawled
    languages = {page.language for page in publishers.pages}
    found, asked = found_by_title(crawled, mode, languages)
    assert asked >= 148
    assert found >= 0.95 * asked, f"{found} of {asked}"


@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_east_asian_articles_are_found_by_their_own_title(crawled, mode):
    found, asked = found_by_title(crawled, mode, EAST_ASIAN)
    assert asked >= 3
    assert found >= 0.95 * asked, f"{found} of {asked}"


def test_the_seeds_become_one_article_that_every_mode_finds(secnews):
    seeds = sorted((SHARED / "data" / "seeds").glob("*.txt"))
    gold = json.loads((SHARED / "data" / "seeds" / "gold.json").read_text(encoding="utf-8"))
    run = secnews.json("import", *map(str, seeds))
    assert (run["offered"], run["new"], run["duplicate"]) == (2, 1, 1)
    again = secnews.json("import", *map(str, seeds))
    assert (again["new"], again["unchanged"]) == (0, 1)
    for mode in Mode:
        results = secnews.json("search", "truck parts North Korea missiles", "--mode", mode)
        assert [hit["title"] for hit in results["hits"]] == [gold["title"]]
    article = secnews.json("show", results["hits"][0]["id"])
    assert [block["text"] for block in article["body"]] == gold["body"]


def test_peak_memory_of_the_run_is_under_two_gigabytes(crawled):
    assert 100_000_000 < crawled[0].peak_bytes < 2_000_000_000


def test_the_dashboard_shows_the_run_and_its_artifacts(crawled, prefect_server, chromium, tmp_path):
    from playwright.sync_api import sync_playwright

    _, _, run = crawled
    run_id = run["prefect"].rsplit("/", 1)[1]
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.goto(f"{prefect_server.url}/runs/flow-run/{run_id}?tab=Artifacts")
        page.get_by_text("Artifacts", exact=True).first.click(timeout=30_000)
        page.get_by_text("ingest-summary").first.wait_for(timeout=30_000)
        text = page.inner_text("body")
        page.screenshot(path=tmp_path / "run.png")
        browser.close()
    assert "Completed" in text
    assert "ingest-outcomes" in text
    state = httpx.get(f"{prefect_server.api}/flow_runs/{run_id}").json()["state"]
    assert state["type"] == "COMPLETED"
