"""What the controllers of cart, checkout and purchases share: the buyer's browser, orders, and trouble in paying."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from album_store.controllers.base_controller import BaseController
from album_store.data.order import Order
from album_store.infrastructure.payments.payment_gateway import GatewayError, PaymentState, RefusedPaymentError
from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import PAYMENT_CHECK
from album_store.services.store.ownership_service import LIFETIME
from album_store.services.store.payment_service import OpenPayment

RETRY_AFTER_S = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EndedPayment:
    """What came of a payment that was to be closed: it is closed, or was paid, or may still be."""

    order_id: str
    is_paid: bool = False
    is_in_progress: bool = False


class BuyerController(BaseController):
    """Orders of others answer like orders that do not exist."""

    def order(self) -> Order:
        """Return the order in the address. Raises HTTPNotFound unless the visitor may see it."""
        order = self.find_order()
        if order is None:
            raise HTTPNotFound
        return order

    def find_order(self) -> Order | None:
        """Return the order in the address, or None unless the visitor may see it."""
        return self.request.ownership_service.find_order(self.request.matchdict["order_id"], self.request.visitor)

    def mark_browser(self) -> str:
        """Set the buyer's cookie for LIFETIME from now, and return the hash of its secret."""
        return self.keep_secret(cookie_names.BUYER, LIFETIME)

    def keep_secret(self, name: str, lifetime: timedelta, *, secret: str = "") -> str:
        """Set a cookie for `lifetime` from now, with this secret or that of the browser. Returns the secret's hash."""
        secret = secret or self.request.store_cookies.get(name)
        if not looks_like_secret(secret):
            secret = new_secret()
        self.request.store_cookies.set(name, secret, lifetime)
        return hash_secret(secret)

    def forget_empty_cart(self) -> None:
        """Delete the cookie of a cart that has become empty, so that public pages need not look for it."""
        if self.request.visitor.cart_hash and not self.request.cart_reader.keys(self.request.visitor):
            self.request.store_cookies.delete(cookie_names.CART)

    def to_order(self, order_id: str, message: str) -> HTTPSeeOther:
        """Show a message on the page of an order."""
        add_flash_message(self.request, message)
        return self.redirect("purchases.details", order_id=order_id)

    def end_payments(self, order_ids: Sequence[str]) -> list[EndedPayment]:
        """Close the open payments of some orders at the provider, and settle those that were paid all the same.

        One that is being processed stays as it is. Call it before the request writes: the provider is asked outside a
        transaction. Raises GatewayError and TooManyAttemptsError.
        """
        payments = self.request.payment_service.open_of_all(order_ids) if order_ids else []
        if payments:
            self.request.attempt_service.begin(PAYMENT_CHECK, self.request.client)
        states = [(payment, self._expired(payment)) for payment in payments]
        return [self._settled(payment, state) for payment, state in states]

    def _expired(self, payment: OpenPayment) -> PaymentState | None:
        """Close a payment at the provider. None if the provider has refused to open it, or does not know it."""
        try:
            return self.request.payment_service.expire_session(payment)
        except RefusedPaymentError:
            return None

    def _settled(self, payment: OpenPayment, state: PaymentState | None) -> EndedPayment:
        if state is None:
            self.request.payment_service.close(payment)
            return EndedPayment(payment.order_id)
        is_paid = self.request.settlement_service.settle(payment.id, state)
        return EndedPayment(payment.order_id, is_paid=is_paid, is_in_progress=not (is_paid or state.is_closed))

    def trouble(self, error: GatewayError, link: str, label: str) -> Response:
        """503: the provider does not answer, or refuses. Nothing is lost, and the page says how to go on."""
        log.warning("event=gateway-error path=%s error=%s", self.request.matched_route.name, error)
        values = {"link": link, "label": label, "is_refused": isinstance(error, RefusedPaymentError)}
        response = render_to_response("album_store:templates/store/payment_trouble.pt", values, self.request)
        response.status_int = 503
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response


def forget_purchases(request: Request) -> None:
    """End all access of this browser to purchases that no account gives it, at a sign-out or when asked to.

    A cart that is not an account's is left behind, too.
    """
    if request.visitor.browser_hash:
        request.ownership_service.forget_browser(request.visitor.browser_hash)
        request.store_cookies.delete(cookie_names.BUYER)
    if request.visitor.cart_hash:
        request.store_cookies.delete(cookie_names.CART)


def take_cart_along(request: Request, account_id: str) -> None:
    """Put what this browser has in its cart into that of the account that signs in."""
    if request.visitor.cart_hash:
        request.cart_service.join(request.visitor.cart_hash, account_id)
        request.store_cookies.delete(cookie_names.CART)
