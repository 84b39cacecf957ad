"""A server that lies, stalls and floods: every misdeed ends soon, with its own reason."""

import asyncio
import time
import tracemalloc
from dataclasses import replace

import pytest

from index.outcome import Reason
from tasks.feeds import parse_feed
from tasks.fetch import FetchFault
from tests.fetching import POLICY, fault_at, on_server
from tests.hostile import PAGE, HostileServer

pytestmark = pytest.mark.service


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/bomb/gzip", Reason.TOO_LARGE),
        ("/bomb/deflate", Reason.TOO_LARGE),
        ("/bomb/br", Reason.TOO_LARGE),
        ("/bomb/zstd", Reason.TOO_LARGE),
        ("/bomb/twice", Reason.TOO_LARGE),
        ("/huge-page", Reason.TOO_LARGE),
        ("/huge-feed", Reason.TOO_LARGE),
        ("/endless", Reason.TOO_LARGE),
        ("/length/announced", Reason.TOO_LARGE),
        ("/flood/headers", Reason.TOO_LARGE),
        ("/flood/header", Reason.TOO_LARGE),
        ("/bad/gzip", Reason.BAD_ENCODING),
        ("/bad/coding", Reason.BAD_ENCODING),
        ("/loop", Reason.REDIRECT_LOOP),
        ("/circle/a", Reason.REDIRECT_LOOP),
        ("/hops/4", Reason.REDIRECT_LOOP),
        ("/redirect", Reason.BAD_ADDRESS),
        ("/redirect?to=javascript:alert(1)", Reason.BAD_ADDRESS),
        ("/redirect?to=file:///etc/passwd", Reason.BAD_ADDRESS),
        ("/redirect?to=http://me:secret@127.0.0.1/", Reason.BAD_ADDRESS),
        ("/redirect?to=http://169.254.169.254/latest/meta-data/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=http://[::1]:80/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=http://[::ffff:127.0.0.1]/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=http://2130706433/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=http://0x7f.1/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=http://127.1/", Reason.PRIVATE_ADDRESS),
        ("/redirect?to=//10.0.0.1/", Reason.PRIVATE_ADDRESS),
        ("/length/long", Reason.CONNECTION),
        ("/half-chunk", Reason.CONNECTION),
        ("/garbage", Reason.CONNECTION),
        ("/hang-up", Reason.CONNECTION),
        ("http://127.0.0.1:1/closed", Reason.ROBOTS_UNREACHABLE),
        ("http://nowhere.invalid/", Reason.DNS),
        ("javascript:alert(1)", Reason.BAD_ADDRESS),
    ],
)
def test_each_misdeed_has_its_reason(path, reason):
    fault = fault_at(path)
    assert fault.reason is reason, fault
    assert fault.detail
    assert "secret" not in fault.detail


@pytest.mark.parametrize("path", ["/drip/headers", "/drip/body", "/silent", "/early-hints"])
def test_a_slow_drip_ends_at_the_deadline_whatever_it_drips(path):
    started = time.monotonic()
    fault = fault_at(path, policy=replace(POLICY, deadline_seconds=0.4))
    assert fault.reason is Reason.TIMEOUT
    assert 0.3 < time.monotonic() - started < 4


def test_the_deadline_is_for_all_redirects_together():
    started = time.monotonic()
    fault = fault_at("/redirect?to=/redirect%3Fto=/silent", policy=replace(POLICY, deadline_seconds=0.4))
    assert fault.reason is Reason.TIMEOUT
    assert time.monotonic() - started < 4


def test_misdeeds_leave_no_connection_open():
    async def fetch(fetcher, server):
        for path in ("/drip/body", "/silent", "/endless", "/bomb/br", "/flood/headers", "/hang-up", "/status/500"):
            with pytest.raises(FetchFault):
                await fetcher.get(server.url(path))
        return (await fetcher.get(server.url("/ok"))).status

    assert on_server(fetch, policy=replace(POLICY, deadline_seconds=0.4, max_connections=1)) == 200


def test_a_slow_host_does_not_hold_up_another():
    async def fetch(fetcher, server):
        async with HostileServer() as other:
            slow = asyncio.create_task(fetcher.get(server.url("/silent")))
            await asyncio.sleep(0.05)
            started = time.monotonic()
            await fetcher.get(other.url("/ok"))
            slow.cancel()
            return time.monotonic() - started

    assert on_server(fetch) < 2


def test_a_bomb_takes_no_memory():
    async def fetch(fetcher, server):
        with pytest.raises(FetchFault):
            await fetcher.get(server.url("/bomb/gzip"))  # made and kept by the server before memory is measured
        tracemalloc.start()
        with pytest.raises(FetchFault):
            await fetcher.get(server.url("/bomb/gzip"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert on_server(fetch) < 40 << 20


def test_a_body_longer_than_announced_is_cut_to_what_was_announced():
    async def fetch(fetcher, server):
        return await fetcher.get(server.url("/length/short"))

    assert on_server(fetch).body == PAGE[:-10]


def test_odd_but_harmless_pages_are_handed_on_as_they_are():
    async def fetch(fetcher, server):
        paths = ("/empty", "/latin", "/not-a-feed", "/empty-feed")
        return [await fetcher.get(server.url(path)) for path in paths]

    empty, latin, not_a_feed, empty_feed = on_server(fetch)
    assert empty.body == b""
    assert "Größe" in latin.body.decode("latin-1")
    assert "no XML" in parse_feed(not_a_feed.body, not_a_feed.url, not_a_feed.content_type).problem
    assert "empty" in parse_feed(empty_feed.body, empty_feed.url, empty_feed.content_type).problem
