"""The sample sites answer as the demo, the docs and the other tests rely on."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import tomllib
from html.parser import HTMLParser

import feedparser
import pytest
from protego import Protego

from flows.demo.articles import Behaviour
from flows.demo.pages import body_html
from flows.demo.server import DemoServer
from index.outcome import Reason

VOID = {"meta", "link", "img", "input", "br", "hr"}


@pytest.fixture
def demo():
    with DemoServer() as running:
        yield running


def ask(demo, url, method="GET", **headers):
    """Status, headers and body. The connection goes to loopback, so no name has to resolve."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    try:
        connection.request(method, f"/{path}", headers={"Host": host, **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def told(demo):
    return [(site, story) for site in demo.sites for story in site.stories]


def feeds(demo):
    return [(site, feed, site.base + feed.path) for site in demo.sites for feed in site.outlet.feeds]


def only(demo, behaviour):
    ((site, story),) = [(site, story) for site, story in told(demo) if story.behaviour is behaviour]
    return site, story


def test_at_least_forty_articles_of_three_outlets_in_nine_languages(demo):
    articles = [story for _, story in told(demo) if story.is_article]
    assert len(articles) == demo.expected().articles >= 40
    assert {story.outlet for story in articles} == {"meridian", "harbour", "cipher"}
    assert {story.language for story in articles} == {"en", "de", "fr", "es", "ja", "zh", "ko", "ar", "ru"}


def test_every_entry_of_every_feed_answers_as_its_story_says(demo):
    expected = {Behaviour.MISSING: [404, 404], Behaviour.HEALS: [500, 200]}
    for site, feed, url in feeds(demo):
        status, headers, body = ask(demo, url)
        parsed = feedparser.parse(body, response_headers={"content-type": headers["Content-Type"]})
        assert status == 200
        assert not parsed.bozo
        assert len(parsed.entries) == demo.expected().offered[feed.id] == len(site.listed(feed))
    for site, story in told(demo):
        got = [ask(demo, site.url(story))[0] for _ in range(2)]
        assert got == expected.get(story.behaviour, [200, 200]), story.slug


def test_feeds_are_what_they_call_themselves(demo):
    versions = {feed.id: feedparser.parse(ask(demo, url)[2]).version for _, feed, url in feeds(demo)}
    assert versions == {"meridian": "rss20", "harbour": "atom10", "cipher": "rss20", "cipher-alerts": "atom10"}


def test_one_feed_carries_whole_articles(demo):
    (url,) = [url for _, feed, url in feeds(demo) if feed.id == "cipher"]
    entries = feedparser.parse(ask(demo, url)[2]).entries
    assert all(len(entry.content[0].value) > 300 for entry in entries)


@pytest.mark.parametrize("validator", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_what_has_not_changed_answers_304(demo, validator):
    given, asked = validator
    changing = {demo.expected().revised_url}
    urls = [url for _, _, url in feeds(demo)] + [
        site.url(story) for site, story in told(demo) if story.behaviour is Behaviour.ARTICLE
    ]
    for url in (url for url in urls if url not in changing):
        _, headers, _ = ask(demo, url)
        status, later, body = ask(demo, url, **{asked: headers[given]})
        assert (status, body) == (304, b""), url
        assert later["ETag"] == headers["ETag"]


def test_a_wrong_or_unreadable_validator_gets_the_page(demo):
    url = demo.expected().undated_url
    assert ask(demo, url, **{"If-None-Match": '"other"'})[0] == 200
    assert ask(demo, url, **{"If-Modified-Since": "yesterday"})[0] == 200
    assert ask(demo, url, **{"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"})[0] == 200


def test_the_edited_article_changes_on_its_second_visit(demo):
    url = demo.expected().revised_url
    _, first, before = ask(demo, url)
    status, second, after = ask(demo, url, **{"If-None-Match": first["ETag"]})
    assert status == 200
    assert b"14 dead and dozens missing" in before
    assert b"17 dead and 52 missing" in after
    assert first["ETag"] != second["ETag"]
    assert ask(demo, url, **{"If-None-Match": second["ETag"]})[0] == 304


def test_the_feed_names_the_edit_once_the_page_was_read(demo):
    (feed_url,) = [url for _, feed, url in feeds(demo) if feed.id == "harbour"]
    page_url = demo.expected().revised_url

    def entry():
        headers, body = ask(demo, feed_url)[1:]
        (found,) = [entry for entry in feedparser.parse(body).entries if entry.link == page_url]
        return found.updated, headers["ETag"]

    first = entry()
    assert entry() == first, "reading the feed alone publishes no edit"
    ask(demo, page_url)
    later = entry()
    assert later[0] > first[0]
    assert later[1] != first[1]


def test_asking_for_the_head_does_not_count_as_a_visit(demo):
    url = demo.expected().healing_url
    assert [ask(demo, url, "HEAD")[0], ask(demo, url)[0], ask(demo, url)[0]] == [500, 500, 200]


def test_the_same_agency_text_stands_on_two_sites_under_two_titles(demo):
    copies = [(site, story) for site, story in told(demo) if site.url(story) in demo.expected().copies]
    (one, other) = [story for _, story in copies]
    bodies = [ask(demo, site.url(story))[2].decode() for site, story in copies]
    assert one.agency == other.agency != ""
    assert one.title != other.title
    assert all(body_html(one.blocks) in body for body in bodies)


def test_robots_txt_forbids_the_subscribers_page_and_nothing_else(demo):
    forbidden = set()
    for site, story in told(demo):
        rules = Protego.parse(ask(demo, f"{site.base}/robots.txt")[2].decode())
        if not rules.can_fetch(site.url(story), "secnews"):
            forbidden.add(site.url(story))
    assert forbidden == {url for url, reason in demo.expected().rejected.items() if reason is Reason.ROBOTS}
    assert len(forbidden) == 1


def test_the_long_article_goes_on_behind_its_next_link(demo):
    first, second = demo.expected().two_page_urls
    page = ask(demo, first)[2].decode()
    (path,) = re.findall(r'<a rel="next" href="([^"]+)">Next</a>', page)
    assert second.endswith(path)
    assert second.removeprefix(first) == "/page/2"
    following = ask(demo, second)[2].decode()
    assert "Page 2 of 2" in following
    assert 'rel="next"' not in following


def test_the_undated_page_names_no_date_anywhere(demo):
    url = demo.expected().undated_url
    page = ask(demo, url)[2].decode()
    entries = [e for _, _, feed in feeds(demo) for e in feedparser.parse(ask(demo, feed)[2]).entries if e.link == url]
    assert "<time" not in page
    assert not re.search(r"20\d\d(?!-\d{5})", re.sub(r"CVE-\d+-\d+", "", page, flags=re.I))
    assert [entry.get("published") for entry in entries] == [None]


def test_the_dump_is_plain_text_with_menus_around_the_story(demo):
    _, headers, body = ask(demo, demo.expected().dump_url)
    _, story = only(demo, Behaviour.TEXT_DUMP)
    text = body.decode()
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert all(f"\n{block.text}\n" in text for block in story.blocks)
    assert "Jump past notices" in text
    assert "By Tobias Renn / November 12, 2026" in text


def test_each_outlet_says_its_dates_its_own_way(demo):
    pages = {site.outlet.id: (ask(demo, site.url(story))[2].decode(), story) for site, story in told(demo)
             if story.behaviour is Behaviour.ARTICLE and story.published and story.language == "en"}  # fmt: skip
    page, story = pages["meridian"]
    (record,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(record)["datePublished"] == story.published.isoformat()
    page, story = pages["harbour"]
    assert f'<meta property="article:published_time" content="{story.published.isoformat()}">' in page
    page, story = pages["cipher"]
    assert "og:" not in page
    assert "ld+json" not in page
    assert f'<time datetime="{story.published.isoformat()}">' in page


def test_every_page_is_in_the_charset_it_names_and_well_nested(demo):
    charsets = set()
    for site, story in told(demo):
        status, headers, body = ask(demo, site.url(story))
        media_type, charset = re.fullmatch(r"(\S+); charset=(\S+)", headers["Content-Type"]).groups()
        text = body.decode(charset)
        charsets.add(charset)
        if media_type == "text/html":
            assert f'<meta charset="{charset}">' in text
            assert (Nesting.faults(text), status) == ([], 404 if story.behaviour is Behaviour.MISSING else 200)
    assert charsets == {"utf-8", "windows-1252"}


def test_the_source_file_lists_every_feed(demo):
    tables = tomllib.loads(demo.sources_toml())["source"]
    assert {table["id"]: table["url"] for table in tables} == {feed.id: url for _, feed, url in feeds(demo)}
    assert all(set(table) <= {"id", "name", "url", "kind", "language", "region", "topics"} for table in tables)


def test_links_to_sections_pictures_and_styles_are_served(demo):
    for site in demo.sites:
        front = ask(demo, site.base + "/")[2].decode()
        assert all(f'href="{site.section_path(section)}"' in front for section in site.outlet.sections)
        paths = ["/", "/style.css", *map(site.section_path, site.outlet.sections)]
        for story in site.stories:
            if story.caption and story.behaviour is not Behaviour.TEXT_DUMP:
                paths += re.findall(r'src="(/media/[^"]+)"', ask(demo, site.url(story))[2].decode())
        assert {path: ask(demo, site.base + path)[0] for path in paths} == dict.fromkeys(paths, 200)


def test_an_unknown_host_or_path_is_not_found_and_the_host_list_is_told(demo):
    assert ask(demo, demo.sites[0].base + "/nowhere")[0] == 404
    status, _, body = ask(demo, "http://elsewhere.localhost/")
    assert status == 404
    assert b"meridian.localhost" in body


def test_requests_are_logged_with_host_path_and_status(demo):
    ask(demo, "http://cipher.localhost/style.css?v=2")
    ask(demo, "http://cipher.localhost/nowhere")
    assert demo.requests == [("cipher.localhost", "/style.css", 200), ("cipher.localhost", "/nowhere", 404)]


def test_closing_frees_the_port_and_may_be_repeated():
    demo = DemoServer().start()
    ask(demo, demo.sites[0].base + "/")
    demo.close()
    demo.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", demo.port), timeout=1)
    with DemoServer(demo.port) as again:
        assert ask(again, again.sites[0].base + "/")[0] == 200


def test_a_server_that_was_never_started_closes_too():
    DemoServer().close()


@pytest.mark.service
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sites_can_be_served_by_hand_until_interrupted(number):
    with subprocess.Popen([sys.executable, "-m", "flows.demo"], stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(7)]
        process.send_signal(number)
        assert process.wait(10) == 0
    assert lines[0].startswith("The Meridian Ledger  http://meridian.localhost:")
    assert lines[-1] == "Press Ctrl-C to stop.\n"


class Nesting(HTMLParser):
    """Finds elements that are closed in the wrong order, or never."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.wrong = []

    @classmethod
    def faults(cls, text):
        parser = cls()
        parser.feed(text)
        return parser.wrong + parser.open

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
