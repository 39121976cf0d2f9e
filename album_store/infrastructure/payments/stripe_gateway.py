"""Stripe, with its hosted Checkout (https://docs.stripe.com/api/checkout/sessions).

Only a store that uses it imports this module: the library takes 0.3 s and 33 MB.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import stripe

from album_store.infrastructure.payments.payment_gateway import (
    EventError,
    GatewayError,
    GatewayEvent,
    PaymentRequest,
    PaymentSession,
    PaymentState,
    RefusedPaymentError,
    UnknownSessionError,
)
from album_store.infrastructure.payments.stripe_calls import all_of, asked, is_final
from album_store.infrastructure.payments.stripe_money import StripeMoney

# Of a connection, and of an answer.
TIMEOUTS_S = (3, 10)
SESSION_LIFETIME_S = 3_600
# Signatures that are older, or further in the future, are refused.
MAX_CLOCK_DIFFERENCE_S = 300
MAX_DESCRIPTION = 250
# What comes with a session in the same answer.
MONEY = "payment_intent.latest_charge.balance_transaction"
# The states of a PaymentIntent of a complete session whose payment has failed.
_FAILED = ("requires_payment_method", "canceled")
# The beginnings of the kinds of events about money that came.
_OF_MONEY = ("refund.", "charge.refund", "charge.dispute.")


class StripeGateway(StripeMoney):
    """One account of Stripe. `store_id` tells this store's sessions from those of other sites on the account.

    `api_url` and `origin` are the addresses of Stripe's API and of its payment page.
    """

    name = "stripe"
    sends_events = True

    def __init__(
        self, secret_key: str, webhook_secrets: Sequence[str], store_id: str, *, api_url: str, origin: str
    ) -> None:
        self.series = "live" if "_live_" in secret_key else "test"
        self.origin = origin
        self._webhook_secrets = webhook_secrets
        http_client = stripe.RequestsClient(timeout=TIMEOUTS_S)
        client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_url}, http_client=http_client, max_network_retries=1
        )
        super().__init__(client, store_id)
        self._sessions = client.v1.checkout.sessions

    def parameters(self, request: PaymentRequest) -> dict[str, Any]:
        """Return the parameters of `open`. What a setting of the account could change is said explicitly."""
        metadata = {"order_id": request.order_id, "store_id": self._store_id}
        return {
            "mode": "payment",
            "client_reference_id": request.order_id,
            "metadata": {**request.notes, **metadata},
            "payment_intent_data": {"metadata": metadata},
            "customer_email": request.email,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": request.amount_cents,
                        "product_data": {"name": request.description[:MAX_DESCRIPTION]},
                    },
                }
            ],
            "success_url": request.return_url,
            "cancel_url": request.back_url,
            "expires_at": int(time.time()) + SESSION_LIFETIME_S,
            "adaptive_pricing": {"enabled": False},
            "allow_promotion_codes": False,
            "automatic_tax": {"enabled": False},
        }

    def open(self, payment_id: str, parameters: dict[str, Any]) -> PaymentSession:
        """Open a payment page; the payment's id is the idempotency key. Raises GatewayError.

        Raises RefusedPaymentError if Stripe answers the same key with the same error from now on.
        """
        try:
            session = asked(lambda: self._sessions.create(parameters, {"idempotency_key": payment_id}))
        except GatewayError as error:
            cause = error.__cause__
            if isinstance(cause, stripe.StripeError) and is_final(cause.http_status):
                raise RefusedPaymentError(str(error)) from cause
            raise
        session_id, url = session.get("id"), session.get("url")
        if not (isinstance(session_id, str) and isinstance(url, str)):
            raise GatewayError("the answer makes no sense")
        created_s = session.get("created")
        return PaymentSession(session_id, url, created_s if isinstance(created_s, int) else None)

    def find(self, session_id: str) -> PaymentState:
        """Return the state of a session. Raises GatewayError, and UnknownSessionError if there is none."""
        try:
            return self._state(asked(lambda: self._sessions.retrieve(session_id, {"expand": [MONEY]})))
        except GatewayError as error:
            if isinstance(error.__cause__, stripe.InvalidRequestError) and error.__cause__.http_status == 404:
                raise UnknownSessionError(str(error)) from error.__cause__
            raise

    def expire(self, session_id: str) -> PaymentState:
        """Close a session that is not paid, and return its state. Raises GatewayError."""
        try:
            return self._state(asked(lambda: self._sessions.expire(session_id)))
        except GatewayError as error:
            if isinstance(error.__cause__, stripe.InvalidRequestError):  # it is paid or closed already
                return self.find(session_id)
            raise

    def paid_sessions(self, since: datetime) -> Sequence[str]:
        """Return the ids of this store's sessions that were opened since then and are paid. Raises GatewayError."""
        found = all_of(self._sessions.list, created={"gte": int(since.timestamp())}, status="complete")
        return [one["id"] for one in found if self._is_ours(one) and one.get("payment_status") == "paid"]

    def _is_ours(self, session: dict[str, Any]) -> bool:
        return (session.get("metadata") or {}).get("store_id") == self._store_id

    def find_by_charge(self, charge_id: str) -> PaymentState | None:
        """Return the state of the session of this store that the money came with, or None. Raises GatewayError."""
        ours = (one for one in all_of(self._sessions.list, payment_intent=charge_id) if self._is_ours(one))
        session = next(ours, None)
        return self.find(session["id"]) if session else None

    def read_event(self, body: bytes, signature: str) -> GatewayEvent:
        """Check the signature of an event and return what it is about; nothing else in it is trusted.

        Raises EventError, also for what the library does not expect: see the documentation of webhooks.
        """
        try:
            text = body.decode()
            verified = any(_is_signed(text, signature, secret) for secret in self._webhook_secrets)
            event = json.loads(text)
            thing = event["data"]["object"]
            event_id, kind, is_live = event["id"], event["type"], event["livemode"]
            thing_id, metadata = thing.get("id"), thing.get("metadata")  # a balance has no id
            money_id = thing.get("payment_intent") or ""
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise EventError("the event cannot be read") from error
        if not verified:
            raise EventError("no signature is right")
        names = (event_id, kind, thing_id or "none", money_id or "none")
        if not all(isinstance(name, str) and 0 < len(name) <= 255 for name in names) or not isinstance(is_live, bool):
            raise EventError("the event cannot be read")
        store_id = metadata.get("store_id") if isinstance(metadata, dict) else None
        session_id = charge_id = ""
        if is_live == (self.series == "live"):
            if kind.startswith("checkout.session.") and store_id == self._store_id:
                session_id = thing_id or ""
            elif kind.startswith(_OF_MONEY) and store_id in (None, self._store_id):
                charge_id = money_id
        return GatewayEvent(event_id, kind[:100], session_id, charge_id)

    def _state(self, session: dict[str, Any]) -> PaymentState:
        money, buyer = session.get("payment_intent"), session.get("customer_details")
        fee = _inner(money, "latest_charge", "balance_transaction", "fee")
        try:
            is_paid, is_complete = session["payment_status"] == "paid", session["status"] == "complete"
            # A session stays complete if a payment that takes days fails.
            has_failed = is_complete and not is_paid and _inner(money, "status") in _FAILED
            return PaymentState(
                session_id=session["id"],
                order_id=session["client_reference_id"] or "",
                amount_cents=session["amount_total"],
                currency=session["currency"].upper(),
                series="live" if session["livemode"] else "test",
                is_paid=is_paid,
                is_closed=session["status"] == "expired" or has_failed,
                is_processing=is_complete and not (is_paid or has_failed),
                charge_id=_inner(money, "id") or money or "",
                fee_cents=fee,
                fee_currency=(_inner(money, "latest_charge", "balance_transaction", "currency") or "").upper(),
                email=_inner(buyer, "email") or session.get("customer_email") or "",
                country=_inner(buyer, "address", "country") or "",
                notes=session.get("metadata") or {},
            )
        except (KeyError, AttributeError) as error:
            raise GatewayError("the answer makes no sense") from error


def _is_signed(text: str, signature: str, secret: str) -> bool:
    """Return whether a signature is right and not too old. The library accepts any time in the future."""
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, MAX_CLOCK_DIFFERENCE_S)
        times = [part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")]
        return int(times[0]) <= time.time() + MAX_CLOCK_DIFFERENCE_S
    except stripe.SignatureVerificationError:
        return False


def _inner(thing: Any, *names: str) -> Any:
    """Return what is inside a part of an answer that may be missing, or be an id in place of the whole; or None."""
    for name in names:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing
