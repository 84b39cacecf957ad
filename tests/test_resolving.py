"""Names and addresses: which of them a fetcher must not touch, however they are spelled."""

import asyncio

import pytest

from tasks.resolving import NameUnresolved, SystemResolver, is_allowed_private, is_private

NOT_PUBLIC = """
    127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1 255.255.255.255
    192.0.2.1 ::1 :: fe80::1 fe80::1%eth0 fd00::1 fec0::1 ff02::1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1
    2002:7f00:1:: 2001:db8::1 nonsense
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_addresses_that_are_not_public(address):
    assert is_private(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are_public(address):
    assert not is_private(address)


def test_allowed_hosts_match_as_they_stand_in_the_address():
    assert is_allowed_private("Courier.localhost", ("*.localhost",))
    assert is_allowed_private("::1", ("[::1]",))
    assert not is_allowed_private("2130706433", ("127.0.0.1",))
    assert not is_allowed_private("evil.localhost.example", ("*.localhost",))


def test_the_system_resolver_knows_localhost_and_odd_spellings():
    async def resolve(host):
        return await SystemResolver().resolve(host, 80)

    assert asyncio.run(resolve("courier.localhost")) == ["127.0.0.1"]
    for spelling in ("127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1"):
        assert asyncio.run(resolve(spelling)) == ["127.0.0.1"]
    with pytest.raises(NameUnresolved):
        asyncio.run(resolve("nowhere.invalid"))
