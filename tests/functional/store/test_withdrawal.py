"""Consent to immediate delivery at the checkout, and withdrawal from a purchase."""

import datetime as dt

import pytest

from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase
from album_store.data.types import utc_now
from album_store.data.withdrawal import Withdrawal
from album_store.worker.service_request import service_request
from tests.support.buyer import add_album, buy, checkout_form, download, order, order_id_of, pay
from tests.support.order_problems import open_problems
from tests.support.refunds import refund_form
from tests.support.store_driver import form_at, together

EMAIL = "carol@example.org"
CONSENT = "you agreed that the download starts at once and that you thereby lose your right of withdrawal"


@pytest.fixture
def shop(make_store, tmp_path):
    """A store that asks for consent, with “Tide” at €9.00 and “Gift” for nothing."""
    store = make_store(checkout__withdrawal="consent")
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    add_album(store, tmp_path, "Gift", price_cents=0, url="gift")
    return store


def withdraw(page, name="Carol Smith"):
    """Take both steps from the page of an order. Returns the answer."""
    form = form_of(page.click("Withdraw from this purchase"))
    form["name"] = name
    return form.submit(expect_errors=True)


def form_of(page):
    return form_at(page, page.request.path)


def buy_with_consent(browser):
    """Buy with the box ticked. Returns the page of the order."""
    form = checkout_form(browser, email=EMAIL)
    form["consent"] = True
    answer = form.submit(status=303)
    while answer.status_int == 303:
        answer = answer.follow()
    return pay(answer)


def words_of(page):
    return " ".join(page.html.main.text.split())


def test_the_checkout_asks_with_an_unticked_box_that_may_stay_so(shop):
    browser = shop.browser()
    form = checkout_form(browser, email=EMAIL)
    assert form["consent"].checked is False
    assert "required" not in form["consent"].attrs
    page = buy(browser, email=EMAIL)
    assert [row.consent_date for row in shop.rows(Order)] == [None]
    assert download(page).status_int == 200


def test_nothing_is_asked_for_what_is_free_or_unless_the_setting_says_so(shop, make_store):
    assert "consent" not in checkout_form(shop.browser(), "gift", EMAIL).fields
    assert "Withdraw" not in order(shop.browser(), "gift", EMAIL)
    unchanged = make_store()
    fields = dict(checkout_form(unchanged.browser(), email=EMAIL).submit_fields())
    assert "consent" not in fields
    browser = unchanged.browser()
    forged = dict(checkout_form(browser, email=EMAIL).submit_fields()) | {"consent": "yes"}
    browser.post("/checkout", forged, status=303)
    assert [row.consent_date for row in unchanged.rows(Order, Order.total_cents > 0)] == [None]


def test_a_ticked_box_stays_ticked_when_the_form_is_refused(shop):
    form = checkout_form(shop.browser(), email=EMAIL)
    form["consent"] = True
    form["cart"] = "another"
    assert form_at(form.submit(status=400), "/checkout")["consent"].checked


@pytest.mark.parametrize("answers", [(True, False), (False, True)])
def test_the_last_answer_before_paying_counts(shop, answers):
    browser = shop.browser()
    for consents in answers:
        form = checkout_form(browser, email=EMAIL)
        form["consent"] = consents
        form.submit(status=303)
    [row] = shop.rows(Order)
    assert (row.consent_date is not None) is answers[-1]


@pytest.mark.parametrize("answers", [(True, False), (False, True)])
def test_the_last_answer_counts_also_if_the_same_form_is_sent_again(shop, answers):
    form = checkout_form(shop.browser(), email=EMAIL)
    for consents in answers:
        form["consent"] = consents
        answer = form.submit(status=303)
    while answer.status_int == 303:
        answer = answer.follow()
    pay(answer)
    form["consent"] = answers[0]
    form.submit(status=303)  # it is paid by now
    [row] = shop.rows(Order)
    assert (row.consent_date is not None) is answers[-1]


def test_consent_is_stored_and_repeated_in_the_receipt(shop):
    page = buy_with_consent(shop.browser())
    [row] = shop.rows(Order)
    assert row.consent_date <= row.paid_date
    assert CONSENT in words_of(page.click("Receipt LOCAL-1"))
    [mail] = shop.mails(EMAIL)
    for body in (mail.text_body, mail.html_body):
        assert CONSENT in " ".join(body.split())
        assert "until" not in body
    assert "Withdraw from this purchase" not in page
    closed = page.test_app.get(f"{page.request.path}/withdraw", status=303).follow()
    assert "You can't withdraw from this purchase." in closed


def test_the_receipt_says_how_long_a_buyer_may_withdraw(shop):
    page = buy(shop.browser(), email=EMAIL)
    until = utc_now() + dt.timedelta(days=14)
    words = f"You may withdraw from this purchase until {until:%B} {until.day}, {until.year}, without giving a reason"
    assert words in words_of(page)
    assert words in words_of(page.click("Receipt LOCAL-1"))
    [mail] = shop.mails(EMAIL)
    assert words in " ".join(mail.text_body.split())
    assert words in " ".join(mail.html_body.split())


