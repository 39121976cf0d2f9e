"""The cart: what goes in, what stays out, and whose it is."""

import re
from datetime import timedelta

import pytest

from album_store.data.album import Album
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.services.account.attempt_service import CART
from album_store.services.store import cart_service
from album_store.worker.daily_tasks import purge
from tests.support.buyer import (
    OWN_FORM,
    add,
    add_album,
    buy,
    checkout_form,
    order,
    order_id_of,
    pay,
    press,
    settle_everything,
)
from tests.support.store_driver import confirmation_form, form_at, register, sign_in

pytestmark = pytest.mark.every_database


def put(browser, item, status=303, **fields: str):
    """Send the form of an album's page."""
    return browser.post("/cart", {"item": item, **fields}, headers=OWN_FORM, status=status)


def in_cart(browser):
    """The titles on the page of the cart."""
    return [title.text for title in browser.get("/cart").html.select(".order-item strong")]


def remove(browser, title):
    """Press the button beside an item."""
    page = browser.get("/cart")
    button = page.html.find("button", {"aria-label": f"Remove {title}"})
    form = next(form for form in page.forms.values() if form.action == "/cart/remove" and button["value"] in form.text)
    return form.submit("item", status=303).follow()


def checkout_of(browser, email):
    """Send the first checkout form. Returns the page that follows."""
    form = form_at(browser.get("/checkout"), "/checkout")
    form["email"] = email
    page = form.submit(expect_errors=True)
    return page.follow() if page.status_int == 303 else page


@pytest.fixture
def ebb(store, tmp_path):
    """“Ebb” at €9.00, each of its two tracks at €0.99."""
    return add_album(store, tmp_path, "Ebb", price_cents=900, url="ebb", track_cents=99)


def test_an_album_and_a_track_go_into_the_cart_and_out_of_it(store, testapp, tide, ebb):
    page = press(testapp, album="tide", button=1)
    assert page.html.select_one(".flash-message").text == "Added to your cart."
    assert page.html.select_one(".album-action .owned").text == "In your cart"
    assert page.html.select_one(".site-nav a[href='/cart']").text == "Cart (1)"
    page = press(testapp, "Ebb 2", "ebb")
    assert [row.select_one(".track-action").text.strip() for row in page.html.select(".track")] == [
        "Buy €0.99",
        "In your cart",
    ]
    assert in_cart(testapp) == ["Tide", "Ebb 2"]
    assert "Total: €9.99" in testapp.get("/cart").html.main.text
    assert "Total: €0.99" in remove(testapp, "Tide").html.main.text
    assert "Your cart is empty." in remove(testapp, "Ebb 2")
    assert "cart" not in testapp.cookies
    assert store.rows(CartItem) == []


def test_pressing_twice_adds_one_item(store, testapp, tide):
    for _ in range(3):
        put(testapp, f"album-{tide.id}")
    assert len(store.rows(CartItem)) == len(store.rows(Cart)) == 1


def test_an_album_takes_its_single_tracks_out_of_the_cart(store, testapp, tide, ebb):
    for title in ("Ebb 1", "Ebb 2"):
        press(testapp, title, "ebb")
    add(testapp, "tide")
    add(testapp, "ebb")
    assert in_cart(testapp) == ["Tide", "Ebb"]


def test_a_track_whose_album_is_in_the_cart_is_not_added(store, testapp, ebb):
    add(testapp, "ebb")
    [track, _] = store.rows(Track)
    assert "The whole album is in your cart" in put(testapp, f"track-{track.id}").follow()
    rows = testapp.get("/albums/ebb").html.select(".track-action")
    assert [row.text.strip() for row in rows] == ["In your cart", "In your cart"]
    assert in_cart(testapp) == ["Ebb"]


