"""Orders after their account is deleted, and after the years for which they are kept."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from album_store.data.account import Account
from album_store.data.browser_access import BrowserAccess
from album_store.data.order import Order
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.types import utc_now
from album_store.data.withdrawal import Withdrawal
from album_store.worker.daily_tasks import Purged, delete_due_accounts, purge
from tests.support.buyer import buy, download, order_id_of
from tests.support.factories import PASSWORD
from tests.support.store_driver import form_at

YEAR = timedelta(days=366)
KEPT = "Your orders and their receipts are kept for"


def ask_for_deletion(browser):
    """Send the form that deletes the account. Returns the page after it."""
    form = form_at(browser.get("/account"), "/account/delete")
    form["current_password"] = PASSWORD
    return form.submit(status=303).follow()


def delete_account(store):
    """End the seven days."""
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(update(PendingDeletion).values(due_date=utc_now()))
    assert delete_due_accounts(store.registry) == 1


def words(text):
    return " ".join(text.split())


def test_the_page_and_the_email_say_beforehand_for_how_long_orders_are_kept(store, alice, tide):
    browser = store.signed_in()
    buy(browser)
    assert f"{KEPT} 10 years after you paid" in words(browser.get("/account").html.main.text)
    page = ask_for_deletion(browser)
    assert f"{KEPT} 10 years after you paid" in words(page.html.main.text)
    mail = store.mails("alice@example.org")[-1]
    for body in (mail.text_body, mail.html_body):
        assert f"{KEPT} 10 years after you paid" in words(body)


def test_an_account_that_bought_nothing_reads_nothing_about_orders(store, alice, tide):
    browser = store.signed_in()
    assert KEPT not in browser.get("/account")
    assert KEPT not in ask_for_deletion(browser)
    [mail] = store.mails("alice@example.org")
    assert KEPT not in words(mail.text_body)


def test_the_setting_says_for_how_long(make_store, store, alice, tide):
    buy(store.signed_in())
    shop = make_store(orders__keep_years="1")
    assert f"{KEPT} 1 year after you paid" in words(shop.signed_in().get("/account").html.main.text)


@pytest.mark.every_database
def test_a_receipt_that_is_not_sent_yet_outlives_the_account(store, alice, tide):
    browser = store.signed_in()
    page = buy(browser)
    ask_for_deletion(browser)
    delete_account(store)
    assert store.rows(Account) == []
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["receipt", "account-deleted"]
    opened = store.browser().get(store.mailed_link(kind="receipt")).follow()
    assert opened.request.path == page.request.path
    assert download(opened).status_int == 200
    assert [row.number for row in store.rows(Receipt)] == [1]


@pytest.mark.every_database
def test_after_these_years_only_who_bought_is_deleted(store, testapp, tide, alice):
    guest, account = order_id_of(buy(testapp, email="carol@example.org")), order_id_of(buy(store.signed_in()))
    recent = order_id_of(buy(store.browser(), email="dora@example.org"))
    store.add(Withdrawal(order_id=guest, name="Carol", email="carol@example.org"))
    for order_id, years in ((guest, 10), (account, 30), (recent, 9)):
        store.change(Order, order_id, paid_date=utc_now() - years * YEAR)
    assert Purged("BuyersOfOrders", 1) in purge(store.registry)
    emails = {row.id: row.email for row in store.rows(Order)}
    assert emails == {guest: "", account: "alice@example.org", recent: "dora@example.org"}
    keys = [row.owner_key for row in store.rows(Purchase)]
    assert keys == ["", f"account:{alice}", "email:dora@example.org"]
    [row] = store.rows(Order, Order.id == guest)
    assert (row.ip_address, row.user_agent, row.browser_hash, row.total_cents) == ("", "", "", 900)
    assert len(store.rows(Receipt)) == 3
    assert [row.name for row in store.rows(Withdrawal)] == [""]
    assert {row.parameters == "{}" for row in store.rows(Payment, Payment.order_id == guest)} == {True}
    assert guest not in [row.order_id for row in store.rows(BrowserAccess)]
    testapp.get(f"/purchases/{guest}", status=404)
    assert Purged("BuyersOfOrders", 0) in purge(store.registry)


def test_nothing_in_the_database_tells_who_bought_after_these_years(clock, store, testapp, tide):
    order_id = order_id_of(buy(testapp, email="carol@example.org"))
    store.change(Order, order_id, paid_date=utc_now() - 11 * YEAR)
    store.deliver_mail()
    purge(store.registry)
    clock.shift(200 * 86_400)
    purge(store.registry)
    assert store.rows(OutgoingMail) == []
    assert "carol" not in str(store.dump())


def test_an_admin_sees_an_old_order_without_its_buyer(store, testapp, tide, ada_at):
    order_id = order_id_of(buy(testapp, email="carol@example.org"))
    store.change(Order, order_id, paid_date=utc_now() - 11 * YEAR)
    purge(store.registry)
    page = ada_at.get("/admin/orders").click("Tide")
    assert "LOCAL-1" in page
    assert "carol" not in page.html.main.text
    assert "The data of the buyer has been deleted." in page
    assert "Correct the address" not in page
