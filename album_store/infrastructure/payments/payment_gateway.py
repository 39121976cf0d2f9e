"""What the store needs of a payment provider."""

from dataclasses import dataclass
from typing import Any, Protocol


class GatewayError(Exception):
    """The provider did not answer, or its answer makes no sense. The same call may be made again."""


class RefusedPaymentError(GatewayError):
    """The provider refuses to open this payment, and would refuse it again. Another payment may be tried."""


class UnknownSessionError(GatewayError):
    """The provider knows no such session, and will not know it later."""


class EventError(Exception):
    """What was sent is not an event of the provider."""


@dataclass(frozen=True)
class PaymentRequest:
    """What a buyer is asked to pay: the amount in minor units, and the pages to return to, after paying and without."""

    order_id: str
    amount_cents: int
    currency: str
    description: str
    email: str
    return_url: str
    back_url: str


@dataclass(frozen=True)
class PaymentSession:
    """A provider's payment page."""

    id: str
    url: str


@dataclass(frozen=True)
class PaymentState:
    """What a provider says about a session. `is_closed` means that it cannot be paid any more."""

    session_id: str
    order_id: str
    amount_cents: int
    currency: str
    series: str
    is_paid: bool
    is_closed: bool


@dataclass(frozen=True)
class GatewayEvent:
    """A verified event: `session_id` is the session of this store that it is about, or "" if it is about none."""

    id: str
    kind: str
    session_id: str


class PaymentGateway(Protocol):
    """A payment provider. Every call may take seconds: never make one inside a write transaction."""

    name: str
    # The series of the receipts of its payments.
    series: str
    # Where its payment page is, for Content-Security-Policy; empty if it is on this site.
    origin: str

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

    def read_event(self, body: bytes, signature: str) -> GatewayEvent:
        """Return the event that the provider sent. Raises EventError."""
