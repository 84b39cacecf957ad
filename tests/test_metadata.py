from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml.html import document_fromstring

from index.article import Precision
from tasks.extract.dates import read_moment
from tasks.extract.metadata import read_metadata
from tasks.extract.names import agency_of, people
from tasks.extract.titles import alike, vote, without_site_name

URL = "https://www.harbour-post.example/world/2026/cable-cut"


def metadata_of(head="", body="", url=URL, html_attributes='lang="en-GB"'):
    page = f"<html {html_attributes}><head>{head}</head><body>{body}<p>Text.</p></body></html>"
    return read_metadata(document_fromstring(page), url)


def json_ld(script):
    return f'<script type="application/ld+json">{script}</script>'


ARTICLE = json_ld(
    """{"@context": "https://schema.org", "@graph": [
    {"@type": "WebSite", "name": "Harbour Post"},
    {"@type": "Person", "@id": "#ann", "name": "Ann Roe"},
    {"@type": "NewsArticle", "headline": "Cable cut off the cape", "description": "Two ships are searched.",
     "datePublished": "2026-03-01T21:30:00Z", "articleSection": "World", "author": [{"@id": "#ann"}],
     "publisher": {"@type": "Organization", "name": "Harbour Post"}}]}"""
)


def test_json_ld_graph_gives_every_field_and_its_rule():
    found = metadata_of(ARTICLE)
    assert (found.title, found.summary, found.section) == ("Cable cut off the cape", "Two ships are searched.", "World")
    assert found.authors == ("Ann Roe",)
    assert found.published_at == datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    assert found.claims_article
    assert dict(found.fields)["title"] == "json-ld"


def test_the_publishers_own_offset_is_kept_where_any_claim_knows_it():
    found = metadata_of(ARTICLE, '<time datetime="2026-03-02T00:30:00+03:00">2 March</time>')
    assert found.published_at.isoformat() == "2026-03-02T00:30:00+03:00"


def test_a_day_without_a_time_is_a_day():
    found = metadata_of('<meta property="article:published_time" content="2026-03-01">')
    assert (found.published_at, found.published_precision) == (datetime(2026, 3, 1, tzinfo=UTC), Precision.DAY)


def test_a_time_without_a_zone_is_noted():
    found = metadata_of('<meta property="article:published_time" content="2026-03-01 18:00">')
    assert found.published_precision is Precision.SECOND
    assert "no time zone" in found.notes[0]


def test_a_missing_date_stays_missing_whatever_year_the_footer_names():
    found = metadata_of(body="<footer>© 2019–2024 Harbour Post</footer>", url="https://a.example/x")
    assert (found.published_at, found.published_precision) == (None, Precision.UNKNOWN)


def test_a_date_on_the_page_alone_is_found_as_a_day():
    found = metadata_of(body='<div class="date">Published: 14 February 2026</div>')
    assert (found.published_at.date().isoformat(), found.published_precision) == ("2026-02-14", Precision.DAY)


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Broken, but plain",}',
        '<!-- {"@type": "NewsArticle", "headline": "Broken, but plain"} -->',
        '{"@type": "NewsArticle", "headline": "Broken,\n but plain"};',
        '[{"@type": ["Article", "NewsArticle"], "headline": "Broken, but plain"}] trailing',
    ],
)
def test_broken_json_ld_is_mended_where_that_is_plain(script):
    assert metadata_of(json_ld(script)).title == "Broken, but plain"


def test_json_ld_beyond_repair_is_left_alone():
    head = '<meta property="og:title" content="From the head"><title>From the head</title>'
    assert metadata_of(json_ld('{"headline": ') + json_ld("[" * 50_000) + head).title == "From the head"


def test_of_several_articles_the_pages_own_is_taken():
    other = '{"@type": "NewsArticle", "headline": "Elsewhere", "datePublished": "2001-01-01"}'
    own = '{"@type": "NewsArticle", "headline": "Own story", "datePublished": "2026-03-01"}'
    found = metadata_of(json_ld(f"[{other}, {own}]"), "<h1>Own story</h1>")
    assert (found.title, found.published_at.year) == ("Own story", 2026)


def test_the_sites_name_is_cut_from_titles():
    head = '<meta property="og:site_name" content="Harbour Post"><title>Cable cut - World - Harbour Post</title>'
    assert metadata_of(head).title == "Cable cut"


