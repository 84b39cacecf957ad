import json

import pytest

from index.article import BlockKind
from index.outcome import Reason
from tasks.enrich import with_language
from tasks.extract.page import extract_page
from tasks.extract.records import Extracted, NotAnArticle, RawPage

URL = "https://www.example.com/world/cable-cut"
PARAGRAPHS = [
    "Two ships were searched off the cape on Sunday after a cable between the islands and the mainland was cut, the "
    "coast guard said in a statement.",
    "The cable carried most of the islands' telephone and data traffic, and repairs are expected to take two weeks if "
    "the weather holds.",
    "A spokesman for the operator told reporters that a similar cut in January had been caused by an anchor, and that "
    "nobody had been charged since.",
]
SECOND = [
    "On the second day the divers found a mark on the sea floor that ran for nearly four kilometres towards the "
    "shipping lane, the coast guard added.",
    "Both captains have denied that their anchors were down, and their owners have offered to show the logs of the "
    "engines to the investigators.",
]
MENU = '<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
FOOTER = '<footer><p>All rights reserved. <a href="/terms">Terms of use</a></p></footer>'


def html(paragraphs, title="Cable cut off the cape", extra="", head=""):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Harbour Post</title>'
        f'<meta property="og:site_name" content="Harbour Post">{head}</head>'
        f"<body>{MENU}<article><h1>{title}</h1>{text}{extra}</article>{FOOTER}</body></html>"
    ).encode()


def texts(article):
    return [block.text for block in article.blocks]


def refusal_of(body, url=URL, content_type="text/html"):
    with pytest.raises(NotAnArticle) as refusal:
        extract_page([RawPage(body, url, content_type)])
    return refusal.value


def test_an_article_without_menu_and_footer():
    article = extract_page([RawPage(html(PARAGRAPHS), URL)])
    assert article.title == "Cable cut off the cape"
    assert texts(article) == PARAGRAPHS
    assert article.language == "en"
    assert article.page_urls == ()


def test_blocks_know_what_they_are():
    extra = (
        f"<h2>The search</h2><p>{SECOND[0]}</p><blockquote><p>{SECOND[1]}</p></blockquote><ul><li>one cable</li></ul>"
    )
    blocks = extract_page([RawPage(html(PARAGRAPHS, extra=extra), URL)]).blocks
    kinds = {block.text: block.kind for block in blocks}
    assert kinds["The search"] is BlockKind.HEADING
    assert kinds[SECOND[1]] is BlockKind.QUOTE
    assert kinds[PARAGRAPHS[0]] is BlockKind.PARAGRAPH


def test_the_receipt_says_what_was_kept_and_which_rule_gave_each_field():
    receipt = extract_page([RawPage(html(PARAGRAPHS), URL)]).receipt
    assert 0.5 < receipt.kept_share < 1
    assert receipt.kept_characters == sum(map(len, PARAGRAPHS))
    assert receipt.removed[0].characters == receipt.page_characters - receipt.kept_characters
    assert "title" in dict(receipt.fields)


def test_two_pages_are_joined_in_order():
    link = '<p><a href="/world/cable-cut/2">Next page</a></p>'
    first, second = html(PARAGRAPHS, extra=link), html(SECOND)
    article = extract_page([RawPage(first, URL), RawPage(second, f"{URL}/2")])
    assert texts(article) == PARAGRAPHS + SECOND
    assert article.page_urls == (URL, f"{URL}/2")
    assert article.receipt.notes == ()


def test_a_page_that_is_linked_but_was_not_given_is_named():
    page = html(PARAGRAPHS, extra='<p><a href="/world/cable-cut/2">Next page</a></p>')
    notes = extract_page([RawPage(page, URL)]).receipt.notes
    assert any("was not given" in note and f"{URL}/2" in note for note in notes)


def test_a_gap_between_pages_is_named():
    article = extract_page([RawPage(html(PARAGRAPHS), URL), RawPage(html(SECOND), f"{URL}?page=3")])
    assert "page 2 is missing" in article.receipt.notes


