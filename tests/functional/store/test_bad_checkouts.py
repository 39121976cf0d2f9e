"""Checkout forms that were tampered with, repeated or overtaken by events."""

import datetime as dt

import pytest
from webtest import TestResponse

from album_store.data.album import Album
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.track import Track
from tests.support.buyer import (
    OWN_FORM,
    add_album,
    buy,
    checkout_form,
    download,
    order,
    order_id_of,
    pay,
    settle_everything,
)
from tests.support.store_driver import form_at, shown, together


def put(browser, item, **fields: str) -> TestResponse:
    """Send the form of an album's page."""
    return browser.post("/cart", {"item": item, **fields}, headers=OWN_FORM, status=303)


@pytest.mark.every_database
def test_a_new_price_is_shown_before_anyone_pays(store, testapp, tide):
    form = checkout_form(testapp, email="carol@example.org")
    store.change(Album, tide.id, price_cents=1_200)
    refused = form.submit(status=400)
    assert "Your cart, or a price in it, has changed." in refused.html.select_one(".error-summary").text
    assert "It was €9.00." in refused.html.select_one(".order-item").text
    assert refused.html.select_one("main form button").text == "Pay €12.00"
    assert refused.html.select_one("input[name=email]")["value"] == "carol@example.org"
    assert store.rows(Order) == []
    assert "It was" not in testapp.get("/cart").html.main.text
    again = form_at(refused, "/checkout")
    assert again.submit(status=303)
    assert [row.total_cents for row in store.rows(Order)] == [1_200]


@pytest.mark.every_database
@pytest.mark.parametrize("cart", ["0" * 64, "", "album-1 0 EUR", "x" * 3_000, "\0"])
def test_a_form_that_does_not_show_what_is_in_the_cart_is_refused(store, testapp, tide, cart):
    fields = dict(checkout_form(testapp, email="carol@example.org").submit_fields()) | {"cart": cart}
    testapp.post("/checkout", fields, status=400)
    assert store.rows(Order) == []


@pytest.mark.every_database
@pytest.mark.parametrize(
    "extra", [{"total_cents": "1"}, {"price": "1 EUR"}, {"quantity": "0"}, {"currency": "JPY"}, {"account_id": "x"}]
)
def test_fields_that_the_form_does_not_have_change_nothing(store, testapp, tide, extra):
    fields = dict(checkout_form(testapp, email="carol@example.org").submit_fields()) | extra
    testapp.post("/checkout", fields, status=303)
    [row] = store.rows(Order)
    assert (row.total_cents, row.currency, row.account_id) == (900, "EUR", None)


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, "\0" * 32])
def test_a_forged_form_key_is_replaced(store, testapp, tide, key):
    fields = dict(checkout_form(testapp, email="carol@example.org").submit_fields()) | {"checkout_key": key}
    testapp.post("/checkout", fields, status=303)
    assert store.rows(Order)[0].checkout_key != key


def test_the_form_of_one_buyer_does_not_open_the_order_to_another(store, testapp, tide):
    form = checkout_form(testapp, email="carol@example.org")
    form.submit(status=303)
    stranger = store.browser()
    stolen = checkout_form(stranger, email="mallory@example.org")
    stolen["checkout_key"].force_value(form["checkout_key"].value)
    refused = stolen.submit(status=400)
    assert "This form has been sent already." in refused
    assert [row.email for row in store.rows(Order)] == ["carol@example.org"]


@pytest.mark.parametrize(
    "email", ["", "carol", "carol@", "@example.org", "a" * 300 + "@example.org", "c\0@example.org"]
)
def test_an_address_that_cannot_get_the_receipt_is_refused_beside_the_field(store, testapp, tide, email):
    form = checkout_form(testapp)
    form["email"] = email
    refused = form.submit(status=400)
    assert refused.html.select_one("#checkout-email-error").text
    assert refused.html.select_one("main form button").text == "Continue"
    assert store.rows(Order) == []


def test_a_typed_address_is_shown_once_more_and_can_be_changed(store, testapp, tide):
    confirming = checkout_form(testapp, email="carol@example.orb")
    page = confirming.submit("change", value="yes", status=200)
    form = form_at(page, "/checkout")
    assert form["email"].value == "carol@example.orb"
    form["email"] = "carol@example.org"
    confirming = form_at(form.submit(status=200), "/checkout")
    confirming.submit(status=303)
    assert [row.email for row in store.rows(Order)] == ["carol@example.org"]


@pytest.mark.parametrize("shown", ["", "carol@example.orb", "Carol@example.org"])
def test_an_address_that_was_not_shown_orders_nothing(store, testapp, tide, shown):
    fields = dict(checkout_form(testapp, email="carol@example.org").submit_fields()) | {"shown_email": shown}
    page = testapp.post("/checkout", fields, status=200)
    assert page.html.select_one(".address").text == "carol@example.org"
    assert store.rows(Order) == []


