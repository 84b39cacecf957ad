"""Private addresses are out of reach, by whatever name; TLS still asks for the name."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from index.outcome import Reason
from tasks.fetch import FetchFault
from tests.fetching import POLICY, Names, fault_at, on_server
from tests.hostile import PAGE, HostileServer

pytestmark = pytest.mark.service


def test_private_addresses_are_refused_unless_the_host_is_allowed():
    fault = fault_at("/ok", policy=replace(POLICY, allowed_private=()))
    assert fault.reason is Reason.PRIVATE_ADDRESS
    assert "allow the host in the settings" in fault.detail

    async def fetch(fetcher, server):
        return await fetcher.get(server.url("/ok", host="courier.localhost")), server.asked[-1].headers["host"]

    fetched, host = on_server(fetch, policy=replace(POLICY, allowed_private=("*.localhost",)))
    assert fetched.status == 200
    assert host.startswith("courier.localhost:")


def test_a_public_name_that_points_inside_is_refused_and_nothing_is_sent():
    async def fetch(fetcher, server):
        with pytest.raises(FetchFault) as refused:
            await fetcher.get(server.url("/ok", host="trap.example"))
        return refused.value.reason, server.paths()

    assert on_server(fetch, resolver=Names(trap_example=[["127.0.0.1"]])) == (Reason.PRIVATE_ADDRESS, [])


def test_a_name_that_changes_its_answer_after_the_check_gains_nothing():
    """DNS rebinding: what was checked is what is connected to, so the name is asked once for each connection."""
    names = Names(rebind_example=[["203.0.113.7", "93.184.215.14"], ["127.0.0.1"]])
    asked = []

    async def fetch(fetcher, server):
        async def connect(address, *_):
            asked.append(address)
            raise OSError("nothing is connected to in this test")

        fetcher._transport._pool._network_backend._backend.connect_tcp = connect
        for _ in range(2):
            with pytest.raises(FetchFault) as failed:
                await fetcher.get(server.url("/ok", host="rebind.example"), check_robots=False)
        return failed.value.reason

    assert on_server(fetch, resolver=names) is Reason.PRIVATE_ADDRESS
    assert asked == ["93.184.215.14"]  # 203.0.113.7 is reserved for documentation
    assert names.asked == ["rebind.example"] * 2


def certificate(folder, name):
    """A self-signed certificate for one name: the server's context and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    return serving, ssl.create_default_context(cafile=str(path))


def test_tls_asks_for_and_verifies_the_name_not_the_pinned_address(tmp_path):
    serving, trusting = certificate(tmp_path, "secure.localhost")
    names = []
    serving.sni_callback = lambda _, name, __: names.append(name)

    async def fetch(fetcher, server):
        fetched = await fetcher.get(server.url("/ok", host="secure.localhost"), check_robots=False)
        with pytest.raises(FetchFault) as refused:
            await fetcher.get(server.url("/ok", host="other.localhost"), check_robots=False)
        return fetched, refused.value

    fetched, fault = on_server(fetch, server=HostileServer(ssl_context=serving), ssl_context=trusting)
    assert fetched.body == PAGE
    assert names == ["secure.localhost", "other.localhost"]
    assert fault.reason is Reason.CONNECTION
    assert "certificate" in fault.detail.lower()


def test_an_untrusted_certificate_is_refused(tmp_path):
    serving, _ = certificate(tmp_path, "secure.localhost")
    fault = fault_at("/ok", server=HostileServer(ssl_context=serving))
    assert fault.reason in {Reason.CONNECTION, Reason.ROBOTS_UNREACHABLE}
