"""The project as a distribution: generic package names stay ours, the wheel is whole, the documents are true."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from flows.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "tasks", "index")


@pytest.mark.service
@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_the_one_of_this_repository(package, tmp_path):
    """From another folder, as an installed project; a package of the same name elsewhere would shadow it."""
    code = f"import {package}; print({package}.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == ROOT / package / "__init__.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_belongs_to_this_distribution_only(package):
    assert set(packages_distributions().get(package, ["secnews"])) <= {"secnews"}


@pytest.mark.service
def test_the_wheel_holds_every_module_and_data_file(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == tracked


@pytest.mark.service
def test_the_wheel_works_away_from_the_repository(tmp_path):
    """Unpacked elsewhere and run from another folder: a missing data file or module shows here."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked, elsewhere = tmp_path / "unpacked", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(unpacked)
    elsewhere.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "import flows; assert flows.__file__.startswith(sys.path[0]), flows.__file__\n"
        "from flows.demo.server import DemoServer\n"
        "with DemoServer() as sites: assert sites.expected().articles > 30\n"
        "from flows.cli.app import app\n"
        "for line in (['--help'], ['sources', 'list'], ['search', 'x', '--mode', 'keyword', '--json']):\n"
        "    sys.argv = ['secnews', *line]\n"
        "    try: app()\n"
        "    except SystemExit as end: assert not end.code, line\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=elsewhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "cisa" in done.stdout


def test_the_locks_name_no_registry():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)
        assert text.count("==") <= text.count("--hash=sha256:")


def test_every_declared_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [re.match(r"[a-z0-9-]+", requirement)[0] for requirement in project["dependencies"]]
    explained = (ROOT / "docs" / "decisions" / "0006-dependencies.md").read_text(encoding="utf-8").lower()
    assert [name for name in declared if name not in explained] == []


@pytest.mark.service
def test_searching_never_imports_prefect_or_torch(tmp_path):
    """They cost seconds. A search in a fresh process must not pay them."""
    code = (
        "import sys; sys.argv = ['secnews', 'search', 'x', '--mode', 'keyword', '--json']\n"
        "from flows.cli.app import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('prefect', 'torch', 'sentence_transformers') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("[]")


def test_every_file_is_of_a_size_that_a_person_reads():
    long = {
        str(path.relative_to(ROOT)): lines
        for package in (*PACKAGES, "tests", "tools")
        for path in (ROOT / package).rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 300
    }
    assert long == {}


def test_no_settings_hide_from_the_documents():
    assert all(field.description for field in Settings.model_fields.values())