def test_what_is_owned_is_not_added(store, testapp, tide, ebb):
    press(testapp, "Ebb 1", "ebb")
    bought = pay(order(testapp, "tide", "carol@example.org"))
    assert len(bought.html.select(".order-lines")) == 2
    first, second = store.rows(Track, Track.album_id == ebb.id)
    for item in (f"album-{tide.id}", f"track-{first.id}"):
        page = put(testapp, item).follow()
        assert "You already own this." in page
        assert order_id_of(page) == order_id_of(bought)
    page = testapp.get("/albums/ebb")
    assert [row.text.strip() for row in page.html.select(".track-action")] == ["You own this", "Buy €0.99"]
    assert put(testapp, f"track-{second.id}", then="checkout").location.endswith("/checkout")
    assert [item.track_id for item in store.rows(CartItem)] == [second.id]
    stranger = store.browser()
    assert put(stranger, f"album-{tide.id}", then="checkout").location.endswith("/checkout")


@pytest.mark.parametrize(
    "item",
    ["", "album-0", "album--1", "album-999999999", f"track-{'9' * 30}", "x", "track-1.0", "album-\0", "album-\u0661"],
)
def test_what_does_not_exist_is_not_added(store, testapp, tide, item):
    put(testapp, item, status=404)
    assert store.rows(Cart) == []
    assert "cart" not in testapp.cookies


@pytest.mark.parametrize("change", [{"published": False}, {"for_sale": False}])
def test_an_item_that_is_not_for_sale_is_not_added(store, testapp, ebb, change):
    [track, _] = store.rows(Track)
    store.change(Album, ebb.id, **change)
    for item in (f"album-{ebb.id}", f"track-{track.id}"):
        answer = put(testapp, item, status="*")
        assert answer.status_int == (404 if change == {"published": False} else 303)
    assert store.rows(Cart) == []


def test_a_track_without_a_price_or_a_recording_is_not_sold_singly(store, testapp, tide, ebb):
    alone = store.rows(Track, Track.album_id == tide.id)[0]
    first, second = store.rows(Track, Track.album_id == ebb.id)
    store.change(Track, first.id, audio=None)
    for track in (alone, first):
        assert "This can't be bought at the moment." in put(testapp, f"track-{track.id}").follow()
    assert put(testapp, f"track-{second.id}", then="cart").location.endswith("/cart")
    assert in_cart(testapp) == ["Ebb 2"]


def test_buying_needs_a_post_from_a_page_of_the_store(store, testapp, tide):
    item = {"item": f"album-{tide.id}"}
    assert testapp.get("/cart", item).html.h1.text == "Cart"
    for headers in (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Referer": "http://localhost/albums/tide"},
    ):
        refused = testapp.post("/cart", item, headers=headers, status=400)
        assert "This form could not be accepted" in refused.html.h1.text
    assert store.rows(Cart) == []
    testapp.post("/cart", item, headers={"Origin": "http://localhost"}, status=303)
    token = form_at(testapp.get("/purchases"), "/purchases")["csrf_token"].value
    testapp.post("/cart", item | {"csrf_token": token}, status=303)
    assert len(store.rows(CartItem)) == 1


def test_the_cart_of_one_browser_is_not_that_of_another(store, testapp, tide):
    add(testapp)
    secret = testapp.cookies["cart"]
    assert secret not in store.dump()
    assert in_cart(store.browser()) == []
    forged = store.browser(HTTP_COOKIE=f"cart={'a' * 43}")
    assert forged.get("/cart").html.main.text.split()[:5] == ["Cart", "Your", "cart", "is", "empty."]
    put(forged, f"album-{tide.id}")
    assert len(store.rows(Cart)) == 2


@pytest.mark.parametrize("cookie", ["", "x", "ä" * 43, "a" * 5_000, "%00" * 15])
def test_a_garbled_cookie_is_an_empty_cart(store, tide, cookie):
    browser = store.browser(HTTP_COOKIE=f"cart={cookie}")
    assert "Your cart is empty." in browser.get("/cart")
    assert browser.get("/checkout").status_int == 303


