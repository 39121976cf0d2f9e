"""The development mailbox: the emails that the store would have sent, with working links."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.mailbox.mailbox_details_viewmodel import MailboxDetailsViewModel
from album_store.viewmodels.mailbox.mailbox_index_viewmodel import MailboxIndexViewModel

# Allows the frame with the email, which no other page may have.
DETAILS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The email may be framed and has inline styles; it loads and runs nothing.
HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class MailboxController(BaseController):
    """Pages under /mail, which exist only with `mail.delivery = mailbox`."""

    @view_config(route_name="mailbox.index", request_method="GET", renderer="album_store:templates/mailbox/index.pt")
    def index(self) -> dict[str, Any]:
        """List the emails, newest first."""
        return MailboxIndexViewModel(self.request).to_dict()

    @view_config(
        route_name="mailbox.details", request_method="GET", renderer="album_store:templates/mailbox/details.pt"
    )
    def details(self) -> dict[str, Any]:
        """Show one email."""
        vm = MailboxDetailsViewModel(self.request)
        self.request.response.headers["Content-Security-Policy"] = DETAILS_POLICY
        return vm.to_dict()

    @view_config(route_name="mailbox.html", request_method="GET")
    def html(self) -> Response:
        """Serve the HTML part alone, for the frame in the page."""
        vm = MailboxDetailsViewModel(self.request)
        response = Response(vm.framed_html)
        response.headers["Content-Security-Policy"] = HTML_POLICY
        return response
