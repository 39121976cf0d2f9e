"""Checkout forms that order nothing, and what they say and leave behind."""

from album_store.data.album import Album
from album_store.data.order import Order
from tests.support.buyer import add, add_album, checkout_form
from tests.support.store_driver import form_at


def free_orders(store, folder, browser, email=""):
    """Order free albums until one is refused. Returns the form that was sent last, and the page that followed."""
    for number in range(10):
        add_album(store, folder, f"Gift {number}", price_cents=0, url=f"gift-{number}")
        form = checkout_form(browser, f"gift-{number}", email)
        page = form.submit(expect_errors=True)
        if page.status_int != 303:
            break
    return form, page


def test_a_free_order_that_would_send_too_many_emails_leaves_no_order(clock, store, testapp, tmp_path):
    form, refused = free_orders(store, tmp_path, testapp, "carol@example.org")
    assert "This address has been sent several emails already." in refused.html.select_one("#checkout-email-error").text
    assert all(row.paid_date for row in store.rows(Order))
    clock.shift(24 * 3600)
    assert form.submit(status=303).follow().html.h1.text == "Your music"


def test_an_account_that_would_get_too_many_emails_is_told_so_without_a_field(store, alice, tmp_path):
    _, refused = free_orders(store, tmp_path, store.signed_in())
    assert "This address has been sent several emails already." in refused.html.select_one(".error-summary").text
    assert refused.html.select_one(".error-summary a") is None


def test_a_cart_that_comes_to_have_two_currencies_has_no_button_that_pays(store, testapp, tide, tmp_path):
    ebb = add_album(store, tmp_path, "Ebb", url="ebb", price_cents=900)
    add(testapp, "ebb")
    form = checkout_form(testapp, "tide", "carol@example.org")
    store.change(Album, ebb.id, currency="USD")
    refused = form.submit(status=400)
    assert "Your cart has prices in several currencies" in refused.html.select_one(".error-summary").text
    assert "It was €9.00." in refused.html.main.text
    assert refused.html.select_one("main button") is None
    assert refused.html.select_one("main a[href='/cart']").text == "Change your cart"
    assert store.rows(Order) == []


def test_a_total_that_comes_to_be_too_small_says_so_at_once(store, testapp, tide):
    form = checkout_form(testapp, "tide", "carol@example.org")
    store.change(Album, tide.id, price_cents=30)
    refused = form.submit(status=400)
    assert "An order must come to at least €0.50." in refused.html.select_one(".error-summary").text
    assert refused.html.select_one("main button") is None
    store.change(Album, tide.id, price_cents=60)
    assert form_at(testapp.get("/checkout"), "/checkout")
