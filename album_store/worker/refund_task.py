"""Makes refunds at the payment provider, and looks what became of money that came: refunds and disputes."""

import logging
from collections.abc import Callable
from datetime import timedelta

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.data.types import utc_now
from album_store.infrastructure.payments.payment_gateway import (
    GatewayError,
    PaymentGateway,
    RefundState,
    RefusedRefundError,
)
from album_store.services.store.refund_service import DueRefund
from album_store.worker.interval_task import IntervalTask
from album_store.worker.service_request import run_in_transaction, service_request

INTERVAL_S = 3
RETRY_S = 60
# How far back the provider is asked for what no event has told.
LOOK_BACK = timedelta(days=30)

log = logging.getLogger(__name__)


def make_refund_task(registry: Registry, wake_mail: Callable[[], None]) -> IntervalTask:
    """Return the task that makes refunds."""

    def work() -> None:
        if make_refunds(registry):
            wake_mail()

    return IntervalTask("refunds", work, interval_s=INTERVAL_S, retry_s=RETRY_S)


def make_refunds(registry: Registry) -> int:
    """Make the refunds that are due, or ask what became of them. Returns how many the provider has answered for.

    Each is written before the call and after it, in transactions of their own. One that fails delays no other.
    """
    if registry.payment_gateway is None:
        return 0
    with service_request(registry) as request:
        due = request.refund_service.due()
    return sum(_make(registry, refund) for refund in due)


def _make(registry: Registry, due: DueRefund) -> bool:
    try:
        state = _refund(registry.payment_gateway, due)
    except RefusedRefundError as error:
        failure = str(error)
        return _write(registry, due, lambda request: request.refund_service.refuse(due, failure))
    except GatewayError as error:
        log.warning("event=refund-unanswered refund=%s error=%s", due.id, error)
        _write(registry, due, lambda request: request.refund_service.postpone(due.id))
        return False
    return _write(registry, due, lambda request: request.refund_service.note(due.payment_id, [state]))


def _write(registry: Registry, due: DueRefund, work: Callable[[Request], None]) -> bool:
    try:
        run_in_transaction(registry, work)
    except Exception:
        log.exception("event=refund-error refund=%s", due.id)
        return False
    return True


def _refund(gateway: PaymentGateway, due: DueRefund) -> RefundState:
    """Make a refund unless the provider has it. Raises GatewayError and RefusedRefundError.

    The provider is looked at first, because an answer may have been lost, and because it forgets after 24 hours which
    calls it has carried out.
    """
    for state in gateway.refunds_of(due.charge_id):
        if due.id == state.refund_id or due.provider_id == state.provider_id:
            return state
    if due.provider_id is not None:
        raise GatewayError("the provider does not know the refund any more")
    return gateway.refund(due.id, due.parameters)


def look_for_changes(registry: Registry) -> None:
    """Apply the refunds and disputes of the last LOOK_BACK, whatever events have come. Raises GatewayError.

    Each payment is looked at on its own: one that fails delays no other, and is looked at again the next time.
    """
    gateway = registry.payment_gateway
    if gateway is None:
        return
    for charge_id in gateway.changed_charges(utc_now() - LOOK_BACK):
        try:
            if _payment_of(registry, charge_id):
                look_at_money(registry, charge_id)
        except Exception:
            log.exception("event=money-error charge=%s", charge_id)


def look_at_money(registry: Registry, charge_id: str, then: Callable[[Request], None] = lambda _request: None) -> bool:
    """Apply what the provider says about money that came, and do `then` in the same transaction.

    Returns False if it is not that of a payment of this store. A refund may be heard of before its payment, which is
    settled first then. Raises GatewayError.
    """
    gateway = registry.payment_gateway
    payment_id = _payment_of(registry, charge_id)
    if payment_id is None:
        state = gateway.find_by_charge(charge_id)
        if state is not None:
            run_in_transaction(registry, lambda request: request.settlement_service.settle_session(gateway.name, state))
            payment_id = _payment_of(registry, charge_id)
    if payment_id is None:
        run_in_transaction(registry, then)
        return False
    refunds, disputes = gateway.refunds_of(charge_id), gateway.disputes_of(charge_id)

    def write(request: Request) -> None:
        request.refund_service.note(payment_id, refunds, disputes)
        then(request)

    run_in_transaction(registry, write)
    return True


def _payment_of(registry: Registry, charge_id: str) -> str | None:
    with service_request(registry) as request:
        return request.refund_service.payment_of(registry.payment_gateway.name, charge_id)
