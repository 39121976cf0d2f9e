"""Cookies: names, attributes and parsing."""

import re
from datetime import timedelta
from functools import cached_property

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

_QUOTED = re.compile(r'^"(.*)"$')


class Cookies:
    """The cookies of one request: HttpOnly, SameSite=Lax, Path=/, and over https Secure and `__Host-` (RFC 6265bis).

    Browsers reject the prefix and Secure over plain http, which only development allows, so both are left out there.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._secure = request.store_settings.secure

    def get(self, name: str) -> str:
        """Return the value that the browser sent, the last one if there are several, or an empty string."""
        return self._sent.get(full_name(name, secure=self._secure), "")

    @cached_property
    def _sent(self) -> dict[str, str]:
        """The cookies by name, without the quotes around values. The store's values need no escapes.

        WebOb's parser is not used: its time grows with the square of the header length (half a second for 14 KB), and
        `request.cookies` fails for all cookies if one is malformed, even if another application set it.
        """
        pairs = (pair.strip().partition("=") for pair in self._request.environ.get("HTTP_COOKIE", "").split(";"))
        return {name: _QUOTED.sub(r"\1", value) for name, _, value in pairs if value.isascii()}

    def set(self, name: str, value: str, lifetime: timedelta | None = None) -> None:
        """Set a cookie on the response. Without a lifetime it expires with the browser session."""

        def add(_request: Request, response: Response) -> None:
            response.set_cookie(
                full_name(name, secure=self._secure),
                value,
                max_age=lifetime,
                path="/",
                secure=self._secure,
                httponly=True,
                samesite="Lax",
            )

        self._request.add_response_callback(add)

    def delete(self, name: str) -> None:
        """Delete a cookie on the response."""
        self.set(name, "", timedelta(0))


def full_name(name: str, *, secure: bool) -> str:
    """Return the name of a cookie as browsers send it."""
    return f"__Host-{name}" if secure else name


def includeme(config: Configurator) -> None:
    """Add `request.store_cookies`."""
    config.add_request_method(Cookies, "store_cookies", reify=True)