def test_signing_in_joins_the_carts_and_signing_out_starts_an_empty_one(store, alice, tide, ebb, gift):
    elsewhere = store.signed_in()
    add(elsewhere, "gift")
    press(elsewhere, "Ebb 1", "ebb")
    browser = store.browser()
    for album in ("tide", "gift", "ebb"):
        add(browser, album)
    sign_in(browser)
    assert "cart" not in browser.cookies
    assert in_cart(browser) == in_cart(elsewhere) == ["Gift", "Tide", "Ebb"]
    [cart] = store.rows(Cart)
    assert (cart.account_id, cart.secret_hash, cart.expires_date) == (alice, None, None)
    form_at(browser.get("/"), "/account/signout").submit(status=303)
    assert in_cart(browser) == []
    assert in_cart(elsewhere) == ["Gift", "Tide", "Ebb"]


def test_registering_takes_the_cart_along(store, testapp, tide):
    add(testapp)
    register(testapp, "carol@example.org")
    confirmation_form(testapp.get(store.mailed_link("carol@example.org"))).submit(status=303)
    assert in_cart(testapp) == ["Tide"]
    assert [cart.secret_hash for cart in store.rows(Cart)] == [None]


def test_a_full_cart_takes_no_more(store, testapp, tide, gift, ebb, monkeypatch):
    monkeypatch.setattr(cart_service, "MAX_ITEMS", 2)
    add(testapp, "tide")
    press(testapp, "Ebb 1", "ebb")
    assert "Your cart is full." in put(testapp, f"album-{gift.id}").follow()
    put(testapp, f"album-{ebb.id}")  # in place of its track
    assert in_cart(testapp) == ["Tide", "Ebb"]


def test_carts_of_strangers_expire_and_those_of_accounts_do_not(store, testapp, alice, tide):
    add(testapp)
    add(store.signed_in())
    for cart in store.rows(Cart, Cart.secret_hash.is_not(None)):
        assert timedelta(days=29) < cart.expires_date - utc_now() <= timedelta(days=30)
        store.change(Cart, cart.id, expires_date=utc_now() - timedelta(seconds=1))
    purge(store.registry)
    assert [cart.account_id for cart in store.rows(Cart)] == [alice]
    assert len(store.rows(CartItem)) == 1
    assert in_cart(testapp) == []
    add(testapp)
    assert in_cart(testapp) == ["Tide"]


def test_looking_writes_nothing_and_adding_is_limited(store, tide):
    before = store.dump()
    for _ in range(3):
        browser = store.browser()
        for path in ("/albums/tide", "/cart", "/checkout"):
            browser.get(path)
    assert store.dump() == before
    allowed = min(rate.amount for rate in CART.client.rates)
    statuses = [put(store.browser(), f"album-{tide.id}", status="*").status_int for _ in range(allowed + 1)]
    assert statuses == [303] * allowed + [429]
    assert len(store.rows(Cart)) == allowed


def test_carts_in_two_currencies_are_not_mixed(store, testapp, alice, tide, gift, tmp_path):
    yen = add_album(store, tmp_path, "Yen", price_cents=900, currency="JPY", url="yen")
    add(testapp)
    assert "another currency" in put(testapp, f"album-{yen.id}").follow()
    elsewhere = store.signed_in()
    put(elsewhere, f"album-{yen.id}")
    sign_in(testapp)
    page = testapp.get("/cart")
    assert "Your cart has prices in several currencies" in page.html.select_one(".trouble").text
    assert page.html.select_one("a[href='/checkout']") is None
    assert testapp.get("/checkout").location.endswith("/cart")
    assert re.search("Total: .*900", remove(testapp, "Tide").html.main.text)


