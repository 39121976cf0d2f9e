"""Asks the payment provider about payments that the store has not heard of, so that nobody pays and gets nothing."""

import logging
from collections.abc import Callable
from functools import partial

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.infrastructure.payments.payment_gateway import (
    GatewayError,
    PaymentGateway,
    PaymentState,
    UnknownSessionError,
)
from album_store.services.store.payment_service import BATCH, OpenPayment
from album_store.worker.interval_task import IntervalTask
from album_store.worker.refund_task import look_at_money
from album_store.worker.service_request import run_in_transaction, service_request

INTERVAL_S = 60
EVENT_INTERVAL_S = 3

log = logging.getLogger(__name__)


def make_payment_task(registry: Registry, wake_mail: Callable[[], None]) -> IntervalTask:
    """Return the task that asks about the payments that are due."""

    def work() -> None:
        if ask_about_payments(registry):
            wake_mail()

    return IntervalTask("payments", work, interval_s=INTERVAL_S, retry_s=INTERVAL_S)


def make_event_task(registry: Registry, wake_mail: Callable[[], None]) -> IntervalTask:
    """Return the task that applies the provider's events."""

    def work() -> None:
        if apply_events(registry):
            wake_mail()

    return IntervalTask("payment-events", work, interval_s=EVENT_INTERVAL_S, retry_s=INTERVAL_S)


def apply_events(registry: Registry) -> int:
    """Apply the events that wait. Returns how many concern an order that is paid.

    An event is applied in the transaction that notes it. Events of one session may come in any order, because what
    counts is what the provider says now. One that fails is tried again later and delays no other.
    """
    gateway = registry.payment_gateway
    if gateway is None:
        return 0
    with service_request(registry) as request:
        events = request.event_service.waiting(gateway.name)
        waiting = [(event.id, event.session_id, event.charge_id) for event in events]
    return sum(_look_at(registry, *ids) for ids in waiting)


def _look_at(registry: Registry, event_id: int, session_id: str, charge_id: str) -> bool:
    gateway = registry.payment_gateway
    try:
        if charge_id:
            return look_at_money(registry, charge_id, lambda request: request.event_service.note_applied(event_id))
        state = _known_state(gateway, session_id)
        return run_in_transaction(registry, partial(_apply, event_id, gateway.name, state))
    except GatewayError as error:
        log.warning("event=event-postponed id=%d error=%s", event_id, error)
    except Exception:
        log.exception("event=event-error id=%d", event_id)
    run_in_transaction(registry, lambda request: request.event_service.postpone(event_id))
    return False


def _known_state(gateway: PaymentGateway, session_id: str) -> PaymentState | None:
    """Return the state of a session; None if the provider does not know it (any more). Raises GatewayError."""
    try:
        return gateway.find(session_id)
    except UnknownSessionError as error:
        log.warning("event=event-without-session error=%s", error)
        return None


def _apply(event_id: int, gateway: str, state: PaymentState | None, request: Request) -> bool:
    is_paid = state is not None and request.settlement_service.settle_session(gateway, state)
    request.event_service.note_applied(event_id)
    return is_paid


def ask_about_payments(registry: Registry, *, early: bool = False) -> int:
    """Settle the payments that are due, or with `early` all open ones. Returns how many of their orders are paid now.

    Each is asked about once, outside a transaction, and settled in one of its own: one that fails delays no other.
    """
    if registry.payment_gateway is None:
        return 0
    paid, last = 0, ""
    while True:
        with service_request(registry) as request:
            due = request.payment_service.due(early=early, after=last)
        paid += sum(_ask(registry, payment) for payment in due)
        if len(due) < BATCH:
            return paid
        last = due[-1].id


def _ask(registry: Registry, payment: OpenPayment) -> bool:
    state, is_answered = _answer_about(registry, payment)

    def write(request: Request) -> bool:
        is_paid = state is not None and request.settlement_service.settle(payment.id, state)
        request.payment_service.postpone(payment.id, is_answered=is_answered)
        return is_paid

    try:
        return run_in_transaction(registry, write)
    except Exception:
        log.exception("event=payment-error payment=%s", payment.id)
        return False


def _answer_about(registry: Registry, payment: OpenPayment) -> tuple[PaymentState | None, bool]:
    """Return the state of a payment that the provider knows, and whether the provider has answered."""
    if payment.session_id is None:
        return None, False
    try:
        return registry.payment_gateway.find(payment.session_id), True
    except GatewayError as error:
        log.warning("event=payment-unknown payment=%s error=%s", payment.id, error)
        return None, isinstance(error, UnknownSessionError)
