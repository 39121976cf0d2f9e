"""Sign-in sessions: Pyramid's security policy over the rows behind the session cookie."""

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
from zope.interface import implementer

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.client import SignedIn

SIGNED_IN = "signed-in"

log = logging.getLogger(__name__)


@implementer(ISecurityPolicy)
class SessionSecurityPolicy:
    """A permission is `signed-in`, or the name of a role."""

    def identity(self, request: Request) -> SignedIn | None:
        """The account that is signed in, found by the session cookie once per request."""
        return request.signed_in

    def authenticated_userid(self, request: Request) -> str | None:
        """The id of the account."""
        return request.signed_in.account_id if request.signed_in else None

    def permits(self, request: Request, _context: Any, permission: str) -> Allowed | Denied:
        """Whether the account that is signed in has the permission."""
        who = request.signed_in
        if who and (permission == SIGNED_IN or permission in who.roles):
            return Allowed("%s", permission)
        return Denied("%s", permission)

    def remember(self, request: Request, userid: str, **_kw: Any) -> list[tuple[str, str]]:
        """Start a session for the account with this id, in place of the one that this browser had."""
        request.session_service.end_token(request.store_cookies.get(cookie_names.SESSION))
        token = request.session_service.start(userid, request.client)
        request.store_cookies.set(cookie_names.SESSION, token, request.session_service.lifetime)
        remember_device(request, userid)
        new_csrf_token(request)
        return []

    def forget(self, request: Request, **_kw: Any) -> list[tuple[str, str]]:
        """End the session of this browser."""
        request.session_service.end_token(request.store_cookies.get(cookie_names.SESSION))
        request.store_cookies.delete(cookie_names.SESSION)
        return []


def remember_device(request: Request, account_id: str) -> None:
    """Set the device cookie. It opens nothing; only the tries of this browser are counted apart from strangers'."""
    devices = request.known_browser_service
    token = devices.remember(account_id, request.client.device_token)
    request.store_cookies.set(cookie_names.DEVICE, token, devices.lifetime)


def session_guard_deriver(view: Any, info: Any) -> Any:
    """Refuse a writing view with a permission if the session or the role has ended since it was looked up.

    That can be long ago: another transaction may have been waited for, or a password been checked. So the first
    statement of the write transaction looks again, and locks what it finds.
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
    if not request.session_service.lock(writing, who.session_id, role):
        raise HTTPForbidden


def _signed_in(request: Request) -> SignedIn | None:
    found = request.session_service.find(request.store_cookies.get(cookie_names.SESSION))
    if found is None:
        return None
    if found.pending is not None:
        # Afterwards, when this request has given its connection back.
        request.add_finished_callback(partial(_update_session, found.pending))
    return found.signed_in


def _update_session(statement: Executable, request: Request) -> None:
    """Note that a session was seen, or remove one that has ended; a busy database puts it off to another page."""
    try:
        with request.registry.db_sessions.begin_nowait() as dbsession:
            dbsession.execute(statement)
    except OperationalError:
        log.warning("event=session-update-skipped reason=database-busy")


def includeme(config: Configurator) -> None:
    """Install the policy and the guard; `request.signed_in` says which account is signed in."""
    config.set_security_policy(SessionSecurityPolicy())
    config.add_request_method(_signed_in, "signed_in", reify=True)
    config.add_view_deriver(session_guard_deriver, name="session_guard", under="secured_view", over="rendered_view")
