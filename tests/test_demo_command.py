"""`secnews demo`, as a newcomer runs it: it ends by itself, well, and leaves nothing running."""

import psutil
import pytest

pytestmark = pytest.mark.service


def servers():
    """Prefect servers on this machine, by process id."""
    found = {}
    for process in psutil.process_iter(["pid", "cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if "prefect server start" in line:
            found[process.info["pid"]] = line
    return found


def test_the_demo_shows_the_whole_way_and_leaves_nothing_behind(secnews):
    before = set(servers())
    done = secnews.run("demo")
    assert "adds up" in done.stdout
    assert "1 revised" in done.stdout
    assert "score" in done.stdout
    assert "dashboard was at http://127.0.0.1:" in done.stdout
    assert "Error" not in done.stderr
    assert set(servers()) <= before
    log = (secnews.folder / "data" / "demo" / "prefect" / "server.log").read_text()
    assert "address already in use" not in log
