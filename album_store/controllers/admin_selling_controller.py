"""The admin page about selling, and its test of the payment provider."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.services.account.attempt_service import PAYMENT_CHECK
from album_store.viewmodels.admin.selling_viewmodel import SellingViewModel


@view_defaults(permission="admin")
class AdminSellingController(BaseController):
    """What is missing before the store can sell."""

    @view_config(route_name="admin.selling", request_method="GET", renderer="album_store:templates/admin/selling.pt")
    def selling(self) -> dict[str, Any]:
        """Show the checks, the last test, and how many albums can be sold."""
        return SellingViewModel(self.request).to_dict()

    @view_config(route_name="admin.test_connection", request_method="GET")
    def test_connection_get(self) -> HTTPSeeOther:
        """Redirect to the page with the form."""
        return self.redirect("admin.selling")

    @view_config(route_name="admin.test_connection", request_method="POST", writes=True)
    def test_connection_post(self) -> HTTPSeeOther:
        """Test the connection; the page says what came of it. Raises HTTPNotFound and TooManyAttemptsError."""
        if self.request.registry.payment_gateway is None:
            raise HTTPNotFound
        self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
        self.request.gateway_test_service.run(self.actor)
        return self.redirect("admin.selling")
