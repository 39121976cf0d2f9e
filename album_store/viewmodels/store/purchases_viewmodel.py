"""The purchases of a browser without an account, and the form that emails a link."""

from typing import Any

from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from album_store.viewmodels.store.order_cards import order_cards


class PurchasesViewModel(FormViewModel):
    """The address that purchases were made with."""

    email = email_field()

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        orders = self.request.ownership_service.orders_of_browser(self.request.visitor)
        return {**super().to_dict(), "orders": order_cards(self.request, orders)}
