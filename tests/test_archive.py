"""The archive gives back exactly what was fetched, and survives kills, tears, full disks and hostile places."""

import gzip
import os
import resource
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tasks.archive import Archive, ArchiveError, ArchiveFull
from tasks.fetched import Fetched

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
PAGE = "<html><p>Größe, 東京.</p></html>".encode()


def page(body=PAGE, *, packed=True, **changes):
    raw = gzip.compress(body) if packed else body
    headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Odd", "caf\xe9; a:b"), ("Set-Cookie", "a=1")]
    headers += [("Set-Cookie", "b=2"), ("Transfer-Encoding", "chunked")]
    headers += [("Content-Encoding", "gzip")] if packed else []
    made = Fetched(
        "http://courier.example/a", "https://courier.example/a?b=1", 200, tuple(headers), raw, body, NOON,
        ("http://courier.example/a",),
    )  # fmt: skip
    return replace(made, **changes)


def stored(archive, *pages):
    with archive.writer() as writer:
        return [writer.write(one) for one in pages]


@pytest.mark.parametrize(
    "fetched",
    [
        page(),
        page(packed=False),
        page(b""),
        page(b"", packed=False),
        page(b"\r\n\r\n" * 3, packed=False),
        page(status=304, raw=b"", body=b""),
    ],
)
def test_what_was_written_is_read(tmp_path, fetched):
    archive = Archive(tmp_path)
    (place,) = stored(archive, fetched)
    assert place.startswith("2026/11/23/120000-")
    assert archive.read(place) == fetched


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=500), st.lists(st.tuples(st.from_regex(r"[A-Za-z-]{1,20}", fullmatch=True), st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85"), max_size=30))))  # fmt: skip
def test_any_body_and_headers_come_back(tmp_path, body, headers):
    kept = tuple((name, value) for name, value in headers if name.lower() not in {"content-encoding"})
    fetched = page(body, packed=False, headers=kept)
    archive = Archive(tmp_path)
    assert archive.read(stored(archive, fetched)[0]) == fetched


def test_other_tools_can_read_the_files(tmp_path):
    archive = Archive(tmp_path)
    place, _ = stored(archive, page(), page())
    with (tmp_path / place.partition("#")[0]).open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read()) for r in ArchiveIterator(file)
        ]
    assert [(kind, body) for kind, _, _, body in records] == [("response", PAGE), ("response", PAGE)]
    _, own, http, _ = records[0]
    assert own.get_header("WARC-Target-URI") == "https://courier.example/a?b=1"
    assert own.get_header("WARC-Date") == "2026-11-23T12:00:00.123456Z"
    assert own.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert http.get_statuscode() == "200"
    assert http.get_header("Transfer-Encoding") is None


def test_each_writer_has_a_file_of_its_own_and_an_idle_one_has_none(tmp_path):
    archive = Archive(tmp_path)
    with archive.writer() as one, archive.writer() as two, archive.writer():
        places = {one.write(page()).partition("#")[0], two.write(page()).partition("#")[0]}
    assert len(places) == 2
    assert len(list(tmp_path.rglob("*.warc.gz"))) == 2


def test_a_place_can_be_read_while_its_writer_goes_on(tmp_path):
    archive = Archive(tmp_path)
    with archive.writer() as writer:
        first = writer.write(page())
        assert archive.read(first) == page()
        second = writer.write(page(b"second"))
        assert archive.read(second).body == b"second"


def test_a_torn_record_costs_only_itself(tmp_path):
    archive = Archive(tmp_path)
    first, second, torn = stored(archive, page(b"one"), page(b"two"), page(b"three"))
    path = tmp_path / torn.partition("#")[0]
    os.truncate(path, path.stat().st_size - 40)
    assert (archive.read(first).body, archive.read(second).body) == (b"one", b"two")
    with pytest.raises(ArchiveError, match="torn"):
        archive.read(torn)


def test_a_damaged_record_says_so(tmp_path):
    archive = Archive(tmp_path)
    first, second = stored(archive, page(b"one"), page(b"two"))
    path = tmp_path / first.partition("#")[0]
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(ArchiveError):
        archive.read(first)
    assert archive.read(second).body == b"two"


@pytest.mark.parametrize(
    "place",
    [
        "",
        "../../etc/passwd#0,10",
        "2026/11/23/../../../../etc/passwd#0,10",
        "/etc/passwd#0,10",
        "2026/11/23/a.warc.gz",
        "2026/11/23/a.warc.gz#-1,10",
        "2026/11/23/a.warc.gz#0,10\n",
        "2026/11/23/nowhere.warc.gz#0,10",
        "2026/11/23/a\x00.warc.gz#0,10",
    ],
)
def test_places_outside_the_archive_are_refused(tmp_path, place):
    with pytest.raises(ArchiveError):
        Archive(tmp_path).read(place)


def test_a_link_out_of_the_archive_is_not_followed(tmp_path):
    outside = Archive(tmp_path / "outside")
    (place,) = stored(outside, page())
    name = place.partition("#")[0]
    link = tmp_path / "inside" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "outside" / name)
    with pytest.raises(ArchiveError, match="leads out"):
        Archive(tmp_path / "inside").read(place)


def test_a_bomb_in_the_archive_is_not_unpacked(tmp_path):
    bomb = gzip.compress(bytes(50 << 20))
    (place,) = stored(Archive(tmp_path), page(raw=bomb))
    with pytest.raises(ArchiveError, match="does not unpack: more than"):
        Archive(tmp_path, max_body_bytes=1 << 20).read(place)


def test_an_answer_with_line_breaks_in_its_headers_is_refused(tmp_path):
    with Archive(tmp_path).writer() as writer, pytest.raises(ArchiveError, match="line break"):
        writer.write(page(headers=(("A", "b\r\nInjected: yes"),)))


def test_a_full_disk_is_a_clear_error_and_leaves_whole_records(tmp_path):
    """A limit on the size of files stands in for the full disk: it strikes in the middle of a record."""
    archive = Archive(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with archive.writer() as writer:
        first = writer.write(page())
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
            with pytest.raises(ArchiveFull, match="make room"):
                writer.write(page(os.urandom(20_000), packed=False))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        third = writer.write(page(b"third"))
    assert archive.read(first) == page()
    assert archive.read(third).body == b"third"
    with (tmp_path / first.partition("#")[0]).open("rb") as file:
        assert [record.raw_stream.read() for record in ArchiveIterator(file)] == [page().raw, page(b"third").raw]


@pytest.mark.service
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system to fill")
def test_a_really_full_disk_is_a_clear_error(tmp_path):
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "secnews-test", str(tmp_path)], check=False
    ).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        archive = Archive(tmp_path)
        with archive.writer() as writer:
            first = writer.write(page())
            with pytest.raises(ArchiveFull, match="make room"):
                writer.write(page(os.urandom(200_000), packed=False))
        assert archive.read(first) == page()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with Archive(tmp_path / "file").writer() as writer, pytest.raises(ArchiveError, match="check the folder"):
        writer.write(page())


@pytest.mark.service
def test_every_place_that_a_killed_process_has_told_can_be_read(tmp_path):
    script = """
        import sys
        from tests.test_archive import Archive, page
        with Archive(sys.argv[1]).writer() as writer:
            for n in range(100_000):
                print(writer.write(page(b"page %d" % n)), flush=True)
    """
    root = Path(__file__).resolve().parents[1]
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    )
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(50)]
    child.send_signal(signal.SIGKILL)
    told += [line.strip() for line in child.stdout if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    archive = Archive(tmp_path)
    assert [archive.read(place).body for place in told] == [b"page %d" % n for n in range(len(told))]
