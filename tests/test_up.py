"""`secnews up`: a scheduled run starts and completes, and everything stops when told to."""

import os
import signal
import socket
import time

import httpx
import psutil
import pytest

from flows.demo.server import DemoServer
from flows.prefect_server import free_port

pytestmark = pytest.mark.service

START_SECONDS = 150


def wait_for(look, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError(f"no {what} within {seconds} s")


def finished_runs(api):
    try:
        runs = httpx.post(f"{api}/flow_runs/filter", json={"flow_runs": {}}, timeout=5).json()
    except httpx.HTTPError:
        return []
    return [run for run in runs if run["auto_scheduled"] and run["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_scheduled_run_completes_and_a_signal_stops_everything(secnews, number):
    port = free_port()
    with DemoServer() as sites:
        (secnews.folder / "sources.toml").write_text(sites.sources_toml(), encoding="utf-8")
        secnews.environment |= {
            "SECNEWS_SOURCES": "sources.toml",
            "SECNEWS_ALLOW_PRIVATE": "*.localhost",
            "SECNEWS_HOST_DELAY_SECONDS": "0.01",
            "SECNEWS_MODEL": "hashing",
            "SECNEWS_SCHEDULE_MINUTES": "1",
            "SECNEWS_PREFECT_PORT": str(port),
        }
        up = secnews.start("up")
        try:
            api = f"http://127.0.0.1:{port}/api"
            (run, *_) = wait_for(lambda: finished_runs(api), START_SECONDS, "scheduled run")
            assert run["state_type"] == "COMPLETED", run["state_name"]
            assert "scheduled" in run["tags"]
            children = psutil.Process(up.pid).children(recursive=True)
            os.kill(up.pid, number)
            assert up.wait(60) == 0, (secnews.folder / "started.log").read_text()
        finally:
            up.kill()
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    stored = secnews.json("runs")
    assert stored[-1]["new"] == sites.expected().articles


def test_a_taken_port_is_said_with_what_to_do(secnews):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        secnews.environment["SECNEWS_PREFECT_PORT"] = str(taken.getsockname()[1])
        assert "SECNEWS_PREFECT_PORT" in secnews.run("up", code=1).stderr
