"""The admin overview, its test email, and the audits."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.mail_spacing import MailLimitError
from album_store.viewmodels.admin.actions_viewmodel import ActionsViewModel
from album_store.viewmodels.admin.overview_viewmodel import OverviewViewModel
from album_store.viewmodels.admin.resets_viewmodel import ResetsViewModel

OVERVIEW_TEMPLATE = "album_store:templates/admin/index.pt"


@view_defaults(permission="admin", request_method="GET")
class AdminController(BaseController):
    """The overview, its test email, and the read-only admin pages."""

    @view_config(route_name="admin.index", renderer=OVERVIEW_TEMPLATE)
    def index(self) -> dict[str, Any]:
        """Show new accounts, the last test email and the latest admin actions."""
        return OverviewViewModel(self.request).to_dict()

    @view_config(route_name="admin.test_mail")
    def test_mail_get(self) -> HTTPSeeOther:
        """Redirect to the overview, because the form has no page of its own."""
        return self.redirect("admin.index")

    @view_config(route_name="admin.test_mail", request_method="POST", writes=True, renderer=OVERVIEW_TEMPLATE)
    def test_mail_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Send a test email to the admin's own address."""
        try:
            self.request.mail_check_service.send(self.actor)
        except MailLimitError as error:
            return self.invalid(OverviewViewModel(self.request, {"heading": error.sentence}).to_dict())
        add_flash_message(self.request, "test-mail-sent")
        return self.redirect("admin.index")

    @view_config(route_name="admin.resets", renderer="album_store:templates/admin/resets.pt")
    def resets(self) -> dict[str, Any]:
        """Show who requested password resets, and from where."""
        return ResetsViewModel(self.request).to_dict()

    @view_config(route_name="admin.actions", renderer="album_store:templates/admin/actions.pt")
    def actions(self) -> dict[str, Any]:
        """Show all admin actions."""
        return ActionsViewModel(self.request).to_dict()
