"""Asks the payment provider about payments that the store has not heard of, so that nobody pays and gets nothing."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.infrastructure.payments.payment_gateway import GatewayError, PaymentState
from album_store.services.store.payment_service import BATCH, OpenPayment
from album_store.worker.interval_task import IntervalTask
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
    """Apply the events that wait. Returns how many of their orders are paid. Raises GatewayError.

    An event is applied in the transaction that notes it. Events of one session may come in any order, because what
    counts is what the provider says now.
    """
    gateway = registry.payment_gateway
    if gateway is None:
        return 0
    with service_request(registry) as request:
        waiting = [(event.id, event.session_id) for event in request.event_service.waiting(gateway.name)]
    paid = 0
    for event_id, session_id in waiting:
        state = gateway.find(session_id)
        paid += run_in_transaction(registry, partial(_apply, event_id, gateway.name, state))
    return paid


def _apply(event_id: int, gateway: str, state: PaymentState, request: Request) -> bool:
    is_paid = request.settlement_service.settle_session(gateway, state)
    request.event_service.note_applied(event_id)
    return is_paid


def ask_about_payments(registry: Registry, *, before: datetime | None = None) -> int:
    """Settle the payments that are due now, or before another time. Returns how many of their orders are paid now.

    Each is asked about outside a transaction and settled in one of its own, so that one that fails delays no other.
    """
    if registry.payment_gateway is None:
        return 0
    paid = 0
    while True:
        with service_request(registry) as request:
            due = request.payment_service.due(before=before)
        paid += sum(_ask(registry, payment) for payment in due)
        if len(due) < BATCH or before is not None:
            return paid


def _ask(registry: Registry, payment: OpenPayment) -> bool:
    state = _state_of(registry, payment)

    def write(request: Request) -> bool:
        is_paid = state is not None and request.settlement_service.settle(payment.id, state)
        request.payment_service.postpone(payment.id)
        return is_paid

    try:
        return run_in_transaction(registry, write)
    except Exception:
        log.exception("event=payment-error payment=%s", payment.id)
        return False


def _state_of(registry: Registry, payment: OpenPayment) -> PaymentState | None:
    """Return what the provider says; None if it says nothing, or the payment was never opened."""
    if payment.session_id is None:
        return None
    try:
        return registry.payment_gateway.find(payment.session_id)
    except GatewayError as error:
        log.warning("event=payment-unknown payment=%s error=%s", payment.id, error)
        return None
