"""Who is signed in: Pyramid's security policy over the session rows."""

from dataclasses import dataclass
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import new_csrf_token
from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request
from pyramid.security import Allowed, Denied
from zope.interface import implementer

from album_store.infrastructure.web.known_browsers import remember_device

COOKIE = "session"


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in. A plain value, so that knowing it ties no page to a database session."""

    account_id: str
    session_id: str
    email: str
    display_name: str
    roles: frozenset[str]

    @property
    def name(self) -> str:
        """What to call them."""
        return self.display_name or self.email


@implementer(ISecurityPolicy)
class SessionSecurityPolicy:
    """A permission is `signed-in`, or the name of a role."""

    def identity(self, request: Request) -> SignedIn | None:
        """Who is signed in, found by the session cookie; asked once per request."""
        return request.signed_in

    def authenticated_userid(self, request: Request) -> str | None:
        """The id of the account."""
        return request.signed_in.account_id if request.signed_in else None

    def permits(self, request: Request, _context: Any, permission: str) -> Allowed | Denied:
        """Whether whoever is signed in may do that."""
        who = request.signed_in
        if who and (permission == "signed-in" or permission in who.roles):
            return Allowed("%s", permission)
        return Denied("%s", permission)

    def remember(self, request: Request, userid: str, **_kw: Any) -> list[tuple[str, str]]:
        """Begin a session for the account with this id, in place of any that this browser had."""
        request.session_service.end_token(request.store_cookies.get(COOKIE))
        token = request.session_service.start(userid, request.client)
        request.store_cookies.set(COOKIE, token, request.session_service.lifetime)
        remember_device(request, userid)
        new_csrf_token(request)
        return []

    def forget(self, request: Request, **_kw: Any) -> list[tuple[str, str]]:
        """End the session of this browser."""
        request.session_service.end_token(request.store_cookies.get(COOKIE))
        request.store_cookies.delete(COOKIE)
        return []


def _signed_in(request: Request) -> SignedIn | None:
    return request.session_service.find(request.store_cookies.get(COOKIE))


def includeme(config: Configurator) -> None:
    """Install the policy; `request.signed_in` says who it is."""
    config.set_security_policy(SessionSecurityPolicy())
    config.add_request_method(_signed_in, "signed_in", reify=True)
