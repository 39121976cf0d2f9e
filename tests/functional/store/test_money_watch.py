"""What no event has told of, and the store finds by looking: payments of lost orders, and refunds."""

import pytest
from sqlalchemy import delete

from album_store.data.order import Order
from album_store.data.purchase import Purchase
from album_store.services.store import payment_service
from album_store.worker.refund_task import look_for_changes
from album_store.worker.watch_task import look_for_payments
from tests.support.order_problems import open_problems
from tests.support.stripe_shop import buy, place, session_of, tell

CAROL = "carol@example.org"


def lose_orders(shop):
    """Delete all orders, as the restore of an old backup does."""
    with shop.db_sessions.begin() as dbsession:
        dbsession.execute(delete(Order))


@pytest.mark.every_database
def test_orders_that_were_paid_after_the_backup_are_found_without_an_event(shop, stripe, monkeypatch):
    monkeypatch.setattr(payment_service, "MAX_IDS", 2)
    for number in range(5):
        stripe.pay(session_of(place(shop.browser(), f"buyer{number}@example.org")))
    place(shop.browser(), "nobody@example.org")
    lose_orders(shop)
    assert look_for_payments(shop.registry) == 5
    calls = len(stripe.calls)
    assert look_for_payments(shop.registry) == 0
    assert len(stripe.calls) == calls + 1
    assert sorted(row.email for row in shop.rows(Order)) == [f"buyer{number}@example.org" for number in range(5)]
    assert open_problems(shop) == ["rebuilt"] * 5
    assert len(shop.rows(Purchase)) == 5
    assert len(shop.mails("buyer0@example.org")) == 1


def test_what_is_found_first_and_told_later_is_delivered_once(shop, stripe, browser):
    session_id = session_of(place(browser))
    stripe.pay(session_id)
    assert look_for_payments(shop.registry) == 1
    tell(shop, stripe.event(session_id))
    assert [mail.kind for mail in shop.mails()] == ["receipt"]


@pytest.mark.parametrize("metadata", [None, {}, {"store_id": "another"}])
def test_sessions_of_other_stores_on_the_account_are_left_alone(shop, stripe, browser, metadata):
    session_id = session_of(place(browser))
    stripe.pay(session_id)["metadata"] = metadata
    lose_orders(shop)
    assert look_for_payments(shop.registry) == 0
    assert shop.rows(Order) == []


@pytest.mark.parametrize("field", ["client_reference_id", "currency"])
def test_a_payment_that_cannot_be_read_delays_no_other(shop, stripe, field):
    sessions = [session_of(place(shop.browser(), f"buyer{number}@example.org")) for number in range(3)]
    for session_id in sessions:
        stripe.pay(session_id)
    lose_orders(shop)
    del stripe.sessions[sessions[1]][field]
    assert look_for_payments(shop.registry) == 2
    assert len(shop.rows(Purchase)) == 2


def test_a_refund_that_cannot_be_read_delays_no_other(shop, stripe):
    money = [buy(shop, stripe, f"buyer{number}@example.org") for number in range(3)]
    refunds = [stripe.refund_at_stripe(paid, 100) for paid in money]
    refunds[1]["currency"] = None
    look_for_changes(shop.registry)
    assert sorted(row.refunded_cents for row in shop.rows(Order)) == [0, 100, 100]
