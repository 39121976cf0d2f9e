"""Stripe, with its hosted Checkout (https://docs.stripe.com/api/checkout/sessions).

Only a store that uses it imports this module: the library takes 0.3 s and 33 MB.
"""

import json
import time
from collections.abc import Callable, Sequence
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

# Of a connection, and of an answer.
TIMEOUTS_S = (3, 10)
SESSION_LIFETIME_S = 3_600
# Signatures that are older, or further in the future, are refused.
MAX_CLOCK_DIFFERENCE_S = 300
MAX_DESCRIPTION = 250


class StripeGateway:
    """One account of Stripe. `store_id` tells this store's sessions from those of other sites on the account.

    `api_url` and `origin` are the addresses of Stripe's API and of its payment page.
    """

    name = "stripe"

    def __init__(
        self, secret_key: str, webhook_secrets: Sequence[str], store_id: str, *, api_url: str, origin: str
    ) -> None:
        self.series = "live" if "_live_" in secret_key else "test"
        self.origin = origin
        self._webhook_secrets = webhook_secrets
        self._store_id = store_id
        http_client = stripe.RequestsClient(timeout=TIMEOUTS_S)
        client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_url}, http_client=http_client, max_network_retries=1
        )
        self._sessions = client.v1.checkout.sessions

    def parameters(self, request: PaymentRequest) -> dict[str, Any]:
        """Return the parameters of `open`. What a setting of the account could change is said explicitly."""
        metadata = {"order_id": request.order_id, "store_id": self._store_id}
        return {
            "mode": "payment",
            "client_reference_id": request.order_id,
            "metadata": metadata,
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
            session = _asked(lambda: self._sessions.create(parameters, {"idempotency_key": payment_id}))
        except GatewayError as error:
            cause = error.__cause__
            if isinstance(cause, stripe.StripeError) and _is_final(cause.http_status):
                raise RefusedPaymentError(str(error)) from cause
            raise
        session_id, url = session.get("id"), session.get("url")
        if not (isinstance(session_id, str) and isinstance(url, str)):
            raise GatewayError("the answer makes no sense")
        return PaymentSession(session_id, url)

    def find(self, session_id: str) -> PaymentState:
        """Return the state of a session. Raises GatewayError, and UnknownSessionError if there is none."""
        try:
            return self._state(_asked(lambda: self._sessions.retrieve(session_id)))
        except GatewayError as error:
            if isinstance(error.__cause__, stripe.InvalidRequestError) and error.__cause__.http_status == 404:
                raise UnknownSessionError(str(error)) from error.__cause__
            raise

    def expire(self, session_id: str) -> PaymentState:
        """Close a session that is not paid, and return its state. Raises GatewayError."""
        try:
            return self._state(_asked(lambda: self._sessions.expire(session_id)))
        except GatewayError as error:
            if isinstance(error.__cause__, stripe.InvalidRequestError):  # it is paid or closed already
                return self.find(session_id)
            raise

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
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise EventError("the event cannot be read") from error
        if not verified:
            raise EventError("no signature is right")
        names = (event_id, kind, thing_id or "none")
        if not all(isinstance(name, str) and 0 < len(name) <= 255 for name in names) or not isinstance(is_live, bool):
            raise EventError("the event cannot be read")
        store_id = metadata.get("store_id") if isinstance(metadata, dict) else None
        is_ours = store_id == self._store_id and is_live == (self.series == "live")
        is_session = kind.startswith("checkout.session.") and is_ours
        return GatewayEvent(event_id, kind[:100], thing_id or "" if is_session else "")

    def _state(self, session: dict[str, Any]) -> PaymentState:
        try:
            return PaymentState(
                session_id=session["id"],
                order_id=session["client_reference_id"] or "",
                amount_cents=session["amount_total"],
                currency=session["currency"].upper(),
                series="live" if session["livemode"] else "test",
                is_paid=session["payment_status"] == "paid",
                is_closed=session["status"] == "expired",
            )
        except (KeyError, AttributeError) as error:
            raise GatewayError("the answer makes no sense") from error


def _asked(call: Callable[[], Any]) -> dict[str, Any]:
    """Make a call. Returns its answer as a dict. Raises GatewayError."""
    try:
        answer: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        raise GatewayError(f"{type(error).__name__} {error.http_status or ''} {error.code or ''}".strip()) from error
    except Exception as error:  # what the library raises for an answer that is not JSON is not documented
        raise GatewayError(type(error).__name__) from error
    return answer


def _is_final(status: int | None) -> bool:
    """Return whether the same call will get the same error: Stripe keeps answers, those with 500 too, for their key.

    It keeps none if it did not begin: wrong keys, another call with the same key, too many calls.
    """
    return status == 500 or (status in range(400, 500) and status not in {401, 403, 409, 429})


def _is_signed(text: str, signature: str, secret: str) -> bool:
    """Return whether a signature is right and not too old. The library accepts any time in the future."""
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, MAX_CLOCK_DIFFERENCE_S)
        times = [part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")]
        return int(times[0]) <= time.time() + MAX_CLOCK_DIFFERENCE_S
    except stripe.SignatureVerificationError:
        return False
