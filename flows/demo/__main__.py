"""Serve the sample sites until interrupted: `python -m flows.demo [PORT]`."""

from __future__ import annotations

import signal
import sys
import threading

from flows.demo.server import DemoServer


def main() -> None:
    """Print the addresses and wait for SIGINT or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with DemoServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as demo:
        for site in demo.sites:
            feeds = "  ".join(site.base + feed.path for feed in site.outlet.feeds)
            print(f"{site.outlet.name:20} {site.base}/\n{'':20} {feeds}", flush=True)
        print("Press Ctrl-C to stop.", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
