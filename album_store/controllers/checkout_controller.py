"""From the cart to the order."""

from dataclasses import replace
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController, EndedPayment
from album_store.data.order import Order
from album_store.infrastructure.payments.payment_gateway import GatewayError
from album_store.infrastructure.web.headers import policy_with_form_action
from album_store.infrastructure.wording import isolated
from album_store.services.account.attempt_service import CHECKOUT, TooManyAttemptsError
from album_store.services.mail_spacing import MailLimitError
from album_store.services.store.cart_contents import CartContents
from album_store.services.store.order_service import (
    CartChangedError,
    FormUsedError,
    UnfinishedPaymentError,
    Wanted,
)
from album_store.viewmodels.store.checkout_page import CheckoutPage
from album_store.viewmodels.store.checkout_viewmodel import CheckoutViewModel
from album_store.viewmodels.store.payable import why_not_payable

TEMPLATE = "album_store:templates/store/checkout.pt"


class CheckoutController(BuyerController):
    """An order is committed before the provider hears of it: its payment page is opened by the next request.

    So no call to the provider is made while the database is locked.
    """

    @view_config(route_name="checkout.index", request_method="GET", renderer=TEMPLATE)
    def index_get(self) -> dict[str, Any] | HTTPSeeOther:
        """Show what is about to be bought, and who is told. An empty cart has no checkout."""
        contents = self.request.cart_reader.contents(self.request.visitor)
        if not contents.lines or why_not_payable(self.request, contents):
            return self.redirect("cart.index")
        if self.request.signed_in is None:
            self.mark_browser()
        form = CheckoutViewModel(self.request, contents)
        form.renew()
        return self._page(form)

    @view_config(route_name="checkout.index", request_method="POST", writes=True, renderer=TEMPLATE)
    def index_post(self) -> dict[str, Any] | Response:
        """Show a typed address once more; then place the order. Nothing is asked of the provider but to close payments.

        An unfinished payment of the same items is closed first. That is a step of its own: the form is shown again.
        """
        form = CheckoutViewModel(self.request)
        if not form.has_key:
            form.renew()
        try:
            return self._next_step(form)
        except CartChangedError:
            return self._changed(form)
        except UnfinishedPaymentError as error:
            return self.to_order(error.order_id, "payment-begun")
        except FormUsedError:
            form.renew()
            form.refuse_form("This form has been sent already. To place another order, press the button again.")
            return self.invalid(self._page(form))
        except TooManyAttemptsError as error:
            self.limited(form, error, "You have not been charged.")
            return self._page(form)
        except MailLimitError as error:
            if self.request.signed_in:
                form.refuse_form(error.sentence)
            else:
                form.ask_for_address()
                form.refuse("email", error.sentence)
            return self.invalid(self._page(form))
        except GatewayError as error:
            return self.trouble(error, self.request.route_path("cart.index"), "Back to your cart")

    def _next_step(self, form: CheckoutViewModel) -> dict[str, Any] | Response:
        """Ask for what is missing, close unfinished payments, or place the order: the first that is due."""
        is_valid = form.validate()
        wanted = Wanted(form.cart.data, self.request.visitor.email or form.email.data, form.checkout_key.data)
        before = self.request.order_service.look(wanted, self.request.visitor)
        form.show_contents(before.contents)
        if before.sent:
            self.request.order_service.note_consent(before.sent.id, consents=form.consents)
            return self._to_payment(before.sent)
        if before.is_form_used:
            raise FormUsedError
        if not form.is_as_seen:
            raise CartChangedError
        if not is_valid:
            return self.invalid(self._page(form))
        if "change" in self.request.POST:
            form.ask_for_address()
            return self._page(form)
        if ended := self.end_payments(before.unfinished):
            return self._after(ended, form)
        if not form.is_confirmed:
            form.show_address()
            return self._page(form)
        self.request.attempt_service.begin(CHECKOUT, self.request.client)
        if trouble := why_not_payable(self.request, before.contents) or self._without_files(before.contents):
            form.refuse_form(trouble)
            return self.invalid(self._page(form))
        return self._to_payment(self._place(wanted, form))

    def _after(self, ended: list[EndedPayment], form: CheckoutViewModel) -> dict[str, Any] | HTTPSeeOther:
        """Go on after unfinished payments of the same items. The order is placed in a request of its own."""
        for payment in ended:
            if payment.is_paid:
                return self.redirect("purchases.details", order_id=payment.order_id)
            if payment.is_in_progress:
                return self.to_order(payment.order_id, "payment-in-progress")
        if form.is_confirmed:
            form.refuse_form("Your earlier order has been cancelled, and not charged. Press the button to order this.")
        form.show_address()
        return self._page(form)

    def _place(self, wanted: Wanted, form: CheckoutViewModel) -> Order:
        visitor = self.request.visitor
        if visitor.account_id is None:
            visitor = replace(visitor, browser_hash=self.mark_browser())
        return self.request.order_service.place(wanted, visitor, self.request.client, consents=form.consents)

    def _to_payment(self, order: Order) -> HTTPSeeOther:
        if order.paid_date is None:
            return self.redirect("checkout.pay", order_id=order.id)
        self.forget_empty_cart()
        return self.redirect("purchases.details", order_id=order.id)

    def _changed(self, form: CheckoutViewModel) -> dict[str, Any]:
        """Show the cart as it is now, with what is another than the visitor saw. From now on it counts as seen."""
        contents = self.request.cart_service.accept_changes(self.request.visitor)
        form.show_contents(contents)
        if trouble := why_not_payable(self.request, contents):
            form.refuse_form(f"Your cart, or a price in it, has changed. {trouble}")
        elif contents.lines:
            form.refuse_form("Your cart, or a price in it, has changed. Check it, then press the button again.")
        else:
            form.refuse_form("Your cart is empty, so nothing was ordered.")
        return self.invalid(self._page(form))

    def _without_files(self, contents: CartContents) -> str:
        """Return a sentence about an item whose recordings are gone from the storage; empty if there is none."""
        lost = self.request.offer_service.without_files([line.offer for line in contents.lines])
        if lost is None:
            return ""
        return (
            f"“{isolated(lost.title)}” cannot be delivered at the moment. Remove it from your cart, or try again later."
        )

    def _page(self, form: CheckoutViewModel) -> dict[str, Any]:
        """Return the values of the page, and allow its form, which redirects, to lead to the payment page."""
        gateway = self.request.registry.payment_gateway
        if gateway is not None and gateway.origin:
            self.request.response.headers["Content-Security-Policy"] = policy_with_form_action(gateway.origin)
        return {**CheckoutPage(self.request, form.contents).to_dict(), **form.to_dict()}