def test_what_was_bought_leaves_the_cart_and_the_rest_stays(clock, store, testapp, tide, gift):
    pay(order(testapp, "tide", "carol@example.org"), "late")
    put(testapp, f"album-{gift.id}")
    assert in_cart(testapp) == ["Tide", "Gift"]
    clock.shift(300)
    assert settle_everything(store) == 1
    assert in_cart(testapp) == ["Gift"]


def test_a_payment_that_is_being_processed_blocks_buying_the_same_again(store, testapp, tide, gift):
    pay(order(testapp, "tide", "carol@example.org"), "late")
    add(testapp, "gift")
    page = checkout_of(testapp, "carol@example.org")
    assert "can't be cancelled any more" in page.html.select_one(".flash-message").text
    assert len(store.rows(Order)) == len(store.rows(Payment)) == 1
    remove(testapp, "Tide")
    assert checkout_of(testapp, "carol@example.org").html.h1.text == "Checkout"


def test_a_change_of_the_cart_closes_its_open_payment(store, testapp, tide, gift):
    gateway = order(testapp, "tide", "carol@example.org")
    add(testapp, "gift")
    [payment] = store.rows(Payment)
    assert payment.closed_date is not None
    pay(gateway)
    assert [row.paid_date for row in store.rows(Order)] == [None]
    done = buy(testapp, "tide", "carol@example.org")
    assert [title.text for title in done.html.select(".order-lines h2")] == ["Tide", "Gift"]
    assert "cart" not in testapp.cookies


def test_a_cancelled_payment_leads_back_to_the_whole_cart(store, testapp, tide, gift):
    add(testapp, "gift")
    gateway = order(testapp, "tide", "carol@example.org")
    page = gateway.click("Back to the store").follow()
    assert "You have not paid." in page.html.select_one(".flash-message").text
    assert in_cart(testapp) == ["Gift", "Tide"]
    order_page = page.click("Go on with your order")
    cancelled = form_at(order_page, f"/checkout/{order_id_of(order_page)}/cancel").submit(status=303).follow()
    assert "You have not been charged." in cancelled.html.select_one(".flash-message").text
    assert in_cart(testapp) == ["Gift", "Tide"]
    assert [row.closed_date is None for row in store.rows(Payment)] == [False]


def test_emptying_the_cart_in_another_tab_orders_nothing(store, testapp, tide, gift):
    form = checkout_form(testapp, "tide", "carol@example.org")
    remove(testapp, "Tide")
    assert "Your cart is empty, so nothing was ordered." in form.submit(status=400)
    form = checkout_form(testapp, "tide", "carol@example.org")
    add(testapp, "gift")
    refused = form.submit(status=400)
    assert "Your cart, or a price in it, has changed." in refused
    assert len(refused.html.select(".order-item")) == 2
    assert store.rows(Order) == []
    assert form_at(refused, "/checkout").submit(status=303)
    assert len(store.rows(Order)) == 1


def test_going_back_to_type_another_address_makes_another_order(store, testapp, tide):
    add(testapp)
    first = form_at(testapp.get("/checkout"), "/checkout")
    first["email"] = "carol@example.orb"
    form_at(first.submit(status=200), "/checkout").submit(status=303).follow(status=303)
    first["email"] = "carol@example.org"
    confirming = form_at(first.submit("", status="*"), "/checkout")
    page = confirming.submit(status="*")
    if page.status_int != 303:
        page = form_at(page, "/checkout").submit(status=303)
    assert pay(page.follow().follow()).html.h1.text == "Your music"
    assert [row.email for row in store.rows(Order, Order.paid_date.is_not(None))] == ["carol@example.org"]


def test_a_cart_from_before_the_store_changed_its_currency_takes_more_items(store, testapp, tide, ebb):
    add(testapp, "tide")
    press(testapp, "Ebb 1", "ebb")
    for album in (tide, ebb):
        store.change(Album, album.id, currency="USD")
    put(testapp, f"album-{ebb.id}")
    assert in_cart(testapp) == ["Tide", "Ebb"]