def test_a_withdrawal_is_confirmed_ends_the_downloads_and_reaches_the_owner(shop):
    browser = shop.browser()
    page = buy(browser, email=EMAIL)
    file = download(page).request.path
    second = page.click("Withdraw from this purchase")
    for fact in ("Tide", "€9.00", "LOCAL-1", order_id_of(page), EMAIL):
        assert fact in second.html.main.text
    assert shop.rows(Withdrawal) == []
    answer = withdraw(page).follow()
    assert "You withdrew from this purchase on" in answer
    assert answer.html.select(".downloads") == []
    assert "Withdraw from this purchase" not in answer
    browser.get(file, status=404)
    [row] = shop.rows(Withdrawal)
    assert (row.order_id, row.name, row.email) == (order_id_of(page), "Carol Smith", EMAIL)
    assert [purchase.revoked_date for purchase in shop.rows(Purchase)] == [row.created_date]
    _receipt, confirmation = shop.mails(EMAIL)
    assert confirmation.kind == "withdrawal"
    for fact in ("Carol Smith", "Tide", "€9.00", order_id_of(page), f"{row.created_date:%-I:%M}"):
        assert fact in confirmation.text_body
    [told] = shop.mails("store@example.org")
    assert "withdrawn from this purchase" in " ".join(told.text_body.split())


@pytest.mark.every_database
def test_what_the_provider_says_of_refunds_does_not_give_back_what_was_withdrawn_from(make_store, tmp_path):
    shop = make_store(checkout__withdrawal="consent")
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    withdraw(buy(shop.browser(), email=EMAIL))
    [payment] = shop.rows(Payment)
    with service_request(shop.registry, writes=True) as request:
        request.refund_service.note(payment.id, [])
    [purchase] = shop.rows(Purchase)
    assert purchase.revoked_date is not None


def test_the_owner_sees_a_withdrawal_in_the_list_and_on_the_order(shop, ada):
    withdraw(buy(shop.browser(), email=EMAIL))
    ada_at = shop.signed_in("ada@example.org")
    listed = ada_at.get("/admin/orders?show=problems")
    assert listed.html.select_one(".mark").text == "withdrawn"
    page = listed.click("Tide")
    assert "Refund all of it within 14 days." in page
    assert "Withdrawn from by" in page


def test_nobody_withdraws_from_what_is_refunded_already_and_kept_as_a_gift(make_store, ada, tmp_path):
    shop = make_store(checkout__withdrawal="consent", refunds__revoke_access="false")
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    page = buy(shop.browser(), email=EMAIL)
    form = form_of(page.click("Withdraw from this purchase"))
    form["name"] = "Carol"
    admin = shop.signed_in("ada@example.org")
    refund_form(admin, order_id_of(page), amount="8").submit(status=303)
    assert "Withdraw from this purchase" in page.test_app.get(page.request.path)
    refund_form(admin, order_id_of(page), amount="1").submit(status=303)
    assert "Withdraw from this purchase" not in page.test_app.get(page.request.path)
    answer = form.submit(status=303).follow()
    assert "You can't withdraw from this purchase." in answer
    assert download(answer).status_int == 200
    assert shop.rows(Withdrawal) == []


def test_an_account_withdraws_and_the_confirmation_goes_to_its_address(shop, alice):
    page = buy(shop.signed_in())
    assert form_of(page.click("Withdraw from this purchase"))["name"].value == "Alice"
    withdraw(page, "Alice Jones")
    assert [mail.kind for mail in shop.mails("alice@example.org")] == ["receipt", "withdrawal"]
    assert "Alice Jones" in page.test_app.get("/account/export.json").text


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 101, "x" * 2_000])
def test_a_withdrawal_without_a_name_is_refused_beside_the_field(shop, name):
    page = buy(shop.browser(), email=EMAIL)
    refused = withdraw(page, name)
    assert refused.status_int == 400
    assert refused.html.select_one("#withdraw-name-error").text
    assert shop.rows(Withdrawal) == []


def test_the_period_ends_after_the_fourteenth_day(clock, shop):
    page = buy(shop.browser(), email=EMAIL)
    [row] = shop.rows(Order)
    form = form_of(page.click("Withdraw from this purchase"))
    form["name"] = "Carol"
    start_of_day = row.paid_date.replace(hour=0, minute=0, second=0, microsecond=0)
    shop.change(Order, row.id, paid_date=start_of_day - dt.timedelta(days=14))
    assert "Withdraw from this purchase" in page.test_app.get(page.request.path)
    shop.change(Order, row.id, paid_date=start_of_day - dt.timedelta(days=14, seconds=1))
    assert "Withdraw from this purchase" not in page.test_app.get(page.request.path)
    assert "You can't withdraw from this purchase." in form.submit(status=303).follow()
    assert shop.rows(Withdrawal) == []


def test_nobody_else_can_withdraw(shop, alice):
    path = f"{buy(shop.browser(), email=EMAIL).request.path}/withdraw"
    for stranger in (shop.browser(), shop.signed_in()):
        token = form_at(stranger.get("/purchases"), "/purchases")["csrf_token"].value
        stranger.get(path, status=404)
        stranger.post(path, {"csrf_token": token, "name": "Mallory"}, status=404)
    assert shop.rows(Withdrawal) == []


@pytest.mark.every_database
def test_many_presses_withdraw_once(make_store, tmp_path):
    shop = make_store(checkout__withdrawal="consent")
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    page = buy(shop.browser(), email=EMAIL)
    form = form_of(page.click("Withdraw from this purchase"))
    form["name"] = "Carol"
    answers = together(*[form.submit] * 4)
    assert [answer.status_int for answer in answers] == [303] * 4
    assert len(shop.rows(Withdrawal)) == 1
    assert [mail.kind for mail in shop.mails()] == ["receipt", "withdrawal", "order-problem"]


def test_what_was_withdrawn_from_can_be_bought_again(shop):
    browser = shop.browser()
    withdraw(buy(browser, email=EMAIL))
    page = buy(browser, email=EMAIL)
    assert download(page).status_int == 200
    assert len(shop.rows(Download)) == 1
    assert open_problems(shop) == ["withdrawn"]
