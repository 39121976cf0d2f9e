"""Correcting the address of a guest's order: by the browser that paid, and by an admin."""

import re
from datetime import timedelta

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.order import Order
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.types import utc_now
from album_store.services.account.attempt_service import ADDRESS_CORRECTION
from tests.support.buyer import buy, download, order, order_id_of
from tests.support.factories import add_account
from tests.support.store_driver import confirmation_form, form_at, register, shown, together

pytestmark = pytest.mark.every_database

WRONG, RIGHT = "carol@example.com", "carol@example.org"


@pytest.fixture
def page(store, testapp, tide):
    """The page of an order that was paid with a wrong address."""
    return buy(testapp, email=WRONG)


def form_on(page, email=RIGHT):
    form = form_at(page, f"/purchases/{order_id_of(page)}/address")
    form["email"] = email
    return form


def owners(store):
    return [row.owner_key for row in store.rows(Purchase)]


def test_a_corrected_order_belongs_to_the_right_address_which_gets_a_receipt(store, page):
    answer = form_on(page).submit(status=303).follow()
    assert "The address is corrected." in answer
    assert RIGHT in answer.html.select_one(".lede").text
    assert [row.email for row in store.rows(Order)] == [RIGHT]
    assert owners(store) == [email_key(RIGHT)]
    [mail] = store.mails(RIGHT)
    assert (mail.kind, "Receipt LOCAL-1" in mail.text_body, "€9.00" in mail.text_body) == (
        "corrected-order",
        True,
        True,
    )
    opened = store.browser().get(store.link_in(mail)).follow()
    assert download(opened).status_int == 200
    assert [mail.kind for mail in store.mails(WRONG)] == ["receipt"]
    [entry] = store.rows(AuditEntry)
    assert (entry.actor, entry.target, entry.details) == ("The buyer", order_id_of(page), f"{WRONG} to {RIGHT}")


def test_what_was_mailed_before_ends_and_so_do_other_browsers_and_their_downloads(store, testapp, page):
    [receipt] = store.mails(WRONG)
    other = store.browser()
    opened = other.get(store.link_in(receipt)).follow()
    file = download(opened).request.path
    asking = store.browser()
    form = form_at(asking.get("/purchases"), "/purchases")
    form["email"] = WRONG
    form.submit(status=303)
    asking.get(store.mailed_link(WRONG, "purchase-link"))
    form_on(page).submit(status=303)
    assert "The purchase has another email address now." in store.browser().get(store.link_in(receipt), status=404)
    other.get(page.request.path, status=404)
    other.get(file, status=404)
    asking.get(page.request.path, status=404)
    assert download(testapp.get(page.request.path)).status_int == 200
    owner = store.browser()
    register(owner, WRONG)
    confirmation_form(owner.get(store.mailed_link(WRONG, "confirm-registration"))).submit(status=303)
    assert owner.get("/library").html.select(".records a") == []
    assert owners(store) == [email_key(RIGHT)]


def test_a_purchase_that_an_account_has_claimed_moves_too(store, page):
    account_id = add_account(store.db_sessions, "x", WRONG)
    [row] = store.rows(Order)
    [purchase] = store.rows(Purchase)
    store.change(Order, row.id, account_id=account_id)
    store.change(Purchase, purchase.id, owner_key=account_key(account_id))
    form_on(page).submit(status=303)
    assert [row.account_id for row in store.rows(Order)] == [None]
    assert owners(store) == [email_key(RIGHT)]


@pytest.mark.usefixtures("clock")
def test_the_response_does_not_tell_whether_an_account_has_the_address(store, testapp, tide, alice):
    answers = []
    for email in ("alice@example.org", "nobody@example.org"):
        browser = store.browser()
        bought = buy(browser, email=WRONG)
        answer = form_on(bought, email).submit(status=303)
        page = (
            re.sub(r'datetime="[^"]*"', "", shown(answer.follow()))
            .replace(order_id_of(bought), "ID")
            .replace(email, "EMAIL")
        )
        answers.append((answer.status_int, set(answer.headers), page))
    [first, second] = answers
    assert first[:2] == second[:2]
    assert first[2].replace("LOCAL-1", "") == second[2].replace("LOCAL-2", "")
    assert owners(store) == [account_key(alice), email_key("nobody@example.org")]
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["corrected-order"]
    assert [mail.kind for mail in store.mails("nobody@example.org")] == ["corrected-order"]
    assert "Tide" in store.signed_in().get("/library").html.select_one(".records").text


def test_the_form_is_shown_for_a_known_address_too(store, testapp, tide, alice):
    page = buy(testapp, email="alice@example.org")
    assert owners(store) == [account_key(alice)]
    form_on(page).submit(status=303)
    assert owners(store) == [email_key(RIGHT)]


