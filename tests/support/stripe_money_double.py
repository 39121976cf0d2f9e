"""The part of the stand-in for Stripe that keeps money: payments, refunds and disputes."""

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from stripe import WebhookSignature
from webob import Request

WEBHOOK_SECRET = "whsec_of_the_double"
REFUSED = {"error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "no"}}
NONE = {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "none"}}
FEE = 48

Answer = tuple[int, dict[str, Any]]


@dataclass
class StripeMoneyDouble:
    """Keeps payment intents with their amounts, and what is refunded and disputed of them."""

    intents: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    saved: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    # The status of the next refunds.
    refund_status: str = "succeeded"

    def answer_about_money(self, request: Request) -> Answer | None:
        """Answer a request about refunds or disputes; None for any other."""
        _, _, kind, *rest = request.path.split("/")
        things = {"refunds": self.refunds, "disputes": self.disputes}.get(kind)
        if things is None:
            return None
        if request.method == "POST":
            return self._create_refund(request)
        if rest:
            found = things.get(rest[0])
            return (200, found) if found else (404, NONE)
        return 200, page_of(list(things.values()), request)

    def _create_refund(self, request: Request) -> Answer:
        asked, key = dict(parse_qsl(request.body.decode())), request.headers["Idempotency-Key"]
        if key in self.saved:
            before, status, body = self.saved[key]
            if before != asked:
                return 400, {"error": {"type": "idempotency_error", "message": "other parameters"}}
            return status, body
        intent, amount = asked["payment_intent"], int(asked["amount"])
        if intent not in self.intents:
            return 404, NONE
        if not 0 < amount <= self.intents[intent] - self.refunded(intent):
            status, body = 400, REFUSED
        else:
            metadata = {name[9:-1]: value for name, value in asked.items() if name.startswith("metadata[")}
            status, body = 200, self._refund(intent, amount, self.refund_status, metadata)
        self.saved[key] = (asked, status, body)
        return status, body

    def refunded(self, intent: str) -> int:
        """Return how much of a payment is refunded."""
        live = (refund for refund in self.refunds.values() if refund["status"] not in ("failed", "canceled"))
        return sum(refund["amount"] for refund in live if refund["payment_intent"] == intent)

    def refund_at_stripe(self, intent: str, amount: int) -> dict[str, Any]:
        """Refund as somebody does at Stripe's own pages."""
        return self._refund(intent, amount, "succeeded", {})

    def _refund(self, intent: str, amount: int, status: str, metadata: dict[str, str]) -> dict[str, Any]:
        refund = self._thing("re", intent, amount) | {"status": status, "metadata": metadata, "object": "refund"}
        self.refunds[refund["id"]] = refund
        return refund

    def dispute(self, intent: str, amount: int, status: str = "needs_response") -> dict[str, Any]:
        """Dispute a payment, as a buyer's bank does."""
        dispute = self._thing("dp", intent, amount) | {
            "status": status,
            "reason": "product_not_received",
            "evidence_details": {"due_by": int(time.time()) + 7 * 86_400},
            "object": "dispute",
            "metadata": {},
        }
        self.disputes[dispute["id"]] = dispute
        return dispute

    def _thing(self, kind: str, intent: str, amount: int) -> dict[str, Any]:
        number = next(self.numbers)
        return {
            "id": f"{kind}_{number}",
            "payment_intent": intent,
            "amount": amount,
            "currency": "eur",
            "created": int(time.time()),
        }

    def event_about(self, thing: dict[str, Any], kind: str, event_id: str = "") -> tuple[str, dict[str, str]]:
        """Return the body and the headers of an event about anything."""
        event = {
            "id": event_id or f"evt_{next(self.numbers)}",
            "object": "event",
            "type": kind,
            "livemode": False,
            "data": {"object": thing},
        }
        return signed(json.dumps(event))

    def charge_of(self, intent: str) -> dict[str, Any]:
        """Return the charge of a payment, as an event about it has it."""
        return {"id": f"ch_{intent}", "object": "charge", "payment_intent": intent, "amount": self.intents[intent]}


def page_of(things: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """Return a page of a list, the newest first, that the filters of a request match."""
    filters = request.GET
    found = [
        thing
        for thing in reversed(things)
        if filters.get("payment_intent") in (None, thing.get("payment_intent"))
        and thing.get("created", 0) >= int(filters.get("created[gte]", 0))
    ]
    if after := filters.get("starting_after"):
        found = found[[thing["id"] for thing in found].index(after) + 1 :]
    limit = int(filters.get("limit", 10))
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}


def signed(body: str, secret: str = WEBHOOK_SECRET, timestamp: int | None = None) -> tuple[str, dict[str, str]]:
    """Return a body and the headers with its signature."""
    signature = WebhookSignature.generate_signature_header(body, secret, timestamp)
    return body, {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
