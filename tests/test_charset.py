from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.charset import clean, decode, one_line

GERMAN = "Grüße aus Köln: die größte Brücke über den Rhein wird für fünf Jahre gesperrt. " * 3


def test_http_charset_decides_where_the_bytes_are_not_utf8():
    assert decode(GERMAN.encode("latin-1"), "text/html; charset=ISO-8859-1") == GERMAN


def test_utf8_bytes_are_utf8_whatever_the_page_claims():
    page = f'<meta charset="iso-8859-1"><p>{GERMAN}</p>'
    assert GERMAN in decode(page.encode(), "text/html; charset=windows-1252")


def test_meta_charset_is_read_where_http_is_silent():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><p>東京で会議が開かれた</p>'
    assert "東京で会議" in decode(page.encode("shift_jis"))


def test_a_wrong_declaration_is_overruled():
    assert decode(GERMAN.encode("cp1252"), "text/html; charset=utf-8") == GERMAN


def test_a_byte_order_mark_comes_before_any_declaration():
    assert decode(b"\xff\xfe" + "Größe".encode("utf-16-le"), "text/html; charset=latin-1") == "Größe"


def test_utf16_that_can_be_read_as_ascii_is_not_utf16():
    assert decode(b'<?xml version="1.0" encoding="utf-16"?><p>plain</p>').endswith("<p>plain</p>")


def test_a_page_cut_off_within_a_character_is_still_utf8():
    assert decode("Zürich, Genève".encode()[:-1] + "é".encode()[:1]).startswith("Zürich, Gen")


def test_an_unknown_charset_name_is_no_error():
    assert decode(b"plain text", "text/html; charset=klingon-8") == "plain text"


def test_lone_surrogates_and_nuls_are_cleaned_and_pairs_are_joined():
    assert clean("a\ud83d\ude00b\ud800c\x00d") == "a😀b�cd"


def test_a_lone_no_break_space_is_the_publishers_and_a_run_is_layout():
    assert one_line("  500\u00a0km \u00a0\n west ") == "500\u00a0km west"


@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "x; charset=big5"]))
def test_any_bytes_become_valid_text(body, content_type):
    text = decode(body, content_type)
    text.encode("utf-8")
    assert "\x00" not in text
