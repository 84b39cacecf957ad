"""docs/sources.md: its example is a good file, its bad example gets the messages shown, and every key is explained."""

import re
from pathlib import Path

import pytest

from tasks.sources import KEYS, REQUIRED, SourceFileError, load_sources

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "sources.md").read_text("utf-8")
GOOD, BAD = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(SAID,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def refusal(folder, content):
    path = folder / "sources.toml"
    path.write_bytes(content)
    with pytest.raises(SourceFileError) as refused:
        load_sources(path)
    return str(refused.value).replace(f"{folder}/", "")


def test_the_example_is_a_good_file_and_uses_every_key(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert [(source.id, source.enabled) for source in load_sources(path)] == [
        ("harbour", True),
        ("cipher-alerts", False),
    ]
    assert [key for key in KEYS if not re.search(rf"^{key} = ", GOOD, re.MULTILINE)] == []


def test_every_key_is_explained_and_the_required_ones_are_called_so():
    explained = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    assert set(explained) == set(KEYS)
    assert {key for key, must in explained.items() if must.startswith("required")} == set(REQUIRED)


def test_the_bad_example_gets_the_messages_shown(tmp_path):
    assert refusal(tmp_path, BAD.encode()) == SAID.rstrip()


@pytest.mark.parametrize(
    "content",
    [b'[[source]]\nname = "Z\xfcrich"\n', b'[[source]]\nid = "a', b"# nothing\n", b'[source]\nid = "a"\n', b"a = 1\n"],
    ids=["latin-1", "torn", "empty", "single brackets", "a key outside"],
)
def test_every_fault_of_the_whole_file_is_in_the_table(tmp_path, content):
    message = refusal(tmp_path, content)
    described = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert [part for part in described if part in message], message
