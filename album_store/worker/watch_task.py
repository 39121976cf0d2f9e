"""Looks for money that no event has told of: payments of orders that the store has lost, refunds and disputes."""

import logging
from collections.abc import Callable, Collection
from functools import partial

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.data.types import utc_now
from album_store.infrastructure.payments.payment_gateway import PaymentState
from album_store.worker.interval_task import DAY_S, HOUR_S, IntervalTask
from album_store.worker.refund_task import LOOK_BACK, look_for_changes
from album_store.worker.service_request import run_in_transaction, service_request

log = logging.getLogger(__name__)


def make_watch_task(registry: Registry, wake_mail: Callable[[], None]) -> IntervalTask:
    """Return the daily task that looks for all of it."""

    def work() -> None:
        look_for_payments(registry)
        look_for_changes(registry)
        wake_mail()

    return IntervalTask("money-watch", work, interval_s=DAY_S, retry_s=HOUR_S, delay_s=HOUR_S)


def look_for_payments(registry: Registry) -> int:
    """Settle payments of the last LOOK_BACK that the store does not know of, as after the restore of a backup.

    Returns how many orders that concerns. One that fails delays no other. Raises GatewayError.
    """
    gateway = registry.payment_gateway
    if gateway is None:
        return 0
    session_ids = gateway.paid_sessions(utc_now() - LOOK_BACK)
    return sum(_settle(registry, session_id) for session_id in _unpaid(registry, session_ids))


def _unpaid(registry: Registry, session_ids: Collection[str]) -> Collection[str]:
    with service_request(registry) as request:
        paid = request.payment_service.paid_of(session_ids)
    return [session_id for session_id in session_ids if session_id not in paid]


def _settle(registry: Registry, session_id: str) -> bool:
    gateway = registry.payment_gateway
    try:
        state = gateway.find(session_id)
        return run_in_transaction(registry, partial(_write, gateway.name, state))
    except Exception:
        log.exception("event=payment-error session=%s", session_id)
        return False


def _write(gateway: str, state: PaymentState, request: Request) -> bool:
    return bool(request.settlement_service.settle_session(gateway, state))
