"""The admin pages of orders."""

from typing import Any

from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.admin.order_details_viewmodel import OrderDetailsViewModel
from album_store.viewmodels.admin.orders_viewmodel import OrdersViewModel


@view_defaults(permission="admin", request_method="GET")
class AdminOrdersController(BaseController):
    """The list of orders, and a page for each."""

    @view_config(route_name="admin.orders", renderer="album_store:templates/admin/orders.pt")
    def orders(self) -> dict[str, Any]:
        """List the newest orders, those with a problem, or the results of a search."""
        return OrdersViewModel(self.request).to_dict()

    @view_config(route_name="admin.order", renderer="album_store:templates/admin/order.pt")
    def order(self) -> dict[str, Any]:
        """Show one order. Raises HTTPNotFound."""
        return OrderDetailsViewModel(self.request).to_dict()
