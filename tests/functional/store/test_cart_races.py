"""Several requests of one cart at once."""

import pytest

from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase
from tests.support.buyer import OWN_FORM, add, checkout_form, order, pay
from tests.support.store_driver import sign_in, together

pytestmark = pytest.mark.every_database


def copies(store, browser, count):
    """More tabs of a browser."""
    tabs = [store.browser() for _ in range(count)]
    for tab in tabs:
        for name, value in browser.cookies.items():
            tab.set_cookie(name, value)
    return tabs


@pytest.mark.parametrize("free", [False, True])
def test_twenty_parallel_submits_of_a_cart_make_one_order(store, testapp, tide, gift, free):
    album = "gift" if free else "tide"
    if not free:
        add(testapp, "gift")
    fields = checkout_form(testapp, album, "carol@example.org").submit_fields()
    tabs = copies(store, testapp, 20)
    answers = together(*[lambda tab=tab: tab.post("/checkout", fields, expect_errors=True) for tab in tabs])
    assert {answer.status_int for answer in answers} <= {303, 503}
    assert len({answer.location for answer in answers if answer.status_int == 303}) == 1
    assert len(store.rows(Order)) == 1
    assert len(store.rows(Payment)) == (0 if free else 1)
    assert len(store.rows(CartItem)) == (0 if free else 2)


def test_forms_of_two_tabs_sent_at_once_make_one_payment(store, testapp, tide):
    forms = [checkout_form(testapp, "tide", "carol@example.org").submit_fields() for _ in range(2)]
    tabs = copies(store, testapp, 2)
    answers = together(
        *[
            lambda tab=tab, form=form: tab.post("/checkout", form, expect_errors=True)
            for tab, form in zip(tabs, forms, strict=True)
        ]
    )
    assert {answer.status_int for answer in answers} <= {303, 503}
    assert len(store.rows(Order)) == len(store.rows(Payment)) == 1


def test_one_form_sent_at_once_with_two_addresses_makes_one_order(store, testapp, tide):
    fields = dict(checkout_form(testapp, "tide", "carol@example.org").submit_fields())
    forms = [fields | {"email": email, "shown_email": email} for email in ("carol@example.org", "dave@example.org")]
    tabs = copies(store, testapp, 2)
    answers = together(
        *[
            lambda tab=tab, form=form: tab.post("/checkout", form, expect_errors=True)
            for tab, form in zip(tabs, forms, strict=True)
        ]
    )
    statuses = sorted(answer.status_int for answer in answers)
    assert statuses in ([303, 400], [303, 503])
    assert all("This form has been sent already" in answer for answer in answers if answer.status_int == 400)
    assert len(store.rows(Order)) == len(store.rows(Payment)) == 1


@pytest.mark.parametrize("has_account", [False, True])
def test_parallel_adds_make_one_item_in_one_cart(store, testapp, alice, tide, gift, has_account):
    browser = testapp
    if has_account:
        sign_in(browser)
    else:
        add(browser, "gift")
    tabs, item = copies(store, browser, 10), {"item": f"album-{tide.id}"}
    together(*[lambda tab=tab: tab.post("/cart", item, headers=OWN_FORM, expect_errors=True) for tab in tabs])
    assert len(store.rows(Cart)) == 1
    assert len(store.rows(CartItem, CartItem.album_id == tide.id)) == 1


def test_carts_joined_at_once_lose_and_double_nothing(store, alice, tide, gift):
    browsers = [store.browser() for _ in range(4)]
    for browser, albums in zip(browsers, (["tide"], ["gift"], ["tide", "gift"], ["gift"]), strict=True):
        for album in albums:
            add(browser, album)
    together(*[lambda browser=browser: sign_in(browser) for browser in browsers])
    for browser in browsers:
        if "session" not in browser.cookies:  # it lost against the others too often
            sign_in(browser)
    assert [cart.account_id for cart in store.rows(Cart)] == [alice]
    assert sorted(item.album_id for item in store.rows(CartItem)) == sorted([tide.id, gift.id])


def test_a_cart_that_changes_while_it_is_paid_keeps_what_was_not_bought(store, testapp, tide, gift):
    gateway = order(testapp, "tide", "carol@example.org")
    pay(gateway, "close")
    [tab] = copies(store, testapp, 1)
    [payment] = store.rows(Payment)
    item = {"item": f"album-{gift.id}"}
    together(
        lambda: testapp.get(f"/checkout/{payment.order_id}/return", expect_errors=True),
        lambda: tab.post("/cart", item, headers=OWN_FORM, expect_errors=True),
    )
    testapp.get(f"/checkout/{payment.order_id}/return")
    assert len(store.rows(Purchase)) == 1
    assert [row.album_id for row in store.rows(CartItem)] == [gift.id]
