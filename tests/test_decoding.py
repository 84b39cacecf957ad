"""Packed bodies: whatever was packed comes back, bombs stop early, damage is told from size."""

import contextlib
import functools
import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.decoding import BodyTooLarge, UndecodableBody, decode, decode_start

MEGABYTE = 1 << 20


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
CODINGS = sorted(PACKERS)


def coding(name):
    return name.removeprefix("raw ")


@settings(deadline=None)
@given(st.binary(max_size=3_000), st.lists(st.sampled_from(CODINGS), max_size=3))
def test_what_was_packed_comes_back(data, names):
    packed = data
    for name in names:
        packed = PACKERS[name](packed)
    header = ", ".join(coding(name) for name in names)
    assert decode(packed, header, 10_000) == data
    assert decode_start(packed, header, 10_000) == data


@pytest.mark.parametrize("name", CODINGS)
def test_a_body_of_exactly_the_limit_passes_and_one_more_byte_does_not(name):
    packed = PACKERS[name](b"a" * 5_000)
    assert len(decode(packed, coding(name), 5_000)) == 5_000
    with pytest.raises(BodyTooLarge):
        decode(packed, coding(name), 4_999)


@pytest.mark.parametrize("name", CODINGS)
def test_a_bomb_is_stopped_before_it_takes_memory(name):
    # Brotli's best quality takes 5 s for this.
    pack = PACKERS[name] if name != "br" else functools.partial(brotli.compress, quality=2)
    bomb = pack(bytes(100 * MEGABYTE))
    tracemalloc.start()
    with pytest.raises(BodyTooLarge):
        decode(bomb, coding(name), MEGABYTE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * MEGABYTE
    assert decode_start(bomb, coding(name), MEGABYTE) == bytes(MEGABYTE)


def test_a_bomb_inside_a_bomb_is_stopped_at_the_inner_one():
    bomb = gzip.compress(gzip.compress(bytes(100 * MEGABYTE)))
    assert len(bomb) < 2_000
    with pytest.raises(BodyTooLarge):
        decode(bomb, "gzip, gzip", MEGABYTE)


@pytest.mark.parametrize("name", CODINGS)
def test_a_body_cut_short_is_damaged_and_not_silently_shorter(name):
    packed = PACKERS[name](bytes(range(256)) * 40)
    for cut in (1, 3, len(packed) // 2, len(packed) - 1):
        with pytest.raises(UndecodableBody):
            decode(packed[:cut], coding(name), MEGABYTE)


@pytest.mark.parametrize("header", ["gzip", "br", "zstd", "deflate"])
def test_a_plain_page_that_claims_to_be_packed_is_damaged(header):
    with pytest.raises(UndecodableBody):
        decode(b"<html><p>Plain.</p></html>", header, MEGABYTE)


def test_unknown_and_too_many_codings_are_refused():
    with pytest.raises(UndecodableBody, match="unknown Content-Encoding 'compress'"):
        decode(b"x", "compress", MEGABYTE)
    with pytest.raises(UndecodableBody, match="5 codings"):
        decode(b"x", "gzip, gzip, gzip, gzip, gzip", MEGABYTE)


def test_gzip_of_several_members_and_with_padding_is_read_whole():
    members = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(20)
    assert decode(members, "GZIP", 100) == b"one two"


def test_zstd_of_several_frames_is_read_whole():
    pack = PACKERS["zstd"]
    assert decode(pack(b"one ") + pack(b"two"), "zstd", 100) == b"one two"


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_hundreds_of_thousands_of_tiny_members_are_refused_at_once(name):
    with pytest.raises(UndecodableBody, match="more than 1000"):
        decode(PACKERS[name](b"") * 300_000, name, MEGABYTE)


@pytest.mark.parametrize("header", ["gzip", "br", "zstd", "deflate", ""])
def test_an_empty_body_is_empty_whatever_the_header_says(header):
    assert decode(b"", header, 10) == b""


def test_the_start_of_a_body_cut_short_can_still_be_read():
    text = b"User-agent: *\nDisallow: /private\n" * 2_000
    packed = gzip.compress(text, compresslevel=0)
    assert decode_start(packed[:30_000], "gzip", 20_000) == text[:20_000]


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip"]))
def test_any_bytes_unpack_or_are_refused(data, header):
    with contextlib.suppress(UndecodableBody, BodyTooLarge):
        assert len(decode(data, header, 1_000)) <= 1_000