def test_a_date_in_the_address_is_no_page_number():
    assert extract_page([RawPage(html(PARAGRAPHS), "https://www.example.com/2026/04/12")]).receipt.notes == ()


def test_another_article_behind_the_next_link_is_left_out():
    other = html(SECOND, title="Harvest festival opens early")
    article = extract_page([RawPage(html(PARAGRAPHS), URL), RawPage(other, f"{URL}/2")])
    assert texts(article) == PARAGRAPHS
    assert "another article" in article.receipt.notes[0]


def test_a_comment_page_that_repeats_the_article_adds_nothing():
    article = extract_page([RawPage(html(PARAGRAPHS), URL), RawPage(html(PARAGRAPHS), f"{URL}?page=2")])
    assert texts(article) == PARAGRAPHS
    assert article.page_urls == ()


def test_body_in_json_ld_is_used_where_the_tree_holds_none():
    node = {"@type": "NewsArticle", "headline": "Cable cut", "articleBody": "\n\n".join(PARAGRAPHS)}
    page = (
        f'<html><script type="application/ld+json">{json.dumps(node)}</script><body><div id="app"></div></body></html>'
    )
    assert texts(extract_page([RawPage(page.encode(), URL)])) == PARAGRAPHS


def test_plain_text_is_read_as_a_dump():
    dump = "Home\nSport\n\nCable cut off the cape\n\nBy Ann Roe\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nRead Comments\n"
    article = extract_page([RawPage(dump.encode(), URL, "text/plain; charset=utf-8")])
    assert (article.title, article.authors) == ("Cable cut off the cape", ("Ann Roe",))
    assert texts(article) == PARAGRAPHS


def test_a_short_page_is_refused():
    refusal = refusal_of(html(["Just a line."]))
    assert refusal.reason is Reason.NO_ARTICLE
    assert "characters" in refusal.detail or "no text" in refusal.detail


def test_news_in_brief_is_an_article_where_the_page_says_so():
    brief = (
        "The ferry to the islands is running again after the storm, the operator said, with delays of an hour or so."
    )
    head = '<meta property="og:type" content="article">'
    assert texts(extract_page([RawPage(html([brief, "More boats are expected."], head=head), URL)]))[0] == brief
    assert refusal_of(html([brief])).reason is Reason.NO_ARTICLE


def test_home_and_listing_pages_are_refused():
    assert "home page" in refusal_of(html(PARAGRAPHS), "https://www.example.com/").detail
    teasers = "".join(f'<h2><a href="/a/{n}">Story number {n}</a></h2><p>{PARAGRAPHS[n % 3]}</p>' for n in range(9))
    listing = f"<html><body><h1>World</h1><main>{teasers}</main></body></html>".encode()
    assert "headlines" in refusal_of(listing, "https://www.example.com/world").detail


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n ", Reason.EMPTY),
        (b"%PDF-1.7 ...", Reason.NOT_HTML),
        (b'{"title": "<p>no page</p>"}', Reason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, Reason.NOT_HTML),
        (b"<html><frameset><frame src=a></frameset></html>", Reason.NO_ARTICLE),
        (b"<html><body><script>" + b"var a = 1;" * 999 + b"</script></body></html>", Reason.NO_ARTICLE),
    ],
)
def test_what_is_no_page_gets_its_reason(body, reason):
    assert refusal_of(body).reason is reason


def test_the_pages_claim_of_language_is_checked_against_its_text():
    german = "Zwei Schiffe wurden am Sonntag vor dem Kap durchsucht, nachdem ein Kabel zerrissen worden war. " * 4
    article = Extracted(title="Kabel zerrissen", blocks=extract_page([RawPage(html(PARAGRAPHS), URL)]).blocks)
    assert with_language(article).language == "en"
    claimed = extract_page([RawPage(html([german, german + "Die Küstenwache ermittelt weiter."]), URL)])
    checked = with_language(claimed)
    assert (claimed.language, checked.language) == ("en", "de")
    assert any("claims" in note for note in checked.receipt.notes)
