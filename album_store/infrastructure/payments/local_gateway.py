"""The payment gateway of development: its payment page is a page of the store, and no money moves."""

import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from album_store.infrastructure.payments.payment_gateway import (
    DisputeState,
    EventError,
    GatewayError,
    GatewayEvent,
    PaymentRequest,
    PaymentSession,
    PaymentState,
    RefundState,
    RefusedRefundError,
    UnknownSessionError,
)

SESSION_LIFETIME_S = 3_600
# How long a late payment takes to show.
DELAY_S = 60
_SESSION_ID = re.compile(r"local_[0-9a-f]{32}")
_REFUND_ID = re.compile(r"[0-9a-f]{32}")


class LocalGateway:
    """Keeps each session and each refund in a file, as a provider keeps them on its own servers.

    `page_url` makes the URL of a session's page. The money of a session has the id of the session.
    """

    name = "local"
    series = "local"
    origin = ""
    sends_events = False

    def __init__(self, folder: Path, page_url: Callable[[str], str]) -> None:
        self._folder = folder
        self._page_url = page_url

    def parameters(self, request: PaymentRequest) -> dict[str, Any]:
        """Return the parameters of `open`."""
        return {**vars(request), "notes": dict(request.notes), "expires_at": int(time.time()) + SESSION_LIFETIME_S}

    def open(self, payment_id: str, parameters: dict[str, Any]) -> PaymentSession:
        """Open a session, or return the one that this payment has. Raises GatewayError."""
        session_id = f"local_{payment_id}"
        try:
            known = self.read(session_id)
        except GatewayError:
            self._write(session_id, {"parameters": parameters, "state": "open", "shows_at": 0})
        else:
            if known["parameters"] != parameters:
                raise GatewayError("this payment was opened with other parameters")
        return PaymentSession(session_id, self._page_url(session_id), int(time.time()))

    def find(self, session_id: str) -> PaymentState:
        """Return the state of a session. Raises GatewayError, and UnknownSessionError if there is none."""
        session = self.read(session_id)
        asked, state = session["parameters"], session["state"]
        if state == "open" and time.time() >= asked["expires_at"]:
            state = "expired"
        return PaymentState(
            session_id=session_id,
            order_id=asked["order_id"],
            amount_cents=asked["amount_cents"],
            currency=asked["currency"],
            series=self.series,
            is_paid=state == "paid" and time.time() >= session["shows_at"],
            is_closed=state == "expired",
            charge_id=session_id if state == "paid" else "",
            fee_cents=0 if state == "paid" else None,
            fee_currency=asked["currency"],
            email=asked["email"],
            notes=asked.get("notes", {}),  # a session of an older version has none
        )

    def expire(self, session_id: str) -> PaymentState:
        """Close a session that is not paid, and return its state. Raises GatewayError."""
        self._change(session_id, state="expired")
        return self.find(session_id)

    def paid_sessions(self, since: datetime) -> Sequence[str]:
        """Return nothing: the files may be those of a database that was deleted on purpose."""
        return ()

    def find_by_charge(self, charge_id: str) -> PaymentState | None:
        """Return the state of the session that the money came with. Raises GatewayError."""
        return self.find(charge_id)

    def refund_parameters(self, refund_id: str, charge_id: str, amount_cents: int) -> dict[str, Any]:
        """Return the parameters of `refund`."""
        return {"charge_id": charge_id, "amount_cents": amount_cents}

    def refund(self, refund_id: str, parameters: dict[str, Any]) -> RefundState:
        """Make a refund, or return the one that has this id. Raises GatewayError and RefusedRefundError."""
        charge_id, amount_cents = parameters["charge_id"], parameters["amount_cents"]
        session = self.read(charge_id)
        known = {refund.refund_id: refund for refund in self.refunds_of(charge_id)}
        if found := known.get(refund_id):
            if found.amount_cents != amount_cents:
                raise GatewayError("this refund was made with other parameters")
            return found
        refunded = sum(refund.amount_cents for refund in known.values())
        if session["state"] != "paid" or not 0 < amount_cents <= session["parameters"]["amount_cents"] - refunded:
            raise RefusedRefundError("there is not as much to refund")
        if not _REFUND_ID.fullmatch(refund_id):
            raise RefusedRefundError("this is not the id of a refund")
        self._write(f"{charge_id}-{refund_id}", {"amount_cents": amount_cents})
        return self._refund(charge_id, refund_id, amount_cents)

    def refunds_of(self, charge_id: str) -> Sequence[RefundState]:
        """Return the refunds of a session. Raises GatewayError."""
        self.read(charge_id)
        files = sorted(self._folder.glob(f"{charge_id}-*.json"))
        refunds = [(file.stem.rpartition("-")[2], json.loads(file.read_text("utf-8"))) for file in files]
        return [self._refund(charge_id, refund_id, content["amount_cents"]) for refund_id, content in refunds]

    def _refund(self, charge_id: str, refund_id: str, amount_cents: int) -> RefundState:
        currency = self.read(charge_id)["parameters"]["currency"]
        return RefundState(f"local_re_{refund_id}", refund_id, amount_cents, currency, is_succeeded=True)

    def disputes_of(self, charge_id: str) -> Sequence[DisputeState]:
        """Return nothing: no bank is asked."""
        return ()

    def changed_charges(self, since: datetime) -> Sequence[str]:
        """Return nothing: refunds are made by the store alone."""
        return ()

    def read_event(self, body: bytes, signature: str) -> GatewayEvent:
        """Raise EventError: the local gateway sends no events."""
        raise EventError("the local gateway sends no events")

    def pay(self, session_id: str, *, late: bool = False) -> bool:
        """Pay a session that is open; `late` hides it for DELAY_S. Returns whether it is paid. Raises GatewayError."""
        if not self.find(session_id).is_closed:
            self._change(session_id, state="paid", shows_at=int(time.time()) + DELAY_S if late else 0)
        return self.read(session_id)["state"] == "paid"

    def read(self, session_id: str) -> dict[str, Any]:
        """Return the content of a session's file. Raises GatewayError, and UnknownSessionError if there is none."""
        if not _SESSION_ID.fullmatch(session_id):
            raise UnknownSessionError("there is no such session")
        try:
            content: dict[str, Any] = json.loads((self._folder / f"{session_id}.json").read_text("utf-8"))
        except FileNotFoundError as error:
            raise UnknownSessionError("there is no such session") from error
        except (OSError, ValueError) as error:
            raise GatewayError(f"the session cannot be read: {type(error).__name__}") from error
        return content

    def _change(self, session_id: str, **values: Any) -> None:
        """Change a session unless it is paid or closed already."""
        session = self.read(session_id)
        if session["state"] == "open":
            self._write(session_id, session | values)

    def _write(self, session_id: str, session: dict[str, Any]) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._folder, prefix=".", delete=False, encoding="utf-8") as file:
                json.dump(session, file)
            Path(file.name).replace(self._folder / f"{session_id}.json")
        except OSError as error:
            raise GatewayError(f"the session cannot be written: {type(error).__name__}") from error
