"""Prices that buyers choose, and totals that a provider does not take."""

import pytest

from album_store.data.album import Album
from album_store.data.cart_item import CartItem
from album_store.data.order import Order
from album_store.data.track import Track
from tests.support.buyer import add, add_album, checkout_form, order, pay, press
from tests.support.store_driver import form_at, sign_in


def named(store, folder, minimum_cents, price_cents=800, currency="EUR"):
    """“Tide”, whose buyers name their price."""
    values = {"price_cents": price_cents, "minimum_cents": minimum_cents, "currency": currency}
    return add_album(store, folder, "Tide", url="tide", **values)


def name_price(browser, amount, *, then="checkout", status=303):
    """Type an amount on the page of the cart and press a button."""
    form = form_at(browser.get("/cart"), "/cart/amounts")
    [field] = [name for name in form.fields if name and name.startswith("amount-")]
    form[field] = amount
    return form.submit("then", value=then, status=status)


@pytest.mark.every_database
def test_a_buyer_names_the_price(store, testapp, tmp_path):
    named(store, tmp_path, 500)
    page = press(testapp)
    assert page.html.h1.text == "Cart"
    assert page.html.select_one(".field-hint").text == "€5.00 or more."
    assert page.html.select_one("main input[type=text]")["value"] == "8.00"
    assert name_price(testapp, "12,50").location.endswith("/checkout")
    done = pay(order(testapp, "tide", "carol@example.org"))
    assert "Total: €12.50" in " ".join(done.html.main.text.split())
    assert [row.total_cents for row in store.rows(Order)] == [1_250]


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "Enter an amount, such as 8.00."),
        ("4.99", "Enter €5.00 or more."),
        ("-8", "below zero"),
        ("0", "Enter €5.00 or more."),
        ("nothing", "is not a price"),
        ("$8", "Enter an amount in EUR."),
        ("8.1234", "8.1234 has too many decimal places. EUR allows 2."),
        ("8.000", "“8.000” could mean 8000 or 8. Write 8000 or 8.00."),
        ("1000000", "Enter €999,999.99 or less."),
        ("9" * 300, "is not a price"),
    ],
)
def test_a_wrong_amount_is_refused_beside_its_field(store, testapp, tmp_path, amount, sentence):
    album = named(store, tmp_path, 500)
    add(testapp)
    form = form_at(testapp.get("/cart"), "/cart/amounts")
    form[f"amount-album-{album.id}"].force_value(amount)
    refused = form.submit("then", value="checkout", status=400)
    assert sentence in refused.html.select_one(".field-error").text
    assert refused.html.select_one("main input[type=text]")["value"] == amount
    assert [item.amount_cents for item in store.rows(CartItem)] == [800]


def test_no_amount_is_written_for_another_item_or_below_the_least(store, testapp, tmp_path, gift):
    album = named(store, tmp_path, 500)
    for title in ("tide", "gift"):
        add(testapp, title)
    fields = dict(form_at(testapp.get("/cart"), "/cart/amounts").submit_fields())
    testapp.post("/cart/amounts", fields | {f"amount-album-{gift.id}": "1", "amount-album-999": "1"}, status=303)
    assert sorted(item.amount_cents for item in store.rows(CartItem)) == [0, 800]
    del fields[f"amount-album-{album.id}"]
    testapp.post("/cart/amounts", fields, status=303)
    assert sorted(item.amount_cents for item in store.rows(CartItem)) == [0, 800]


@pytest.mark.parametrize("minimum", [600, 900])
def test_a_least_amount_that_rises_is_shown_before_paying(store, testapp, tmp_path, minimum):
    album = named(store, tmp_path, 500)
    form = checkout_form(testapp, email="carol@example.org")
    store.change(Album, album.id, minimum_cents=minimum, price_cents=1_000)
    answer = form.submit(status="*")
    assert answer.status_int == (303 if minimum == 600 else 400)
    assert [row.total_cents for row in store.rows(Order)] == ([800] if minimum == 600 else [])
    if minimum == 900:
        assert answer.html.select_one("main form button").text == "Pay €9.00"


def test_zero_is_free_and_less_than_a_payment_takes_is_refused(store, testapp, tmp_path):
    named(store, tmp_path, 0)
    page = press(testapp)
    assert "The total must be €0.50 or more, or 0." in page.html.select_one(".field-hint").text
    stopped = name_price(testapp, "0.49").follow().follow()
    assert "An order must come to at least €0.50." in stopped.html.select_one(".trouble").text
    name_price(testapp, "0")
    assert order(testapp, email="carol@example.org").html.h1.text == "Your music"
    assert [row.total_cents for row in store.rows(Order)] == [0]


