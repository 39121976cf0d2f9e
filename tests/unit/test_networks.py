"""Addresses, and the networks they stand for."""

import pytest

from album_store.infrastructure.client import Client
from album_store.infrastructure.networks import network_around


@pytest.mark.parametrize(
    ("ip_address", "household"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
        ("192.0.2.256", "192.0.2.256"),
    ],
)
def test_a_client_is_counted_by_its_ipv4_address_or_its_64_of_ipv6(ip_address, household):
    assert Client(ip_address).household == household


@pytest.mark.parametrize(("ip_address", "network"), [("192.0.2.7", "192.0.2.0/24"), ("2001:db8::7", "2001:db8::/48")])
def test_a_network_is_named_by_its_first_address(ip_address, network):
    assert str(network_around(ip_address, ipv4_bits=24, ipv6_bits=48)) == network
