"""Who is asking."""

import pytest
from pyramid.request import Request

from album_store.infrastructure.security.client import Client, client_of


def test_the_address_is_what_the_server_saw_and_not_what_the_request_claims():
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    request = Request.blank("/", headers=headers | {"User-Agent": "TestBrowser"})
    request.environ["REMOTE_ADDR"] = "192.0.2.7"
    assert client_of(request) == Client("192.0.2.7", "TestBrowser")


def test_what_is_not_known_is_empty():
    assert client_of(Request.blank("/")) == Client("", "")


@pytest.mark.parametrize(("sent", "kept"), [("x" * 501, "x" * 500), ("a\0b", "ab"), ("\xff", "\xff"), ("", "")])
def test_the_browsers_name_fits_its_column(sent, kept):
    request = Request.blank("/")
    request.environ["HTTP_USER_AGENT"] = sent
    request.environ["REMOTE_ADDR"] = "f" * 100
    assert client_of(request) == Client("f" * 64, kept)
