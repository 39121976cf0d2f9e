"""What is mailed about orders of an account that has another address since: only to its present one."""

import pytest

from album_store.data.order import Order
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add_album, buy, order, order_id_of, pay, settle_everything
from tests.support.factories import PASSWORD
from tests.support.refunds import refund_form, send_receipt
from tests.support.store_driver import confirmation_form, form_at

pytestmark = pytest.mark.every_database

OLD, NEW = "alice@example.org", "new@example.org"


def change_address(store, browser):
    """Change the address of the account, as its owner does."""
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = NEW, PASSWORD
    form.submit(status=303)
    confirmation_form(browser.get(store.mailed_link(NEW, "confirm-email"))).submit(status=303)


def kinds(store, recipient):
    """The kinds of emails about orders to an address."""
    return [mail.kind for mail in store.mails(recipient) if mail.order_id]


def test_receipts_and_credit_notes_go_to_the_present_address(store, alice, ada_at, tide):
    browser = store.signed_in()
    order_id = order_id_of(buy(browser))
    change_address(store, browser)
    send_receipt(ada_at, order_id, status=303)
    refund_form(ada_at, order_id, amount="1").submit(status=303)
    make_refunds(store.registry)
    assert kinds(store, OLD) == ["receipt"]
    assert kinds(store, NEW) == ["receipt", "credit-note"]
    assert store.browser().get(store.mailed_link(NEW, "receipt")).follow().html.h1.text == "Your music"


def test_an_order_that_is_paid_after_the_change_is_mailed_to_the_present_address(store, alice, tide):
    browser = store.signed_in()
    page = order(browser)
    change_address(store, browser)
    pay(page, "close")
    settle_everything(store)
    assert kinds(store, OLD) == []
    assert kinds(store, NEW) == ["receipt"]


def test_an_order_with_an_address_that_was_left_while_it_was_written_is_corrected_when_it_is_paid(store, alice, tide):
    browser = store.signed_in()
    page = order(browser)
    [row] = store.rows(Order)
    store.change(Order, row.id, email="left@example.org")
    pay(page)
    assert [one.email for one in store.rows(Order)] == [OLD]
    assert kinds(store, "left@example.org") == []
    assert kinds(store, OLD) == ["receipt"]


def test_the_confirmation_of_a_withdrawal_goes_to_the_present_address(make_store, alice, tmp_path):
    shop = make_store(checkout__withdrawal="consent")
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    browser = shop.signed_in()
    page = buy(browser)
    change_address(shop, browser)
    form = form_at(page.click("Withdraw from this purchase"), f"{page.request.path}/withdraw")
    form["name"] = "Alice"
    form.submit(status=303)
    assert kinds(shop, NEW) == ["withdrawal"]
    assert kinds(shop, OLD) == ["receipt"]
