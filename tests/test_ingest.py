"""The flow `ingest` as users run it: real server, real sites on loopback, the real model."""

import httpx
import pytest

from flows.demo.server import DemoServer
from index.local.opening import open_local
from tests.conftest import Secnews

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, prefect_server):
    """The demo's sites, ingested twice; what each run said."""
    folder = tmp_path_factory.mktemp("ingest")
    with DemoServer() as sites:
        (folder / "sources.toml").write_text(sites.sources_toml(), encoding="utf-8")
        environment = {
            **prefect_server.environment,
            "SECNEWS_SOURCES": str(folder / "sources.toml"),
            "SECNEWS_ALLOW_PRIVATE": "*.localhost",
            "SECNEWS_HOST_DELAY_SECONDS": "0.01",
            "SECNEWS_RECHECK_MINUTES": "0",
        }
        secnews = Secnews(folder, environment)
        first = secnews.json("ingest")
        second = secnews.json("ingest")
        yield secnews, sites, first, second


@pytest.fixture(scope="module")
def index(crawled):
    """The index that the runs filled, opened beside them."""
    store, journal = open_local(crawled[0].folder / "data" / "index")
    yield store, journal
    store.close()


def items_of(secnews, run):
    return secnews.json("runs", run["run"])["items"]


def test_the_first_run_finds_every_article_and_adds_up(crawled):
    _, sites, first, _ = crawled
    expected = sites.expected()
    assert first["adds_up"]
    assert first["offered"] == sum(expected.offered.values())
    assert {row["source"]: row["offered"] for row in first["sources"]} == dict(expected.offered)
    assert first["new"] == expected.articles
    assert first["state"] == "completed"


def test_what_is_rejected_says_why(crawled):
    secnews, sites, first, _ = crawled
    rejected = {item["url"]: item["reason"] for item in items_of(secnews, first) if item["outcome"] == "rejected"}
    assert rejected == {url: str(reason) for url, reason in sites.expected().rejected.items()}


def test_the_second_run_finds_the_edit_and_otherwise_nothing(crawled):
    secnews, sites, _, second = crawled
    assert second["adds_up"]
    assert second["new"] == 0
    assert second["revised"] == 1
    assert second["unchanged"] == second["offered"] - 1
    (revised,) = (item for item in items_of(secnews, second) if item["outcome"] == "revised")
    assert revised["url"] == sites.expected().revised_url


def test_the_edited_article_keeps_its_first_version(crawled):
    secnews, sites, _, _ = crawled
    article = secnews.json("show", sites.expected().revised_url)
    assert article["revision"] == 2
    (older,) = article["revisions"]
    assert older["revision"] == 1
    assert older["body"] != article["body"]
    assert older["valid_to"] == article["updated_at"]


def test_the_article_over_two_pages_is_one(crawled, index):
    (paged,) = [article for article in index[0].iterate() if article.page_urls]
    assert paged.page_urls == crawled[1].expected().two_page_urls


def test_the_same_agency_text_at_two_outlets_is_tied_and_kept(crawled, index):
    groups = {}
    for article in index[0].iterate():
        groups.setdefault(article.copy_group, []).append(article)
    (pair,) = (articles for articles in groups.values() if len(articles) > 1)
    assert {article.url for article in pair} == set(crawled[1].expected().copies)


def test_an_undated_article_stays_undated(crawled, index):
    undated = [article.url for article in index[0].iterate() if article.published_at is None]
    assert undated == [crawled[1].expected().undated_url]


def test_the_raw_text_dump_is_an_article_too(crawled, index):
    (dump,) = [article for article in index[0].iterate() if article.url == crawled[1].expected().dump_url]
    assert dump.title
    assert len(dump.blocks) >= 3


@pytest.mark.parametrize("mode", ["keyword", "semantic", "hybrid"])
def test_every_mode_answers_and_explains(crawled, mode):
    secnews, _, _, _ = crawled
    results = secnews.json("search", "ransomware at a port", "--mode", mode)
    assert results["mode"] == mode
    assert results["hits"]
    for hit in results["hits"]:
        shares = hit["explanation"]["keyword_share"] + hit["explanation"]["vector_share"]
        assert shares == pytest.approx(hit["score"])


def test_the_run_is_on_the_prefect_server_with_its_artifacts(crawled, prefect_server):
    _, _, first, _ = crawled
    run_id = first["prefect"].rsplit("/", 1)[1]
    run = httpx.get(f"{prefect_server.api}/flow_runs/{run_id}").json()
    assert run["state"]["type"] == "COMPLETED"
    assert run["name"].startswith("ingest ")
    assert set(run["tags"]) == {"secnews", "ingest"}
    asked = {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
    artifacts = httpx.post(f"{prefect_server.api}/artifacts/filter", json=asked).json()
    found = {artifact["key"]: artifact for artifact in artifacts}
    assert {"ingest-summary", "ingest-outcomes"} <= set(found)
    assert str(first["offered"]) in found["ingest-summary"]["data"]


def test_the_doctor_finds_every_passage_embedded(crawled):
    secnews, sites, _, _ = crawled
    findings = {row["subject"]: row for row in secnews.json("doctor")}
    assert all(row["fine"] for row in findings.values())
    assert findings["coverage"]["found"].startswith(f"{sites.expected().articles} articles")


def test_one_source_can_be_asked_alone(crawled):
    secnews, sites, _, _ = crawled
    source = sorted(sites.expected().offered)[0]
    run = secnews.json("ingest", "--source", source)
    assert [row["source"] for row in run["sources"]] == [source]


def test_a_source_that_does_not_exist_is_wrong_use(crawled):
    secnews, _, _, _ = crawled
    assert "secnews sources list" in secnews.run("ingest", "--source", "nobody", code=2).stderr
