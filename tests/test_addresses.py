"""Addresses: spellings of one page meet, different pages stay apart, nonsense is refused."""

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.addresses import BadAddress, canonical_url, fetchable_url, host_of, outlet_of, same_site


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("HTTP://News.EXAMPLE.com:80/a/../b#top", "http://news.example.com/b"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com/a?utm_source=rss&id=7&fbclid=x", "https://example.com/a?id=7"),
        ("https://example.com/a?UTM_Source=rss", "https://example.com/a"),
        ("https://example.com/?b=2&a=1", "https://example.com/?a=1&b=2"),
        ("https://example.com/%7Ejoe/%e4", "https://example.com/~joe/%E4"),
        ("https://münchen.example/straße?q=ü", "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://example.com./a", "https://example.com/a"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https://example.com/?p=123", "https://example.com/?p=123"),
    ],
)
def test_spellings_of_one_page_meet(spelling, canonical):
    assert canonical_url(spelling) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/?page=1", "https://example.com/?page=2"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/?q=a%26b", "https://example.com/?q=a&b"),
        ("http://example.com:8080/", "http://example.com/"),
    ],
)
def test_different_pages_stay_apart(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/relative/path",
        "javascript:alert(1)",
        "data:text/html,<p>hi",
        "ftp://example.com/feed.xml",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://exa mple.com/",
        "http://exa%6Dple.com/",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://example.com:eighty/",
        "http://[::1",
        "http://[not-an-address]/",
        "http://-example.com/",
        "http://example..com/",
        "http://example.com/\ud800",
        "http://user:secret@example.com/",
        "http://example.com/" + "a" * 9_000,
    ],
)
def test_unusable_addresses_are_refused_with_a_reason(address):
    with pytest.raises(BadAddress) as refused:
        canonical_url(address)
    message = str(refused.value)
    assert message
    assert message.isprintable()
    assert "secret" not in message
    assert len(message) < 400


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_clear_refusal(text):
    for prefix in ("", "http://example.com/", "https://"):
        with contextlib.suppress(BadAddress):
            canonical_url(prefix + text)


PIECES = st.lists(
    st.sampled_from(
        ["a", "B", "/", "//", "..", ".", "%2e", "%2F", "%25", "%zz", "%", "?", "&", "=", ";", "+", "#", " "]
    )
    | st.sampled_from(
        ["%41", "%c3%a9", "é", "中", "utm_source=x", "q=1", "%E4", "\\", "|", "[", "]", "@", ":", "~", "%00"]
    ),
    max_size=14,
).map("".join)


@given(PIECES)
def test_canonical_form_is_canonical(rest):
    try:
        once = canonical_url("https://example.com/" + rest)
    except BadAddress:
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert once.isprintable()
    assert " " not in once
    assert "#" not in once
    assert fetchable_url(once) == once
    assert host_of(once) == "example.com:443"


@given(PIECES)
def test_the_wire_form_keeps_its_server_and_is_stable(rest):
    try:
        once = fetchable_url("http://example.com:8080/" + rest)
    except BadAddress:
        return
    assert fetchable_url(once) == once
    assert host_of(once) == "example.com:8080"


@pytest.mark.parametrize(
    ("address", "server", "outlet"),
    [
        ("https://www.bbc.co.uk/news/1", "www.bbc.co.uk:443", "bbc.co.uk"),
        ("https://news.bbc.co.uk/2", "news.bbc.co.uk:443", "bbc.co.uk"),
        ("http://one.blogspot.com/", "one.blogspot.com:80", "one.blogspot.com"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://127.0.0.1/a", "127.0.0.1:80", "127.0.0.1:80"),
        ("http://[::1]:8000/a", "[::1]:8000", "[::1]:8000"),
        ("http://[::1]/a", "[::1]:80", "[::1]:80"),
        ("http://courier.localhost:8000/a", "courier.localhost:8000", "courier.localhost:8000"),
        ("http://localhost/a", "localhost:80", "localhost:80"),
    ],
)
def test_server_and_outlet(address, server, outlet):
    assert host_of(address) == server
    assert outlet_of(address) == outlet


def test_same_site_goes_by_outlet():
    assert same_site("https://www.bbc.co.uk/a", "http://news.bbc.co.uk/b")
    assert not same_site("https://bbc.co.uk/a", "https://guardian.co.uk/a")
    assert not same_site("javascript:void(0)", "javascript:void(0)")


def test_outlets_are_known_without_a_download(monkeypatch):
    def no_network(*_):
        raise AssertionError("the suffix list was looked for on the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert outlet_of("https://a.example.org/x") == "example.org"
