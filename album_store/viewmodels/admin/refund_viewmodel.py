"""The form that refunds a payment."""

import re
from typing import Any

from pyramid.request import Request
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired

from album_store.data.payment import Payment
from album_store.data.refund import MAX_REASON
from album_store.data.visible_text import visible_line
from album_store.infrastructure.payments.charge_limits import can_be_refunded
from album_store.infrastructure.wording import isolated
from album_store.services.admin.order_history_service import OrderInFull
from album_store.services.prices import PriceReader
from album_store.viewmodels.shared.fields import at_most
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
NO_AMOUNT = "Choose what is refunded, or enter an amount such as {}."
ALREADY = "{} has been refunded already. To refund more, enter an amount and choose nothing."
STALE = "Reload this page and try again."


class RefundViewModel(FormViewModel):
    """Lines of the order that were not refunded yet, an amount, or both; and the reason, for the owner's own records.

    `refund_id` is another for each form, so that the same form makes one refund, however often it is sent.
    """

    refund_id = HiddenField()
    payment_id = HiddenField()
    amount = StringField(filters=[visible_line])
    reason = StringField(
        filters=[visible_line], validators=[DataRequired("Enter a reason."), at_most(MAX_REASON, "the reason")]
    )

    def __init__(self, request: Request, found: OrderInFull) -> None:
        super().__init__(request)
        self._found = found
        # The ids of the lines that are chosen. A name sent more than once is no field of WTForms that bounds its texts.
        chosen = {value for value in request.POST.getall("lines") if isinstance(value, str)}
        self.lines = [line.id for line in found.order.lines if str(line.id) in chosen]
        self._are_known = len(self.lines) == len(chosen)
        self.amount_cents = 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that lines and amount belong to the payment, and set `amount_cents`."""
        is_valid = super().validate(extra_validators)
        payment = next((one for one in self._found.payments if one.id == self.payment_id.data), None)
        if payment is None or not self._are_known or not _ID.fullmatch(self.refund_id.data):
            self.refuse_form(STALE)
            return False
        if self.lines and not payment.is_delivered:
            self.refuse_form(STALE)
            return False
        if any(one.id == self.refund_id.data for one in self._found.refunds):  # the same form, sent again
            return True
        left_cents = payment.received_cents - payment.refunded_cents
        if not left_cents:
            self.refuse_amount(0)
            return False
        try:
            typed_cents = self._typed(payment.received_currency)
        except ValueError as error:
            self.refuse("amount", str(error))
            return False
        self.amount_cents = min(self._price_of_lines(), left_cents) if typed_cents is None else typed_cents
        if not can_be_refunded(self.amount_cents, payment.received_currency):
            self.refuse("amount", NO_AMOUNT.format(self._price(payment, left_cents)))
        elif self.amount_cents > left_cents:
            self.refuse_amount(left_cents)
        elif refunded := set(self.lines) & self._found.refunded_lines:
            self.refuse_line(min(refunded))
        return is_valid and not self.errors

    def _price_of_lines(self) -> int:
        return sum(line.amount_cents for line in self._found.order.lines if line.id in self.lines)

    def refuse_amount(self, left_cents: int) -> None:
        """Say that there is not as much left."""
        if left_cents <= 0:
            self.refuse_form("There is no more to refund of this payment.")
            return
        payment = next(one for one in self._found.payments if one.id == self.payment_id.data)
        self.refuse("amount", f"There is only {self._price(payment, left_cents)} left to refund.")

    def refuse_line(self, line_id: int) -> None:
        """Say that a line was refunded before."""
        title = next(line.title for line in self._found.order.lines if line.id == line_id)
        self.refuse("amount", ALREADY.format(isolated(title)))

    def _typed(self, currency: str) -> int | None:
        """The amount as typed in minor units; None if it is empty. Raises ValueError with a sentence."""
        locale = self.request.store_settings.locale
        amount = PriceReader(locale)(self.amount.data)
        if amount is not None and not amount.is_in(currency, locale):
            raise ValueError(f"Enter an amount in {currency}.")
        return None if amount is None else amount.minor_units(currency)

    def _price(self, payment: Payment, amount_cents: int) -> str:
        return self.request.wording.price(amount_cents, payment.received_currency)
