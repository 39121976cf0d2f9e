"""From the cart to the payment page and back."""

from dataclasses import replace
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController, EndedPayment
from album_store.data.order import Order
from album_store.infrastructure.payments.payment_gateway import GatewayError, RefusedPaymentError
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.infrastructure.web.headers import policy_with_form_action
from album_store.infrastructure.wording import isolated
from album_store.services.account.attempt_service import CHECKOUT, PAYMENT_CHECK, TooManyAttemptsError
from album_store.services.store.cart_contents import CartContents
from album_store.services.store.order_service import (
    CartChangedError,
    FormUsedError,
    MailLimitError,
    UnfinishedPaymentError,
)
from album_store.services.store.payment_service import OpenPayment
from album_store.viewmodels.store.checkout_page import CheckoutPage
from album_store.viewmodels.store.checkout_viewmodel import CheckoutViewModel
from album_store.viewmodels.store.payable import why_not_payable

TEMPLATE = "album_store:templates/store/checkout.pt"


class CheckoutController(BuyerController):
    """Each step is a request of its own: write the order, open the payment page, and look what came of it.

    So an order is committed before the provider hears of it, and no call to the provider is made while the database is
    locked.
    """

    @view_config(route_name="checkout.index", request_method="GET", renderer=TEMPLATE)
    def index_get(self) -> dict[str, Any] | HTTPSeeOther:
        """Show what is about to be bought, and who is told. An empty cart has no checkout."""
        contents = self.request.cart_service.contents(self.request.visitor)
        if not contents.lines or why_not_payable(self.request, contents):
            return self.redirect("cart.index")
        if self.request.signed_in is None:
            self.mark_browser()
        form = CheckoutViewModel(self.request, contents)
        form.renew()
        return self._page(contents, form)

    @view_config(route_name="checkout.index", request_method="POST", writes=True, renderer=TEMPLATE)
    def index_post(self) -> dict[str, Any] | Response:
        """Show a typed address once more; then place the order. Nothing is asked of the provider but to close payments.

        An unfinished payment of the same items is closed first. That is a step of its own: the form is shown again.
        """
        contents = self.request.cart_service.contents(self.request.visitor)
        form = CheckoutViewModel(self.request, contents)
        if not form.has_key:
            form.renew()
        is_valid = form.validate()
        email = self.request.visitor.email or form.email.data
        try:
            if sent := self._sent(form, email):
                return self._to_payment(sent)
            if not form.is_as_seen:
                raise CartChangedError
            if not is_valid:
                return self.invalid(self._page(contents, form))
            if "change" in self.request.POST:
                form.ask_for_address()
                return self._page(contents, form)
            unfinished = self.request.order_service.unfinished(contents, email, self.request.visitor)
            if ended := self.end_payments(unfinished):
                return self._after(ended, contents, form)
            if not form.is_confirmed:
                form.show_address()
                return self._page(contents, form)
            self.request.attempt_service.begin(CHECKOUT, self.request.client)
            if trouble := why_not_payable(self.request, contents) or self._without_files(contents):
                form.refuse_form(trouble)
                return self.invalid(self._page(contents, form))
            return self._to_payment(self._place(contents, form, email))
        except CartChangedError:
            return self._changed(form)
        except UnfinishedPaymentError as error:
            return self.to_order(error.order_id, "payment-begun")
        except FormUsedError:
            form.renew()
            form.refuse_form("This form has been sent already. To place another order, press the button again.")
            return self.invalid(self._page(contents, form))
        except TooManyAttemptsError as error:
            self.limited(form, error, "You have not been charged.")
            return self._page(contents, form)
        except MailLimitError as error:
            if self.request.signed_in:
                form.refuse_form(error.sentence)
            else:
                form.ask_for_address()
                form.refuse("email", error.sentence)
            return self.invalid(self._page(contents, form))
        except GatewayError as error:
            return self.trouble(error, self.request.route_path("cart.index"), "Back to your cart")

    @view_config(route_name="checkout.pay", request_method="GET", writes=True)
    def pay(self) -> Response:
        """Open the payment page of an order, again if need be. Raises HTTPNotFound and TooManyAttemptsError."""
        order = self.order()
        payment = self.request.payment_service.open_of(order.id)
        if payment is None:
            return self.redirect("purchases.details", order_id=order.id)
        if payment.session_id is None or payment.is_over:
            self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
        try:
            if payment.is_over and self._has_ended(payment):
                return self.redirect("checkout.pay", order_id=order.id)
            session = self.request.payment_service.open_session(payment)
        except RefusedPaymentError as error:
            self.request.payment_service.replace(payment)
            return self._trouble(order, error)
        except GatewayError as error:
            return self._trouble(order, error)
        return HTTPSeeOther(session.url)

    @view_config(route_name="checkout.return", request_method="GET", writes=True)
    def come_back(self) -> Response:
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
            if not self.request.settlement_service.settle(payment.id, state) and self._came_without_paying():
                add_flash_message(self.request, "not-paid")
                return self.redirect("cart.index")
        self.forget_empty_cart()
        return self.redirect("purchases.details", order_id=order.id)

    @view_config(route_name="checkout.back", request_method="GET", writes=True)
    def go_back(self) -> Response:
        """The same for a buyer who leaves the payment page without paying. What was ordered is still in the cart."""
        return self.come_back()

    def _came_without_paying(self) -> bool:
        is_back = self.request.matched_route.name == "checkout.back"
        return is_back and bool(self.request.cart_service.keys(self.request.visitor))

    @view_config(route_name="checkout.cancel", request_method="GET")
    def cancel_get(self) -> HTTPSeeOther:
        """Redirect to the order, for a visitor who reloads the address of the form."""
        return self.redirect("purchases.details", order_id=self.request.matchdict["order_id"])

    @view_config(route_name="checkout.cancel", request_method="POST", writes=True)
    def cancel_post(self) -> Response:
        """Close the payment at the provider, so that it cannot be paid any more. Raises HTTPNotFound.

        What was ordered is still in the cart.
        """
        order = self.order()
        try:
            ended = self.end_payments([order.id])
        except GatewayError as error:
            return self._trouble(order, error)
        if not ended or ended[0].is_paid:
            return self.redirect("purchases.details", order_id=order.id)
        if ended[0].is_in_progress:
            return self.to_order(order.id, "payment-in-progress")
        add_flash_message(self.request, "payment-cancelled")
        if self.request.cart_service.keys(self.request.visitor):
            return self.redirect("cart.index")
        return self.redirect("purchases.details", order_id=order.id)

    def _has_ended(self, payment: OpenPayment) -> bool:
        """Ask the provider about a payment that should be over. If it is, settle it and write another if need be.

        Raises GatewayError. The next request opens the other payment, once it is committed.
        """
        state = self.request.payment_service.gateway.find(payment.session_id or "")
        if not (state.is_paid or state.is_closed):
            return False
        if not self.request.settlement_service.settle(payment.id, state):
            self.request.payment_service.start_another(payment.order_id)
        return True

    def _after(
        self, ended: list[EndedPayment], contents: CartContents, form: CheckoutViewModel
    ) -> dict[str, Any] | HTTPSeeOther:
        """Go on after unfinished payments of the same items. The order is placed in a request of its own."""
        for payment in ended:
            if payment.is_paid:
                return self.redirect("purchases.details", order_id=payment.order_id)
            if payment.is_in_progress:
                return self.to_order(payment.order_id, "payment-in-progress")
        if form.is_confirmed:
            form.refuse_form("Your earlier order has been cancelled, and not charged. Press the button to order this.")
        form.show_address()
        return self._page(contents, form)

    def _sent(self, form: CheckoutViewModel, email: str) -> Order | None:
        """The order that the same form has made already, such as when its button was pressed twice."""
        return self.request.order_service.find_sent(form.cart.data, email, form.checkout_key.data, self.request.visitor)

    def _place(self, contents: CartContents, form: CheckoutViewModel, email: str) -> Order:
        visitor = self.request.visitor
        if visitor.account_id is None:
            visitor = replace(visitor, browser_hash=self.mark_browser())
        return self.request.order_service.place(
            contents.fingerprint,
            email,
            form.checkout_key.data,
            visitor,
            self.request.client,
            consents=form.consents,
        )

    def _to_payment(self, order: Order) -> HTTPSeeOther:
        if order.paid_date is None:
            return self.redirect("checkout.pay", order_id=order.id)
        self.forget_empty_cart()
        return self.redirect("purchases.details", order_id=order.id)

    def _changed(self, form: CheckoutViewModel) -> dict[str, Any]:
        """Show the cart as it is now, with what is another than the visitor saw. From now on it counts as seen."""
        contents = self.request.cart_service.contents(self.request.visitor)
        self.request.cart_service.accept_changes(self.request.visitor)
        form.show_contents(contents)
        if trouble := why_not_payable(self.request, contents):
            form.refuse_form(f"Your cart, or a price in it, has changed. {trouble}")
        elif contents.lines:
            form.refuse_form("Your cart, or a price in it, has changed. Check it, then press the button again.")
        else:
            form.refuse_form("Your cart is empty, so nothing was ordered.")
        return self.invalid(self._page(contents, form))

    def _without_files(self, contents: CartContents) -> str:
        """Return a sentence about an item whose recordings are gone from the storage; empty if there is none."""
        for line in contents.lines:
            if not self.request.offer_service.has_files(line.offer):
                title = isolated(line.offer.title)
                return f"“{title}” cannot be delivered at the moment. Remove it from your cart, or try again later."
        return ""

    def _page(self, contents: CartContents, form: CheckoutViewModel) -> dict[str, Any]:
        """Return the values of the page, and allow its form, which redirects, to lead to the payment page."""
        gateway = self.request.registry.payment_gateway
        if gateway is not None and gateway.origin:
            self.request.response.headers["Content-Security-Policy"] = policy_with_form_action(gateway.origin)
        return {**CheckoutPage(self.request, contents).to_dict(), **form.to_dict()}

    def _trouble(self, order: Order, error: GatewayError) -> Response:
        link = self.request.route_path("purchases.details", order_id=order.id)
        return self.trouble(error, link, "Back to your order")
