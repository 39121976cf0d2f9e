"""Withdrawing from a purchase."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.buyer_controller import BuyerController
from album_store.data.order import Order
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.store.withdrawal_service import NoWithdrawalError
from album_store.viewmodels.store.withdrawal_viewmodel import WithdrawalViewModel


@view_defaults(route_name="purchases.withdraw", renderer="album_store:templates/store/withdraw.pt")
class WithdrawalController(BuyerController):
    """The second step: the first is the button on the page of the order."""

    @view_config(request_method="GET")
    def withdraw_get(self) -> dict[str, Any] | HTTPSeeOther:
        """Show what the buyer is about to withdraw from. Raises HTTPNotFound."""
        order = self.order()
        if not self.request.withdrawal_service.is_open(order):
            return self._closed(order)
        return WithdrawalViewModel(self.request, order).to_dict()

    @view_config(request_method="POST", writes=True)
    def withdraw_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Withdraw. Raises HTTPNotFound."""
        order = self.order()
        form = WithdrawalViewModel(self.request, order)
        if not form.validate():
            return self.invalid(form.to_dict())
        try:
            self.request.withdrawal_service.withdraw(order.id, form.name.data)
        except NoWithdrawalError:
            return self._closed(order)
        return self.redirect("purchases.details", order_id=order.id)

    def _closed(self, order: Order) -> HTTPSeeOther:
        if self.request.withdrawal_service.find(order.id) is None:
            add_flash_message(self.request, "withdrawal-closed")
        return self.redirect("purchases.details", order_id=order.id)
