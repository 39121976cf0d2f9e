"""What Stripe knows of the money that came: refunds (https://docs.stripe.com/api/refunds) and disputes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import stripe

from album_store.infrastructure.payments.payment_gateway import (
    DisputeState,
    GatewayError,
    RefundState,
    RefusedRefundError,
)
from album_store.infrastructure.payments.stripe_calls import all_of, asked, is_final

# Of disputes. A warning that is closed costs nothing.
WON, LOST = ("won", "warning_closed", "prevented"), ("lost",)


class StripeMoney:
    """The part of the gateway that deals with money that came. Its id is that of Stripe's PaymentIntent."""

    def __init__(self, client: stripe.StripeClient, store_id: str) -> None:
        self._refunds, self._disputes = client.v1.refunds, client.v1.disputes
        self._store_id = store_id

    def refund_parameters(self, refund_id: str, charge_id: str, amount_cents: int) -> dict[str, Any]:
        """Return the parameters of `refund`."""
        metadata = {"refund_id": refund_id, "store_id": self._store_id}
        return {"payment_intent": charge_id, "amount": amount_cents, "metadata": metadata}

    def refund(self, refund_id: str, parameters: dict[str, Any]) -> RefundState:
        """Send money back; the refund's id is the idempotency key. Raises GatewayError and RefusedRefundError.

        After an answer with 500 the refund may exist, so that is no refusal.
        """
        try:
            return self._refund_state(asked(lambda: self._refunds.create(parameters, {"idempotency_key": refund_id})))
        except GatewayError as error:
            cause = error.__cause__
            if isinstance(cause, stripe.StripeError) and is_final(cause.http_status) and cause.http_status != 500:
                raise RefusedRefundError(str(error)) from cause
            raise

    def refunds_of(self, charge_id: str) -> Sequence[RefundState]:
        """Return all refunds of the money of a payment, also those made at Stripe. Raises GatewayError."""
        return [self._refund_state(refund) for refund in all_of(self._refunds.list, payment_intent=charge_id)]

    def disputes_of(self, charge_id: str) -> Sequence[DisputeState]:
        """Return the disputes about the money of a payment. Raises GatewayError."""
        return [_dispute_state(dispute) for dispute in all_of(self._disputes.list, payment_intent=charge_id)]

    def changed_charges(self, since: datetime) -> Sequence[str]:
        """Return the ids of the money with a refund or dispute since then, of any store. Raises GatewayError."""
        created = {"gte": int(since.timestamp())}
        found = [*all_of(self._refunds.list, created=created), *all_of(self._disputes.list, created=created)]
        return list(dict.fromkeys(thing["payment_intent"] for thing in found if thing.get("payment_intent")))

    def _refund_state(self, refund: dict[str, Any]) -> RefundState:
        try:
            notes = refund.get("metadata") or {}
            is_ours = notes.get("store_id") == self._store_id
            return RefundState(
                provider_id=refund["id"],
                refund_id=notes.get("refund_id", "") if is_ours else "",
                amount_cents=refund["amount"],
                currency=refund["currency"].upper(),
                is_succeeded=refund["status"] == "succeeded",
                is_failed=refund["status"] in ("failed", "canceled"),
                failure=refund.get("failure_reason") or "",
            )
        except (KeyError, AttributeError) as error:
            raise GatewayError("the answer makes no sense") from error


def _dispute_state(dispute: dict[str, Any]) -> DisputeState:
    try:
        due = (dispute.get("evidence_details") or {}).get("due_by")
        return DisputeState(
            provider_id=dispute["id"],
            amount_cents=dispute["amount"],
            currency=dispute["currency"].upper(),
            reason=dispute.get("reason") or "",
            due_date=datetime.fromtimestamp(due, UTC) if due else None,
            is_won=dispute["status"] in WON,
            is_lost=dispute["status"] in LOST,
        )
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError) as error:
        raise GatewayError("the answer makes no sense") from error