def test_only_the_browser_that_paid_may_correct_and_only_for_a_day(store, testapp, page):
    link = store.link_in(store.mails(WRONG)[0])
    other = store.browser()
    opened = other.get(link).follow()
    assert "Wrong email address?" not in opened
    fields = {"csrf_token": form_at(other.get("/purchases"), "/purchases")["csrf_token"].value, "email": RIGHT}
    other.post(f"{page.request.path}/address", fields, status=404)
    form, [row] = form_on(page), store.rows(Order)
    store.change(Order, row.id, paid_date=utc_now() - timedelta(hours=24, seconds=1))
    assert "Wrong email address?" not in testapp.get(page.request.path)
    assert "can't be corrected any more" in form.submit(status=303).follow()
    assert owners(store) == [email_key(WRONG)]


def test_the_order_of_an_account_cannot_be_corrected(store, alice, ada_at, tide):
    browser = store.signed_in()
    page = buy(browser)
    assert "Wrong email address?" not in page
    fields = {"csrf_token": browser.cookies["csrf"], "email": RIGHT}
    browser.post(f"{page.request.path}/address", fields, status=404)
    assert "Correct the address" not in ada_at.get(f"/admin/orders/{order_id_of(page)}")
    fields = {"csrf_token": ada_at.cookies["csrf"], "email": RIGHT}
    ada_at.post(f"/admin/orders/{order_id_of(page)}/address", fields, status=404)
    assert owners(store) == [account_key(alice)]


@pytest.mark.parametrize("email", ["", "carol", "carol@", "a" * 300 + "@example.org", "c\0@example.org"])
def test_an_address_that_cannot_get_email_is_refused_beside_the_field(store, page, email):
    refused = form_on(page, email).submit(status=400)
    assert refused.html.select_one("#address-email-error").text
    assert "Tide" in refused.html.main.text
    assert owners(store) == [email_key(WRONG)]


def test_the_address_that_the_purchase_has_is_said_to_be_there_already(store, page, ada_at):
    assert "The purchase already has this address." in form_on(page, WRONG).submit(status=303).follow()
    [row] = store.rows(Order)
    path = f"/admin/orders/{row.id}"
    form = form_at(ada_at.get(path), f"{path}/address")
    form["email"] = WRONG
    assert "The purchase already has this address." in form.submit(status=303).follow()
    assert [mail.kind for mail in store.mails(WRONG)] == ["receipt"]


def test_many_presses_send_one_receipt(store, page):
    answers = together(*[form_on(page).submit] * 4)
    assert [answer.status_int for answer in answers] == [303] * 4
    assert [mail.kind for mail in store.mails(RIGHT)] == ["corrected-order"]
    assert len(store.rows(AuditEntry)) == 1


def test_one_address_gets_no_flood_of_receipts(store, testapp, page):
    for _ in range(3):
        form_on(testapp.get(page.request.path), RIGHT).submit(status=303)
        form_on(testapp.get(page.request.path), WRONG).submit(status=303)
    refused = form_on(testapp.get(page.request.path), RIGHT).submit(status=400)
    assert "This address has been sent several emails already." in refused.html.select_one("#address-email-error").text
    assert [mail.kind for mail in store.mails(RIGHT)] == ["corrected-order"] * 3
    assert owners(store) == [email_key(WRONG)]


def test_a_client_that_corrects_too_often_has_to_wait(store, testapp, page):
    for _ in range(ADDRESS_CORRECTION.client.rates[0].amount):
        form_on(page, WRONG).submit(status=303)  # nothing changes, but it counts
    limited = form_on(page).submit(status=429)
    assert limited.headers["Retry-After"]
    assert owners(store) == [email_key(WRONG)]


def test_an_admin_corrects_the_address_at_any_time_and_it_is_audited(store, testapp, page, ada_at):
    [row] = store.rows(Order)
    store.change(Order, row.id, paid_date=utc_now() - timedelta(days=400))
    path = f"/admin/orders/{row.id}"
    form = form_at(ada_at.get(path), f"{path}/address")
    form["email"] = "carol"
    form = form_at(form.submit(status=400), f"{path}/address")
    form["email"] = RIGHT
    assert RIGHT in form.submit(status=303).follow()
    assert owners(store) == [email_key(RIGHT)]
    assert testapp.get(page.request.path).html.select(".downloads")
    actions = " ".join(ada_at.get("/admin/actions").html.main.text.split())
    assert f"corrected the email address of order {row.id}" in actions
    assert f'href="/admin/orders/{row.id}"' in ada_at.get("/admin/actions")
    assert [mail.kind for mail in store.mails(RIGHT)] == ["corrected-order"]


def test_a_free_order_is_corrected_without_a_receipt_number(store, testapp, gift):
    form_on(order(testapp, "gift", WRONG)).submit(status=303)
    [mail] = store.mails(RIGHT)
    assert "Receipt " not in mail.text_body.partition("to print")[0].replace("the receipt", "")
    assert owners(store) == [email_key(RIGHT)]
