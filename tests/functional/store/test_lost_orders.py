"""Money for orders that the store does not have, as after the restore of a backup, or that is too much."""

import pytest
from sqlalchemy import delete

from album_store.data.album import Album
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, email_key
from album_store.data.receipt import Receipt
from album_store.data.refund import Refund
from album_store.worker.refund_task import make_refunds
from tests.support.factories import PASSWORD, add_account
from tests.support.order_problems import open_problems
from tests.support.refunds import refund_form
from tests.support.store_driver import form_at
from tests.support.stripe_shop import buy, place, session_of, tell

CAROL, OWNER = "carol@example.org", "store@example.org"


@pytest.fixture
def admin(shop):
    """Ada in a store that sells with Stripe."""
    password_hash = shop.registry.password_hasher.hash(PASSWORD)
    add_account(shop.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
    return shop.signed_in("ada@example.org")


def lose_orders(shop):
    """Delete all orders, as the restore of an old backup does."""
    with shop.db_sessions.begin() as dbsession:
        dbsession.execute(delete(Order))


def test_a_lost_order_is_written_again_and_delivered(shop, stripe, browser):
    session_id = session_of(place(browser))
    [before] = shop.rows(Order)
    lose_orders(shop)
    stripe.pay(session_id)
    for _ in range(3):
        tell(shop, stripe.event(session_id))
    [order] = shop.rows(Order)
    assert (order.id, order.email, order.total_cents) == (before.id, CAROL, 900)
    assert open_problems(shop) == ["rebuilt"]
    assert [(line.title, line.amount_cents) for line in shop.rows(OrderLine)] == [("Tide", 900)]
    assert [row.owner_key for row in shop.rows(Purchase)] == [email_key(CAROL)]
    assert [mail.kind for mail in shop.mails(CAROL)] == ["receipt"]
    assert [mail.kind for mail in shop.mails(OWNER)] == ["order-problem"]
    assert shop.browser().get(shop.mailed_link(CAROL, "receipt")).follow().html.h1.text == "Your music"


def test_an_order_whose_album_is_gone_is_shown_to_the_owner_who_can_refund_it(shop, stripe, browser, admin):
    session_id = session_of(place(browser))
    lose_orders(shop)
    with shop.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Album, shop.rows(Album)[0].id))
    intent = stripe.pay(session_id)["payment_intent"]
    tell(shop, stripe.event(session_id))
    [order] = shop.rows(Order)
    assert (order.email, order.total_cents) == (CAROL, 900)
    assert open_problems(shop) == ["unknown"]
    assert shop.rows(Purchase) == shop.rows(Receipt) == []
    assert "What was ordered is not known" in admin.get("/admin/orders?show=unknown")
    text = admin.get(f"/admin/orders/{order.id}").html.main.text
    for words in ("€9.00", "Nothing was delivered", CAROL, intent, "DE"):
        assert words in text
    form = form_at(browser.get("/purchases"), "/purchases")
    form["email"] = CAROL
    form.submit(status=303)
    page = browser.get(shop.mailed_link(CAROL, "purchase-link")).follow()
    assert "What was ordered is not known" in page
    page = browser.get(f"/purchases/{order.id}")
    assert "Your payment has arrived, but we have to look at it first." in page
    [entry] = browser.get("/purchases").html.select(".records li")
    assert (entry.a.text, entry.select_one(".mark").text) == ("What was ordered is not known", "not delivered")
    refund_form(admin, order.id, amount="9").submit(status=303)
    make_refunds(shop.registry)
    assert stripe.refunded(intent) == 900
    assert [mail.kind for mail in shop.mails(CAROL)] == ["purchase-link", "refund-sent"]
    assert "Nothing was delivered. You get back all that you paid" in browser.get(page.request.path)


@pytest.mark.parametrize(
    "notes",
    [
        {"items_0": "a1:899"},
        {"items_0": "a1:900 t99:0"},
        {"items_0": "b1:900"},
        {"items_0": "a1:900 a999999999:0"},
        {"items_0": ""},
    ],
)
def test_an_order_that_does_not_add_up_is_not_delivered(shop, stripe, browser, notes):
    session_id = session_of(place(browser))
    lose_orders(shop)
    stripe.pay(session_id)["metadata"] |= notes
    tell(shop, stripe.event(session_id))
    assert open_problems(shop) == ["unknown"]
    assert shop.rows(Purchase) == []


