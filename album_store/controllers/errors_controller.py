"""Error pages: 4xx refusals, 429, 500 and 503."""

import logging
import uuid
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import (
    HTTPBadRequest,
    HTTPClientError,
    HTTPRequestEntityTooLarge,
    HTTPSeeOther,
    HTTPUnsupportedMediaType,
)
from pyramid.request import Request
from pyramid.view import (
    exception_view_config,
    forbidden_view_config,
    notfound_view_config,
    view_defaults,
)
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import SQLAlchemyError

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.blocked_networks import BlockedAddressError
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.account.secret_links import DeadLink, DeadLinkError
from album_store.viewmodels.account.receipt import receipt_of

RETRY_AFTER_S = 10
# Beyond this, the page does not suggest going back to the form: it is unlikely to be still open.
LONG_WAIT_S = 3_600

WHY_DEAD = {
    DeadLink.UNKNOWN: "It may be incomplete or too old. Copy the whole link from the email, or request a new one.",
    DeadLink.USED: "It has already been used. Each link works only once.",
    DeadLink.ENDED: (
        "It was cancelled by a later sign-in, a change to your account or a request for another email address."
    ),
    DeadLink.EXPIRED: "It has expired.",
}
PURCHASE_MOVED = "The purchase has another email address now."
ALREADY_CONFIRMED = "You have already confirmed this email address. Sign in to your account."
# Ways on from an error page: a route and the label of its link. Each page offers two; the first is the main one.
Way = tuple[str, str]
HOME = ("home.index", "Go to the home page")
ALBUMS = ("albums.index", "Browse all albums")
SEARCH = ("search.index", "Search the store")
ACCOUNT = ("account.index", "Go to your account")
SIGN_IN = ("account.signin", "Sign in")
NEW_RESET_LINK = ("account.forgot_password", "Get a new link")
REGISTER = ("account.register", "Register again")
PURCHASES = ("purchases.index", "Get a new link")
# By the route of a link that does not work.
WAYS_FROM_DEAD_LINK = {
    "account.reset_link": (NEW_RESET_LINK, SIGN_IN),
    "account.reset_password": (NEW_RESET_LINK, SIGN_IN),
    "account.confirm": (REGISTER, SIGN_IN),
    "account.confirm_email": (ACCOUNT, HOME),
    "purchases.open": (PURCHASES, HOME),
}
WAYS_AFTER_CONFIRMING = (SIGN_IN, HOME)

log = logging.getLogger(__name__)

REFUSAL_TEMPLATE = "album_store:templates/errors/refusal.pt"


