import gzip
import json
import os

import pytest

from index.article import Precision
from index.outcome import Reason
from tasks.clean import clean_row
from tasks.extract.records import EXTRACTOR_VERSION
from tasks.reading import read_documents
from tests.test_dump import FIRST, PAGE_1, PAGE_2, TITLE
from tests.test_dump import SECOND as DUMP_SECOND
from tests.test_extract_page import PARAGRAPHS, SECOND, URL, html


def read(*paths, join=True):
    return list(read_documents(paths, join=join))


def link_to(url):
    return f'<link rel="canonical" href="{url}">'


def write(folder, **files):
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".", 1)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return paths


def test_html_from_disk_takes_its_address_from_the_page(tmp_path):
    (path,) = write(tmp_path, page_html=html(PARAGRAPHS, head=link_to(URL)))
    (document,) = read(path)
    assert document.url == URL
    assert document.paths == (str(path),)
    assert [block.text for block in document.extracted.blocks] == PARAGRAPHS


def test_dumps_of_one_article_are_joined_across_files(tmp_path):
    paths = write(tmp_path, a_txt=PAGE_2, b_txt=PAGE_1)
    (document,) = read(tmp_path)
    assert document.extracted.title == TITLE
    assert [block.text for block in document.extracted.blocks] == FIRST + DUMP_SECOND
    assert document.paths == (str(paths[1]), str(paths[0]))


def test_html_pages_of_one_article_are_joined_across_files(tmp_path):
    first, second = html(PARAGRAPHS, head=link_to(URL)), html(SECOND, head=link_to(f"{URL}/2"))
    other = html(SECOND, title="Harvest festival opens early", head=link_to(f"{URL}/3"))
    write(tmp_path, c_html=first, a_html=second, b_html=other)
    joined, alone = sorted(read(tmp_path), key=lambda document: -len(document.paths))
    assert [os.path.basename(path) for path in joined.paths] == ["c.html", "a.html"]
    assert [block.text for block in joined.extracted.blocks] == PARAGRAPHS + SECOND
    assert alone.extracted.title == "Harvest festival opens early"


def test_without_join_each_file_is_its_own(tmp_path):
    write(tmp_path, a_txt=PAGE_1, b_txt=PAGE_2)
    assert [len(document.paths) for document in read(tmp_path, join=False)] == [1, 1]


def test_what_a_file_is_its_content_decides(tmp_path):
    paths = write(tmp_path, dump_html=PAGE_1, page_txt=gzip.compress(html(PARAGRAPHS)))
    by_title = {document.extracted.title for document in read(*paths)}
    assert by_title == {TITLE, "Cable cut off the cape"}


def test_folders_are_read_with_all_below_in_order(tmp_path):
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", z_html=html(SECOND, title="Last"))
    write(tmp_path, a_html=html(PARAGRAPHS, title="First"), _hidden=b"not looked at")
    assert [document.extracted.title for document in read(tmp_path)] == ["First", "Last"]


def test_what_clean_prints_import_reads_back(tmp_path):
    (path,) = write(tmp_path, page_html=html(PARAGRAPHS, head=link_to(URL) + '<meta name="date" content="2026-03-01">'))
    (document,) = read(path)
    row = clean_row(document)
    assert row["published_at"] == "2026-03-01"
    assert row["pages"] == [str(path)]
    assert row["receipt"]["extractor"] == EXTRACTOR_VERSION
    lines = write(tmp_path, rows_jsonl=json.dumps(row) + "\n")
    (again,) = read(*lines)
    assert again.paths == (f"{lines[0]}:1",)
    assert again.url == URL
    assert again.extracted.published_precision is Precision.DAY
    kept = ("title", "summary", "section", "authors", "published_at", "language", "body")
    assert {key: clean_row(again)[key] for key in kept} == {key: row[key] for key in kept}


