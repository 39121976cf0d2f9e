"""Sign-in sessions: Pyramid's security policy, based on the rows behind the session cookie."""

import logging
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import new_csrf_token
from pyramid.httpexceptions import HTTPForbidden
from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import Allowed, Denied
from sqlalchemy import Connection, Executable, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from zope.interface import implementer

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.client import SignedIn, device_cookie

SIGNED_IN = "signed-in"

log = logging.getLogger(__name__)


@implementer(ISecurityPolicy)
class SessionSecurityPolicy:
    """A permission is `signed-in` or the name of a role."""

    def identity(self, request: Request) -> SignedIn | None:
        """Return the signed-in account, looked up by the session cookie once per request."""
        return request.signed_in

    def authenticated_userid(self, request: Request) -> str | None:
        """Return the id of the signed-in account, or None."""
        return request.signed_in.account_id if request.signed_in else None

    def permits(self, request: Request, _context: Any, permission: str) -> Allowed | Denied:
        """Return whether the signed-in account has the permission."""
        who = request.signed_in
        if who and (permission == SIGNED_IN or permission in who.roles):
            return Allowed("%s", permission)
        return Denied("%s", permission)

    def remember(self, request: Request, userid: str, **_kw: Any) -> list[tuple[str, str]]:
        """Start a session for the account, replacing that of this browser. Sets the cookies and returns []."""
        request.session_service.end_token(request.store_cookies.get(cookie_names.SESSION))
        token = request.session_service.start(userid, request.client)
        request.store_cookies.set(cookie_names.SESSION, token, request.session_service.lifetime)
        remember_device(request, userid)
        new_csrf_token(request)
        return []

    def forget(self, request: Request, **_kw: Any) -> list[tuple[str, str]]:
        """End the session of this browser. Deletes the cookie and returns []."""
        request.session_service.end_token(request.store_cookies.get(cookie_names.SESSION))
        request.store_cookies.delete(cookie_names.SESSION)
        return []


def remember_device(request: Request, account_id: str) -> None:
    """Set the device cookie. It grants no access, but gives this browser a rate limit of its own."""
    devices = request.known_browser_service
    tokens = devices.remember(account_id, request.client.device_tokens)
    request.store_cookies.set(cookie_names.DEVICE, device_cookie(tokens), devices.lifetime)


def session_guard_deriver(view: Any, info: Any) -> Any:
    """Refuse a writing view with a permission if the session or the role has ended since it was looked up.

    The request may have waited for another transaction or checked a password since then, so the write transaction
    starts with a check that locks the account and the session. Raises HTTPForbidden.
    """
    permission = info.options.get("permission")
    if not info.options.get("writes") or not isinstance(permission, str) or info.exception_only:
        return view

    def guarded_view(context: Any, request: Request) -> Response:
        event.listen(request.dbsession, "after_begin", partial(_lock_session, request, permission), once=True)
        return view(context, request)

    return guarded_view


def _lock_session(request: Request, permission: str, _dbsession: Any, _transaction: Any, writing: Connection) -> None:
    who, role = request.signed_in, None if permission == SIGNED_IN else permission
    if not request.session_service.lock(writing, who, role):
        raise HTTPForbidden


def _signed_in(request: Request) -> SignedIn | None:
    found = request.session_service.find(request.store_cookies.get(cookie_names.SESSION))
    if found is None:
        return None
    if found.pending is not None:
        # In a finished callback, after this request has returned its connection.
        request.add_finished_callback(partial(_update_session, found.pending))
    return found.signed_in


def _update_session(statement: Executable, request: Request) -> None:
    """Record that a session was used, or delete one that has ended. Skipped while the database is busy."""
    try:
        with request.registry.db_sessions.begin_nowait() as dbsession:
            dbsession.execute(statement)
    except (OperationalError, PoolTimeoutError):
        log.warning("event=session-update-skipped reason=database-busy")


def includeme(config: Configurator) -> None:
    """Add the policy, the guard, and `request.signed_in`, the signed-in account or None."""
    config.set_security_policy(SessionSecurityPolicy())
    config.add_request_method(_signed_in, "signed_in", reify=True)
    config.add_view_deriver(session_guard_deriver, name="session_guard", under="secured_view", over="rendered_view")
