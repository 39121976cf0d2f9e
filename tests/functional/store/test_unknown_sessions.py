"""Payments that the present account at the provider does not know: another account, or real keys after test keys."""

import pytest

from album_store.data.order import Order
from album_store.data.payment import Payment
from tests.support.buyer import checkout_form
from tests.support.store_driver import form_at
from tests.support.stripe_double import stripe_settings
from tests.support.stripe_shop import place, session_of


@pytest.fixture
def forgotten(clock, shop, stripe, browser):
    """The number of an order whose payment page Stripe does not know, an hour later."""
    place(browser)
    stripe.sessions.clear()
    clock.shift(3_601)
    return shop.rows(Order)[0].id


@pytest.fixture
def live_browser(shop, make_store, stripe, browser):
    """A browser that has begun to pay with test keys, in the store with real keys."""
    place(browser)
    live = make_store(**stripe_settings(stripe) | {"stripe__secret_key": "sk_live_double"}).browser()
    for name, value in browser.cookies.items():
        live.set_cookie(name, value)
    return live


def test_an_unknown_payment_page_is_an_error_while_it_may_be_open(shop, stripe, browser):
    place(browser)
    stripe.sessions.clear()
    browser.get(f"/checkout/{shop.rows(Order)[0].id}/return", status=503)
    assert shop.rows(Payment)[0].closed_date is None


def test_after_an_hour_a_buyer_pays_on_another_page(forgotten, shop, stripe, browser):
    again = browser.get(f"/checkout/{forgotten}/pay", status=303).follow(status=303)
    assert session_of(again) in stripe.sessions
    first, second = sorted(shop.rows(Payment), key=lambda payment: payment.created_date)
    assert (first.closed_date is None, second.closed_date is None) == (False, True)


def test_after_an_hour_a_buyer_who_comes_back_reads_that_nothing_was_paid(forgotten, browser):
    page = browser.get(f"/checkout/{forgotten}/return", status=303).follow()
    assert "This order was not paid and has ended." in page


def test_after_an_hour_the_order_can_be_cancelled_and_the_cart_changed(forgotten, shop, browser):
    form = form_at(browser.get("/cart"), "/cart/remove")
    assert "earlier order" not in form.submit("item", index=0, status=303).follow()
    assert shop.rows(Payment)[0].closed_date is not None


def test_real_keys_do_not_ask_about_payments_of_test_keys(stripe, live_browser):
    calls = list(stripe.calls)
    cart = live_browser.get("/cart")
    assert "Go on with your order" not in cart
    assert "Tide" in cart
    form_at(cart, "/cart/remove").submit("item", index=0, status=303)
    assert stripe.calls == calls


def test_what_was_ordered_with_test_keys_is_ordered_again_with_real_ones(shop, live_browser):
    answer = checkout_form(live_browser, "tide", "carol@example.org").submit(status=303)
    series = {order.id: order.series for order in shop.rows(Order)}
    assert sorted(series.values()) == ["live", "test"]
    assert series[answer.location.split("/")[-2]] == "live"