def test_a_total_that_is_too_small_or_too_large_is_explained(store, testapp, tmp_path):
    small = add_album(store, tmp_path, "Small", price_cents=30, url="small")
    press(testapp, album="small")
    assert "An order must come to at least €0.50." in testapp.get("/cart").html.select_one(".trouble").text
    add_album(store, tmp_path, "More", price_cents=20, url="more")
    press(testapp, album="more")
    assert testapp.get("/cart").html.select_one(".trouble") is None
    store.change(Album, small.id, price_cents=99_999_999)
    assert "An order can come to at most €999,999.99." in testapp.get("/cart").html.select_one(".trouble").text
    assert testapp.get("/checkout").location.endswith("/cart")


@pytest.mark.parametrize(
    ("currency", "price", "amount", "cents", "sentence"),
    [
        ("JPY", 900, "1000", 1_000, ""),
        ("JPY", 900, "1000.5", 0, "JPY allows none."),
        ("KWD", 9_000, "9.120", 9_120, ""),
        ("KWD", 9_000, "9.125", 0, "cannot be paid to the last digit"),
        ("ISK", 90_000, "1000", 100_000, ""),
        ("ISK", 90_000, "1000.50", 0, "cannot be paid to the last digit"),
    ],
)
def test_amounts_are_those_of_the_currency(store, testapp, tmp_path, currency, price, amount, cents, sentence):
    named(store, tmp_path, 0, price, currency)
    add(testapp)
    answer = name_price(testapp, amount, status="*")
    if sentence:
        assert sentence in answer.html.select_one(".field-error").text
    else:
        assert pay(order(testapp, email="carol@example.org")).html.h1.text == "Your music"
        assert [row.total_cents for row in store.rows(Order)] == [cents]


def test_a_currency_that_providers_refuse_is_not_sold(store, testapp, tmp_path):
    named(store, tmp_path, 0, 500, "UGX")
    assert "Not yet available" in testapp.get("/albums/tide").html.select_one(".album-action").text


def test_a_store_that_changes_its_currency_shows_the_new_price_before_anyone_pays(store, testapp, tmp_path):
    album = add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    form = checkout_form(testapp, email="carol@example.org")
    store.change(Album, album.id, currency="USD", price_cents=1_000)
    refused = form.submit(status=400)
    assert "It was €9.00." in refused.html.select_one(".order-item").text
    assert pay(form_at(refused, "/checkout").submit().follow().follow()).html.h1.text == "Your music"
    assert [(row.total_cents, row.currency) for row in store.rows(Order)] == [(1_000, "USD")]


def test_a_free_track_and_a_track_whose_price_is_named(store, testapp, tmp_path):
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide", track_cents=0)
    first = store.rows(Track)[0]
    store.change(Track, first.id, price_cents=100, minimum_cents=100)
    texts = [row.text.strip() for row in testapp.get("/albums/tide").html.select(".track-action")]
    assert texts == ["Name your price", "Get it free"]
    assert press(testapp, "Tide 1").html.h1.text == "Cart"
    press(testapp, "Tide 2")
    name_price(testapp, "2")
    form = form_at(testapp.get("/checkout"), "/checkout")
    form["email"] = "carol@example.org"
    confirming = form.submit(status=200)
    done = pay(form_at(confirming, "/checkout").submit(status=303).follow().follow())
    assert [title.text for title in done.html.select(".order-lines h2")] == ["Tide 1", "Tide 2"]
    assert [row.total_cents for row in store.rows(Order)] == [200]


def test_an_amount_is_kept_in_a_cart_with_several_currencies(store, testapp, alice, tmp_path):
    album = named(store, tmp_path, 500)
    add_album(store, tmp_path, "Yen", price_cents=900, currency="JPY", url="yen")
    add(store.signed_in(), "yen")
    add(testapp)
    sign_in(testapp)
    page = name_price(testapp, "12", then="cart").follow()
    assert page.html.select_one("main input[type=text]")["value"] == "12.00"
    assert "The price has changed." not in page
    [item] = store.rows(CartItem, CartItem.album_id == album.id)
    assert (item.amount_cents, item.currency) == (1_200, "EUR")


def test_the_suggested_amount_is_written_as_the_locale_writes_it(make_store, tmp_path):
    store = make_store(store__locale="de")
    named(store, tmp_path, 500, 9_120, "KWD")
    browser = store.browser()
    add(browser)
    assert browser.get("/cart").html.select_one("main input[type=text]")["value"] == "9,120"
    assert form_at(browser.get("/cart"), "/cart/amounts").submit("then", status=303)
    assert "such as 9,120." in name_price(browser, "", status=400).html.select_one(".field-error").text
