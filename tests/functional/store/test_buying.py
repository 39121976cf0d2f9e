"""Buying an album with the local gateway: from the album page to the download."""

import pytest

from album_store.data.cart_item import CartItem
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.receipt import Receipt
from tests.support.buyer import (
    OWN_FORM,
    add_album,
    buy,
    checkout_form,
    download,
    order,
    order_id_of,
    pay,
    press,
    settle_everything,
)
from tests.support.order_problems import open_problems
from tests.support.store_driver import confirmation_form, form_at, register, shown

pytestmark = pytest.mark.every_database


def test_a_guest_buys_and_downloads(store, testapp, tide):
    page = testapp.get("/albums/tide")
    assert page.html.select_one(".album-offer .price").text == "€9.00"
    assert [button.text for button in page.html.select(".album-action button")] == ["Buy album", "Add to cart"]
    checkout = press(testapp)
    assert checkout.request.path == "/checkout"
    form = form_at(checkout, "/checkout")
    form["email"] = "Carol@Example.org"
    confirming = form.submit(status=200)
    assert confirming.html.select_one(".address").text == "carol@example.org"
    assert confirming.html.select_one("main form button").text == "Pay €9.00"
    assert store.rows(Order) == []
    gateway = form_at(confirming, "/checkout").submit(status=303).follow().follow()
    assert gateway.html.h1.text == "Test payment"
    assert store.rows(Purchase) == store.rows(Receipt) == []
    done = pay(gateway)
    assert done.html.h1.text == "Your music"
    assert "carol@example.org" in done.html.select_one("main .lede").text
    [purchase] = store.rows(Purchase)
    assert purchase.owner_key == email_key("carol@example.org")
    file = download(done, 2)
    assert file.content_type == "audio/wav"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="Ada Sound - 02 - Tide 2.wav"')
    assert len(file.body) == file.content_length == 44 + 4_000


