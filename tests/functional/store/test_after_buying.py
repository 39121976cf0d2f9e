"""What a buyer sees of an order later: in a list, after a day, after a refund, a withdrawal or a registration."""

from datetime import timedelta

import pytest

from album_store.data.order import Order
from album_store.data.types import utc_now
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add, add_album, buy, order_id_of
from tests.support.refunds import CAROL, refund_form
from tests.support.store_driver import confirmation_form, form_at, register


@pytest.fixture
def ebb(store, tmp_path):
    """“Ebb” at €5.00, at /albums/ebb."""
    return add_album(store, tmp_path, "Ebb", price_cents=500, url="ebb")


def entry(browser):
    """The only entry in the purchases of a browser."""
    [found] = browser.get("/purchases").html.select(".records li")
    return found


def withdraw(page):
    """Withdraw from the purchase of an order's page. Returns the page after it."""
    form = form_at(page.click("Withdraw from this purchase"), f"{page.request.path}/withdraw")
    form["name"] = "Carol"
    return form.submit(status=303).follow()


def test_items_of_an_order_have_lines_of_their_own_in_the_list(testapp, tide, ebb):
    add(testapp, "ebb")
    buy(testapp, email=CAROL)
    link = entry(testapp).a
    link.br.replace_with("|")
    assert link.text == "Ebb by Ada Sound of Ebb|Tide by Ada Sound"


def test_the_list_says_what_was_refunded(store, testapp, tide, ebb, ada_at):
    add(testapp, "ebb")
    order_id = order_id_of(buy(testapp, email=CAROL))
    assert entry(testapp).select(".mark") == []
    for line, words in ((0, "partly refunded"), (0, "refunded")):
        refund_form(ada_at, order_id, lines=[line]).submit(status=303)
        make_refunds(store.registry)
        assert entry(testapp).select_one(".mark").text == words


def test_the_page_of_an_order_thanks_for_a_day(store, testapp, tide):
    page = buy(testapp, email=CAROL)
    store.change(Order, order_id_of(page), paid_date=utc_now() - timedelta(days=1, seconds=1))
    later = testapp.get(page.request.path).html.select_one(".lede").text
    assert later == "This is yours. Download it as often as you need it."


def test_a_receipt_does_not_offer_a_withdrawal_after_it_was_made(make_store, tmp_path):
    store = make_store(checkout__withdrawal="consent")
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    browser = store.browser()
    page = buy(browser, email=CAROL)
    assert "You may withdraw" in page.click("Receipt LOCAL-1")
    after = withdraw(page)
    assert "we've sent a confirmation" in after
    receipt = after.click("Receipt LOCAL-1")
    assert ("You may withdraw" in receipt, "You withdrew from this purchase on" in receipt) == (False, True)
    assert entry(browser).select_one(".mark").text == "withdrawn"
    [told] = store.mails("store@example.org")
    assert store.link_in(told).endswith(f"/admin/orders/{order_id_of(page)}")


def test_the_receipt_to_a_corrected_address_names_the_seller_and_the_right_to_withdraw(make_store, tmp_path):
    store = make_store(checkout__withdrawal="consent", seller__name="Salt Records", seller__note="No VAT.")
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    page = buy(store.browser(), email="carol@example.com")
    form = form_at(page, f"{page.request.path}/address")
    form["email"] = CAROL
    form.submit(status=303)
    [mail] = store.mails(CAROL)
    for body in (mail.text_body, mail.html_body):
        words = " ".join(body.split())
        assert "No VAT." in words
        assert "You may withdraw from this purchase until" in words
    assert "Sold by Salt Records" in mail.text_body


def test_an_address_that_bought_before_is_led_from_its_confirmation_to_the_library(store, testapp, tide):
    page = buy(testapp, email=CAROL)
    assert "to have this in your library" in page
    register(testapp, CAROL)
    link = store.mailed_link(CAROL, "confirm-registration")
    library = confirmation_form(testapp.get(link)).submit(status=303).follow()
    assert library.html.h1.text == "Library"
    assert "Tide" in library.html.select_one(".records").text
    other = store.browser()
    register(other, "dave@example.org")
    link = store.mailed_link("dave@example.org", "confirm-registration")
    assert confirmation_form(other.get(link)).submit(status=303).location.endswith("/")
