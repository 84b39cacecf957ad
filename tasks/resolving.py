"""Names to IP addresses, and which of these a fetcher must not touch.

A feed can name any host, and a public name can point anywhere: what decides is the address that is connected to.
"""

from __future__ import annotations

import asyncio
import fnmatch
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

# Names are looked up in threads. A dead name server holds each for 10 s or more; the event loop's own pool (6 threads
# on 2 cores) would then stop everything else that needs a thread.
LOOKUP_THREADS = 16
NAT64 = ipaddress.ip_network("64:ff9b::/96")
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class NameUnresolved(Exception):
    """The host's name has no address, or the name server did not answer."""


class Resolver(Protocol):
    """What turns a host's name into addresses."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """The IP addresses of a host, the best first, never empty.

        `host` may itself be an address in any form that the system takes (127.0.0.1, 127.1, 2130706433, ::1).

        Raises:
            NameUnresolved: see there.
        """


class SystemResolver:
    """The operating system's resolver; names under .localhost are this machine, as RFC 6761 says."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="resolver")

    async def resolve(self, host: str, port: int) -> list[str]:
        if host == "localhost" or host.endswith(".localhost"):
            return ["127.0.0.1"]
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise NameUnresolved(f"{host} does not resolve: {error}") from error


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet's unicast addresses.

    Private, loopback, link-local (cloud metadata), shared, reserved, multicast and unspecified ones all count, and so
    do IPv6 addresses that carry such an IPv4 address inside (mapped, compatible, 6to4, Teredo, NAT64). What is no IP
    address counts too.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    inner = _inner_addresses(ip)
    if inner:
        return any(map(_is_private, inner))
    return _is_private(ip)


def _is_private(ip: IPAddress) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return True
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def _inner_addresses(ip: IPAddress) -> list[IPAddress]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip.sixtofour:
        return [ip.sixtofour]
    if ip.teredo:
        return list(ip.teredo)
    if ip in NAT64 or ip in IPV4_COMPATIBLE:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return []


def is_allowed_private(host: str, patterns: Iterable[str]) -> bool:
    """Whether settings allow this host to be at a private address. Patterns are of the shell's kind."""
    name = host.strip("[]").lower()
    return any(fnmatch.fnmatchcase(name, pattern.strip("[]").lower()) for pattern in patterns)