def test_a_lone_heading_of_another_story_does_not_become_the_title():
    head = '<meta property="og:title" content="Cable cut off the cape"><title>Cable cut off the cape</title>'
    assert metadata_of(head, "<h1>Cable cut off the cape</h1><h1>Most read</h1>").title == "Cable cut off the cape"


def test_markup_and_entities_in_fields_become_text():
    found = metadata_of('<meta name="description" content="&lt;p&gt;Here&amp;#x27;s what we know&lt;/p&gt;">')
    assert found.summary == "Here's what we know"


def test_canonical_address_counts_within_the_site_only():
    assert metadata_of('<link rel="canonical" href="/world/cable?utm_source=x">').canonical_url == (
        "https://www.harbour-post.example/world/cable"
    )
    assert metadata_of('<link rel="canonical" href="https://elsewhere.test/a">').canonical_url == ""
    assert metadata_of('<link rel="canonical" href="javascript:alert(1)">').canonical_url == ""
    assert metadata_of('<link rel="canonical" href="http://[broken">').canonical_url == ""


def test_without_an_address_the_pages_own_claim_is_taken():
    assert (
        metadata_of('<link rel="canonical" href="https://b.example/x">', url="").canonical_url == "https://b.example/x"
    )


def test_persons_come_before_the_newsroom():
    script = json_ld('{"@type": "NewsArticle", "headline": "H", "author": {"@type": "Organization", "name": "Post"}}')
    assert metadata_of(script).authors == ("Post",)
    assert metadata_of(script, '<span class="byline">By Jo Doe and Ann Roe</span>').authors == ("Jo Doe", "Ann Roe")


def test_agency_is_told_apart():
    found = metadata_of('<meta name="author" content="Ann Roe, AFP">')
    assert (found.authors, found.agency) == (("Ann Roe", "AFP"), "AFP")


def test_language_comes_from_the_page():
    assert metadata_of(html_attributes='lang="de-AT"').language == "de"
    assert metadata_of('<meta property="og:locale" content="pt_BR">', html_attributes="").language == "pt"


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Roe and Jo Doe", ("Ann Roe", "Jo Doe")),
        ("Von Anna Muster und Jan Beispiel, dpa", ("Anna Muster", "Jan Beispiel", "dpa")),
        ("Roe, Ann", ("Ann Roe",)),
        ("Ann Roe, professor of law at the University of Somewhere", ("Ann Roe",)),
        ("Ann Roe (aro)", ("Ann Roe",)),
        ("Ann Roe ann.roe@post.example", ("Ann Roe",)),
        ("https://www.facebook.com/post", ()),
        ("Ann Roe in Valencia", ("Ann Roe",)),
        ("", ()),
    ],
)
def test_names_out_of_bylines(byline, names):
    assert people([byline]) == names


def test_agencies_are_known_by_their_long_names():
    assert agency_of(["Ann Roe", "The Associated Press"]) == "AP"


@pytest.mark.parametrize(
    "written",
    ["2026-03-01T18:00:00+01:00", "2026-03-01 18:00:00 +0100", "Sun, 01 Mar 2026 18:00:00 +0100",
     "Sun Mar 01 18:00:00 CET 2026", "2026-03-01T18:00:00.123+01:00"],
)  # fmt: skip
def test_dates_are_read_as_publishers_write_them(written):
    assert read_moment(written, "meta").at.replace(microsecond=0) == datetime(
        2026, 3, 1, 18, tzinfo=timezone(timedelta(hours=1))
    )


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2026-13-41", "1762513252000", "0001-01-01T00:00:00Z", "20260230"]
)
def test_what_is_no_date_is_none(written):
    assert read_moment(written, "meta") is None


def test_titles_are_cut_only_at_the_sites_name():
    assert without_site_name("Cape - the end of a cable", ["Harbour Post"]) == "Cape - the end of a cable"
    assert without_site_name("Harbour Post | Cape cable", ["Harbour Post"]) == "Cape cable"


def test_titles_of_one_article_are_alike():
    assert alike("Cable cut off the cape", "Cable cut off the cape, page 2")
    assert not alike("Cable cut off the cape", "Harvest festival opens")


def test_the_title_most_agreed_on_wins():
    assert vote([("A", "json-ld"), ("B", "og"), ("b!", "h1")]) == ("B", "og")
    assert vote([("", "og")]) == ("", "")
