"""Correcting the address of what was bought without an account."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.buyer_controller import BuyerController
from album_store.data.order import Order
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import ADDRESS_CORRECTION, TooManyAttemptsError
from album_store.services.audit_service import Actor
from album_store.services.mail_spacing import MailLimitError
from album_store.services.store.address_correction_service import is_payer, may_correct
from album_store.services.store.order_access import NothingOwnedError
from album_store.viewmodels.store.address_viewmodel import AddressViewModel
from album_store.viewmodels.store.order_viewmodel import OrderViewModel


@view_defaults(route_name="purchases.address", renderer="album_store:templates/store/order.pt")
class AddressController(BuyerController):
    """A form on the page of the order, for the browser that paid."""

    @view_config(request_method="GET")
    def address_get(self) -> HTTPSeeOther:
        """Redirect to the order, for a visitor who reloads the address of the form."""
        return self.redirect("purchases.details", order_id=self.request.matchdict["order_id"])

    @view_config(request_method="POST", writes=True)
    def address_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Move the order. The response does not tell whether an account has the address. Raises HTTPNotFound."""
        order = self.order()
        if not is_payer(order, self.request.visitor):
            raise HTTPNotFound
        if not may_correct(order, self.request.visitor):
            return self._closed(order)
        form = AddressViewModel(self.request)
        if not form.validate():
            return self._refused(order, form)
        try:
            self.request.attempt_service.begin(ADDRESS_CORRECTION, self.request.client)
            buyer = Actor("The buyer", ip_address=self.request.client.ip_address)
            is_new = self.request.address_correction_service.correct(order.id, form.email.data, buyer)
        except TooManyAttemptsError as error:
            self.limited(form, error)
            return OrderViewModel(self.request, order, form).to_dict()
        except NothingOwnedError:
            return self._closed(order)
        except MailLimitError as error:
            form.refuse("email", error.sentence)
            return self._refused(order, form)
        add_flash_message(self.request, "address-corrected" if is_new else "address-same")
        return self.redirect("purchases.details", order_id=order.id)

    def _closed(self, order: Order) -> HTTPSeeOther:
        add_flash_message(self.request, "address-closed")
        return self.redirect("purchases.details", order_id=order.id)

    def _refused(self, order: Order, form: AddressViewModel) -> dict[str, Any]:
        return self.invalid(OrderViewModel(self.request, order, form).to_dict())
