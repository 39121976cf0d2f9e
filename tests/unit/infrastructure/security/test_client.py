"""The address, browser and device cookie of a client."""

from types import SimpleNamespace

import pytest
from pyramid.request import Request
from waitress.proxy_headers import parse_proxy_headers

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.client import (
    UNKNOWN_ADDRESS,
    Client,
    address_of,
    client_of,
    device_cookie,
    device_tokens_in,
)
from album_store.infrastructure.security.secret_codes import new_secret


def request_to(path="/", cookies=None, headers=None):
    """Return a request with the given cookies."""
    request = Request.blank(path, headers=headers)
    request.store_cookies = SimpleNamespace(get=lambda name: (cookies or {}).get(name, ""))
    return request


def test_the_address_is_the_connecting_one_and_forged_headers_are_ignored():
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    request = request_to("/", headers=headers | {"User-Agent": "TestBrowser"})
    request.environ["REMOTE_ADDR"] = "192.0.2.7"
    assert client_of(request) == Client("192.0.2.7", "TestBrowser")


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.7", "REMOTE_PORT": "50000"}, "192.0.2.7"),
        ({"REMOTE_ADDR": "2001:DB8:0:0::7", "REMOTE_PORT": "50000"}, "2001:db8::7"),
        ({"REMOTE_ADDR": "::ffff:192.0.2.7"}, "192.0.2.7"),
        ({"REMOTE_ADDR": "::FFFF:c000:207"}, "192.0.2.7"),
        ({"REMOTE_ADDR": "[2001:db8::7]:443"}, "2001:db8::7"),
        ({"REMOTE_ADDR": "fe80::1%eth0"}, "fe80::1"),
    ],
)
def test_an_address_has_one_canonical_form(remote, address):
    assert address_of(remote) == address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ('"192.0.2.7"', "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("::FFFF:C000:207", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:DB8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%eth0.100", "fe80::1"),
        ("203.0.113.1, 192.0.2.7", "192.0.2.7"),
        ("unknown", UNKNOWN_ADDRESS),
        ("_hidden", UNKNOWN_ADDRESS),
        ("::ffff:192.0.2.777", UNKNOWN_ADDRESS),
        ("192.0.2.07", UNKNOWN_ADDRESS),
        ("1.2.3.4.5", UNKNOWN_ADDRESS),
        ("2001:db8::7::", UNKNOWN_ADDRESS),
        ("x event=signin account=1", UNKNOWN_ADDRESS),
        ("9" * 60_000, UNKNOWN_ADDRESS),
    ],
)
def test_the_address_forwarded_by_a_trusted_proxy_is_read_after_waitress(forwarded, address):
    environ = {"REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "50000", "HTTP_X_FORWARDED_FOR": forwarded}
    parse_proxy_headers(environ, trusted_proxy_count=1, trusted_proxy_headers={"x-forwarded-for"})
    assert address_of(environ) == address


def test_all_unreadable_addresses_count_as_one_client():
    unreadable = ["", "unknown", "x", "y", "192.0.2.777", "f" * 100]
    assert {Client(text).rate_limit_key for text in unreadable} == {UNKNOWN_ADDRESS}
    assert {Client(text).network_key for text in unreadable} == {""}


@pytest.mark.parametrize(
    ("address", "client", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32", ""),
        ("::ffff:192.0.2.7", "192.0.2.7/32", ""),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1:ffff::/64", "2001:db8:1::/48"),
    ],
)
def test_a_client_is_an_ipv4_address_or_an_ipv6_64_within_a_48(address, client, network):
    assert (Client(address).rate_limit_key, Client(address).network_key) == (client, network)


def test_unknown_details_are_empty():
    assert client_of(request_to("/")) == Client("", "")


@pytest.mark.parametrize(("sent", "kept"), [("x" * 501, "x" * 500), ("a\0b", "ab"), ("\xff", "\xff"), ("", "")])
def test_the_user_agent_fits_its_column(sent, kept):
    request = request_to("/")
    request.environ["HTTP_USER_AGENT"] = sent
    assert client_of(request) == Client("", kept)


def test_the_device_cookie_is_read_but_left_out_of_the_repr():
    token = new_secret()
    client = client_of(request_to("/", {cookie_names.DEVICE: token}))
    assert client.device_tokens == (token,)
    assert token not in repr(client)


def test_the_device_cookie_holds_the_newest_five_tokens_in_order():
    tokens = tuple(new_secret() for _ in range(7))
    cookie = device_cookie(tokens)
    assert len(cookie) == 5 * 43 + 4
    assert device_tokens_in(cookie) == tokens[:5]
    assert device_tokens_in(".".join(tokens)) == tokens[:5]


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [("", ()), ("x", ()), ("{}x", ()), ("{}{}", ()), ("{} {}", ()), ("{},{}", ()), ("\ufffd.{}", ("{}",)),
     (".{}.", ("{}",)), ("x.{}.\0", ("{}",)), ("{}." + "x" * 5_000, ("{}",)), ("x.x.x.x.x.{}", ())],
)  # fmt: skip
def test_invalid_tokens_in_the_device_cookie_are_ignored(cookie, kept):
    token = new_secret()
    assert device_tokens_in(cookie.replace("{}", token)) == tuple(text.replace("{}", token) for text in kept)
