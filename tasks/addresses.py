"""Web addresses: which are usable, which of them mean the same page, and whose they are."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

from index.errors import SecnewsError

if TYPE_CHECKING:
    from tldextract import TLDExtract

DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 9110, section 4.1: what every party should support. Longer ones are tracking, or an attack.
MAX_ADDRESS_CHARACTERS = 8_000
# Percent-decoding may uncover another thing to decode; each pass shortens what is left, so this is never reached by
# an address that a publisher means (the longest way seen in the property tests is 3).
MAX_PASSES = 8

# Parameters that say where a reader came from, never which page it is: analytics (utm, Matomo, Piano), advertisement
# and mail campaigns. Names that some sites use for content (ref, source, id) are left alone.
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "at_campaign", "at_medium", "at_link", "at_ptr", "at_bbc", "at_format")
TRACKING = frozenset(
    """
    fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid igsh ttclid li_fat_id mc_cid mc_eid _hsenc _hsmi
    mkt_tok oly_anon_id oly_enc_id vero_id wickedid cmpid cmp ocid smid smtyp xtor wt_mc wt_zmc ftag guccounter
    guce_referrer guce_referrer_sig __twitter_impression _ga _gl ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    traffic_source maca sfnsn mibextid s_cid srnd
    """.split()  # noqa: SIM905  (47 quoted words are hard to read)
)
UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


class BadAddress(SecnewsError, ValueError):
    """No usable http or https address; the message says why."""


def fetchable_url(url: str) -> str:
    """The address in the form that goes over the wire: ASCII, host in lower case, no fragment, no default port.

    Path and query stay as the publisher wrote them. Applying it twice changes nothing.

    Raises:
        BadAddress: another scheme (javascript:, data:, ftp:), no host, a user name or password, too long, malformed.
    """
    text = re.sub(r"[\t\r\n]", "", url.strip())
    if len(text) > MAX_ADDRESS_CHARACTERS:
        raise BadAddress(f"the address has {len(text)} characters, more than {MAX_ADDRESS_CHARACTERS}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"{shown(url)} is malformed: {error}") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise BadAddress(f"{shown(url)} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("an address must not hold a user name or password")
    if port == 0:
        raise BadAddress(f"{shown(url)} has port 0")
    netloc = _wire_host(parts, url)
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    return _quoted(urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")), url)


def canonical_url(url: str) -> str:
    """The one address for all spellings of a page: the key under which it is known.

    On top of `fetchable_url`: tracking parameters are dropped, the others sorted, dot segments resolved, and
    percent-encoding brought to one form. Idempotent. The path's case, a closing slash, "www." and the scheme are kept:
    on some sites they tell pages apart.

    Raises:
        BadAddress: as `fetchable_url`.
    """
    current = fetchable_url(url)
    for _ in range(MAX_PASSES):
        try:
            following = fetchable_url(canonicalize_url(_without_tracking(current)))
        except (ValueError, UnicodeError) as error:
            raise BadAddress(f"{shown(url)} is malformed: {error}") from error
        if following == current:
            return current
        current = following
    raise BadAddress(f"{shown(url)} has no stable form: it is encoded in itself")


def host_of(url: str) -> str:
    """The server an address belongs to, as "host:port": the key for pacing and robots.txt.

    Raises:
        BadAddress: as `fetchable_url`.
    """
    parts = urlsplit(fetchable_url(url))
    host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    return f"{host}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


def outlet_of(url: str) -> str:
    """Whose page it is: the registrable domain ("bbc.co.uk"), with hosting domains counted as suffixes, so that two
    blogs of one host are two outlets.

    Where there is none (IP addresses, names under .localhost, suffixes themselves) it is "host:port".

    Raises:
        BadAddress: as `fetchable_url`.
    """
    server = host_of(url)
    host = server.rpartition(":")[0]
    if host == "localhost" or host.endswith(".localhost"):
        return server
    return _suffixes()(host).top_domain_under_public_suffix or server


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to the same outlet; False where either is no usable address."""
    try:
        # The same server is the same site without a look at the list of suffixes.
        return host_of(one) == host_of(other) or outlet_of(one) == outlet_of(other)
    except BadAddress:
        return False


def _wire_host(parts: SplitResult, url: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError as error:
            raise BadAddress(f"{shown(url)} has a malformed IPv6 address") from error
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddress(f"the host of {shown(url)} is no valid name") from error
    if not HOST.fullmatch(name) or len(name) > 253:
        raise BadAddress(f"{shown(url)} has no valid host name")
    return name


def _quoted(address: str, url: str) -> str:
    try:
        quoted: str = safe_url_string(address)
    except (ValueError, UnicodeError) as error:
        raise BadAddress(f"{shown(url)} is malformed: {error}") from error
    quoted = UNPRINTABLE.sub("", quoted)
    if len(quoted) > MAX_ADDRESS_CHARACTERS:
        raise BadAddress(f"the address has {len(quoted)} characters, more than {MAX_ADDRESS_CHARACTERS}")
    return quoted


def _without_tracking(url: str) -> str:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1")
    kept = [(name, value) for name, value in pairs if not _is_tracking(name.lower())]
    if len(kept) == len(pairs):
        return url
    return urlunsplit(parts._replace(query=urlencode(kept, encoding="latin-1")))


def _is_tracking(name: str) -> bool:
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


@cache
def _suffixes() -> TLDExtract:
    # The list that comes with the package: nothing is downloaded and nothing cached on disk. Imported and read on first
    # use: 150 ms.
    import tldextract

    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def shown(url: str) -> str:
    """An address fit for a message: short, printable, and without a password."""
    printable = url.encode("ascii", "backslashreplace").decode()
    printable = re.sub(r"//[^/?#]*@", "//***@", UNPRINTABLE.sub(" ", printable))
    return repr(printable if len(printable) <= 200 else f"{printable[:200]}...")
