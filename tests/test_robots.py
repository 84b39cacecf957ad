"""robots.txt: obeyed, remembered for a day, and never guessed at where the server fails on it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.journal import HostState
from index.outcome import Reason
from tasks.fetched import FetchFault
from tasks.robots import MAX_ROBOTS_BYTES, RobotsAnswer, RobotsGate, is_answer
from tests.fetching import POLICY, Clock, Hosts, on_server
from tests.hostile import ROBOTS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "https://courier.example/private/page"
HOST = "courier.example:443"


class Site:
    """A gate in front of a site that answers for robots.txt as it is told."""

    def __init__(self, *answers, hosts=None):
        self.answers = list(answers)
        self.asked = []
        self.hosts = hosts or Hosts()
        self.now = NOON
        self.gate = RobotsGate(self.hosts, self._fetch, "secnews", lambda: self.now)

    async def _fetch(self, url):
        self.asked.append(url)
        await asyncio.sleep(0)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def verdict(self, url=PAGE):
        """The reason for which an address may not be fetched; None where it may."""
        try:
            asyncio.run(self.gate.check(url))
        except FetchFault as fault:
            return fault.reason
        return None


def says(text):
    return RobotsAnswer(200, text)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("User-agent: *\nDisallow: /private/", Reason.ROBOTS),
        ("User-agent: secnews\nDisallow: /\n\nUser-agent: *\nAllow: /", Reason.ROBOTS),
        ("User-agent: secnews\nAllow: /\n\nUser-agent: *\nDisallow: /", None),
        ("User-agent: *\nDisallow: /private/\nAllow: /private/page$", None),
        ("User-agent: *\nDisallow: /*/page", Reason.ROBOTS),
        ("User-agent: *\nDisallow:", None),
        ("", None),
        ("<html><body>Not found</body></html>", None),
        ("\x00\ufffd\ud83d broken", None),
    ],
)
def test_the_file_is_obeyed(text, verdict):
    assert Site(says(text)).verdict() is verdict


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (404, None),
        (401, None),
        (403, None),
        (410, None),
        (429, Reason.ROBOTS_UNREACHABLE),
        (500, Reason.ROBOTS_UNREACHABLE),
        (503, Reason.ROBOTS_UNREACHABLE),
        (0, Reason.ROBOTS_UNREACHABLE),
        (204, Reason.ROBOTS_UNREACHABLE),
    ],
)
def test_no_file_allows_all_and_a_failing_server_nothing(status, verdict):
    assert Site(RobotsAnswer(status)).verdict() is verdict
    assert is_answer(status) is (verdict is None)


def test_the_file_is_asked_for_once_a_day_and_outlives_the_process():
    site = Site(says("User-agent: *\nDisallow: /private/"))
    assert [site.verdict() for _ in range(3)] == [Reason.ROBOTS] * 3
    assert site.asked == ["https://courier.example/robots.txt"]
    later = Site(says(""), hosts=site.hosts)
    later.now = NOON + timedelta(hours=23)
    assert later.verdict() is Reason.ROBOTS
    assert later.asked == []
    later.now = NOON + timedelta(hours=25)
    assert later.verdict() is None
    assert len(later.asked) == 1


def test_a_failing_server_is_asked_again_after_minutes_not_for_each_page():
    site = Site(RobotsAnswer(503), says(""))
    assert [site.verdict() for _ in range(3)] == [Reason.ROBOTS_UNREACHABLE] * 3
    assert len(site.asked) == 1
    site.now = NOON + timedelta(minutes=11)
    assert site.verdict() is None
    assert len(site.asked) == 2


def test_what_is_not_now_says_when():
    site = Site(RobotsAnswer(503))
    site.verdict()
    site.now = NOON + timedelta(minutes=4)
    with pytest.raises(FetchFault) as fault:
        asyncio.run(site.gate.check(PAGE))
    assert fault.value.retry_after_seconds == 360
    assert "answers 503" in fault.value.detail


def test_many_pages_at_once_ask_once():
    site = Site(says(""))

    async def check():
        await asyncio.gather(*(site.gate.check(f"https://courier.example/{n}") for n in range(20)))

    asyncio.run(check())
    assert len(site.asked) == 1


@pytest.mark.parametrize(("wish", "seconds"), [("7", 7), ("3600", 60), ("0", 0), ("soon", 0), ("-1", 0)])
def test_a_crawl_delay_is_kept_for_the_host_up_to_a_minute(wish, seconds):
    site = Site(says(f"User-agent: *\nCrawl-delay: {wish}"))
    site.verdict()
    assert site.hosts.host(HOST).delay == timedelta(seconds=seconds)


def test_what_is_remembered_of_the_host_besides_is_kept():
    hosts = Hosts()
    hosts.save_host(HostState(HOST, last_request_at=NOON, failures=2))
    Site(says(""), hosts=hosts).verdict()
    assert (hosts.host(HOST).last_request_at, hosts.host(HOST).failures) == (NOON, 2)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="User-agent: *\nDisallow/Crwldey$%", max_size=300))
def test_any_file_allows_or_forbids(text):
    assert Site(says(text)).verdict() in {None, Reason.ROBOTS}


def verdict_of(robots, path="/private/page", **setting):
    async def fetch(fetcher, server):
        try:
            return (await fetcher.get(server.url(path))).status, server.paths()
        except FetchFault as fault:
            return fault.reason, server.paths()

    return on_server(fetch, robots=robots, **setting)


@pytest.mark.service
def test_a_forbidden_page_is_not_asked_for():
    assert verdict_of(ROBOTS) == (Reason.ROBOTS, ["/robots.txt"])
    assert verdict_of(ROBOTS, "/ok") == (200, ["/robots.txt", "/ok"])
    assert verdict_of(None) == (200, ["/robots.txt", "/private/page"])
    assert verdict_of(500) == (Reason.ROBOTS_UNREACHABLE, ["/robots.txt"])


@pytest.mark.service
def test_a_redirect_to_a_forbidden_page_is_not_followed():
    result, paths = verdict_of(ROBOTS, "/redirect?to=/private/page")
    assert result is Reason.ROBOTS
    assert "/private/page" not in paths


@pytest.mark.service
def test_a_huge_file_is_read_up_to_the_limit():
    filler = b"# " + b"x" * 97 + b"\n"
    within = ROBOTS + filler * (4 * MAX_ROBOTS_BYTES // len(filler))
    assert verdict_of(within)[0] is Reason.ROBOTS
    beyond = filler * (4 * MAX_ROBOTS_BYTES // len(filler)) + ROBOTS
    assert verdict_of(beyond)[0] == 200


@pytest.mark.service
def test_the_crawl_delay_spaces_the_pages():
    clock = Clock()

    async def fetch(fetcher, server):
        for n in range(2):
            await fetcher.get(server.url(f"/ok?{n}"))

    on_server(fetch, robots=b"User-agent: *\nCrawl-delay: 9\n", policy=POLICY, clock=clock)
    assert clock.slept == [9, 9]