def test_an_account_cannot_buy_for_another_address(store, alice, tide):
    browser = store.signed_in()
    fields = dict(checkout_form(browser).submit_fields()) | {"email": "mallory@example.org"}
    browser.post("/checkout", fields, status=303)
    [row] = store.rows(Order)
    assert (row.account_id, row.email) == (alice, "alice@example.org")


@pytest.mark.every_database
def test_buying_needs_a_token_and_a_post(store, testapp, tide):
    fields = dict(checkout_form(testapp, email="carol@example.org").submit_fields())
    testapp.get("/checkout", fields, status=200)
    del fields["csrf_token"]
    testapp.post("/checkout", fields, status=400)
    assert store.rows(Order) == []


@pytest.mark.parametrize(
    "change",
    [{"published": False}, {"for_sale": False}, {"price_cents": 100_000_000}, {"currency": "UGX"}],
    ids=["unpublished", "not for sale", "too large", "refused currency"],
)
def test_what_cannot_be_sold_any_more_is_not_ordered(store, testapp, tide, change):
    form = checkout_form(testapp, email="carol@example.org")
    store.change(Album, tide.id, **change)
    assert "This can't be bought any more." in testapp.get("/cart").html.main.text
    assert testapp.get("/checkout").status_int == 303
    refused = form.submit(status=400)
    assert "Your cart is empty, so nothing was ordered." in refused
    assert store.rows(Order) == store.rows(CartItem) == []


def test_an_album_without_all_recordings_is_not_sold(store, testapp, tide):
    [first, _] = store.rows(Track)
    store.change(Track, first.id, audio=None)
    assert "Not yet available to buy" in testapp.get("/albums/tide").html.select_one(".album-action").text
    put(testapp, f"album-{tide.id}")
    assert store.rows(Cart) == []


def test_an_album_whose_files_are_gone_is_not_sold(store, testapp, tide):
    form = checkout_form(testapp, email="carol@example.org")
    store.registry.media.path_of("audio", store.rows(Track)[0].audio).unlink()
    assert "“Tide” cannot be delivered at the moment" in form.submit(status=400)
    assert store.rows(Order) == []


def test_an_album_is_not_sold_before_its_release(store, testapp, tmp_path):
    album = add_album(store, tmp_path, "Tide", url="tide", release_date=dt.date(2999, 1, 2))
    assert "On sale from" in testapp.get("/albums/tide").html.select_one(".album-action").text
    assert "This can't be bought at the moment." in put(testapp, f"album-{album.id}").follow()
    assert store.rows(Cart) == []


def test_a_store_without_a_gateway_sells_nothing(make_store, tmp_path):
    store = make_store(payments__gateway="none")
    album = add_album(store, tmp_path, "Tide", url="tide")
    browser = store.browser()
    assert "Not yet available" in browser.get("/albums/tide").html.select_one(".album-action").text
    assert put(browser, f"album-{album.id}").location.endswith("/albums/tide")
    assert browser.get("/checkout", status=303).follow().html.h1.text == "Cart"
    assert store.rows(Cart) == []
    assert browser.get("/").html.select_one("a[href='/purchases']") is None


@pytest.mark.every_database
@pytest.mark.parametrize("path", ["", "/receipt"])
def test_orders_of_others_answer_like_orders_that_do_not_exist(store, testapp, bob, tide, path):
    order_id = order_id_of(buy(testapp, email="carol@example.org"))
    for browser in (store.browser(), store.signed_in("bob@example.org", "bob has another one")):
        answers = [browser.get(f"/purchases/{name}{path}", status=404) for name in (order_id, "0" * 32, "x")]
        assert len({shown(answer) for answer in answers}) == 1
        browser.head(f"/purchases/{order_id}{path}", status=404)


@pytest.mark.every_database
def test_a_stranger_cannot_download(store, testapp, tide):
    page = buy(testapp, email="carol@example.org")
    form = next(form for form in page.forms.values() if "/tracks/" in form.action)
    stranger = store.browser()
    token = form_at(stranger.get("/purchases"), "/purchases")["csrf_token"].value
    stranger.post(form.action, {"csrf_token": token}, status=404)
    assert store.rows(Download) == []


@pytest.mark.every_database
def test_the_address_of_an_order_alone_opens_nothing(store, testapp, tide):
    order_id = order_id_of(buy(testapp, email="carol@example.org"))
    store.browser().get(f"/checkout/{order_id}/pay", status=404)
    answers = [store.browser().get(f"/checkout/{name}/return", status=200) for name in (order_id, "0" * 32, "x")]
    assert len({shown(answer) for answer in answers}) == 1
    assert "on their way to your email address" in " ".join(answers[0].html.main.text.split())


