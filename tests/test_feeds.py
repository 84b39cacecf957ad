"""Feeds of every kind and in every state: entries come out plain, or the feed says what is wrong with it."""

import socket
import time
from datetime import UTC, datetime, timedelta, timezone

import feedparser.http
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Precision
from tasks.feed_xml import MAX_FEED_ITEMS
from tasks.feeds import parse_feed, plain_text

URL = "https://courier.example/news/feed.xml"

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Courier &amp; Post</title><link>https://courier.example/</link>
<item><title>Harbour closed after drone sighting</title><link>/2026/harbour</link><guid isPermaLink="false">41</guid>
<pubDate>Mon, 23 Nov 2026 10:00:00 +0200</pubDate>
<description>&lt;p&gt;The port of &lt;b&gt;V&lt;/b&gt;arna shut.&lt;/p&gt;&lt;p&gt;Ships wait.&lt;/p&gt;</description>
</item>
<item><title>Ministers meet</title><link>https://courier.example/2026/ministers</link><dc:date>2026-11-22</dc:date>
</item>
</channel></rss>"""

ATOM = b"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Bote</title>
<entry><id>tag:bote.example,2026:1</id><title type="html">Leak &amp;amp; &lt;i&gt;denial&lt;/i&gt;</title>
<link rel="self" href="https://bote.example/entry/1"/><link href="../leak"/>
<updated>2026-11-23T08:00:00Z</updated><summary>Short.</summary></entry></feed>"""

RDF = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://dw.example/"><title>DW</title><link>https://dw.example/</link></channel>
<item rdf:about="https://dw.example/a"><title>One</title><link>https://dw.example/a</link></item></rdf:RDF>"""


def rss_of(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'.encode()


def only_entry(body, content_type="application/xml"):
    feed = parse_feed(body, URL, content_type)
    assert feed.problem == ""
    (entry,) = feed.entries
    return entry


def test_rss_entries_have_plain_text_absolute_links_and_the_publishers_time():
    feed = parse_feed(RSS, URL, "application/rss+xml")
    assert (feed.title, feed.problem, feed.notes) == ("The Courier & Post", "", ())
    harbour, ministers = feed.entries
    assert harbour.title == "Harbour closed after drone sighting"
    assert harbour.link == "https://courier.example/2026/harbour"
    assert harbour.summary == "The port of Varna shut. Ships wait."
    assert harbour.published == datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=2)))
    assert harbour.published.utcoffset() == timedelta(hours=2)
    assert harbour.precision is Precision.SECOND
    assert (ministers.published, ministers.precision) == (datetime(2026, 11, 22, tzinfo=UTC), Precision.DAY)


def test_atom_and_rdf_are_read_the_same_way():
    leak = only_entry(ATOM)
    assert leak.title == "Leak & denial"
    assert leak.link == "https://courier.example/leak"
    assert leak.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert leak.id == "tag:bote.example,2026:1"
    assert only_entry(RDF).link == "https://dw.example/a"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty (0 bytes)"),
        (b" \n ", "empty (3 bytes)"),
        (b"<!DOCTYPE html><html><body>News</body></html>", "HTML page"),
        (b"<!-- cached -->\n<html lang=en>", "HTML page"),
        (b"Service temporarily unavailable", "no XML"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "no XML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no XML"),
        (b"<opml version='2.0'><body/></opml>", "its root is <opml>"),
        (b"<rss version='2.0'><channel><title>Cut off he", "nothing could be read"),
    ],
)
def test_what_is_no_feed_says_so(body, problem):
    feed = parse_feed(body, URL, "text/xml")
    assert problem in feed.problem
    assert feed.entries == ()


def test_a_feed_that_lists_nothing_today_is_a_feed():
    feed = parse_feed(rss_of(), URL, "application/rss+xml")
    assert (feed.problem, feed.entries) == ("", ())


