"""The events of one order in every order of arrival."""

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.credit_note import CreditNote
from album_store.data.dispute import Dispute
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase
from album_store.data.refund import Refund
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.payments.payment_gateway import (
    DisputeState,
    GatewayEvent,
    PaymentState,
    RefundState,
)
from album_store.worker.payment_task import apply_events
from album_store.worker.service_request import service_request
from tests.support.factories import make_album

EVENTS = (
    "checkout.session.completed",
    "refund.created",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
)


@dataclass
class Provider:
    """A payment provider in memory, for which everything has happened before the first event comes."""

    name: str = "local"
    series: str = "local"
    origin: str = ""

    def find(self, session_id: str) -> PaymentState:
        """The state of a session, which knows its order by its id."""
        order_id = session_id.removeprefix("local_")
        money = {"charge_id": f"money_{order_id}", "fee_cents": 48, "fee_currency": "EUR"}
        return PaymentState(session_id, order_id, 900, "EUR", "local", is_paid=True, is_closed=False, **money)

    def find_by_charge(self, charge_id: str) -> PaymentState:
        """The state of the session of some money."""
        return self.find(charge_id.replace("money_", "local_"))

    def refunds_of(self, _charge_id: str) -> list[RefundState]:
        """The refund."""
        return [RefundState("re_1", "", 300, "EUR", is_succeeded=True)]

    def disputes_of(self, _charge_id: str) -> list[DisputeState]:
        """The dispute."""
        return [DisputeState("dp_1", 600, "EUR", "fraudulent", None, is_lost=True)]


@pytest.fixture
def provider(registry):
    """The payment provider of the store."""
    registry.payment_gateway = Provider()
    return registry.payment_gateway


@pytest.fixture
def album(registry):
    """The id of the album that all buy."""
    with registry.db_sessions.begin() as dbsession:
        album = make_album("Tide")
        dbsession.add(album)
        dbsession.flush()
        return album.id


def add_order(dbsession, album):
    """Add an order whose payment is open. Returns its id."""
    order = Order(
        id=new_id(),
        checkout_key=new_id(),
        email=f"{new_id()}@example.org",
        series="local",
        currency="EUR",
        total_cents=900,
        lines=[OrderLine(album_id=album, title="Tide", artist_name="Ada Sound", amount_cents=900)],
    )
    payment = Payment(order=order, gateway="local", parameters="{}", session_id=f"local_{order.id}")
    payment.next_check_date = utc_now()
    dbsession.add(payment)
    return order.id


def state_of(dbsession, order_id):
    """Return what an order has come to."""
    order = dbsession.get_one(Order, order_id)
    payment = dbsession.scalars(select(Payment).where(Payment.order_id == order_id)).one()
    purchases = select(Purchase.revoked_date).join(OrderLine, OrderLine.id == Purchase.order_line_id)
    mails = select(OutgoingMail.kind).where(OutgoingMail.order_id == order_id)
    refunds = dbsession.scalars(select(Refund).where(Refund.payment_id == payment.id)).all()
    disputes = dbsession.scalars(select(Dispute).where(Dispute.payment_id == payment.id)).all()
    return (
        (order.paid_date is not None, order.is_held, order.refunded_cents, payment.refunded_cents, payment.fee_cents),
        tuple(when is not None for when in dbsession.scalars(purchases.where(OrderLine.order_id == order_id))),
        tuple((one.amount_cents, one.has_succeeded) for one in refunds),
        tuple(one.is_lost for one in disputes),
        tuple(sorted(problem.kind for problem in order.open_problems)),
        tuple(sorted(dbsession.scalars(mails))),
    )


def test_the_events_of_an_order_end_in_one_state_in_whatever_order_they_come(registry, provider, album):
    orders = list(itertools.permutations(EVENTS))
    with registry.db_sessions.begin() as dbsession:
        ids = [add_order(dbsession, album) for _ in orders]
    for place in range(len(EVENTS)):
        with service_request(registry, writes=True) as request:
            for order_id, order in zip(ids, orders, strict=True):
                kind = order[place]
                is_session = kind.startswith("checkout")
                session_id, charge_id = (f"local_{order_id}", "") if is_session else ("", f"money_{order_id}")
                event = GatewayEvent(f"{kind}-{order_id}", kind, session_id, charge_id)
                request.event_service.store("local", event)
        while True:
            apply_events(registry)
            with registry.db_sessions.read() as dbsession:
                if not dbsession.scalar(select(ProviderEvent.id).where(ProviderEvent.applied_date.is_(None)).limit(1)):
                    break
    assert len(orders) == 120
    with registry.db_sessions.read() as dbsession:
        ends = {state_of(dbsession, order_id) for order_id in ids}
        assert ends == {
            (
                (True, False, 300, 300, 48),
                (True,),
                ((300, True),),
                (True,),
                ("dispute-lost",),
                ("credit-note", "dispute", "order-problem", "receipt"),
            )
        }
        assert sorted(dbsession.scalars(select(CreditNote.number))) == list(range(1, 121))
        assert dbsession.get_one(Album, album)
