"""A file of sources is read whole, or refused with a line for each of its faults."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tasks.sources
from tasks.sources import Source, SourceFileError, load_sources

GOOD = """\
# Two outlets.
[[source]]
id = "courier"
name = "The Courier"
url = "https://courier.example/feed.xml"

[[source]]
id = "bote"
name = "Der Bote"
url = "https://bote.example/atom"
kind = "atom"
language = "de"
region = "at"
topics = ["cyber", "conflict"]
enabled = false
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(SourceFileError) as refused:
        load_sources(written(folder, text))
    return str(refused.value).replace(f"{folder}/", "").splitlines()


def test_a_good_file_gives_its_sources_in_order(tmp_path):
    assert load_sources(written(tmp_path, GOOD)) == (
        Source("courier", "The Courier", "https://courier.example/feed.xml"),
        Source(
            "bote", "Der Bote", "https://bote.example/atom", "atom", "de", "at", ("cyber", "conflict"), enabled=False
        ),
    )


def test_the_packaged_sources_are_good():
    sources = load_sources(Path(tasks.sources.__file__).with_name("sources.toml"))
    assert len(sources) >= 10
    assert all(source.url.startswith("https://") for source in sources)


def test_all_faults_are_reported_at_once_each_with_line_and_field(tmp_path):
    text = """\
[[source]]
id = "courier"
name = "The Courier"
url = "javascript:alert(1)"
colour = "red"

[[source]]
id = "courier"
url = "https://courier.example/feed.xml"
enabled = "yes"
topics = ["cyber", 7]
language = "english"
"""
    faults = faults_of(tmp_path, text)
    assert [fault.partition(":")[0] for fault in faults] == [
        "sources.toml, line 4, field url",
        "sources.toml, line 5, field colour",
        "sources.toml, line 7, field name",
        "sources.toml, line 8, field id",
        "sources.toml, line 10, field enabled",
        "sources.toml, line 11, field topics",
        "sources.toml, line 12, field language",
    ]
    assert "not an http or https address" in faults[0]
    assert "known are id, name, url" in faults[1]
    assert "missing" in faults[2]
    assert "used before in line 2" in faults[3]
    assert "true or false" in faults[4]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[source]]\nid = "a"\nname = ', "sources.toml, line 3: not valid TOML"),
        ("", "holds no [[source]] table"),
        ('[source]\nid = "a"\n', "line 1, field source: write [[source]]"),
        ('timeout = 3\n[[source]]\nid = "a"\n', "line 1, field timeout: unknown"),
        (GOOD.replace("https://bote.example/atom", "https://courier.example/feed.xml"), "line 10, field url"),
        (GOOD.replace("https://bote", "https://me:secret@bote"), "must not hold a user name"),
        (GOOD.replace('"bote"', '"Der Bote!"'), "line 8, field id"),
        (GOOD.replace('"atom"', '"html"'), "line 11, field kind"),
        (GOOD.replace('"Der Bote"', '" "'), "line 9, field name"),
    ],
)
def test_a_fault_names_its_place(tmp_path, text, fault):
    message = "\n".join(faults_of(tmp_path, text))
    assert fault in message
    assert "secret@" not in message


def test_texts_over_several_lines_do_not_shift_the_line_numbers(tmp_path):
    text = 'a = 1\n[[source]]\nname = """\n[[source]]\nurl = 1\n"""\nid = "x"\nurl = "nowhere"\n'.removeprefix(
        "a = 1\n"
    )
    assert [fault.partition(":")[0] for fault in faults_of(tmp_path, text)] == ["sources.toml, line 7, field url"]


def test_sources_as_an_inline_list_are_read_and_their_faults_named(tmp_path):
    text = 'source = [{id = "a", name = "A", url = "nowhere"}]\n'
    assert "sources.toml, field url: 'nowhere' is not an http or https address" in faults_of(tmp_path, text)[0]


def test_a_missing_file_and_one_in_another_charset_are_named(tmp_path):
    with pytest.raises(SourceFileError, match=r"nowhere\.toml: cannot be read"):
        load_sources(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('[[source]]\nname = "Zürich"\n'.encode("latin-1"))
    with pytest.raises(SourceFileError, match=r"latin\.toml, line 2: not UTF-8"):
        load_sources(tmp_path / "latin.toml")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="[]source=\"\n\\{}#.,1 'idurlname", max_size=120))
def test_any_file_is_read_or_refused(tmp_path, text):
    with contextlib.suppress(SourceFileError):
        load_sources(written(tmp_path, text))
