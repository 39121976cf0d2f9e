"""Orders of which nothing is owned any more: refunded, lost to a dispute, or withdrawn from."""

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.order import Order
from album_store.data.purchase import Purchase
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add, add_album, buy, order_id_of
from tests.support.refunds import CAROL, order_of, refund_form, send_receipt
from tests.support.store_driver import form_at

pytestmark = pytest.mark.every_database

OTHER = "dora@example.org"


@pytest.fixture
def shop(make_store, tmp_path):
    """A store in which buyers can withdraw."""
    store = make_store(checkout__withdrawal="consent")
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    return store


@pytest.fixture
def admin(shop, ada):
    """Ada's browser."""
    return shop.signed_in("ada@example.org")


@pytest.fixture
def page(shop):
    """The page of a paid order, as it was before the purchase ended."""
    return buy(shop.browser(), email=CAROL)


@pytest.fixture(params=["refunded", "withdrawn"])
def end(request, shop, admin, page):
    """Ends the purchase."""

    def end() -> None:
        if request.param == "refunded":
            refund_form(admin, order_id_of(page), lines=[0]).submit(status=303)
            make_refunds(shop.registry)
            return
        form = form_at(page.click("Withdraw from this purchase"), f"{page.request.path}/withdraw")
        form["name"] = "Carol"
        form.submit(status=303)

    return end


def address_form(browser, path):
    """Return the form that corrects an address, filled in."""
    form = form_at(browser.get(path), f"{path}/address")
    form["email"] = OTHER
    return form


def test_its_page_does_not_say_that_the_music_is_the_buyers(page, end):
    assert "This is yours now" in page
    end()
    ended = page.test_app.get(page.request.path)
    assert ended.html.h1.text == "Your order"
    for words in ("This is yours now", "Wrong email address?", "Withdraw from this purchase", "Download"):
        assert words not in ended
    assert "Receipt LOCAL-1" in ended.html.main.text


def test_its_address_is_corrected_neither_by_the_buyer_nor_by_an_admin(shop, admin, page, end):
    path = f"/admin/orders/{order_id_of(page)}"
    forms = [address_form(page.test_app, page.request.path), address_form(admin, path)]
    end()
    assert "Correct the address" not in admin.get(path)
    for form in forms:
        answer = form.submit(status=303).follow()
        assert "The address of this purchase can't be corrected any more." in answer
    assert [row.email for row in shop.rows(Order)] == [CAROL]
    assert shop.mails(OTHER) == []
    assert shop.rows(AuditEntry, AuditEntry.action == "order-address-corrected") == []


def test_no_receipt_says_that_its_music_is_ready(shop, admin, page, end):
    form = form_at(admin.get(f"/admin/orders/{order_id_of(page)}"), f"/admin/orders/{order_id_of(page)}/send_receipt")
    end()
    assert "Send the receipt again" not in admin.get(f"/admin/orders/{order_id_of(page)}")
    answer = form.submit(status=400)
    assert "There is no receipt to send" in answer.html.select_one(".error-summary").text
    assert [mail.kind for mail in shop.mails(CAROL)].count("receipt") == 1


def test_the_receipt_of_a_buyer_who_is_not_known_any_more_is_not_sent(shop, admin, page):
    order = order_of(shop)
    form = form_at(admin.get(f"/admin/orders/{order.id}"), f"/admin/orders/{order.id}/send_receipt")
    shop.change(Order, order.id, email="")
    assert "Send the receipt again" not in admin.get(f"/admin/orders/{order.id}")
    form.submit(status=400)
    assert len(shop.mails()) == 1
    assert shop.rows(AuditEntry) == []


def test_what_is_owned_in_part_can_be_corrected_and_sent(shop, admin, tmp_path):
    add_album(shop, tmp_path, "Ebb", price_cents=500, url="ebb")
    browser = shop.browser()
    add(browser, "ebb")
    page = buy(browser, email=CAROL)
    refund_form(admin, order_id_of(page), lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert sorted(row.revoked_date is None for row in shop.rows(Purchase)) == [False, True]
    send_receipt(admin, order_id_of(page), status=303)
    assert "The address is corrected." in address_form(browser, page.request.path).submit(status=303).follow()
    assert browser.get(page.request.path).html.h1.text == "Your music"
