"""CSRF protection: every POST must contain a token that only pages of this site know."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.csrf import check_csrf_token
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.request import Request
from zope.interface import implementer

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import looks_like_secret, new_secret


@implementer(ICSRFStoragePolicy)
class CookieTokenPolicy:
    """Double submit: the form repeats the value of a `__Host-` cookie, which no other site can read or set.

    It needs no database row, and visitors get the cookie only with a page that has a form.
    """

    def new_csrf_token(self, request: Request) -> str:
        """Create a token, set it as a cookie on the response, and return it."""
        token = request.csrf_cookie_value = new_secret()
        request.store_cookies.set(cookie_names.CSRF, token)
        return token

    def get_csrf_token(self, request: Request) -> str:
        """Return the token of this browser. Creates one if it has none."""
        return _sent_token(request) or self.new_csrf_token(request)

    def check_csrf_token(self, request: Request, supplied_token: Any) -> bool:
        """Return whether the form repeats the value of the cookie. False for a file or malformed text."""
        expected = _sent_token(request)
        if not expected or not isinstance(supplied_token, str):
            return False
        return hmac.compare_digest(expected.encode(), supplied_token.encode("utf-8", "surrogatepass"))


def _sent_token(request: Request) -> str:
    token = getattr(request, "csrf_cookie_value", None) or request.store_cookies.get(cookie_names.CSRF)
    return token if looks_like_secret(token) else ""


def check_sender(request: Request) -> None:
    """Check a form that is on pages which all visitors share, and so has no token. Raises BadCSRFToken.

    Browsers say where a form comes from: in Sec-Fetch-Site, or in older ones in Origin. A page of another site cannot
    change either. A client that sends neither needs the token.
    """
    sender, site = request.headers.get("Sec-Fetch-Site"), urlsplit(request.store_settings.site_url)
    origin = request.headers.get("Origin")
    is_own = sender == "same-origin" if sender else origin == f"{site.scheme}://{site.netloc}"
    if not is_own:
        check_csrf_token(request)


def includeme(config: Configurator) -> None:
    """Require the token, and over https a matching Origin, on every POST."""
    config.set_csrf_storage_policy(CookieTokenPolicy())
    config.set_default_csrf_options(require_csrf=True)
    site = urlsplit(config.registry.store_settings.site_url)
    config.registry.settings["pyramid.csrf_trusted_origins"] = [site.netloc]
