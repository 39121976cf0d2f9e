"""The page of one order."""

from collections.abc import Iterator
from typing import Any

from pyramid.request import Request

from album_store.data.payment import Payment
from album_store.data.refund import Refund
from album_store.data.types import new_id
from album_store.infrastructure.security.user_agents import browser_name
from album_store.services.admin.order_history_service import OrderInFull
from album_store.services.store.address_correction_service import is_guests
from album_store.services.store.order_problems import PROBLEMS
from album_store.viewmodels.admin.order_events import events_of
from album_store.viewmodels.admin.order_labels import GATEWAY_NAMES, order_label
from album_store.viewmodels.admin.refund_viewmodel import RefundViewModel
from album_store.viewmodels.store.address_viewmodel import AddressViewModel


class OrderDetailsViewModel:
    """An order, its money with a form to refund it, and what happened to it. `refused` is a form with its errors."""

    def __init__(
        self,
        request: Request,
        found: OrderInFull,
        refused: RefundViewModel | None = None,
        *,
        refusal: str = "",
        address: AddressViewModel | None = None,
    ) -> None:
        self._request, self._found, self._refused, self._refusal = request, found, refused, refusal
        self._address = address

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        order, request = self._found.order, self._request
        account_id = order.account_id
        is_owned = any(purchase.revoked_date is None for purchase in self._found.purchases)
        return {
            "order": order,
            "label": order_label(order),
            "problems": [{"id": problem.id, "text": PROBLEMS[problem.kind]} for problem in order.open_problems],
            "number": self._found.receipt.label if self._found.receipt else "",
            "account_link": request.route_path("admin.account", account_id=account_id) if account_id else "",
            "browser": browser_name(order.user_agent),
            "lines": list(self._lines()),
            "total": request.wording.price(order.total_cents, order.currency),
            "payments": [self._payment(number, payment) for number, payment in enumerate(self._paid())],
            "refunds": [self._refund(refund) for refund in self._found.refunds],
            "disputes": [self._dispute(dispute) for dispute in self._found.disputes],
            "can_send_receipt": is_owned and order.email != "",
            "refusal": self._refusal_of_page(),
            "can_correct": is_owned and is_guests(order),
            "typed": self._address.email.data if self._address else "",
            "address_errors": self._address.errors if self._address else {},
            "history": [(request.wording.moment(when), what) for when, what in events_of(self._found, request.wording)],
        }

    def _refusal_of_page(self) -> dict[str, str]:
        """What was refused that belongs to none of the payments."""
        form = self._refused
        if form is not None and all(form.payment_id.data != payment.id for payment in self._paid()):
            return {"": form.errors[""]}
        return {"": self._refusal} if self._refusal else {}

    def _lines(self) -> Iterator[dict[str, Any]]:
        order = self._found.order
        revoked = {one.order_line_id for one in self._found.purchases if one.revoked_date}
        for line in order.lines:
            yield {
                "id": line.id,
                "title": line.title,
                "artist": line.artist_name,
                "amount": self._request.wording.price(line.amount_cents, order.currency),
                "is_revoked": line.id in revoked,
                "is_refunded": line.id in self._found.refunded_lines,
            }

    def _paid(self) -> Iterator[Payment]:
        yield from (payment for payment in self._found.payments if payment.paid_date)

    def _payment(self, number: int, payment: Payment) -> dict[str, Any]:
        """One payment that came. Its form is shown with the errors if it is the one that was refused."""
        price, form = self._request.wording.price, self._refused
        is_refused = form is not None and form.payment_id.data == payment.id
        left_cents = payment.received_cents - payment.refunded_cents
        fee = payment.fee_cents is not None and price(payment.fee_cents, payment.fee_currency)
        return {
            "number": number,
            "id": payment.id,
            "received": price(payment.received_cents, payment.received_currency),
            "gateway": GATEWAY_NAMES[payment.gateway],
            "charge_id": payment.charge_id or payment.session_id or "",
            "facts": [*([f"fee {fee}"] if payment.fee_cents else []), *([payment.country] if payment.country else [])],
            "is_delivered": payment.is_delivered,
            "choices": [line for line in self._lines() if not line["is_refunded"]] if payment.is_delivered else [],
            "can_refund": self._request.refund_service.can_refund(payment, self._found.order),
            "left": price(left_cents, payment.received_currency) if left_cents else "nothing",
            "refund_id": new_id(),
            "errors": form.errors if is_refused else {},
            "chosen": set(form.lines) if is_refused else set(),
            "amount": form.amount.data if is_refused else "",
            "reason": form.reason.data if is_refused else "",
        }

    def _refund(self, refund: Refund) -> dict[str, Any]:
        wording = self._request.wording
        note = next((one for one in self._found.credit_notes if one.refund_id == refund.id), None)
        return {
            "amount": wording.price(refund.amount_cents, refund.currency),
            "state": _state_of(refund),
            "reason": refund.reason,
            "by": refund.requested_by,
            "when": wording.moment(refund.created_date),
            "number": note.label if note else "",
        }

    def _dispute(self, dispute: Any) -> dict[str, Any]:
        wording = self._request.wording
        state = "lost" if dispute.is_lost else "won or dropped" if dispute.won_date else "open"
        return {
            "amount": wording.price(dispute.amount_cents, dispute.currency),
            "state": state,
            "reason": dispute.reason,
            "due": wording.moment(dispute.due_date) if dispute.due_date and state == "open" else None,
        }


def _state_of(refund: Refund) -> str:
    if refund.failed_date:
        return f"failed: {refund.failure}" if refund.failure else "failed"
    if refund.succeeded_date:
        return "succeeded"
    return "under way at the provider" if refund.provider_id else "being sent"
