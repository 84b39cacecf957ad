"""Write the lock files: `make lock`.

    requirements-build.lock  uv and the build backend: what an install from a clone starts with
    requirements.lock        what secnews needs at run time
    requirements-torch.lock  torch and what only torch needs, apart, so that an install can take a CPU build instead
    requirements-dev.lock    what only tests and checks need

Every file pins versions with hashes and names no registry. One resolution serves the last three, so they fit.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Made by `make lock` from pyproject.toml. Do not edit.\n"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==")
VIA = re.compile(r"^\s+#\s+(?:via\s+)?(?P<parent>\S.*)$")


@dataclass(frozen=True, slots=True)
class Pin:
    """One pinned distribution: its name, its lines in the lock, and who asked for it."""

    name: str
    text: str
    parents: frozenset[str]


def compile_lock(*arguments: str) -> list[Pin]:
    options = ("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header")
    silent = ("--no-emit-index-url", "--no-emit-find-links")
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *silent, *arguments]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return parse(output)


def parse(lock: str) -> list[Pin]:
    """The pins of a compiled lock; a name may stand twice, once for each range of Python versions."""
    pins: list[Pin] = []
    block: list[str] = []
    for line in [*lock.splitlines(), "end=="]:
        if PINNED.match(line) and block:
            pins.append(make_pin(block))
            block = []
        block.append(line)
    return pins


def make_pin(block: list[str]) -> Pin:
    match = PINNED.match(block[0])
    assert match is not None
    parents = {via["parent"].split(" ")[0] for line in block if (via := VIA.match(line)) and via["parent"] != "via"}
    text = "".join(f"{line}\n" for line in block if not line.lstrip().startswith("#"))
    return Pin(match["name"], text, frozenset(parents))


def only_below(root: str, pins: list[Pin]) -> set[str]:
    """Names that nothing but `root`, or what stands below it, asks for."""
    below = {root}
    grown = True
    while grown:
        new = {pin.name for pin in pins if pin.name not in below and pin.parents and pin.parents <= below}
        below |= new
        grown = bool(new)
    return below


def main() -> None:
    everything = compile_lock("--group", "dev", "pyproject.toml")
    runtime_names = {pin.name for pin in compile_lock("pyproject.toml")}
    runtime = [pin for pin in everything if pin.name in runtime_names]
    torch_names = only_below("torch", runtime)
    files = {
        "requirements-build.lock": compile_lock("--group", "pyproject.toml:build"),
        "requirements.lock": [pin for pin in runtime if pin.name not in torch_names],
        "requirements-torch.lock": [pin for pin in runtime if pin.name in torch_names],
        "requirements-dev.lock": [pin for pin in everything if pin.name not in runtime_names],
    }
    for name, pins in files.items():
        (ROOT / name).write_text(HEADER + "".join(pin.text for pin in pins))
        print(f"{name}: {len({pin.name for pin in pins})} distributions")


if __name__ == "__main__":
    main()
