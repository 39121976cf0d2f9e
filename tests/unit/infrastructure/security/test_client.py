"""Who is asking."""

from types import SimpleNamespace

import pytest
from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.client import Client, client_of, device_cookie, device_tokens_in
from album_store.infrastructure.security.secret_codes import new_secret


def request_to(path="/", cookies=None, headers=None):
    """A request as the store sees it, with these cookies."""
    request = Request.blank(path, headers=headers)
    request.store_cookies = SimpleNamespace(get=lambda name: (cookies or {}).get(name, ""))
    return request


def test_the_address_is_what_the_server_saw_and_not_what_the_request_claims():
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    request = request_to("/", headers=headers | {"User-Agent": "TestBrowser"})
    request.environ["REMOTE_ADDR"] = "192.0.2.7"
    assert client_of(request) == Client("192.0.2.7", "TestBrowser")


def test_what_is_not_known_is_empty():
    assert client_of(request_to("/")) == Client("", "")


@pytest.mark.parametrize(("sent", "kept"), [("x" * 501, "x" * 500), ("a\0b", "ab"), ("\xff", "\xff"), ("", "")])
def test_the_browsers_name_fits_its_column(sent, kept):
    request = request_to("/")
    request.environ["HTTP_USER_AGENT"] = sent
    request.environ["REMOTE_ADDR"] = "f" * 100
    assert client_of(request) == Client("f" * 64, kept)


def test_the_device_cookie_is_read_and_never_shown():
    token = new_secret()
    client = client_of(request_to("/", {cookie_names.DEVICE: token}))
    assert client.device_tokens == (token,)
    assert token not in repr(client)


def test_the_device_cookie_holds_the_newest_five_tokens_in_their_order():
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
def test_what_is_no_token_in_the_device_cookie_is_ignored(cookie, kept):
    token = new_secret()
    assert device_tokens_in(cookie.replace("{}", token)) == tuple(text.replace("{}", token) for text in kept)
