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
from sqlalchemy.exc import OperationalError

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.blocked_networks import BlockedAddressError
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.account.secret_links import DeadLink, DeadLinkError
from album_store.viewmodels.account.receipt import receipt_of

RETRY_AFTER_S = 10
# After a longer wait, the page does not suggest submitting the form again, because it is probably no longer open.
LONG_WAIT_S = 3_600

WHY_DEAD = {
    DeadLink.UNKNOWN: "It may be incomplete, or too old. Copy the whole link from the mail, or ask for a new one.",
    DeadLink.USED: "It has been used already, and each link works only once.",
    DeadLink.ENDED: "A sign-in or a change of the account since then has ended it.",
    DeadLink.EXPIRED: "It has expired.",
}
# Where the visitor gets a new link in place of a dead one, and the label of the button.
NEW_LINK = {
    "account.reset_link": ("account.forgot_password", "Get a new link"),
    "account.reset_password": ("account.forgot_password", "Get a new link"),
    "account.confirm": ("account.register", "Register again"),
    "account.confirm_email": ("account.index", "Go to your account"),
}

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
        return self._page(404, "There is nothing here", "The address may be misspelt, or what was here is gone.")

    @forbidden_view_config()
    def forbidden(self) -> dict[str, Any] | HTTPSeeOther:
        """403. If the visitor is not signed in, a redirect to the sign-in page, which leads back after sign-in."""
        if self.request.signed_in is None:
            if self.request.method == "POST":
                add_flash_message(self.request, "session-over")
            # The URL of a form leads to the page with the form.
            return self.redirect("account.signin", _query={"next": self.request.path_qs})
        return self._page(403, "This is not open to you", "Your account may not see this page.")

    @exception_view_config(DeadLinkError, renderer="album_store:templates/errors/dead_link.pt")
    def dead_link(self) -> dict[str, Any]:
        """404: an emailed link that does not work. Says why to anyone who has its secret."""
        self.request.response.status_int = 404
        route_name = self.request.matched_route.name
        may_send_again = route_name == "account.confirm" and receipt_of(self.request) != ""
        return {
            "reason": WHY_DEAD[self.error.reason],
            "new_link": NEW_LINK[route_name],
            "may_send_again": may_send_again,
        }

    @exception_view_config(TooManyAttemptsError)
    def too_many_attempts(self) -> dict[str, Any]:
        """429: this client, or its network, reached a rate limit."""
        self.request.response.headers["Retry-After"] = str(self.error.wait_s)
        wait = spoken_length(self.error.wait_s * 1000)
        if self.error.wait_s > LONG_WAIT_S:
            what_to_do = (
                f"Please try again in {wait}. Nothing has been changed, and the last link that we mailed works for as "
                "long as its mail says."
            )
        else:
            what_to_do = (
                f"Please wait {wait}, then go back and send the form once more: what you typed is still in it, and "
                "nothing has been changed."
            )
        return self._page(429, "Not so fast", f"There were too many tries from where you are. {what_to_do}")

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
            "The form was open for too long, you have signed in again since you opened it, or your browser does not "
            "keep cookies for this site. "
            "Go back, load the page again, and send it once more: nothing has been changed."
        )
        return self._page(400, "This form could not be accepted", advice)

    @exception_view_config(HTTPBadRequest)
    def bad_request(self) -> dict[str, Any]:
        """400: a request that could not be parsed."""
        advice = self.error.detail or "Part of the address or of the form could not be read."
        return self._page(400, "This request made no sense", advice)

    @exception_view_config(HTTPRequestEntityTooLarge)
    def too_large(self) -> dict[str, Any]:
        """413: the request body is larger than any form of the store."""
        return self._page(413, "This is too large", "No form here takes that much. Go back and make it shorter.")

    @exception_view_config(HTTPUnsupportedMediaType)
    def unsupported_media_type(self) -> dict[str, Any]:
        """415: a form whose content type is not that of the store's forms."""
        advice = "No form here takes a file. Forms are read as application/x-www-form-urlencoded only."
        return self._page(415, "This form could not be read", advice)

    @exception_view_config(HTTPClientError)
    def client_error(self) -> dict[str, Any]:
        """Any other 4xx error."""
        self.request.response.headers.update(_kept_headers(self.error))
        return self._page(self.error.status_int, "This cannot be done", "The store does not answer such a request.")

    @exception_view_config(OperationalError, renderer="album_store:templates/errors/fault.pt")
    def database_error(self) -> dict[str, Any]:
        """503 if the database is locked, with a Retry-After header; 500 for any other OperationalError."""
        if "locked" not in str(self.error.orig):
            return self.fault()
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

    def _page(self, status: int, heading: str, advice: str) -> dict[str, Any]:
        self.request.response.status_int = status
        return {"heading": heading, "advice": advice}


def _kept_headers(error: HTTPClientError) -> dict[str, str]:
    return {name: value for name, value in error.headers.items() if name in {"Allow", "Retry-After"}}
