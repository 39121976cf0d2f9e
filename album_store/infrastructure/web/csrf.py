"""Every POST carries a token that only this site's pages can know."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.request import Request
from zope.interface import implementer

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import looks_like_secret, new_secret


@implementer(ICSRFStoragePolicy)
class CookieTokenPolicy:
    """Double submit: the form repeats what a `__Host-` cookie holds, which no other site can read or set.

    Visitors need no row in the database for it, and get the cookie only with a page that has a form.
    """

    def new_csrf_token(self, request: Request) -> str:
        """Make a token and have the response set it."""
        token = request.csrf_cookie_value = new_secret()
        request.store_cookies.set(cookie_names.CSRF, token)
        return token

    def get_csrf_token(self, request: Request) -> str:
        """The token of this browser, made now if it has none."""
        return _sent_token(request) or self.new_csrf_token(request)

    def check_csrf_token(self, request: Request, supplied_token: Any) -> bool:
        """Whether the form repeated the cookie. A file or a garbled text in its place is just wrong."""
        expected = _sent_token(request)
        if not expected or not isinstance(supplied_token, str):
            return False
        return hmac.compare_digest(expected.encode(), supplied_token.encode("utf-8", "surrogatepass"))


def _sent_token(request: Request) -> str:
    token = getattr(request, "csrf_cookie_value", None) or request.store_cookies.get(cookie_names.CSRF)
    return token if looks_like_secret(token) else ""


def includeme(config: Configurator) -> None:
    """Ask for the token, and over https for the right Origin, on every POST."""
    config.set_csrf_storage_policy(CookieTokenPolicy())
    config.set_default_csrf_options(require_csrf=True)
    site = urlsplit(config.registry.store_settings.site_url)
    config.registry.settings["pyramid.csrf_trusted_origins"] = [site.netloc]