def test_a_broken_feed_is_read_as_far_as_possible_and_says_so():
    body = (
        b"<rss version='2.0'><channel><item><title>AT&T caf&eacute; \x0b</title>"
        b"<link>https://courier.example/?a=1&b=2</link><dc:date>2026-11-23</dc:date><x:y z:q='1'>?</x:y>"
        b"<description><![CDATA[R&D <b>cut</b>]]></description></item><item><title>Next"
    )
    feed = parse_feed(body, URL, "")
    first = feed.entries[0]
    assert first.title == "AT&T café"
    assert first.link == "https://courier.example/?a=1&b=2"
    assert first.summary == "R&D cut"
    assert first.precision is Precision.DAY
    assert "not well-formed" in feed.notes[0]


def test_damage_stays_in_the_item_that_has_it():
    good = "<item><title>Good {0} &lt;3</title><link>https://courier.example/{0}</link></item>"
    bad = "<item><title>Bad</titel></b></title><link>https://courier.example/bad</link></item>"
    feed = parse_feed(rss_of(good.format(1), bad, good.format(2)), URL, "")
    assert [entry.title for entry in feed.entries] == ["Good 1 <3", "Bad", "Good 2 <3"]
    assert "not well-formed" in feed.notes[0]


def test_50_megabytes_are_cut_before_they_are_parsed():
    item = "<item><title>News</title><link>https://courier.example/{:07}</link></item>"
    body = rss_of(*(item.format(n) for n in range(700_000)))
    assert len(body) > 50_000_000
    started = time.perf_counter()
    feed = parse_feed(body, URL, "application/rss+xml")
    assert time.perf_counter() - started < 30
    assert len(feed.entries) == MAX_FEED_ITEMS
    assert feed.entries[-1].link == "https://courier.example/0001999"
    assert "only the first 5,242,880 were read" in feed.notes[0]
    assert "more than 2,000 items" in feed.notes[1]


def test_the_item_at_the_cut_is_left_out_for_its_address_may_be_half():
    big = "x" * 1_000_000
    body = rss_of(*(f"<item><title>{big}</title><link>https://courier.example/{n}</link></item>" for n in range(9)))
    assert [entry.link[-1] for entry in parse_feed(body, URL, "").entries] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "hostile",
    [
        b"<a>" * 100_000,
        b"<a " * 300_000,
        b"<!-- " * 200_000,
        b"<![CDATA[" * 110_000,
        b"&" * 1_000_000,
        b"<a/>" * 250_000,
        b"<item " + b"".join(b"a%d='x' " % n for n in range(60_000)) + b"/>",
    ],
    ids=["deep", "open tags", "comments", "CDATA", "ampersands", "many tags", "attributes"],
)
def test_markup_made_to_be_slow_is_read_or_refused_in_time(hostile):
    started = time.perf_counter()
    parse_feed(b"<rss version='2.0'><channel>" + hostile, URL, "")
    parse_feed(b"<rss version='2.0'><channel>" + hostile + b"</channel></rss>", URL, "")
    parse_feed(rss_of(f"<item><description><![CDATA[{hostile.decode()[:400_000]}]]></description></item>"), URL, "")
    assert time.perf_counter() - started < 30


def test_entities_neither_grow_nor_reach_files():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 1_000}">' for n in range(1, 6))
    declared = f'<!DOCTYPE rss [<!ENTITY l0 "lol"><!ENTITY file SYSTEM "file:///etc/passwd">{laughs}]>'
    body = declared.encode() + rss_of(
        "<item><title>a&file;b</title><link>/a</link></item><item><title>&l5;</title></item>"
    )
    started = time.perf_counter()
    feed = parse_feed(body, URL, "")
    assert time.perf_counter() - started < 30
    assert sum(len(entry.title) for entry in feed.entries) < 100
    assert "root:" not in str(feed)


