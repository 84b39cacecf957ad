"""Settings come from the environment, and a wrong one says which it is."""

import re
from pathlib import Path

import pytest

from flows.settings import Settings, read_settings, refuse_unknown
from index.errors import BadRequest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default():
    assert read_settings().index == "local:data/index"


def test_a_setting_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("SECNEWS_ALLOW_PRIVATE", "*.localhost, 10.0.0.7")
    monkeypatch.setenv("SECNEWS_INDEX", "local:/tmp/elsewhere")
    settings = read_settings()
    assert settings.allow_private == ("*.localhost", "10.0.0.7")
    assert settings.index_folder == Path("/tmp/elsewhere")


def test_a_wrong_value_names_its_variable_and_not_the_value(monkeypatch):
    monkeypatch.setenv("SECNEWS_PREFECT_PORT", "seventy-s3cret")
    with pytest.raises(BadRequest, match="SECNEWS_PREFECT_PORT") as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


def test_an_unknown_backend_is_refused(monkeypatch):
    monkeypatch.setenv("SECNEWS_INDEX", "ftp://user:s3cret@host")
    with pytest.raises(BadRequest, match="local:FOLDER") as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


def test_a_misspelt_setting_is_refused_with_a_hint():
    with pytest.raises(BadRequest, match="did you mean SECNEWS_INDEX"):
        refuse_unknown({"SECNEWS_INDX": "local:x"})


def test_the_example_file_lists_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = {match[1]: match[2] for line in lines if (match := re.match(r"#?\s?(SECNEWS_[A-Z_]+)=(.*)", line))}
    assert set(listed) == {f"SECNEWS_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if name not in {"sources", "allow_private"}:
            assert listed[f"SECNEWS_{name.upper()}"] == str(field.default), name