@pytest.mark.parametrize(("name", "value"), [("client_reference_id", "x"), ("client_reference_id", None)])
def test_money_that_names_no_order_is_shown_to_the_owner(shop, stripe, browser, name, value):
    session_id = session_of(place(browser))
    lose_orders(shop)
    stripe.pay(session_id)[name] = value
    tell(shop, stripe.event(session_id))
    assert open_problems(shop) == ["unknown"]
    assert shop.rows(Purchase) == []


def test_a_lost_payment_of_an_order_that_the_store_has_is_settled(shop, stripe, browser):
    session_id = session_of(place(browser))
    with shop.db_sessions.begin() as dbsession:
        dbsession.execute(delete(Payment))
    stripe.pay(session_id)
    tell(shop, stripe.event(session_id))
    assert open_problems(shop) == []
    assert [mail.kind for mail in shop.mails()] == ["receipt"]


def pay_again(shop, stripe):
    """Pay the only order, which is paid, a second time. Returns the session."""
    [order], [first] = shop.rows(Order), shop.rows(Payment)
    again = stripe.sessions["cs_again"] = stripe.sessions[first.session_id] | {"id": "cs_again", "status": "open"}
    shop.add(Payment(order_id=order.id, gateway="stripe", parameters="{}", session_id="cs_again"))
    stripe.pay("cs_again")
    tell(shop, stripe.event("cs_again"))
    return again


def test_what_was_paid_twice_is_refunded_of_the_second_payment(shop, stripe, browser, admin):
    buy(shop, stripe)
    [order] = shop.rows(Order)
    [first] = shop.rows(Payment)
    again = pay_again(shop, stripe)
    assert open_problems(shop) == ["paid-twice"]
    form = refund_form(admin, order.id, 1)
    assert "lines" not in form.fields
    refund_form(admin, order.id, 1, amount="9.01").submit(status=400)
    refund_form(admin, order.id, 1, amount="9").submit(status=303)
    make_refunds(shop.registry)
    assert stripe.refunded(again["payment_intent"]) == 900
    assert stripe.refunded(first.charge_id) == 0
    assert open_problems(shop) == []
    [order] = shop.rows(Order)
    assert order.refunded_cents == 0
    assert shop.rows(Purchase)[0].revoked_date is None
    assert [mail.kind for mail in shop.mails(CAROL)] == ["receipt", "refund-sent"]


def test_what_was_paid_twice_is_solved_by_a_lost_dispute_about_the_second_payment(shop, stripe):
    buy(shop, stripe)
    again = pay_again(shop, stripe)
    dispute = stripe.dispute(again["payment_intent"], 900, "lost")
    tell(shop, stripe.event_about(dispute, "charge.dispute.closed"))
    assert open_problems(shop) == ["dispute-lost"]
    assert shop.rows(Purchase)[0].revoked_date is None


def test_what_was_paid_twice_stays_a_problem_if_what_was_delivered_is_refunded(shop, stripe, admin):
    buy(shop, stripe)
    [order] = shop.rows(Order)
    pay_again(shop, stripe)
    refund_form(admin, order.id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert shop.rows(Purchase)[0].revoked_date is not None
    assert open_problems(shop) == ["paid-twice"]


def test_what_differs_is_refunded_as_it_came(shop, stripe, browser, admin):
    session_id = session_of(place(browser))
    session = stripe.pay(session_id)
    session |= {"amount_total": 1_200, "currency": "usd"}
    stripe.intents[session["payment_intent"]] = 1_200
    tell(shop, stripe.event(session_id))
    [order] = shop.rows(Order)
    assert open_problems(shop) == ["differs"]
    assert "$12.00" in admin.get(f"/admin/orders/{order.id}").html.main.text
    refund_form(admin, order.id, amount="12.00").submit(status=303)
    make_refunds(shop.registry)
    assert stripe.refunded(session["payment_intent"]) == 1_200
    assert shop.rows(Refund)[0].currency == "USD"
    assert open_problems(shop) == []
    assert shop.rows(Order)[0].refunded_cents == 0


def test_what_was_owned_already_is_refunded_and_the_first_purchase_stays(shop, stripe, admin):
    buy(shop, stripe)
    buy(shop, stripe)
    [_, second] = shop.rows(Order)
    assert open_problems(shop) == ["already-owned"]
    refund_form(admin, second.id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert [row.revoked_date is None for row in shop.rows(Purchase)] == [True, False]
    assert open_problems(shop) == []
