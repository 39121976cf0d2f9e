"""From the buy button to the payment page and back."""

import logging
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController
from album_store.data.order import Order
from album_store.infrastructure.payments.payment_gateway import GatewayError, RefusedPaymentError
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.infrastructure.web.headers import policy_with_form_action
from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import CHECKOUT, PAYMENT_CHECK, TooManyAttemptsError
from album_store.services.store.offer_service import Offer
from album_store.services.store.order_service import (
    AlreadyOwnedError,
    FormUsedError,
    MailLimitError,
    UnfinishedPaymentError,
)
from album_store.services.store.visitor import Visitor
from album_store.viewmodels.store.checkout_viewmodel import CheckoutViewModel
from album_store.viewmodels.store.offer_viewmodel import OfferViewModel

TEMPLATE = "album_store:templates/store/checkout.pt"
RETRY_AFTER_S = 10

log = logging.getLogger(__name__)


class CheckoutController(BuyerController):
    """Each step is a request of its own: write the order, open the payment page, and look what came of it.

    So an order is committed before the provider hears of it, and no call to the provider is made while the database is
    locked.
    """

    @view_config(route_name="checkout.index", request_method="GET", renderer=TEMPLATE)
    def index_get(self) -> dict[str, Any] | HTTPSeeOther:
        """Show what is about to be bought. Raises HTTPNotFound for an album that is not for sale."""
        if not self.request.GET.get("album"):
            return self.redirect("albums.index")
        offer = self._offer(self.request.visitor)
        if offer.owned_by:
            return self._to_order(offer.owned_by, "already-owned")
        if self.request.signed_in is None:
            self.mark_browser()
        form = CheckoutViewModel(self.request, offer)
        form.renew()
        return self._page(offer, form)

    @view_config(route_name="checkout.index", request_method="POST", writes=True, renderer=TEMPLATE)
    def index_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Place the order. Raises HTTPNotFound."""
        offer = self._offer()
        form = CheckoutViewModel(self.request, offer)
        if not form.has_key:
            form.renew()
        if not form.validate():
            return self.invalid(self._page(offer, form))
        if not self.request.offer_service.has_files(offer.album_id):
            form.refuse_form("This album cannot be delivered at the moment, so we don't sell it. Try again later.")
            return self.invalid(self._page(offer, form))
        try:
            self.request.attempt_service.begin(CHECKOUT, self.request.client)
            order = self._place(offer, form)
        except AlreadyOwnedError as error:
            return self._to_order(error.order_id, "already-owned")
        except UnfinishedPaymentError as error:
            return self._to_order(error.order_id, "payment-unfinished")
        except FormUsedError:
            form.renew()
            form.refuse_form("This form has been sent already. To place another order, press the button again.")
            return self.invalid(self._page(offer, form))
        except TooManyAttemptsError as error:
            self.limited(form, error, "You have not been charged.")
            return self._page(offer, form)
        except MailLimitError as error:
            wait = spoken_length(error.wait_s * 1000)
            form.refuse("email", f"We have just sent several emails to this address. Try again in {wait}.")
            return self.invalid(self._page(offer, form))
        if order.paid_date is not None:
            return self.redirect("purchases.details", order_id=order.id)
        return self.redirect("checkout.pay", order_id=order.id)

    @view_config(
        route_name="checkout.pay",
        request_method="GET",
        writes=True,
        renderer="album_store:templates/store/payment_trouble.pt",
    )
    def pay(self) -> dict[str, Any] | HTTPSeeOther:
        """Open the payment page of an order, again if need be. Raises HTTPNotFound and TooManyAttemptsError."""
        order = self.order()
        payment = self.request.payment_service.open_of(order.id)
        if payment is None:
            return self.redirect("purchases.details", order_id=order.id)
        if payment.session_id is None:
            self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
        try:
            session = self.request.payment_service.open_session(payment)
        except RefusedPaymentError as error:
            self.request.payment_service.replace(payment)
            return self._trouble(order, error)
        except GatewayError as error:
            return self._trouble(order, error)
        return HTTPSeeOther(session.url)

    @view_config(
        route_name="checkout.return",
        request_method="GET",
        writes=True,
        renderer="album_store:templates/store/payment_trouble.pt",
    )
    def come_back(self) -> dict[str, Any] | Response | HTTPSeeOther:
        """Ask the provider about the payment, and show the order.

        A browser that may not see it, such as that of a banking app, gets the same page for every address.
        """
        order = self.find_order()
        if order is None:
            return render_to_response("album_store:templates/store/returned.pt", {}, self.request)
        payment = self.request.payment_service.open_of(order.id)
        if payment is not None and payment.session_id:
            try:
                self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
                state = self.request.payment_service.gateway.find(payment.session_id)
            except TooManyAttemptsError:  # the worker asks as well
                return self.redirect("purchases.details", order_id=order.id)
            except GatewayError as error:
                return self._trouble(order, error)
            self.request.settlement_service.settle(payment.id, state)
        return self.redirect("purchases.details", order_id=order.id)

    @view_config(route_name="checkout.cancel", request_method="GET")
    def cancel_get(self) -> HTTPSeeOther:
        """Redirect to the order, for a visitor who reloads the address of the form."""
        return self.redirect("purchases.details", order_id=self.request.matchdict["order_id"])

    @view_config(
        route_name="checkout.cancel",
        request_method="POST",
        writes=True,
        renderer="album_store:templates/store/payment_trouble.pt",
    )
    def cancel_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Close the payment at the provider, so that it cannot be paid any more. Raises HTTPNotFound."""
        order = self.order()
        payment = self.request.payment_service.open_of(order.id)
        if payment is None:
            return self.redirect("purchases.details", order_id=order.id)
        try:
            state = self.request.payment_service.expire_session(payment)
        except RefusedPaymentError:  # no buyer has ever seen a page of it
            if self.request.payment_service.close(payment):
                add_flash_message(self.request, "payment-cancelled")
            return self.redirect("purchases.details", order_id=order.id)
        except GatewayError as error:
            return self._trouble(order, error)
        if not self.request.settlement_service.settle(payment.id, state):
            add_flash_message(self.request, "payment-cancelled" if state.is_closed else "payment-in-progress")
        return self.redirect("purchases.details", order_id=order.id)

    def _offer(self, visitor: Visitor | None = None) -> Offer:
        offer = self.request.offer_service.find(self.request.GET.get("album", ""), visitor)
        if offer is None or not offer.is_for_sale:
            raise HTTPNotFound
        return offer

    def _place(self, offer: Offer, form: CheckoutViewModel) -> Order:
        who = self.request.visitor
        visitor = Visitor(who.account_id, who.email, "" if who.account_id else self.mark_browser())
        return self.request.order_service.place(
            offer, who.email or form.email.data, form.checkout_key.data, visitor, self.request.client
        )

    def _page(self, offer: Offer, form: CheckoutViewModel) -> dict[str, Any]:
        """Return the values of the page, and allow its form, which redirects, to lead to the payment page."""
        gateway = self.request.registry.payment_gateway
        if gateway.origin:
            self.request.response.headers["Content-Security-Policy"] = policy_with_form_action(gateway.origin)
        return {**OfferViewModel(self.request, offer).to_dict(), **form.to_dict()}

    def _to_order(self, order_id: str, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("purchases.details", order_id=order_id)

    def _trouble(self, order: Order, error: GatewayError) -> dict[str, Any]:
        """503: the provider does not answer. Nothing is lost: the order stays, and the page says how to go on."""
        log.warning("event=gateway-error order=%s error=%s", order.id, error)
        self.request.response.status_int = 503
        self.request.response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return {"order_link": self.request.route_path("purchases.details", order_id=order.id)}
