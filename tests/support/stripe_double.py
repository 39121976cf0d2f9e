"""A stand-in for Stripe on another origin: its API, as far as the store uses it, and its payment page."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from stripe import HTTPClient
from webob import Request, Response

from tests.support.stripe_money_double import FEE, NONE, WEBHOOK_SECRET, StripeMoneyDouble, page_of, signed

__all__ = ["SECRET_KEY", "WEBHOOK_SECRET", "StripeDouble", "running_stripe_double", "signed", "stripe_settings"]

Send = Callable[..., Any]

SECRET_KEY = "sk_test_double"


class Quiet(WSGIRequestHandler):
    """Does not log."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass
class StripeDouble(StripeMoneyDouble):
    """Keeps sessions in memory. `trouble` is what happens to the next calls, one word each.

    `down`: 503 before anything is done. `lost`: the call is carried out, and its answer is a 500, which is saved for
    its idempotency key as Stripe does. `cut`: carried out, and the connection ends without an answer. `garbage`: an
    answer that is not JSON.
    """

    url: str = ""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    clock_behind_s: int = 0
    intent_status: dict[str, str] = field(default_factory=dict)

    def start_over(self) -> None:
        """Forget everything but the URL."""
        self.__init__(url=self.url)

    def __call__(self, environ: dict[str, Any], start_response: Send) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        if request.path.startswith("/pay/"):
            return self._pay_page(request)(environ, start_response)
        self.calls.append(f"{request.method} {request.path}")
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "down":
            down = {"error": {"type": "api_error", "message": "down"}}
            return Response(json=down, status=503)(environ, start_response)
        status, body = self._answer(request)
        if trouble == "garbage":
            return Response("<html>")(environ, start_response)
        if trouble == "lost":
            status, body = 500, {"error": {"type": "api_error", "message": "lost"}}
            key = request.headers.get("Idempotency-Key", "")
            if key in self.saved:
                self.saved[key] = (self.saved[key][0], status, body)
        if trouble == "cut":
            raise ConnectionAbortedError
        return Response(json=body, status=status)(environ, start_response)

    def _answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        if request.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return 401, {"error": {"type": "invalid_request_error", "message": "wrong key"}}
        if answer := self.answer_about_money(request):
            return answer
        parts = request.path.removeprefix("/v1/checkout/sessions").strip("/").split("/")
        if request.method == "POST" and parts == [""]:
            return self._create(request)
        if parts == [""]:
            return 200, page_of(list(self.sessions.values()), request)
        session = self.sessions.get(parts[0])
        if session is None:
            return 404, NONE
        if session["status"] == "open" and time.time() >= session["expires_at"]:
            session["status"] = "expired"
        if parts[1:] == ["expire"]:
            if session["status"] != "open":
                return 400, {"error": {"type": "invalid_request_error", "message": "not open"}}
            session["status"] = "expired"
        return 200, self._expanded(session) if any("expand" in name for name in request.GET) else session

    def _expanded(self, session: dict[str, Any]) -> dict[str, Any]:
        intent = session["payment_intent"]
        if intent is None:
            return session
        fee = {"fee": FEE, "currency": "eur"}
        charge = {"latest_charge": {"balance_transaction": fee if session["payment_status"] == "paid" else None}}
        return session | {"payment_intent": {"id": intent, "status": self.intent_status.get(intent), **charge}}

    def _create(self, request: Request) -> tuple[int, dict[str, Any]]:
        asked = dict(parse_qsl(request.body.decode()))
        key = request.headers["Idempotency-Key"]
        if key in self.saved:
            before, status, body = self.saved[key]
            if before != asked:
                return 400, {"error": {"type": "idempotency_error", "message": "other parameters"}}
            return status, body
        if int(asked["expires_at"]) < time.time() + 1_800:
            return 400, {"error": {"type": "invalid_request_error", "message": "expires_at"}}
        number = next(self.numbers)
        session = {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "url": f"{self.url}/pay/cs_test_{number}",
            "client_reference_id": asked["client_reference_id"],
            "metadata": {name[9:-1]: value for name, value in asked.items() if name.startswith("metadata[")},
            "customer_email": asked["customer_email"],
            "customer_details": None,
            "payment_intent": None,
            "amount_total": int(asked["line_items[0][price_data][unit_amount]"]),
            "currency": asked["line_items[0][price_data][currency]"],
            "success_url": asked["success_url"],
            "cancel_url": asked["cancel_url"],
            "expires_at": int(asked["expires_at"]),
            "created": int(time.time()) - self.clock_behind_s,
            "livemode": False,
            "payment_status": "unpaid",
            "status": "open",
        }
        self.sessions[session["id"]] = session
        self.saved[key] = (asked, 200, session)
        return 200, session

    def pay(self, session_id: str) -> dict[str, Any]:
        """Pay a session that is open. Returns it."""
        session = self.sessions[session_id]
        if session["status"] == "open":
            intent = f"pi_{session_id}"
            self.intents[intent] = session["amount_total"]
            buyer = {"email": session["customer_email"], "address": {"country": "DE"}}
            session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}
            session["customer_details"] = buyer
        return session

    def pay_in_days(self, session_id: str) -> None:
        """Pay a session by a direct debit, which may fail: `pay_in_days_failed`, or `pay_in_days_succeeded`."""
        intent = f"pi_{session_id}"
        self.sessions[session_id] |= {"status": "complete", "payment_intent": intent}
        self.intent_status[intent] = "processing"

    def pay_in_days_failed(self, session_id: str) -> None:
        """Fail a direct debit. The session stays complete."""
        self.intent_status[f"pi_{session_id}"] = "requires_payment_method"

    def pay_in_days_succeeded(self, session_id: str) -> None:
        """Have the money of a direct debit come."""
        self.sessions[session_id]["status"] = "open"
        self.pay(session_id)
        self.intent_status[f"pi_{session_id}"] = "succeeded"

    def _pay_page(self, request: Request) -> Response:
        session = self.sessions[request.path.split("/")[2]]
        if request.method == "POST":
            self.pay(session["id"])
            return Response(status=303, location=session["success_url"])
        page = f"""<!DOCTYPE html><html lang="en"><title>Pay</title><h1>Pay {session["amount_total"]}</h1>
            <form method="post"><button>Pay now</button></form><a href="{session["cancel_url"]}">Back</a></html>"""
        return Response(page)

    def event(self, session_id: str, kind: str = "completed", event_id: str = "") -> tuple[str, dict[str, str]]:
        """Return the body and the headers of an event about a session."""
        return self.event_about(self.sessions[session_id], f"checkout.session.{kind}", event_id)


@contextmanager
def running_stripe_double() -> Iterable[StripeDouble]:
    """Yield a double that listens on a free port of this machine.

    This process does not pause before it repeats a call, as Stripe's library does for half a second.
    """
    double = StripeDouble()
    server = make_server("127.0.0.1", 0, double, server_class=WSGIServer, handler_class=Quiet)
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(HTTPClient, "INITIAL_DELAY", 0)
            yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def stripe_settings(double: StripeDouble) -> dict[str, str]:
    """Return the settings of a store that sells with the double."""
    return {
        "payments__gateway": "stripe",
        "stripe__secret_key": SECRET_KEY,
        "stripe__webhook_secrets": f"whsec_old {WEBHOOK_SECRET}",
        "stripe__api_url": double.url,
        "stripe__checkout_origin": double.url,
        "seller__address": "1 Quay, Porthaven",
    }
