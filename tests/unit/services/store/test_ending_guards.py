"""A refund, a withdrawal, a dispute, a correction of the address and a receipt that is sent again, at once."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from album_store.data.dispute import Dispute
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, email_key
from album_store.data.purchase_link import PurchaseLink
from album_store.data.refund import Refund
from album_store.data.types import new_id, utc_now
from album_store.data.withdrawal import Withdrawal
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.payments.payment_gateway import DisputeState, RefundState
from album_store.services.admin.order_admin_service import OrderAdminService
from album_store.services.audit_service import Actor
from album_store.services.store.order_access import NothingOwnedError
from album_store.services.store.refund_service import AlreadyRefundedError
from album_store.services.store.withdrawal_period import WithdrawalPeriod
from album_store.services.store.withdrawal_service import WithdrawalService
from tests.support.factories import make_album
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

OLD, NEW = "carol@example.com", "carol@example.org"
ADA = Actor("ada@example.org")
EARLY = pytest.mark.parametrize("early", [True, False])
ORDER = pytest.mark.parametrize("is_first", [True, False])


class Paid(NamedTuple):
    """The ids of a payment and its order."""

    id: str
    order_id: str


@pytest.fixture
def payment(registry):
    """The payment of a guest's order of €18.00."""
    order = Order(
        id=new_id(),
        checkout_key=new_id(),
        email=OLD,
        browser_hash="b" * 64,
        series="local",
        currency="EUR",
        total_cents=1_800,
        paid_date=utc_now() - timedelta(hours=1),
        lines=[OrderLine(album=make_album("Tide"), title="Tide", artist_name="Ada Sound", amount_cents=1_800)],
    )
    payment = Payment(
        order=order,
        gateway="local",
        parameters="{}",
        session_id="local_1",
        charge_id="local_1",
        paid_date=order.paid_date,
        received_cents=1_800,
        received_currency="EUR",
        is_delivered=True,
    )
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(payment)
        dbsession.flush()
        [line] = order.lines
        dbsession.add(Purchase(line=line, album_id=line.album_id, owner_key=email_key(OLD)))
        return Paid(payment.id, order.id)


def refund(payment, refund_id="a" * 32) -> Work:
    def work(request) -> Refund:
        [line] = request.dbsession.scalars(select(OrderLine.id))
        return request.refund_service.request(refund_id, payment.id, 900, lines=[line], reason="x", by="Ada")

    return work


def succeed(payment, refund_id="a" * 32) -> Work:
    state = RefundState("re_1", refund_id, 900, "EUR", is_succeeded=True)
    return lambda request: request.refund_service.note(payment.id, [state])


def lose(payment) -> Work:
    state = DisputeState("dp_1", 900, "EUR", "fraudulent", utc_now(), is_lost=True)
    return lambda request: request.refund_service.note(payment.id, [], [state])


def withdraw(payment) -> Work:
    def work(request) -> None:
        service = request.withdrawal_service
        period = WithdrawalPeriod(Calendar(ZoneInfo("UTC")), True)
        WithdrawalService(service._dbsession, service._mail, period, service._problems).withdraw(payment.order_id, "C")

    return work


def correct(payment) -> Work:
    return lambda request: request.address_correction_service.correct(payment.order_id, NEW, ADA)


def send_receipt(payment) -> Work:
    def work(request) -> None:
        found = request.order_history_service.find(payment.order_id)  # as the page does
        mail, audit = request.mail_service, request.audit_service
        refunds, receipts, problems = request.refund_service, request.receipt_service, request.order_problems
        service = OrderAdminService(request.dbsession, refunds, receipts, problems, mail, audit, None)
        service.send_receipt(payment.order_id, ADA)
        assert found.order.email == NEW

    return work


def rows(registry, model):
    with registry.db_sessions.read() as dbsession:
        found = dbsession.scalars(select(model).order_by(model.created_date)).all()
        dbsession.expunge_all()
        return found


def meet(registry, one: Work, other: Work, *, early: bool, is_first: bool) -> None:
    overlap(registry, *((one, other) if is_first else (other, one)), early=early)


@EARLY
def test_a_line_that_two_admins_refund_at_once_is_refunded_once(registry, payment, early):
    with pytest.raises(AlreadyRefundedError):
        overlap(registry, refund(payment), refund(payment, "b" * 32), early=early)
    assert [row.id for row in rows(registry, Refund)] == ["a" * 32]
    assert [row.refunded_cents for row in rows(registry, Order)] == [900]


@EARLY
@ORDER
def test_a_refund_that_succeeds_while_a_dispute_is_lost_ends_the_purchase_once(registry, payment, early, is_first):
    overlap(registry, refund(payment), lambda request: None)
    meet(registry, succeed(payment), lose(payment), early=early, is_first=is_first)
    [purchase] = rows(registry, Purchase)
    assert purchase.revoked_date is not None
    assert [row.has_succeeded for row in rows(registry, Refund)] == [True]
    assert [row.is_lost for row in rows(registry, Dispute)] == [True]
    assert [row.refunded_cents for row in rows(registry, Order)] == [900]


@EARLY
@ORDER
def test_a_refund_may_be_asked_for_while_a_dispute_comes(registry, payment, early, is_first):
    meet(registry, refund(payment), lose(payment), early=early, is_first=is_first)
    assert len(rows(registry, Refund)) == len(rows(registry, Dispute)) == 1
    assert [row.refunded_cents for row in rows(registry, Order)] == [900]


@EARLY
@ORDER
def test_a_withdrawal_while_a_refund_is_asked_for_keeps_both(registry, payment, early, is_first):
    meet(registry, withdraw(payment), refund(payment), early=early, is_first=is_first)
    assert len(rows(registry, Withdrawal)) == len(rows(registry, Refund)) == 1
    assert [row.revoked_date is None for row in rows(registry, Purchase)] == [False]
    assert [row.refunded_cents for row in rows(registry, Order)] == [900]


@EARLY
def test_a_correction_that_waits_for_a_withdrawal_is_refused(registry, payment, early):
    with pytest.raises(NothingOwnedError):
        overlap(registry, withdraw(payment), correct(payment), early=early)
    assert [row.email for row in rows(registry, Order)] == [OLD]
    assert "corrected-order" not in [row.kind for row in rows(registry, OutgoingMail)]


def test_a_withdrawal_that_waits_for_a_correction_is_confirmed_to_the_right_address(registry, payment):
    overlap(registry, correct(payment), withdraw(payment))
    kinds = [row.kind for row in rows(registry, OutgoingMail) if row.recipient == NEW]
    assert sorted(kinds) == ["corrected-order", "withdrawal"]
    assert [row.email for row in rows(registry, Withdrawal)] == [NEW]


def test_a_receipt_that_is_sent_again_while_the_address_is_corrected_goes_to_the_right_one(registry, payment):
    overlap(registry, correct(payment), send_receipt(payment))
    assert {row.recipient for row in rows(registry, OutgoingMail)} == {NEW}
    assert {row.email for row in rows(registry, PurchaseLink)} == {NEW}
