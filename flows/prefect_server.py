"""A real Prefect server as a child process, on loopback, with its history in a folder of ours.

Never Prefect's ephemeral server: it forgets.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from index.errors import SecnewsError

# The first start makes the database: 11 s on two cores, and twice that on a busy machine.
START_SECONDS = 120.0
STOP_SECONDS = 20.0
# No word to anyone outside, and none of the user's own profiles.
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
}
# A run that is silent for five minutes is dead: see flows/deployments.py.
HEARTBEAT_SECONDS = 60


class ServerError(SecnewsError):
    """The Prefect server did not start, or is not what it should be."""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_prefect(url: str) -> bool:
    """Whether a Prefect API answers there."""
    import httpx  # late: 0.1 s that a search need not pay

    try:
        answer = httpx.get(f"{url}/health", timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.text.strip() == "true"


class PrefectServer:
    """`prefect server start` as a context manager.

    Raises:
        ServerError: the port is taken, or the server did not answer in time; the message names its log.
    """

    def __init__(self, home: Path, port: int) -> None:
        self.home = home.resolve()
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the dashboard is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.url}/api"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to talk to this server."""
        return {**QUIET, "PREFECT_HOME": str(self.home), "PREFECT_API_URL": self.api,
                "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS)}  # fmt: skip

    def start(self) -> PrefectServer:
        """Start it; returns at once. `wait` waits until it answers."""
        assert self._process is None, "started already: the first process would be forgotten, and never stopped"
        if is_listening(self.port):
            raise ServerError(f"port {self.port} is taken: stop what listens there, or set SECNEWS_PREFECT_PORT")
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {**os.environ, **self.environment, "PREFECT_SERVER_UI_API_URL": self.api}
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop things in order.
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        return self

    def wait(self) -> PrefectServer:
        """Wait until it answers."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"the Prefect server stopped with code {self._process.returncode}: see {self.log}")
            if is_prefect(self.api):
                return self
            time.sleep(0.2)
        self.stop()
        raise ServerError(f"the Prefect server did not answer within {START_SECONDS:.0f} s: see {self.log}")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop it and everything it started; waits until it is gone."""
        process, self._process = self._process, None
        if process is not None:
            stop_group(process, signal.SIGINT)

    close = stop

    def __enter__(self) -> PrefectServer:
        return self.start().wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def stop_group(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    """Ask a child and its children to stop; insist after `STOP_SECONDS`."""
    for number in (first, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS if number is not signal.SIGKILL else None)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return
