"""A payment that has begun elsewhere, before the same is bought again."""

import pytest

from album_store.data.order import Order
from album_store.data.payment import Payment
from tests.support.buyer import add_album, checkout_form, order, pay, press
from tests.support.in_between import right_before_the_write
from tests.support.store_driver import form_at, sign_in

pytestmark = pytest.mark.every_database


def test_an_account_that_signs_in_does_not_pay_again_what_its_browser_has_paid(store, testapp, alice, tide):
    pay(order(testapp, "tide", "alice@example.org"), "late")
    sign_in(testapp)
    page = form_at(testapp.get("/checkout"), "/checkout").submit(status=303).follow()
    assert "can't be cancelled any more" in page.html.select_one(".flash-message").text
    assert len(store.rows(Order)) == len(store.rows(Payment)) == 1


def test_an_account_that_signs_in_closes_the_payment_that_its_browser_has_begun(store, testapp, alice, tide):
    order(testapp, "tide", "alice@example.org")
    sign_in(testapp)
    page = form_at(testapp.get("/checkout"), "/checkout").submit(status=200)
    assert "Your earlier order has been cancelled, and not charged." in page
    done = pay(form_at(page, "/checkout").submit(status=303).follow().follow())
    assert done.html.h1.text == "Your music"
    assert all(row.paid_date or row.closed_date for row in store.rows(Payment))
    assert [row.account_id for row in store.rows(Order, Order.paid_date.is_not(None))] == [alice]


def test_a_track_is_not_bought_while_its_album_is_being_paid(store, testapp, tmp_path):
    add_album(store, tmp_path, "Ebb", price_cents=900, url="ebb", track_cents=99)
    pay(order(testapp, "ebb", "carol@example.org"), "late")
    form_at(testapp.get("/cart"), "/cart/remove").submit("item", status=303)
    press(testapp, "Ebb 1", "ebb")
    form = form_at(testapp.get("/checkout"), "/checkout")
    form["email"] = "carol@example.org"
    page = form.submit(status=303).follow()
    assert "can't be cancelled any more" in page.html.select_one(".flash-message").text
    assert len(store.rows(Order)) == 1


def test_an_order_placed_in_another_tab_meanwhile_is_named_as_such(store, testapp, tide):
    slow = checkout_form(testapp, "tide", "carol@example.org")
    fast = checkout_form(testapp, "tide", "dan@example.org")
    with right_before_the_write(store, lambda: fast.submit(status=303)):
        answer = slow.submit(status=303)
    page = answer.follow()
    assert page.html.select_one(".flash-message").text == (
        "You have already begun to pay for this. Go on with that order, or cancel it."
    )
    assert [row.email for row in store.rows(Order)] == ["dan@example.org"]


@pytest.mark.parametrize("email", ["carol@example.org", "dan@example.org"])
def test_a_payment_at_a_gateway_that_the_store_has_left_blocks_nothing(store, testapp, tide, email):
    order(testapp, "tide", "carol@example.org")
    [left] = store.rows(Payment)
    store.change(Payment, left.id, gateway="other")
    assert pay(order(testapp, "tide", email)).html.h1.text == "Your music"
    assert [row.email for row in store.rows(Order, Order.paid_date.is_not(None))] == [email]


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("close", "Your earlier order has been paid. We've emailed you a link to it."),
        ("late", "The payment of your earlier order is being processed, so it can't be cancelled any more."),
    ],
)
def test_a_change_of_a_cart_that_has_been_paid_says_so(store, testapp, tide, gift, action, sentence):
    pay(order(testapp, "tide", "carol@example.org"), action)
    page = press(testapp, album="gift")
    assert sentence in page.html.select_one(".flash-message").text
