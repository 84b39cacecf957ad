"""Fixtures that several test files share: the command as a user runs it, and a real Prefect server."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows.prefect_server import PrefectServer
from tests.store_fixtures import quick_folder, store, store_factory  # noqa: F401  fixtures of the contract suites

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Secnews:
    """The command `secnews`, in a folder of its own and with settings of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    peak_bytes: int = 0

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "flows.cli.app", *arguments]

    def surroundings(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SECNEWS_", "PREFECT_"))}
        return {**inherited, "COLUMNS": "200", **self.environment}

    def run(self, *arguments: str, code: int | None = 0, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.surroundings(), capture_output=True, text=True,
            timeout=timeout, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, code: int = 0, timeout: float = 240):
        return json.loads(self.run(*arguments, "--json", code=code, timeout=timeout).stdout)

    def watched(self, *arguments: str) -> str:
        """Run it and return its standard output; `peak_bytes` is then the most memory that it held.

        The kernel's own high-water mark of the process: what getrusage says of a child includes its parent at the fork.
        """
        with subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.surroundings(), stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            watcher = threading.Thread(target=self._watch, args=(process,))
            watcher.start()
            output = process.communicate()[0]
            watcher.join()
        assert process.returncode == 0, output
        return output

    def _watch(self, process: subprocess.Popen[str]) -> None:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            with contextlib.suppress(OSError):
                if found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text()):
                    self.peak_bytes = int(found[1]) * 1024
            time.sleep(0.05)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it and go on; its output goes to started.log."""
        with (self.folder / "started.log").open("w") as out:
            return subprocess.Popen(
                self.command(*arguments), cwd=self.folder, env=self.surroundings(), stdout=out, stderr=out, text=True,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip


@pytest.fixture
def secnews(tmp_path):
    """A user's own folder, with nothing in it."""
    return Secnews(tmp_path)


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    """A real Prefect server for all tests of a session."""
    with PrefectServer(tmp_path_factory.mktemp("prefect"), 0) as server:
        yield server


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium; skips where there is none, and fails so under CI."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have Chromium: apt-get install chromium")
        pytest.skip("no Chromium on the path: apt-get install chromium")
    return CHROMIUM
