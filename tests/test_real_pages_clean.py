"""Real pages and dumps, beside the project: what cleaning must reach on them."""

import json
import runpy
from pathlib import Path

import pytest

from tasks.reading import read_documents

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
pytestmark = [
    pytest.mark.pages,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real pages are not beside the project (../shared/data)"),
]


@pytest.fixture(scope="module")
def score():
    return runpy.run_path(str(DATA / "score_clean.py"))


def gold_of(folder):
    with (DATA / folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def cleaned(folder, pattern):
    documents = read_documents(sorted((DATA / folder).glob(pattern)), join=False)
    return {Path(document.paths[0]).name: document.extracted for document in documents if document.extracted}


def mean_f1(score, gold, found):
    def f1(row):
        body = [block.text for block in found[row["file"]].blocks] if row["file"] in found else []
        alternatives = [row["body"], *filter(None, [row.get("body_without_summary")])]
        return max(score["prf"](body, text)[2] for text in alternatives)

    return sum(map(f1, gold)) / len(gold)


def share(gold, found, field, right):
    rows = [row for row in gold if row.get(field)]
    return sum(row["file"] in found and right(row, found[row["file"]]) for row in rows) / len(rows)


def test_the_two_seeds_are_one_article_word_for_word():
    gold = json.loads((DATA / "seeds" / "gold.json").read_text(encoding="utf-8"))
    pages = [DATA / "seeds" / name for name in gold["pages"]]
    (document,) = read_documents(reversed(pages))
    article = document.extracted
    assert document.paths == tuple(map(str, pages))
    assert (article.title, article.section, article.summary) == (gold["title"], gold["section"], gold["summary"])
    assert article.authors == (gold["byline"],)
    assert article.published_at.date().isoformat() == gold["published"]
    assert [block.text for block in article.blocks] == gold["body"]


def test_real_pages_reach_their_marks(score):
    gold, found = gold_of("pages"), cleaned("pages", "*.html.gz")
    assert len(found) >= 148
    assert mean_f1(score, gold, found) >= 0.955
    fold, names = score["fold"], score["names"]
    assert share(gold, found, "title", lambda row, article: fold(article.title) == fold(row["title"])) >= 0.79
    assert share(gold, found, "authors", lambda row, article: names(article.authors) == names(row["authors"])) >= 0.89
    day = lambda article: str(article.published_at or "")[:10]  # noqa: E731
    assert share(gold, found, "published", lambda row, article: day(article) == row["published"][:10]) >= 0.975


def test_real_dumps_reach_their_marks(score):
    gold, found = gold_of("dumps"), cleaned("dumps", "*.txt.gz")
    assert mean_f1(score, gold, found) >= 0.92
