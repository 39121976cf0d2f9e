"""What the store needs of a payment provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class GatewayError(Exception):
    """The provider did not answer, or its answer makes no sense. The same call may be made again."""


class RefusedPaymentError(GatewayError):
    """The provider refuses to open this payment, and would refuse it again. Another payment may be tried."""


class RefusedRefundError(GatewayError):
    """The provider refuses to make this refund, and would refuse it again."""


class UnknownSessionError(GatewayError):
    """The provider knows no such session, and will not know it later."""


class EventError(Exception):
    """What was sent is not an event of the provider."""


@dataclass(frozen=True)
class PaymentRequest:
    """What a buyer is asked to pay: the amount in minor units, and the pages to return to, after paying and without.

    `notes` stay with the payment at the provider: with them an order can be rebuilt that the store has lost.
    """

    order_id: str
    amount_cents: int
    currency: str
    description: str
    email: str
    return_url: str
    back_url: str
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentSession:
    """A provider's payment page. `created_s` is the provider's time when it was opened, in Unix seconds, if known."""

    id: str
    url: str
    created_s: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PaymentState:
    """What a provider says about a session. `is_closed` means that it cannot be paid any more.

    `is_processing` means that the buyer has paid in a way that takes days, so that the money may come or not.
    The fields with a default may be unknown: the provider's id of the money that came, its own fee, what it knows of
    the buyer, and the notes of the request.
    """

    session_id: str
    order_id: str
    amount_cents: int
    currency: str
    series: str
    is_paid: bool
    is_closed: bool
    is_processing: bool = False
    charge_id: str = ""
    fee_cents: int | None = None
    fee_currency: str = ""
    email: str = ""
    country: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundState:
    """What a provider says about a refund; `refund_id` is the id of `refund`, or "" if it was made at the provider."""

    provider_id: str
    refund_id: str
    amount_cents: int
    currency: str
    is_succeeded: bool = False
    is_failed: bool = False
    failure: str = ""


@dataclass(frozen=True)
class DisputeState:
    """What a provider says about a dispute; `due_date` is until when the owner may answer it."""

    provider_id: str
    amount_cents: int
    currency: str
    reason: str
    due_date: datetime | None
    is_won: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class GatewayEvent:
    """A verified event about a session of this store, or about the money of a payment, or about neither.

    Money may be that of another store on the same account.
    """

    id: str
    kind: str
    session_id: str
    charge_id: str = ""


class PaymentGateway(Protocol):
    """A payment provider. Every call may take seconds: never make one inside a write transaction."""

    name: str
    # The series of the receipts of its payments.
    series: str
    # Where its payment page is, for Content-Security-Policy; empty if it is on this site.
    origin: str
    # Whether it tells the store of payments by events, at an address that the provider has to be told.
    sends_events: bool

    def parameters(self, request: PaymentRequest) -> dict[str, Any]:
        """Return the parameters of `open`, which the store keeps."""

    def open(self, payment_id: str, parameters: dict[str, Any]) -> PaymentSession:
        """Open a payment page. A call with the same id and parameters returns the same session.

        Raises GatewayError, and RefusedPaymentError if the same call would fail again.
        """

    def find(self, session_id: str) -> PaymentState:
        """Return the state of a session. Raises GatewayError, and UnknownSessionError if there is none."""

    def expire(self, session_id: str) -> PaymentState:
        """Close a session that is not paid, and return its state. Raises GatewayError."""

    def paid_sessions(self, since: datetime) -> Sequence[str]:
        """Return the ids of this store's sessions that were opened since then and are paid. Raises GatewayError."""

    def find_by_charge(self, charge_id: str) -> PaymentState | None:
        """Return the state of the session of this store that the money came with, or None. Raises GatewayError."""

    def refund_parameters(self, refund_id: str, charge_id: str, amount_cents: int) -> dict[str, Any]:
        """Return the parameters of `refund`, which the store keeps."""

    def refund(self, refund_id: str, parameters: dict[str, Any]) -> RefundState:
        """Send money back. A call with the same id and parameters within 24 hours returns the same refund.

        Raises GatewayError, and RefusedRefundError if the same call would fail again.
        """

    def refunds_of(self, charge_id: str) -> Sequence[RefundState]:
        """Return all refunds of the money of a payment, also those made at the provider. Raises GatewayError."""

    def disputes_of(self, charge_id: str) -> Sequence[DisputeState]:
        """Return the disputes about the money of a payment. Raises GatewayError."""

    def changed_charges(self, since: datetime) -> Sequence[str]:
        """Return the ids of the money with a refund or dispute since then, of any store. Raises GatewayError."""

    def read_event(self, body: bytes, signature: str) -> GatewayEvent:
        """Return the event that the provider sent. Raises EventError."""
