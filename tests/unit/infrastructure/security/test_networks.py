"""Addresses, and the networks around them that can be blocked."""

import pytest

from album_store.infrastructure.security.networks import blockable_networks, parse_blockable, shown_network


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.7", ["192.0.2.7/32", "192.0.2.0/24"]),
        ("::ffff:192.0.2.7", ["192.0.2.7/32", "192.0.2.0/24"]),
        ("64:ff9b::192.0.2.7", ["192.0.2.7/32", "192.0.2.0/24"]),
        ("64:ff9b:1::7", ["64:ff9b:1::/64", "64:ff9b:1::7/128"]),
        ("2001:DB8:0:1::7", ["2001:db8:0:1::/64", "2001:db8:0:1::7/128"]),
        ("fe80::1%eth0", ["fe80::/64", "fe80::1/128"]),
        (" 192.0.2.7:443 ", ["192.0.2.7/32", "192.0.2.0/24"]),
        ("[2001:db8::7]", ["2001:db8::/64", "2001:db8::7/128"]),
        ("[2001:db8::7]:443", ["2001:db8::/64", "2001:db8::7/128"]),
        ("[", []),
        ("[]:443", []),
        (":443", []),
        ("", []),
        ("localhost", []),
    ],
)
def test_an_address_has_two_blockable_networks_with_the_recommended_one_first(address, networks):
    assert [str(network) for network in blockable_networks(address)] == networks


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7/32", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("2001:db8::7", "2001:db8::/64"),
        ("2001:db8::7/128", "2001:db8::7/128"),
        ("::ffff:192.0.2.7/24", "192.0.2.0/24"),
    ],
)
def test_a_network_is_parsed(text, network):
    assert str(parse_blockable(text)) == network


@pytest.mark.parametrize(
    "text", ["", "/", "/24", "x/24", "192.0.2.7/", "192.0.2.7/8", "192.0.2.7/024", "2001:db8::/24", "192.0.2.7/64"]
)
def test_an_invalid_network_is_none(text):
    assert parse_blockable(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("192.0.2.7/32", "192.0.2.7"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("2001:db8::7/128", "2001:db8::7"),
        ("2001:db8::/64", "2001:db8::/64"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("ada@example.org", "ada@example.org"),
        ("ada/32", "ada/32"),
    ],
)
def test_a_single_address_is_shown_without_a_prefix_length(text, shown):
    assert shown_network(text) == shown