def test_nothing_is_fetched(monkeypatch):
    def no_network(*_):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(feedparser.http, "get", no_network)
    dtd = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd" [<!ENTITY % d SYSTEM "http://127.0.0.1:9/d"> %d;]>'
    assert only_entry(dtd + rss_of("<item><title>One</title></item>")).title == "One"
    for address in (b"http://127.0.0.1:9/feed.xml", b"/etc/passwd", b"file:///etc/passwd"):
        assert parse_feed(address, URL, "").problem


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "http://", "http://[::1", ""])
def test_an_entry_without_a_usable_link_is_kept_without_one(link):
    entry = only_entry(rss_of(f"<item><title>One</title><link>{link}</link></item>"))
    assert entry.link == ""
    assert entry.title == "One"


def test_a_guid_that_is_no_address_does_not_become_one():
    assert only_entry(rss_of('<item><guid isPermaLink="false">41</guid><title>One</title></item>')).link == ""
    assert only_entry(rss_of("<item><guid>https://a.example/1</guid></item>")).link == "https://a.example/1"


def test_scripts_surrogates_and_control_characters_do_not_come_out():
    body = rss_of(
        "<item><title>A&#xD800;B&#0;\x01&amp;#8217;s</title>"
        "<description>&lt;script&gt;steal()&lt;/script&gt;Text &lt;style&gt;p{}&lt;/style&gt;here</description></item>"
    )
    entry = only_entry(body)
    assert entry.title == "AB’s"
    assert entry.summary == "Text here"
    entry.title.encode("utf-8")


@pytest.mark.parametrize(
    ("declared", "codec", "content_type"),
    [
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16", ""),
        ('<?xml version="1.0" encoding="windows-1251"?>', "windows-1251", "text/xml"),
        ("", "iso-8859-5", "text/xml; charset=iso-8859-5"),
        ("", "utf-8", "text/xml"),
        ('<?xml version="1.0" encoding="no-such-thing"?>', "utf-8", "text/xml"),
        ('<?xml version="1.0"?>', "utf-8", "text/xml; charset=no-such-thing"),
    ],
)
def test_charsets_are_found(declared, codec, content_type):
    body = (declared + rss_of("<item><title>Новости</title></item>").decode()).encode(codec)
    assert only_entry(body, content_type).title == "Новости"


def test_the_fingerprint_changes_with_what_the_publisher_wrote_and_with_nothing_else():
    item = "<item><title>{}</title><description>{}</description><pubDate>{}</pubDate><comments>{}</comments></item>"
    base = ("Title", "Summary", "Mon, 23 Nov 2026 10:00:00 GMT", "7")
    first = only_entry(rss_of(item.format(*base))).fingerprint
    assert len(first) == 32
    for place in range(3):
        edited = [text + ("1" if n == place else "") for n, text in enumerate(base)]
        assert only_entry(rss_of(item.format(*edited))).fingerprint != first
    assert only_entry(rss_of(item.format(*base[:3], "8"))).fingerprint == first


PIECES = [
    *(
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<entry>",
        "<title>",
        "</title>",
        "<link>",
        "http://a.example/",
        "</link>",
    ),
    *(
        "<link href='x'/>",
        "&amp;",
        "&",
        "&#xD800;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<",
        ">",
        "é",
        "\x00",
        "dc:date",
        "<dc:x>",
    ),
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join).map(str.encode) | st.binary(max_size=200))
def test_no_input_raises(body):
    for whole in (body, b"<rss version='2.0'><channel><item><title>" + body):
        feed = parse_feed(whole, URL, "text/xml; charset=utf-8")
        assert feed.entries or feed.problem or b"rss" in whole or b"feed" in whole
        for entry in feed.entries:
            f"{entry.title}{entry.summary}{entry.link}{entry.id}{feed.problem}".encode()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_plain_text_is_one_clean_line(text):
    for is_markup in (True, False):
        plain = plain_text(text, is_markup=is_markup)
        plain.encode("utf-8")
        assert "\n" not in plain
        assert "\x00" not in plain