def test_the_receipt_opens_the_purchase_in_another_browser(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    [mail] = store.mails("carol@example.org")
    assert mail.kind == "receipt"
    assert mail.subject == "Receipt LOCAL-1 from Test Records"
    assert "Tide by Ada Sound: €9.00" in mail.text_body
    assert "\n\n\n" not in mail.text_body
    phone = store.browser()
    page = phone.get(store.link_in(mail)).follow()
    assert page.html.h1.text == "Your music"
    assert download(page).status_int == 200
    assert phone.get("/purchases").html.select_one(".records a").text.strip() == "Tide by Ada Sound"


def test_an_account_buys_and_finds_the_album_in_its_library(store, alice, tide):
    browser = store.signed_in()
    page = buy(browser)
    assert page.html.h1.text == "Your music"
    assert [row.owner_key for row in store.rows(Purchase)] == [account_key(alice)]
    library = browser.get("/library")
    assert [link.text.strip() for link in library.html.select(".records a")] == ["Tide by Ada Sound"]
    assert store.browser().get("/library").status_int == 303


def test_a_free_album_needs_no_payment_and_has_no_receipt(store, testapp, gift):
    assert testapp.get("/albums/gift").html.select_one(".album-action button").text == "Get it free"
    page = order(testapp, "gift", "carol@example.org")
    assert page.html.h1.text == "Your music"
    assert store.rows(Receipt) == []
    assert [mail.kind for mail in store.mails()] == ["free-order"]
    testapp.get(f"/purchases/{order_id_of(page)}/receipt", status=404)


def test_the_receipt_page_names_the_seller_and_the_amounts(make_store, tmp_path):

    store = make_store(seller__name="Ada Ltd", seller__address="1 Quay, Porthaven", seller__tax_number="GB 1")
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    browser = store.browser()
    page = buy(browser, email="carol@example.org")
    receipt = page.click("Receipt LOCAL-1")
    text = shown(receipt)
    assert receipt.html.h1.text == "Receipt LOCAL-1"
    for expected in ("Ada Ltd", "1 Quay", "Porthaven", "GB 1", "Tide", "carol@example.org", "€9.00"):
        assert expected in text


def test_twenty_presses_of_one_form_make_one_order_and_one_payment(store, testapp, tide):
    form = checkout_form(testapp, email="carol@example.org")
    answers = [form.submit(status=303) for _ in range(20)]
    assert len({answer.location for answer in answers}) == 1
    page = answers[0].follow().follow()
    assert pay(page).html.h1.text == "Your music"
    assert len(store.rows(Order)) == len(store.rows(Purchase)) == len(store.rows(Receipt)) == 1


@pytest.mark.parametrize("action", ["pay", "twice", "close", "late"])
def test_however_the_store_hears_of_a_payment_it_settles_once(clock, store, testapp, tide, action):
    pay(order(testapp, email="carol@example.org"), action)
    clock.shift(300)
    for _ in range(3):
        settle_everything(store)
    assert len(store.rows(Purchase)) == 1
    assert [row.number for row in store.rows(Receipt)] == [1]
    assert [mail.kind for mail in store.mails()] == ["receipt"]


def test_declining_charges_nothing_and_the_order_can_still_be_paid(store, testapp, tide):
    gateway = order(testapp, email="carol@example.org")
    declined = pay(gateway, "decline")
    assert "declined" in declined
    assert store.rows(Purchase) == []
    assert pay(declined).html.h1.text == "Your music"


def test_a_visitor_who_comes_back_goes_on_with_the_same_payment(store, testapp, tide):
    first = order(testapp, email="carol@example.org")
    again = order(testapp, email="carol@example.org")
    assert first.request.path == again.request.path
    assert len(store.rows(Order)) == 1


def test_an_unfinished_payment_is_cancelled_before_the_order_changes(store, testapp, tide):
    order(testapp, email="carol@example.org")
    assert buy(testapp, email="other@example.org").html.h1.text == "Your music"
    assert [row.closed_date is None for row in store.rows(Payment)] == [False, True]
    assert [row.email for row in store.rows(Order, Order.paid_date.is_not(None))] == ["other@example.org"]


def test_a_payment_that_is_being_processed_is_not_called_cancelled(store, testapp, tide):
    waiting = pay(order(testapp, email="carol@example.org"), "late")
    page = form_at(waiting, f"/checkout/{order_id_of(waiting)}/cancel").submit().follow()
    assert "You have not been charged" not in page
    assert "can't be cancelled any more" in page


def test_the_title_of_an_order_says_what_its_heading_says(store, testapp, tide):
    unpaid = pay(order(testapp, email="carol@example.org"), "late")
    assert unpaid.html.title.text.startswith("Your order ")
    assert unpaid.html.h1.text == "Your order"
    bought = buy(store.browser(), email="dave@example.org")
    assert bought.html.title.text.startswith("Your music ")
    assert bought.html.h1.text == "Your music"


def test_what_is_owned_is_not_sold_again(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    page = testapp.get("/albums/tide")
    assert page.html.select_one(".owned").text == "You own this"
    pressed = testapp.post("/cart", {"item": f"album-{tide.id}"}, headers=OWN_FORM, status=303).follow()
    assert "You already own this." in pressed
    assert pressed.html.h1.text == "Your music"
    assert store.rows(CartItem) == []
    assert "Buy album" in store.browser().get("/albums/tide")


def test_a_typed_address_does_not_tell_what_it_owns(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    stranger = store.browser()
    assert order(stranger, email="carol@example.org").html.h1.text == "Test payment"


def test_buying_again_with_an_address_that_owns_it_is_shown_to_the_owner(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    buy(store.browser(), email="carol@example.org")
    assert open_problems(store) == ["already-owned"]
    assert len(store.rows(Purchase)) == 2
    assert [mail.recipient for mail in store.mails() if mail.kind == "order-problem"] == ["store@example.org"]


def test_a_gift_taken_twice_is_nothing_to_refund(store, testapp, gift):
    order(testapp, "gift", "carol@example.org")
    order(store.browser(), "gift", "carol@example.org")
    assert open_problems(store) == []
    assert {mail.kind for mail in store.mails()} == {"free-order"}


def test_registering_with_the_address_claims_its_purchases(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    other = store.browser()
    register(other, "carol@example.org")
    confirmation_form(other.get(store.mailed_link("carol@example.org", "confirm-registration"))).submit(status=303)
    [purchase] = store.rows(Purchase)
    assert purchase.owner_key.startswith("account:")
    assert "Tide" in other.get("/library")


def test_an_account_gets_what_is_bought_with_its_confirmed_address(store, alice, tide):
    buy(store.browser(), email="alice@example.org")
    assert [row.owner_key for row in store.rows(Purchase)] == [account_key(alice)]
    assert "Tide" in store.signed_in().get("/library")


def test_a_link_to_all_purchases_goes_only_to_an_address_that_has_some(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    answers = []
    for email in ("carol@example.org", "bob@example.org"):
        stranger = store.browser()
        form = form_at(stranger.get("/purchases"), "/purchases")
        form["email"] = email
        answers.append(shown(form.submit().follow()).replace(email, ""))
    assert answers[0] == answers[1]
    links = [mail for mail in store.mails() if mail.kind == "purchase-link"]
    assert [mail.recipient for mail in links] == ["carol@example.org"]
    page = store.browser().get(store.link_in(links[0])).follow()
    assert "Tide" in page.html.select_one(".records").text


def test_a_browser_can_be_forgotten(store, testapp, tide):
    done = buy(testapp, email="carol@example.org")
    path = done.request.path
    page = form_at(testapp.get("/purchases"), "/purchases/forget").submit().follow()
    assert page.html.select_one(".records") is None
    testapp.get(path, status=404)
    assert testapp.get(store.mailed_link("carol@example.org")).follow().html.h1.text == "Your music"
