"""Reading the cookies that a browser sends."""

from types import SimpleNamespace

import pytest
from pyramid.request import Request

from album_store.infrastructure.web.cookies import Cookies


def cookies(header, *, secure=True):
    request = Request.blank("/", environ={"HTTP_COOKIE": header} if header is not None else {})
    request.store_settings = SimpleNamespace(secure=secure)
    return Cookies(request)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (None, ""),
        ("", ""),
        ("__Host-csrf=abc", "abc"),
        ("a=b; __Host-csrf=abc; c=d", "abc"),
        ("__Host-csrf=abc;x=y", "abc"),
        ("  __Host-csrf=abc  ", "abc"),
        ("__Host-csrf=a=b==", "a=b=="),
        ('__Host-csrf="abc"', "abc"),
        ('__Host-csrf="abc', '"abc'),
        ("__Host-csrf=abc; __Host-csrf=def", "def"),
        ("csrf=abc", ""),
        ("__Host-csrf", ""),
        ("__Host-csrf=", ""),
        ("__host-csrf=abc", ""),
        ("__Host-csrf=\xff", ""),
        ('bad="; \xff=\xfe; =; ;;; [x]=y; __Host-csrf=abc', "abc"),
        ("x" * 14_000 + "; __Host-csrf=abc", "abc"),
    ],
)
def test_a_cookie_is_read_despite_malformed_cookies_beside_it(header, value):
    assert cookies(header).get("csrf") == value


def test_over_plain_http_the_host_prefix_is_left_out():
    assert cookies("csrf=abc; __Host-csrf=def", secure=False).get("csrf") == "abc"