def test_bad_lines_are_rejected_by_number_and_the_others_go_on(tmp_path):
    good = json.dumps({"title": "Cable cut", "body": "\n".join(PARAGRAPHS), "published": "soon", "url": "ftp://x"})
    lines = ["", good, "{broken", '["a list"]', json.dumps({"title": "T"}), json.dumps({"body": ["b"]}), good]
    (path,) = write(tmp_path, rows_jsonl='{"title": "x", "body": []}\n' + "\n".join(lines))
    documents = read(path)
    assert [document.rejected for document in documents] == [Reason.UNREADABLE, None, *[Reason.UNREADABLE] * 4, None]
    assert documents[2].detail.startswith("line 4 is not valid JSON")
    assert documents[4].detail == "line 6 has no body"
    notes = documents[1].extracted.receipt.notes
    assert any("soon" in note for note in notes)
    assert any("url is left out" in note for note in notes)


def test_json_over_several_lines_is_read_whole(tmp_path):
    rows = [{"title": "A", "body": PARAGRAPHS}, {"title": "B", "body": SECOND}]
    (path,) = write(tmp_path, rows_json=json.dumps(rows, indent=1))
    assert [document.extracted.title for document in read(path)] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "content", "reason", "words"),
    [
        ("empty.html", b"", Reason.EMPTY, "empty"),
        ("paper.html", b"%PDF-1.7 binary", Reason.NOT_HTML, "PDF"),
        ("torn.html.gz", gzip.compress(b"x" * 9999)[:40], Reason.UNREADABLE, "damaged"),
        ("bomb.html.gz", gzip.compress(b"<p>" + b" " * 20_000_000), Reason.TOO_LARGE, "more than"),
        ("noise.bin", bytes(range(256)) * 40, Reason.NOT_HTML, "binary"),
        ("note.txt", b"too short to be an article", Reason.NO_ARTICLE, "reads like"),
    ],
)
@pytest.mark.parametrize("join", [True, False])
def test_a_bad_file_is_answered_with_a_reason_and_the_others_go_on(tmp_path, name, content, reason, words, join):
    (tmp_path / name).write_bytes(content)
    write(tmp_path, zz_html=html(PARAGRAPHS))
    bad, good = read(tmp_path, join=join)
    assert bad.rejected is reason
    assert words in bad.detail
    assert good.extracted.title == "Cable cut off the cape"


def test_missing_paths_and_empty_folders_are_said(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "void").mkdir()
    missing, pipe, void = read(tmp_path / "nowhere.txt", tmp_path / "pipe", tmp_path / "void")
    assert (missing.rejected, missing.detail) == (Reason.UNREADABLE, "there is no such file or folder")
    assert (pipe.rejected, pipe.detail) == (Reason.UNREADABLE, "it is neither a file nor a folder")
    assert (void.rejected, void.detail) == (Reason.EMPTY, "the folder holds no files")
    assert clean_row(missing)["rejected"] == "unreadable"


def test_a_file_that_may_not_be_read_is_said(tmp_path):
    """Asked as another user where the tests run as root, whom no file refuses."""
    (path,) = write(tmp_path, a_html=html(PARAGRAPHS))
    path.chmod(0)
    pid = os.fork()
    if pid == 0:
        if os.geteuid() == 0:
            for folder in list(path.parents)[:-2]:
                folder.chmod(0o755)
            os.setuid(65534)
        os._exit(0 if read(path)[0].rejected is Reason.UNREADABLE else 1)
    assert os.waitpid(pid, 0)[1] == 0


def test_a_json_article_of_ten_megabytes_is_refused_before_it_is_embedded(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps({"title": "Long", "body": ["word " * 300_000]}) + "\n", encoding="utf-8")
    (document,) = read(path)
    assert document.rejected is Reason.TOO_LARGE


def test_a_fifo_in_a_folder_is_said_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (document,) = read(tmp_path)
    assert document.rejected is Reason.UNREADABLE
