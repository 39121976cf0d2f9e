"""The admin overview and the audits."""

from typing import Any

from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.admin.actions_viewmodel import ActionsViewModel
from album_store.viewmodels.admin.overview_viewmodel import OverviewViewModel
from album_store.viewmodels.admin.resets_viewmodel import ResetsViewModel


@view_defaults(permission="admin", request_method="GET")
class AdminController(BaseController):
    """Read-only admin pages."""

    @view_config(route_name="admin.index", renderer="album_store:templates/admin/index.pt")
    def index(self) -> dict[str, Any]:
        """Show new accounts and the latest admin actions."""
        return OverviewViewModel(self.request).to_dict()

    @view_config(route_name="admin.resets", renderer="album_store:templates/admin/resets.pt")
    def resets(self) -> dict[str, Any]:
        """Show who requested password resets, and from where."""
        return ResetsViewModel(self.request).to_dict()

    @view_config(route_name="admin.actions", renderer="album_store:templates/admin/actions.pt")
    def actions(self) -> dict[str, Any]:
        """Show all admin actions."""
        return ActionsViewModel(self.request).to_dict()
