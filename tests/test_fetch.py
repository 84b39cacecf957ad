"""Fetching: redirects, statuses, unchanged pages, tries, and the turns of a host; over real sockets."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from index.journal import HostState
from index.outcome import Reason
from tasks.exchange import retry_after_seconds
from tasks.fetch import FetchFault
from tests.fetching import NOON, POLICY, Clock, Hosts, fault_at, on_server
from tests.hostile import PAGE

pytestmark = pytest.mark.service


def test_a_page_comes_back_as_it_was_sent():
    async def fetch(fetcher, server):
        return await fetcher.get(server.url("/ok")), server.asked[-1], server.url("/ok")

    fetched, asked, url = on_server(fetch)
    assert (fetched.status, fetched.body, fetched.raw) == (200, PAGE, PAGE)
    assert (fetched.requested_url, fetched.url, fetched.redirects) == (url, url, ())
    assert fetched.fetched_at == NOON
    assert fetched.content_type == "text/html"
    assert asked.headers["user-agent"] == "secnews-test/1 (+https://secnews.example/bot)"
    assert asked.headers["host"] == url.removeprefix("http://").removesuffix("/ok")


def test_redirects_are_followed_and_told():
    async def fetch(fetcher, server):
        return await fetcher.get(server.url("/hops/2#top")), server.url("")

    fetched, base = on_server(fetch)
    assert fetched.body == PAGE
    assert fetched.url == f"{base}/hops/0"
    assert fetched.redirects == (f"{base}/hops/2", f"{base}/hops/1")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, Reason.NOT_FOUND),
        (410, Reason.NOT_FOUND),
        (401, Reason.FORBIDDEN),
        (402, Reason.FORBIDDEN),
        (403, Reason.FORBIDDEN),
        (451, Reason.FORBIDDEN),
        (400, Reason.CLIENT_ERROR),
        (418, Reason.CLIENT_ERROR),
        (429, Reason.TOO_MANY_REQUESTS),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
        (204, Reason.EMPTY),
        (206, Reason.SERVER_ERROR),
        (304, Reason.SERVER_ERROR),
        (300, Reason.SERVER_ERROR),
    ],
)
def test_each_status_has_its_reason(status, reason):
    fault = fault_at(f"/status/{status}")
    assert fault.reason is reason
    assert str(status) in fault.detail


def test_an_unchanged_page_comes_back_as_304():
    async def fetch(fetcher, server):
        first = await fetcher.get(server.url("/etag"))
        by_etag = await fetcher.get(server.url("/etag"), etag=first.etag)
        by_date = await fetcher.get(server.url("/etag"), last_modified=first.last_modified)
        return first, by_etag, by_date

    first, by_etag, by_date = on_server(fetch)
    assert (first.status, first.etag) == (200, '"v1"')
    assert [(one.status, one.body) for one in (by_etag, by_date)] == [(304, b""), (304, b"")]


def test_a_validator_cannot_add_headers_to_a_request():
    async def fetch(fetcher, server):
        await fetcher.get(server.url("/ok"), etag='"a"\r\nX-Injected: yes', last_modified="é" * 5)
        return server.asked[-1].headers

    headers = on_server(fetch)
    assert "x-injected" not in headers
    assert "if-none-match" not in headers
    assert "if-modified-since" not in headers


def test_cookies_are_never_sent_back_and_proxies_of_the_environment_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def fetch(fetcher, server):
        await fetcher.get(server.url("/ok"))
        await fetcher.get(server.url("/ok"))
        return [asked.headers for asked in server.asked if asked.path == "/ok"]

    first, second = on_server(fetch)
    assert "cookie" not in second
    assert "authorization" not in first


@pytest.mark.parametrize(("failures", "attempts", "heals"), [(2, 3, True), (3, 3, False), (1, 1, False)])
def test_a_failing_server_is_tried_again_a_few_times(failures, attempts, heals):
    clock = Clock()

    async def fetch(fetcher, server):
        try:
            return (await fetcher.get(server.url(f"/heals/{failures}"))).status, server.paths()
        except FetchFault as fault:
            return fault.reason, server.paths()

    result, paths = on_server(fetch, policy=replace(POLICY, attempts=attempts), clock=clock)
    assert result == (200 if heals else Reason.SERVER_ERROR)
    assert paths.count(f"/heals/{failures}") == min(attempts, failures + 1)
    assert clock.slept == [1, 2][: attempts - 1]


@pytest.mark.parametrize(
    ("path", "tries"),
    [("/status/404", 1), ("/status/429", 1), ("/bomb/gzip", 1), ("/loop", 1), ("/hang-up", 3), ("/silent", 2)],
)
def test_only_what_may_heal_is_tried_again_and_a_timeout_once(path, tries):
    async def fetch(fetcher, server):
        with pytest.raises(FetchFault):
            await fetcher.get(server.url(path))
        return server.paths()

    paths = on_server(fetch, policy=replace(POLICY, attempts=3, deadline_seconds=0.5))
    assert paths.count(path) == tries


def test_a_short_retry_after_is_waited_for_and_a_long_one_handed_on():
    clock = Clock()
    short = fault_at("/status/503?retry-after=7", policy=replace(POLICY, attempts=2), clock=clock)
    assert (short.reason, clock.slept) == (Reason.SERVER_ERROR, [7])
    clock = Clock()
    long = fault_at("/status/503?retry-after=3600", policy=replace(POLICY, attempts=2), clock=clock)
    assert (long.retry_after_seconds, clock.slept) == (3600, [])
    assert fault_at("/status/429?retry-after=120").retry_after_seconds == 120


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("99999999999999", 86_400),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
        ("Mon, 23 Nov 2020 12:01:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(value, seconds):
    assert retry_after_seconds(value, NOON) == seconds


def test_one_hosts_requests_keep_their_distance_and_never_overlap():
    clock = Clock()
    policy = replace(POLICY, host_delay_seconds=5)

    async def fetch(fetcher, server):
        await asyncio.gather(*(fetcher.get(server.url(f"/ok?{n}")) for n in range(4)))

    on_server(fetch, policy=policy, clock=clock)
    assert clock.slept == [5, 5, 5, 5]  # robots.txt, then four pages


def test_another_process_that_booked_a_slot_is_waited_for():
    clock, hosts = Clock(), Hosts()

    async def fetch(fetcher, server):
        host = f"127.0.0.1:{server.port}"
        hosts.save_host(HostState(host, last_request_at=NOON + timedelta(seconds=20)))
        await fetcher.get(server.url("/ok"), check_robots=False)
        return hosts.host(host)

    state = on_server(fetch, policy=replace(POLICY, host_delay_seconds=5), clock=clock, hosts=hosts)
    assert clock.slept == [25]
    assert state.last_request_at == NOON + timedelta(seconds=25)


def test_a_turn_that_is_too_far_away_puts_the_address_off():
    hosts = Hosts()

    async def fetch(fetcher, server):
        hosts.save_host(HostState(f"127.0.0.1:{server.port}", last_request_at=NOON + timedelta(seconds=90)))
        with pytest.raises(FetchFault) as busy:
            await fetcher.get(server.url("/ok"))
        return busy.value, server.paths()

    fault, paths = on_server(fetch, policy=replace(POLICY, longest_wait_seconds=60), hosts=hosts)
    assert fault.reason is Reason.HOST_BUSY
    assert fault.retry_after_seconds == 90
    assert paths == []


def test_failures_in_a_row_slow_a_host_down_and_a_success_forgives():
    clock, hosts = Clock(), Hosts()

    async def fetch(fetcher, server):
        for _ in range(2):
            with pytest.raises(FetchFault):
                await fetcher.get(server.url("/status/500"), check_robots=False)
        await fetcher.get(server.url("/ok"), check_robots=False)
        await fetcher.get(server.url("/ok"), check_robots=False)

    on_server(fetch, policy=replace(POLICY, host_delay_seconds=1), clock=clock, hosts=hosts)
    assert clock.slept == [2, 4, 1]
