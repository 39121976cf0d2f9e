"""Correcting the address of a guest's order, for admins."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.admin.order_history_service import OrderInFull
from album_store.services.mail_spacing import MailLimitError
from album_store.services.store.address_correction_service import is_guests
from album_store.services.store.order_access import NothingOwnedError
from album_store.viewmodels.admin.order_details_viewmodel import OrderDetailsViewModel
from album_store.viewmodels.store.address_viewmodel import AddressViewModel


@view_defaults(route_name="admin.order_address", permission="admin", renderer="album_store:templates/admin/order.pt")
class AdminOrderAddressController(BaseController):
    """A form on the page of the order."""

    @view_config(request_method="GET")
    def address_get(self) -> HTTPSeeOther:
        """Redirect to the order, because the form has no page of its own."""
        return self._to_order()

    @view_config(request_method="POST", writes=True)
    def address_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Move the order. Raises HTTPNotFound, also for the order of an account."""
        order_id = self.request.matchdict["order_id"]
        found = self.request.order_history_service.find(order_id)
        if found is None or not is_guests(found.order):
            raise HTTPNotFound
        form = AddressViewModel(self.request)
        if not form.validate():
            return self._refused(found, form)
        try:
            is_new = self.request.address_correction_service.correct(order_id, form.email.data, self.actor)
        except NothingOwnedError:
            add_flash_message(self.request, "address-closed")
            return self._to_order()
        except MailLimitError as error:
            form.refuse("email", error.sentence)
            return self._refused(found, form)
        add_flash_message(self.request, "address-corrected" if is_new else "address-same")
        return self._to_order()

    def _refused(self, found: OrderInFull, form: AddressViewModel) -> dict[str, Any]:
        return self.invalid(OrderDetailsViewModel(self.request, found, address=form).to_dict())

    def _to_order(self) -> HTTPSeeOther:
        return self.redirect("admin.order", order_id=self.request.matchdict["order_id"])
