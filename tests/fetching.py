"""What tests of fetching share: a fetcher whose clock moves only where someone sleeps, and a phone book of names."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tasks.fetch import Fetcher, FetchFault, FetchPolicy
from tasks.resolving import NameUnresolved
from tests.hostile import HostileServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


POLICY = FetchPolicy(
    user_agent="secnews-test/1",
    contact="https://secnews.example/bot",
    deadline_seconds=5,
    connect_timeout_seconds=2,
    max_redirects=3,
    attempts=1,
    host_delay_seconds=0,
    allowed_private=("127.0.0.1", "*.localhost"),
)


class Hosts:
    """The part of a journal that fetching needs, in a dict."""

    def __init__(self):
        self.states = {}

    def host(self, host):
        return self.states.get(host)

    def save_host(self, state):
        self.states[state.host] = state


class Clock:
    """Time that passes only where someone sleeps."""

    def __init__(self):
        self.now = NOON
        self.slept = []

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        if seconds:
            self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Names:
    """A resolver with a phone book; each name's answers are given one after the other, the last one for ever."""

    def __init__(self, **book):
        self.book = {name.replace("_", "."): list(answers) for name, answers in book.items()}
        self.asked = []

    async def resolve(self, host, port):
        self.asked.append(host)
        answers = self.book.get(host)
        if not answers:
            raise NameUnresolved(f"{host} is not in the book")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def on_server(test, *, robots=None, policy=POLICY, server=None, hosts=None, **fetcher):
    """Run an async test(fetcher, server) against a fresh server."""

    async def run():
        async with server or HostileServer(robots=robots) as running:
            clock = fetcher.pop("clock", Clock())
            fetcher.setdefault("sleep", clock.sleep)
            async with Fetcher(policy, hosts if hosts is not None else Hosts(), clock=clock, **fetcher) as ready:
                return await test(ready, running)

    return asyncio.run(run())


def fault_at(path, *, policy=POLICY, **setting):
    """How fetching a path of the server fails."""

    async def fetch(fetcher, server):
        with pytest.raises(FetchFault) as failed:
            await fetcher.get(server.url(path) if path.startswith("/") else path)
        return failed.value

    return on_server(fetch, policy=policy, **setting)
