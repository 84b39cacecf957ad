"""One request, one answer, within bounds; and what each way of going wrong is called in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import h11
import httpx

from index.outcome import Reason
from tasks.fetched import FetchFault
from tasks.resolving import NameUnresolved
from tasks.transport import PrivateAddress

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# These come with a body that is wanted, or with none at all; reading to the end keeps the connection.
READ_TO_THE_END = frozenset({200, 304})
NOT_FOUND = frozenset({404, 410})
FORBIDDEN = frozenset({401, 402, 403, 451})
# RFC 6585: what h11 calls header fields that do not end.
HEADERS_TOO_LARGE = 431
# A server may say "in a year"; the caller's own schedule knows better.
LONGEST_RETRY_AFTER_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire. `raw` is empty where the body was not wanted."""

    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name)


async def exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, max_raw_bytes: int, *, cut: bool = False
) -> Answer:
    """Send a request and read its answer; a longer body is refused, or with `cut` read to the limit only.

    The transport is used without httpx's client, whose cookies, redirects, proxies and unbounded decoding are unwanted.

    Raises:
        FetchFault: no usable answer came.
    """
    try:
        response = await transport.handle_async_request(request)
        try:
            wanted = response.status_code in READ_TO_THE_END
            raw = await _read(response, max_raw_bytes, cut=cut) if wanted else b""
        finally:
            await response.aclose()
    except FetchFault:
        raise
    except (httpx.TransportError, httpx.InvalidURL, NameUnresolved, PrivateAddress, OSError) as error:
        raise fault_of(error) from error
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    return Answer(response.status_code, headers, raw)


async def _read(response: httpx.Response, limit: int, *, cut: bool) -> bytes:
    declared = response.headers.get("content-length", "")
    if not cut and declared.isdecimal() and int(declared) > limit:
        raise FetchFault(Reason.TOO_LARGE, f"the server announces {declared} bytes, more than {limit}")
    whole = bytearray()
    async for part in response.aiter_raw():
        whole += part
        if len(whole) > limit:
            if cut:
                break
            raise FetchFault(Reason.TOO_LARGE, f"more than {limit} bytes were sent")
    return bytes(whole[:limit])


def fault_of(error: Exception) -> FetchFault:
    """An error of the network as the ledger's reason."""
    detail = str(error)[:300] or type(error).__name__
    if isinstance(error, PrivateAddress):
        return FetchFault(Reason.PRIVATE_ADDRESS, detail)
    if isinstance(error, NameUnresolved):
        return FetchFault(Reason.DNS, detail)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return FetchFault(Reason.BAD_ADDRESS, f"it cannot be asked for: {detail}")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return FetchFault(Reason.TIMEOUT, "no connection in time")
    if _headers_without_end(error):
        return FetchFault(Reason.TOO_LARGE, "the headers do not end")
    return FetchFault(Reason.CONNECTION, f"the connection failed: {detail}")


def _headers_without_end(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, h11.RemoteProtocolError):
            return error.error_status_hint == HEADERS_TOO_LARGE
        error = error.__cause__ or error.__context__  # httpcore's pool raises "from None"
    return False


def fault_for_status(answer: Answer, now: datetime) -> FetchFault:
    """What an answer other than 200, 304 and a redirect is called in the ledger."""
    status = answer.status
    detail = f"the server answers {status}"
    wait = retry_after_seconds(answer.header("retry-after"), now)
    if status in NOT_FOUND:
        return FetchFault(Reason.NOT_FOUND, detail)
    if status in FORBIDDEN:
        return FetchFault(Reason.FORBIDDEN, detail)
    if status == 429:
        return FetchFault(Reason.TOO_MANY_REQUESTS, detail, wait)
    if 400 <= status < 500:
        return FetchFault(Reason.CLIENT_ERROR, detail)
    if status in {204, 205}:
        return FetchFault(Reason.EMPTY, detail)
    # Besides the 500s: a 304 that nobody asked for, a 206, a 300. The server is wrong, and may be right tomorrow.
    return FetchFault(Reason.SERVER_ERROR, detail, wait)


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """A Retry-After header, in seconds or as a date, as seconds from now, 0 to a day; None where it says nothing."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:10]), LONGEST_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_SECONDS)
