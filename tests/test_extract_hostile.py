"""Whatever is served as a page ends as an article or a refusal, soon, and as text that can be stored."""

import json
import logging
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extract.page import extract_page
from tasks.extract.records import NotAnArticle, RawPage
from tests.test_extract_page import PARAGRAPHS, html

# Each takes well under one second on an idle core; what hangs takes minutes.
LONGEST_SECONDS = 10
ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS).encode()
LD = b'<html><head><script type="application/ld+json">%s</script></head><body>' + ARTICLE
HOSTILE = {
    "too many bytes": b"<p>word</p>" * 1_000_000,
    "a million tags": b"<p>x" * 1_000_000,
    "10,000 levels": b"<html><body>" + ARTICLE + b"<div>" * 10_000 + b"deep",
    "levels within a paragraph": b"<p>" + b"<span>" * 10_000 + ARTICLE,
    "nothing closed": b"<div><p><b><i><a href=x>text here" * 3_000,
    "nested tables": b"<table><tr><td>" * 2_000 + ARTICLE,
    "one text of 9 MB": b"<p>" + b"word " * 1_900_000,
    "one word of 5 MB": b"<p>" + b"a" * 5_000_000,
    "an attribute of 9 MB": b'<p title="' + b"a" * 9_000_000 + b'">' + ARTICLE,
    "200,000 attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">" + ARTICLE,
    "a title of 2 MB": b"<title>" + b"a - " * 500_000 + b"</title>" + ARTICLE,
    "a heading of 2 MB": b"<h1>" + b"a | " * 500_000 + b"</h1>" + ARTICLE,
    "an author of 1 MB": b'<meta name="author" content="' + b"By a, b and " * 90_000 + b'">' + ARTICLE,
    "18,000 metas": b"<meta name=a content=b>" * 18_000 + ARTICLE,
    "9,000 headings": b"<h1>x y z w</h1>" * 9_000 + ARTICLE,
    "19,000 times": b"<time datetime=x>y</time>" * 19_000 + ARTICLE,
    "nested JSON-LD": LD % (b'{"@graph":' * 50_000 + b"1" + b"}" * 50_000),
    "unclosed JSON-LD": LD % (b"[" * 100_000),
    "wide JSON-LD": LD % (b"[" + b'{"@type":"NewsArticle","author":[{"name":"a"}]},' * 30_000 + b"{}]"),
    "numbers for names": LD % b'{"@type":"NewsArticle","headline":7,"author":[1,[2],{"name":{}}],"publisher":[]}',
    "a broken address": b'<meta property="og:url" content="http://[a"><link rel=canonical href="http://[b">' + ARTICLE,
    "nothing but ampersands": b"<p>" + b"&" * 5_000_000,
    "nothing but brackets": b"<" * 5_000_000,
    "lines without end": b"ab cd\n" * 800_000,
    "one line of text": b"x " * 2_000_000,
    "dates without end": b"<p>12/12/2012 13.13.2013 2014-14-14 </p>" * 6_000,
    "spaces": b"<p>" + b" " * 9_000_000 + ARTICLE,
}


def outcome(body, content_type="text/html"):
    try:
        article = extract_page([RawPage(body, "https://www.example.com/a/b", content_type)])
    except NotAnArticle as refusal:
        return refusal
    fields = [
        article.title,
        article.summary,
        article.section,
        *article.authors,
        *(block.text for block in article.blocks),
    ]
    for field in fields:
        field.encode("utf-8")
        assert not set(field) & {"\x00", "\n", "\r"}
    assert article.title
    assert article.blocks
    return article


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_soon(name, caplog):
    started = time.monotonic()
    with caplog.at_level(logging.ERROR):
        outcome(HOSTILE[name])
    assert time.monotonic() - started < LONGEST_SECONDS
    assert not caplog.records, "the extractor must not have failed"


def test_text_after_the_depth_limit_is_lost_but_the_article_before_it_is_not():
    article = outcome(HOSTILE["10,000 levels"])
    assert [block.text for block in article.blocks] == PARAGRAPHS


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "shift_jis", "klingon", ""])
def test_a_wrong_charset_is_no_error(charset):
    outcome("Größe".encode("latin-1") + html(PARAGRAPHS), f"text/html; charset={charset}")


def test_nuls_surrogates_and_controls_are_cleaned_out():
    page = html([paragraph.replace("the", "t\x00he", 1) + " &#xD800;&#0;\x07" for paragraph in PARAGRAPHS])
    assert outcome(page).blocks


def test_script_in_a_title_stays_text():
    node = json.dumps({"@type": "NewsArticle", "headline": "<img src=x onerror=alert(1)>Cable cut"})
    title = outcome(LD % node.encode()).title
    assert title == "Cable cut"


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><html><body><p>&b;</p>' + ARTICLE
    assert "lollol" not in str(outcome(bomb))


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<article>", "<h1>", "</h1>", "<script>", "</script>", "<!--", "-->",
     "<table><td>", "<meta property='og:title' content='", "'>", "&#xD800;", "&amp;", "\x00", "{", "<li>", "<br>",
     *PARAGRAPHS]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_mixture_of_markup_ends_as_an_article_or_a_refusal(pieces):
    outcome("".join(pieces).encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_page_damaged_anywhere_ends_as_an_article_or_a_refusal(data):
    page = bytearray(
        html(PARAGRAPHS, extra="<table><tr><td>1</td></tr></table>", head="<meta name=date content=2026-03-01>")
    )
    for _ in range(data.draw(st.integers(1, 20))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    outcome(bytes(page[: data.draw(st.integers(0, len(page)))]))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(["text/html", "text/plain", "", "application/json"]))
def test_any_bytes_end_as_an_article_or_a_refusal(body, content_type):
    outcome(body, content_type)