@view_defaults(renderer=REFUSAL_TEMPLATE)
class ErrorsController(BaseController):
    """Error pages in the site layout."""

    def __init__(self, error: Exception, request: Request) -> None:
        super().__init__(request)
        self.error = error

    @notfound_view_config()
    def not_found(self) -> dict[str, Any]:
        """404: no such page."""
        advice = "The address may be wrong, or the page may have been removed."
        return self._page(404, "Page not found", advice, SEARCH, ALBUMS)

    @forbidden_view_config()
    def forbidden(self) -> dict[str, Any] | HTTPSeeOther:
        """403. If the visitor is not signed in, a redirect to the sign-in page, which leads back after sign-in."""
        if self.request.signed_in is None:
            if self.request.method == "POST":
                add_flash_message(self.request, "session-over")
            # A GET of a form's address redirects to the page with the form.
            return self.redirect("account.signin", _query={"next": self.request.path_qs})
        advice = "Your account does not have permission to open this page."
        return self._page(403, "You don't have access", advice, ACCOUNT, HOME)

    @exception_view_config(DeadLinkError, renderer="album_store:templates/errors/dead_link.pt")
    def dead_link(self) -> dict[str, Any]:
        """404: an emailed link that does not work; the holder of its secret is told why."""
        self.request.response.status_int = 404
        reason, route_name = self.error.reason, self.request.matched_route.name
        is_registration = route_name == "account.confirm"
        if is_registration and reason is DeadLink.USED:
            return {"reason": ALREADY_CONFIRMED, "ways": self._links(*WAYS_AFTER_CONFIRMING), "may_send_again": False}
        has_moved = route_name == "purchases.open" and reason is DeadLink.ENDED
        return {
            "reason": PURCHASE_MOVED if has_moved else WHY_DEAD[reason],
            "ways": self._links(*WAYS_FROM_DEAD_LINK[route_name]),
            "may_send_again": is_registration and receipt_of(self.request) != "",
        }

    @exception_view_config(TooManyAttemptsError)
    def too_many_attempts(self) -> dict[str, Any]:
        """429: this client, or its network, reached a rate limit."""
        self.request.response.headers["Retry-After"] = str(self.error.wait_s)
        wait = spoken_length(self.error.wait_s * 1000)
        if self.error.wait_s > LONG_WAIT_S:
            what_to_do = f"Try again in {wait}. Links that we have already emailed to you still work until they expire."
        else:
            what_to_do = f"Wait {wait}, then go back and send the form again. You may have to fill it in again."
        return self._page(429, "Too many attempts", f"Nothing has been changed. {what_to_do}", HOME, ALBUMS)

    @exception_view_config(BlockedAddressError, renderer="album_store:templates/errors/blocked.pt")
    def blocked_address(self) -> dict[str, Any]:
        """403: this network may not submit forms until a date."""
        self.request.response.status_int = 403
        return {"until": self.request.wording.moment(self.error.until_date)}

    @exception_view_config(BadCSRFToken)
    @exception_view_config(BadCSRFOrigin)
    def bad_csrf(self) -> dict[str, Any]:
        """400: missing or wrong CSRF token or origin."""
        # Log the route name, because the path may contain the secret of an emailed link.
        log.info("event=csrf-refused route=%s", self.request.matched_route.name)
        advice = (
            "The form was open for too long, you have signed in again since you opened it, or your browser blocks "
            "cookies for this site. Nothing has been changed. Open the form again, fill it in and send it."
        )
        page = self._page(400, "This form could not be accepted", advice, HOME)
        # Every form can be opened at the address that it posts to, or redirects from there to its page.
        route, query = self.request.matched_route.name, self.request.next_query
        form_path = self.request.route_path(route, _query=query, **self.request.matchdict)
        return page | {"ways": [(form_path, "Open the form again"), *page["ways"]]}

    @exception_view_config(HTTPBadRequest)
    def bad_request(self) -> dict[str, Any]:
        """400: a request that could not be parsed."""
        advice = self.error.detail or "The address or the form contains something that the store cannot read."
        return self._page(400, "Bad request", advice, HOME, ALBUMS)

    @exception_view_config(HTTPRequestEntityTooLarge)
    def too_large(self) -> dict[str, Any]:
        """413: the request body is larger than any form of the store."""
        advice = "You entered more text than the store accepts. Go back and shorten it."
        return self._page(413, "Form too large", advice, HOME, ALBUMS)

    @exception_view_config(HTTPUnsupportedMediaType)
    def unsupported_media_type(self) -> dict[str, Any]:
        """415: a form that was not sent as forms of the store are."""
        advice = "The store doesn't accept file uploads. Send the form as application/x-www-form-urlencoded."
        return self._page(415, "Unsupported form type", advice, HOME, ALBUMS)

    @exception_view_config(HTTPClientError)
    def client_error(self) -> dict[str, Any]:
        """Any other 4xx error."""
        self.request.response.headers.update(_kept_headers(self.error))
        advice = "The store does not support this kind of request."
        return self._page(self.error.status_int, "Request not supported", advice, HOME, ALBUMS)

    @exception_view_config(SQLAlchemyError, renderer="album_store:templates/errors/fault.pt")
    def database_error(self) -> dict[str, Any]:
        """503 if the database is busy, with a Retry-After header; 500 for any other error."""
        database = self.request.registry.db_sessions.database
        if not (database.is_busy(self.error) or database.is_retryable(self.error)):
            return self.fault()
        if not is_error_retryable(self.request, self.error):  # if it is, this page is not sent
            log.warning("event=database-busy method=%s", self.request.method)
        self.request.response.headers["Retry-After"] = str(RETRY_AFTER_S)
        self.request.response.status_int = 503
        return {"number": ""}

    @exception_view_config(Exception, renderer="album_store:templates/errors/fault.pt")
    def fault(self) -> dict[str, Any]:
        """500: an unhandled exception; the page and the log show the same number."""
        number = uuid.uuid4().hex[:8]
        log.error("event=fault number=%s method=%s", number, self.request.method, exc_info=self.error)
        self.request.response.status_int = 500
        return {"number": number}

    def _page(self, status: int, heading: str, advice: str, *ways: Way) -> dict[str, Any]:
        self.request.response.status_int = status
        return {"heading": heading, "advice": advice, "ways": self._links(*ways)}

    def _links(self, *ways: Way) -> list[tuple[str, str]]:
        return [(self.request.route_path(route), label) for route, label in ways]


def _kept_headers(error: HTTPClientError) -> dict[str, str]:
    return {name: value for name, value in error.headers.items() if name in {"Allow", "Retry-After"}}