def test_a_payment_made_in_one_browser_and_ended_in_another_is_settled_all_the_same(store, testapp, tide):
    gateway = order(testapp, email="carol@example.org")
    pay(gateway, "close")
    [row] = store.rows(Order)
    assert store.browser().get(f"/checkout/{row.id}/return").html.h1.text == "Back from the payment"
    assert settle_everything(store) == 1
    assert [mail.kind for mail in store.mails()] == ["receipt"]


@pytest.mark.every_database
def test_the_return_address_without_paying_owns_nothing(store, testapp, tide):
    order(testapp, email="carol@example.org")
    [row] = store.rows(Order)
    page = testapp.get(f"/checkout/{row.id}/return").follow()
    assert "This order is not paid yet" in page
    assert store.rows(Purchase) == []


@pytest.mark.every_database
@pytest.mark.parametrize("track_id", ["0", "9" * 9, "9" * 30, "-1", "x", "1.0", "%D9%A1"])
def test_only_tracks_of_the_order_can_be_downloaded(store, testapp, tide, track_id):
    page = buy(testapp, email="carol@example.org")
    form = next(form for form in page.forms.values() if "/tracks/" in form.action)
    form.action = f"{page.request.path}/tracks/{track_id}"
    form.submit(status=404)


@pytest.mark.every_database
def test_a_download_address_ends_with_the_purchase_and_with_time(store, testapp, tide, monkeypatch):
    page = buy(testapp, email="carol@example.org")
    file = download(page)
    path = file.request.path
    store.browser().get(path, status=200)
    [purchase] = store.rows(Purchase)
    store.change(Purchase, purchase.id, revoked_date=purchase.created_date)
    store.browser().get(path, status=404)
    next(form for form in page.forms.values() if "/tracks/" in form.action).submit(status=404)


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"RIFF"),
        ("bytes=-2", 206, b"\x80\x80"),
        ("bytes=99999-", 416, b""),
        ("bytes=x", 200, None),
        ("bytes=0-1,4-5", 200, None),
    ],
)
def test_a_download_can_be_resumed(store, testapp, tide, asked, status, body):
    file = download(buy(testapp, email="carol@example.org"))
    part = testapp.get(file.request.path, headers={"Range": asked}, status=status)
    assert part.body == (file.body if body is None else body)
    same = {"Range": asked, "If-Range": file.headers["ETag"]}
    assert testapp.get(file.request.path, headers=same, status=status).body == part.body
    assert testapp.get(file.request.path, headers={"Range": asked, "If-Range": '"other"'}).body == file.body
    assert testapp.get(file.request.path, headers={"If-None-Match": file.headers["ETag"]}, status=304).body == b""
    assert testapp.head(file.request.path).headers["Content-Length"] == str(len(file.body))


@pytest.mark.every_database
def test_twenty_parallel_submits_of_one_form_make_one_order(store, testapp, tide):
    form = checkout_form(testapp, email="carol@example.org")
    fields, cookies = form.submit_fields(), dict(testapp.cookies)

    def submit() -> TestResponse:
        browser = store.browser()
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        return browser.post("/checkout", fields, expect_errors=True)

    answers = together(*[submit] * 20)
    assert {answer.status_int for answer in answers} <= {303, 503}
    assert len(store.rows(Order)) == len(store.rows(Payment)) == 1


@pytest.mark.every_database
def test_payments_settled_at_once_take_consecutive_numbers(store, tide):
    pages = []
    for number in range(6):
        browser = store.browser()
        pages.append((browser, order(browser, email=f"buyer{number}@example.org")))
    done = together(*[lambda page=page: pay(page) for _, page in pages])
    assert [page.html.h1.text for page in done] == ["Your music"] * 6
    assert sorted(row.number for row in store.rows(Receipt)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.every_database
def test_one_payment_reported_ten_times_at_once_is_settled_once(store, testapp, tide):
    gateway = order(testapp, email="carol@example.org")
    pay(gateway, "close")
    [payment] = store.rows(Payment)
    path, cookies = f"/checkout/{payment.order_id}/return", dict(testapp.cookies)

    def come_back() -> TestResponse:
        browser = store.browser()
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        return browser.get(path, expect_errors=True)

    answers = together(*[come_back] * 10)
    assert {answer.status_int for answer in answers} <= {303, 503}
    assert len(store.rows(Purchase)) == len(store.rows(Receipt)) == 1
    assert [mail.kind for mail in store.mails()] == ["receipt"]
