"""Refunds at the same time."""

from typing import Any

import pytest
from sqlalchemy import update

from album_store.data.credit_note import CreditNote
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key
from album_store.data.refund import Refund
from album_store.data.store_identity import StoreIdentity
from album_store.worker.refund_task import look_for_changes, make_refunds
from tests.support import buyer
from tests.support.buyer import order_id_of
from tests.support.factories import PASSWORD, add_account
from tests.support.refunds import counters, refund_form
from tests.support.store_driver import confirmation_form, register, together
from tests.support.stripe_shop import buy, tell

CAROL = "carol@example.org"


@pytest.mark.every_database
def test_twenty_refunds_at_once_never_exceed_what_was_paid(store, testapp, tide, ada_at):
    order_id = order_id_of(buyer.buy(testapp, email=CAROL))
    forms = [refund_form(ada_at, order_id, amount="1") for _ in range(20)]
    answers = together(*(lambda form=form: form.submit(expect_errors=True).status_int for form in forms))
    assert sorted(answers) == [303] * 9 + [400] * 11
    assert store.rows(Order)[0].refunded_cents == store.rows(Payment)[0].refunded_cents == 900
    together(*[lambda: make_refunds(store.registry)] * 3)
    make_refunds(store.registry)
    gateway = store.registry.payment_gateway
    [payment] = store.rows(Payment)
    assert sum(one.amount_cents for one in gateway.refunds_of(payment.charge_id)) == 900
    assert [refund.has_succeeded for refund in store.rows(Refund)] == [True] * 9
    assert counters(store, CreditNote) == [("local-cn", number) for number in range(1, 10)]
    assert [mail.kind for mail in store.mails(CAROL)] == ["receipt", *["credit-note"] * 9]


@pytest.mark.every_database
def test_twenty_times_the_same_form_is_one_refund(store, testapp, tide, ada_at):
    form = refund_form(ada_at, order_id_of(buyer.buy(testapp, email=CAROL)), amount="1")
    answers = together(*[lambda: form.submit(expect_errors=True).status_int] * 20)
    assert answers == [303] * 20
    assert [refund.amount_cents for refund in store.rows(Refund)] == [100]
    assert store.rows(Order)[0].refunded_cents == 100


@pytest.mark.every_database
def test_an_address_may_be_confirmed_while_its_order_is_refunded(store, testapp, tide, ada_at):
    order_id = order_id_of(buyer.buy(testapp, email=CAROL))
    register(testapp, CAROL)
    form = confirmation_form(testapp.get(store.mailed_link(CAROL)))
    refund_form(ada_at, order_id, lines=[0]).submit(status=303)
    together(lambda: form.submit(status=303), lambda: make_refunds(store.registry))
    make_refunds(store.registry)
    [purchase] = store.rows(Purchase)
    assert purchase.owner_key == account_key(store.rows(Order)[0].account_id)
    assert purchase.revoked_date is not None
    assert [mail.kind for mail in store.mails(CAROL)].count("credit-note") == 1


@pytest.mark.every_database
def test_a_refund_that_several_workers_hear_of_has_one_credit_note(shop, stripe):
    paid = buy(shop, stripe)
    refund = stripe.refund_at_stripe(paid, 300)
    events = [stripe.event_about(refund, "refund.created") for _ in range(3)]
    together(*(lambda event=event: tell(shop, event) for event in events), lambda: look_for_changes(shop.registry))
    assert counters(shop, CreditNote) == [("test-cn", 1)]
    assert shop.rows(Order)[0].refunded_cents == 300
    assert [mail.kind for mail in shop.mails(CAROL)] == ["receipt", "credit-note"]


def test_stripe_is_never_called_while_the_database_is_locked(shop, stripe, monkeypatch):
    password_hash = shop.registry.password_hasher.hash(PASSWORD)
    add_account(shop.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
    paid = buy(shop, stripe)
    free, answer = [], stripe._answer

    def look(request: Any) -> Any:
        with shop.db_sessions.begin_nowait() as dbsession:
            free.append(dbsession.execute(update(StoreIdentity).values(id=StoreIdentity.id)).rowcount)
        return answer(request)

    monkeypatch.setattr(stripe, "_answer", look)
    stripe.calls.clear()
    [order] = shop.rows(Order)
    refund_form(shop.signed_in("ada@example.org"), order.id, amount="1").submit(status=303)
    make_refunds(shop.registry)
    tell(shop, stripe.event_about(stripe.refund_at_stripe(paid, 100), "refund.created"))
    look_for_changes(shop.registry)
    assert free == [1] * len(stripe.calls)
    assert len(free) == 2 + 2 + 4
