import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.paging import next_page, page_numbers, readings, same_article


def page_with(*links):
    return "".join(f'<p>x</p><a href="{link}">more</a>' for link in links).encode()


@pytest.mark.parametrize(
    ("url", "link", "following"),
    [
        ("https://a.example/s/cable", "/s/cable/2", "https://a.example/s/cable/2"),
        ("https://a.example/s/cable", "/s/cable/(page)/2", "https://a.example/s/cable/(page)/2"),
        ("https://a.example/s/cable/page/2/", "/s/cable/page/3/", "https://a.example/s/cable/page/3/"),
        ("https://a.example/s/cable.html", "cable-2.html", "https://a.example/s/cable-2.html"),
        ("https://a.example/s/cable.html", "cable,page-2.html#top", "https://a.example/s/cable,page-2.html"),
        ("https://a.example/s/cable", "?page=2", "https://a.example/s/cable?page=2"),
        ("https://a.example/s?id=7&seite=2", "/s?id=7&amp;seite=3", "https://a.example/s?id=7&seite=3"),
        ("https://www.example.com/s/cable", "https://example.com/s/cable/2", "https://example.com/s/cable/2"),
    ],
)
def test_a_next_page_is_the_same_path_with_the_next_number(url, link, following):
    assert next_page(page_with("/other", link), url) == following


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/s/cable", "/s/another-story"),
        ("https://a.example/s/cable", "/s/cable/3"),
        ("https://a.example/s/cable/page/2", "/s/cable"),
        ("https://a.example/s/cable", "https://b.example/s/cable/2"),
        ("https://a.example/2026/04/12", "/2026/04/11"),
        ("https://a.example/s/cable?page=30", "?page=31"),
        ("", "/2"),
    ],
)
def test_other_links_are_not_followed(url, link):
    assert next_page(page_with(link), url) is None


def test_rel_next_alone_is_not_trusted():
    assert next_page(b'<link rel="next" href="/s/quite-another-story">', "https://a.example/s/cable") is None


def test_a_number_in_text_or_script_is_no_link():
    assert next_page(b'<script>var u = "/s/cable/2";</script>', "https://a.example/s/cable") is None


def test_pages_are_numbered_by_their_addresses():
    assert page_numbers(["https://a.example/s/cable", "https://a.example/s/cable?page=3"]) == {1, 3}
    assert page_numbers(["https://a.example/s/cable?page=2"]) == {2}
    assert page_numbers(["https://a.example/2026/04/12"]) == {1}


def test_a_title_of_another_article_is_not_the_same_article():
    assert same_article("Cable cut off the cape", "Cable cut off the cape - page 2")
    assert same_article("Cable cut off the cape", "")
    assert not same_article("Cable cut off the cape", "Harvest festival opens early")


@given(st.text(max_size=80))
def test_any_address_can_be_read(url):
    assert readings("https://a.example/" + url)[-1].number == 1
    assert readings(url)[-1].number == 1


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_page_may_be_asked_for_its_next(body, path):
    next_page(b'<a href="?page=2">' + body, "https://a.example/" + path)
