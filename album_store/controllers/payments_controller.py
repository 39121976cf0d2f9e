"""To the payment page of an order and back."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController
from album_store.data.order import Order
from album_store.infrastructure.payments.payment_gateway import GatewayError, PaymentState, RefusedPaymentError
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import PAYMENT_CHECK, TooManyAttemptsError
from album_store.services.store.payment_service import OpenPayment


class PaymentsController(BuyerController):
    """Asks the provider first, and then writes what came of it: the database is not locked meanwhile."""

    @view_config(route_name="checkout.pay", request_method="GET", writes=True)
    def pay(self) -> Response:
        """Open the payment page of an order, again if need be. Raises HTTPNotFound and TooManyAttemptsError."""
        order = self.order()
        payment = self.request.payment_service.open_of(order.id)
        if payment is None:
            return self.redirect("purchases.details", order_id=order.id)
        must_ask = payment.is_over or payment.is_processing
        if payment.session_id is None or must_ask:
            self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
        try:
            if must_ask and self._has_ended(payment):
                return self.redirect("checkout.pay", order_id=order.id)
            if payment.is_processing:
                return self.redirect("purchases.details", order_id=order.id)
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
                state = self.request.payment_service.find_state(payment)
            except TooManyAttemptsError:  # the worker asks as well
                return self.redirect("purchases.details", order_id=order.id)
            except GatewayError as error:
                return self._trouble(order, error)
            if not self._is_paid(payment, state) and self._came_without_paying():
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
        return is_back and bool(self.request.cart_reader.keys(self.request.visitor))

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
        if self.request.cart_reader.keys(self.request.visitor):
            return self.redirect("cart.index")
        return self.redirect("purchases.details", order_id=order.id)

    def _has_ended(self, payment: OpenPayment) -> bool:
        """Ask the provider about a payment that should be over. If it is, settle it and write another if need be.

        Raises GatewayError. The next request opens the other payment, once it is committed.
        """
        state = self.request.payment_service.find_state(payment)
        if state is not None and not (state.is_paid or state.is_closed):
            return False
        if not self._is_paid(payment, state):
            self.request.payment_service.start_another(payment.order_id)
        return True

    def _is_paid(self, payment: OpenPayment, state: PaymentState | None) -> bool:
        """Settle a payment, or close one that the provider does not know. Returns whether its order is paid."""
        if state is None:
            self.request.payment_service.close(payment)
            return False
        return self.request.settlement_service.settle(payment.id, state)

    def _trouble(self, order: Order, error: GatewayError) -> Response:
        link = self.request.route_path("purchases.details", order_id=order.id)
        return self.trouble(error, link, "Back to your order")
