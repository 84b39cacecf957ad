"""The one way out to the network: connections go to addresses that were checked, and to no others.

The name is resolved here, once, and the connection is made to the address that passed the check: a name server that
answers differently the second time (DNS rebinding) gains nothing. TLS still asks for, and verifies, the name.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from tasks.resolving import NameUnresolved, Resolver, is_allowed_private, is_private

# A name with many addresses, all dead, would otherwise cost a connect timeout for each.
MAX_ADDRESSES_TRIED = 3
KEEPALIVE_SECONDS = 15.0


class PrivateAddress(Exception):
    """The host is at a private address, and settings do not allow that."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the checked address of a host."""

    def __init__(self, resolver: Resolver, allowed_private: tuple[str, ...]) -> None:
        self._resolver = resolver
        self._allowed_private = allowed_private
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port, timeout, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} could not be reached in {timeout} s") from error

    async def _connect(
        self, host: str, port: int, seconds: float | None, local_address: str | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        addresses = (await self._checked(host, port))[:MAX_ADDRESSES_TRIED]
        each = seconds / len(addresses) if seconds is not None and addresses else seconds
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, each, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        raise failure or NameUnresolved(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise PrivateAddress("sockets of this machine are never connected to")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        addresses = await self._resolver.resolve(host, port)
        if is_allowed_private(host, self._allowed_private):
            return addresses
        public = [address for address in addresses if not is_private(address)]
        if addresses and not public:
            raise PrivateAddress(
                f"{host} is at the private address {addresses[0]}; allow the host in the settings if that is meant"
            )
        return public


class CheckedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over checked connections, without proxies, cookies or retries of its own.

    Raises:
        httpx.TransportError: as httpx's own transport does. NameUnresolved, PrivateAddress: see there.
    """

    def __init__(
        self,
        resolver: Resolver,
        allowed_private: tuple[str, ...] = (),
        max_connections: int = 32,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=max_connections,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=CheckedBackend(resolver, allowed_private),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        outgoing = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_errors():
            incoming = await self._pool.handle_async_request(outgoing)
        return httpx.Response(
            incoming.status,
            headers=incoming.headers,
            stream=_Body(incoming),
            extensions=incoming.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, incoming: httpcore.Response) -> None:
        self._incoming = incoming

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _httpx_errors():
            async for part in self._incoming.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._incoming.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """httpcore's errors as the ones of httpx, which bear the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error)) from error
