"""The command `secnews` as a user meets it: help, exit codes, clear errors, `--json` that is nothing but JSON."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.screens import printable

COMMANDS = (
    "demo",
    "up",
    "ingest",
    "import",
    "clean",
    "search",
    "show",
    "runs",
    "sources list",
    "sources check",
    "doctor",
)


def leaves(command, name=""):
    for child, found in getattr(command, "commands", {}).items():
        if hasattr(found, "commands"):
            yield from leaves(found, f"{name}{child} ")
        else:
            yield f"{name}{child}"


def test_the_commands_are_the_documented_ones():
    assert sorted(leaves(get_command(app))) == sorted(COMMANDS)


@pytest.mark.service
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name):
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"secnews {name}" in readme


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name):
    shown = CliRunner().invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    assert "Example:" in shown.output
    assert re.search(rf"secnews\s+{name.split()[0]}", shown.output)


@pytest.mark.service
@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "-5"],
        ["search", "x", "--after", "2012-13-45"],
        ["search", "x", "--mode", "telepathy"],
        ["search"],
        ["runs", "no-such-run"],
        ["nonsense"],
    ],
)
def test_wrong_use_is_exit_code_2_and_a_sentence(secnews, arguments):
    done = secnews.run(*arguments, code=2)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.service
def test_a_missing_article_is_a_failure_with_a_sentence(secnews):
    assert "no article" in secnews.run("show", "0" * 32, code=1).stderr


@pytest.mark.service
def test_a_search_in_an_empty_index_says_what_to_do(secnews):
    assert "secnews ingest" in secnews.run("search", "anything", "--mode", "keyword").stdout


@pytest.mark.service
@pytest.mark.parametrize("arguments", [["runs"], ["search", "x", "--mode", "keyword"], ["sources", "list"]])
def test_json_is_nothing_but_json(secnews, arguments):
    done = secnews.run(*arguments, "--json")
    json.loads(done.stdout)
    assert done.stderr == ""


@pytest.mark.service
def test_a_source_file_with_faults_names_line_and_field(secnews):
    (secnews.folder / "bad.toml").write_text('[[source]]\nid = "a"\nname = "A"\nurl = "ftp://x"\nkynd = "rss"\n')
    secnews.environment["SECNEWS_SOURCES"] = "bad.toml"
    complaint = secnews.run("sources", "list", code=None).stderr
    assert "bad.toml" in complaint
    assert "4" in complaint
    assert "kynd" in complaint


@pytest.mark.service
def test_a_source_file_that_is_not_there_is_said(secnews):
    secnews.environment["SECNEWS_SOURCES"] = "missing.toml"
    done = secnews.run("sources", "list", code=None)
    assert done.returncode in {1, 2}
    assert "missing.toml" in done.stderr


@pytest.mark.service
def test_a_misspelt_setting_is_wrong_use(secnews):
    secnews.environment["SECNEWS_INDX"] = "local:x"
    assert "SECNEWS_INDEX" in secnews.run("runs", code=2).stderr


@pytest.mark.service
def test_the_demo_empties_no_folder_that_is_not_its_own(secnews):
    (secnews.folder / "precious").mkdir()
    (secnews.folder / "precious" / "thesis.txt").write_text("years of work")
    assert "--folder" in secnews.run("demo", "--folder", "precious", code=2).stderr
    assert (secnews.folder / "precious" / "thesis.txt").exists()


@pytest.mark.service
def test_clean_prints_one_article_a_line(secnews):
    page = secnews.folder / "page.html"
    paragraph = f"<p>{'The harbour stayed closed while divers searched the pier for mines. ' * 4}</p>"
    body = f"<article><h1>Harbour closed</h1>{paragraph * 5}</article>"
    page.write_text(f"<html lang=en><head><title>Harbour closed</title></head><body>{body}</body></html>")
    (row,) = [json.loads(line) for line in secnews.run("clean", str(page), "--jsonl").stdout.splitlines()]
    assert row["title"] == "Harbour closed"
    assert row["path"].endswith("page.html")
    promised = "path url title summary section authors published_at language body pages receipt"
    assert set(row) >= set(promised.split())


@pytest.mark.service
def test_clean_of_a_missing_file_fails_and_names_it(secnews):
    assert "nothing.html" in secnews.run("clean", "nothing.html", code=1).stderr


def test_control_characters_of_a_page_never_reach_the_terminal():
    assert printable("a\x1b[2Jb\u202ec\x07") == "a [2Jb c "
