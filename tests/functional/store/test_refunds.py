"""Refunds by an admin: at Stripe, which a double stands in for, and with the local gateway."""

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.credit_note import CreditNote
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.refund import Refund
from album_store.worker.refund_task import make_refunds
from tests.support import buyer
from tests.support.buyer import add_album, download, order_id_of
from tests.support.factories import PASSWORD, add_account
from tests.support.order_problems import open_problems
from tests.support.refunds import CAROL, counters, is_owned, kinds, order_of, refund_form
from tests.support.stripe_double import stripe_settings
from tests.support.stripe_shop import buy, tell


@pytest.fixture
def admin(shop):
    """Ada in a store that sells with Stripe."""
    password_hash = shop.registry.password_hasher.hash(PASSWORD)
    add_account(shop.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
    return shop.signed_in("ada@example.org")


@pytest.fixture
def paid(shop, stripe):
    """The id of the money of a paid order of “Tide”."""
    return buy(shop, stripe)


@pytest.mark.every_database
def test_an_admin_refunds_a_line_and_the_buyer_gets_a_credit_note(store, testapp, tide, ada_at):
    page = buyer.buy(testapp, email=CAROL)
    order_id = order_id_of(page)
    file = download(page).request.path
    done = refund_form(ada_at, order_id, lines=[0]).submit(status=303).follow()
    assert "being sent" in done.html.main.text
    assert store.rows(CreditNote) == []
    make_refunds(store.registry)
    [refund] = store.rows(Refund)
    assert (refund.amount_cents, refund.currency, refund.requested_by) == (900, "EUR", "ada@example.org")
    assert refund.has_succeeded
    assert (order_of(store).refunded_cents, store.rows(Payment)[0].refunded_cents) == (900, 900)
    assert counters(store, CreditNote) == [("local-cn", 1)]
    mail = store.mails(CAROL)[-1]
    assert (mail.kind, mail.subject) == ("credit-note", "Credit note LOCAL-C-1 from Test Records")
    for words in ("€9.00", "receipt LOCAL-1", "Tide by Ada Sound", "no longer download"):
        assert words in " ".join(mail.text_body.split())
    assert "She asked" not in mail.text_body
    shown = testapp.get(page.request.path)
    assert "can no longer be downloaded" in shown
    assert not shown.html.select(".downloads")
    testapp.get(file, status=404)
    note = shown.click("Credit note LOCAL-C-1")
    assert note.html.h1.text == "Credit note LOCAL-C-1"
    assert "Buy album" in testapp.get("/albums/tide")
    text = ada_at.get(f"/admin/orders/{order_id}").html.main.text
    for words in ("refunded", "succeeded", "credit note LOCAL-C-1", "access ended", "She asked for it"):
        assert words in text


@pytest.mark.every_database
def test_a_refund_of_an_amount_keeps_the_music(store, testapp, tide, ada_at):
    page = buyer.buy(testapp, email=CAROL)
    for amount in ("2.50", "1,25"):
        refund_form(ada_at, order_id_of(page), amount=amount).submit(status=303)
        make_refunds(store.registry)
    assert order_of(store).refunded_cents == 375
    assert is_owned(store)
    assert download(testapp.get(page.request.path)).status_int == 200
    assert counters(store, CreditNote) == [("local-cn", 1), ("local-cn", 2)]
    assert "partly refunded" in ada_at.get("/admin/orders")
    shown = ada_at.get(f"/admin/orders/{order_id_of(page)}")
    assert "Left to refund: €5.25." in shown


def test_a_credit_note_of_another_order_is_not_shown(store, testapp, tide, ada_at):
    carols = buyer.buy(testapp, email=CAROL)
    daves = buyer.buy(store.browser(), email="dave@example.org")
    refund_form(ada_at, order_id_of(daves), lines=[0]).submit(status=303)
    make_refunds(store.registry)
    [refund] = store.rows(Refund)
    for order_id in (order_id_of(carols), order_id_of(daves)):
        testapp.get(f"/purchases/{order_id}/credit_notes/{refund.id}", status=404)
    testapp.get(f"{carols.request.path}/credit_notes/nothing", status=404)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choose what is refunded, or enter an amount such as €9.00."),
        ({"amount": "9.01"}, "There is only €9.00 left to refund."),
        ({"amount": "0"}, "Choose what is refunded"),
        ({"amount": "-1"}, "“-1” is below zero."),
        ({"amount": "1.005"}, "“1.005” could mean 1005 or 1.005. If you mean 1005, write 1005.00."),
        ({"amount": "9" * 40}, "is not a price."),
        ({"amount": "x\0"}, "“x” is not a price."),
        ({"lines": [0], "reason": " "}, "Enter a reason."),
        ({"lines": [0], "reason": "x" * 501}, "Use at most 500 characters"),
        ({"lines": [0], "payment_id": "0" * 32}, "Reload this page"),
        ({"lines": [0], "refund_id": "x"}, "Reload this page"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused_with_the_reason(store, testapp, tide, ada_at, values, sentence):
    order_id = order_id_of(buyer.buy(testapp, email=CAROL))
    form = refund_form(ada_at, order_id, **values)
    answer = form.submit(status=400)
    assert sentence in answer.html.select_one(".error-summary").text
    assert store.rows(Refund) == []
    assert order_of(store).refunded_cents == 0
    assert [entry.action for entry in store.rows(AuditEntry)] == []


@pytest.mark.parametrize("line", ["999", "x", "2147483648", ""])
def test_lines_of_other_orders_are_refused(store, testapp, tide, ada_at, line):
    form = refund_form(ada_at, order_id_of(buyer.buy(testapp, email=CAROL)))
    fields = [*form.submit_fields(), ("lines", line)]
    ada_at.post(form.action, fields, status=400)
    assert store.rows(Refund) == []


def test_the_same_form_makes_one_refund(store, testapp, tide, ada_at):
    form = refund_form(ada_at, order_id_of(buyer.buy(testapp, email=CAROL)), amount="3")
    for _ in range(3):
        form.submit(status=303)
    make_refunds(store.registry)
    form.submit(status=303)
    assert [refund.amount_cents for refund in store.rows(Refund)] == [300]
    [entry] = store.rows(AuditEntry)
    assert (entry.action, entry.target) == ("order-refunded", order_of(store).id)
    assert "refunded a part or all of order" in ada_at.get("/admin/actions").html.main.text


def test_a_second_form_after_all_is_refunded_says_so(store, testapp, tide, ada_at):
    order_id = order_id_of(buyer.buy(testapp, email=CAROL))
    forms = [refund_form(ada_at, order_id, lines=[0]) for _ in range(2)]
    forms[0].submit(status=303)
    forms[0].submit(status=303)
    answer = forms[1].submit(status=400)
    assert "no more to refund" in answer.html.select_one(".error-summary").text
    assert len(store.rows(Refund)) == 1


def test_a_free_or_unpaid_order_has_nothing_to_refund(store, testapp, gift, tide, ada_at):
    buyer.order(testapp, "gift", CAROL)
    buyer.order(store.browser(), email=CAROL)
    for order in store.rows(Order):
        assert not ada_at.get(f"/admin/orders/{order.id}").html.select('form[action$="/refund"]')
        token = ada_at.cookies["csrf"]
        fields = {"csrf_token": token, "refund_id": "a" * 32, "payment_id": "b" * 32, "amount": "1", "reason": "x"}
        ada_at.post(f"/admin/orders/{order.id}/refund", fields, status=400)
    [payment] = store.rows(Payment)
    fields |= {"payment_id": payment.id}
    ada_at.post(f"/admin/orders/{payment.order_id}/refund", fields, status=400)
    assert store.rows(Refund) == []


def test_what_is_refunded_stays_downloadable_if_the_owner_says_so(make_store, stripe, tmp_path):
    shop = make_store(**stripe_settings(stripe), refunds__revoke_access="false")
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    password_hash = shop.registry.password_hasher.hash(PASSWORD)
    add_account(shop.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
    buy(shop, stripe)
    refund_form(shop.signed_in("ada@example.org"), order_of(shop).id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert order_of(shop).refunded_cents == 900
    assert is_owned(shop)
    assert "no longer download" not in shop.mails(CAROL)[-1].text_body


def test_a_refund_at_stripe_is_made_once(shop, stripe, paid, admin):
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    for _ in range(3):
        make_refunds(shop.registry)
    assert stripe.refunded(paid) == 900
    [refund] = stripe.refunds.values()
    assert refund["metadata"]["refund_id"] == shop.rows(Refund)[0].id
    assert kinds(shop) == ["receipt", "credit-note"]
    assert not is_owned(shop)


@pytest.mark.parametrize("trouble", ["down", "cut", "garbage", "lost"])
def test_a_refund_whose_answer_was_lost_is_made_once(clock, shop, stripe, paid, admin, trouble):
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    stripe.trouble = ["", *([trouble] if trouble in {"garbage", "lost"} else [trouble] * 2)]
    make_refunds(shop.registry)
    assert shop.rows(Refund)[0].succeeded_date is None
    assert make_refunds(shop.registry) == 0  # not again and again
    clock.shift(61)
    make_refunds(shop.registry)
    assert len(stripe.refunds) == 1
    assert shop.rows(Refund)[0].has_succeeded
    assert kinds(shop) == ["receipt", "credit-note"]


def test_a_refund_is_looked_for_before_it_is_sent_again_once_stripe_has_forgotten_it(clock, shop, stripe, paid, admin):
    refund_form(admin, order_of(shop).id, amount="3").submit(status=303)
    stripe.trouble = ["", "cut", "cut"]
    make_refunds(shop.registry)
    assert stripe.refunded(paid) == 300
    clock.shift(25 * 3_600)
    stripe.saved.clear()  # as Stripe does after 24 hours
    make_refunds(shop.registry)
    assert stripe.refunded(paid) == 300
    assert shop.rows(Refund)[0].has_succeeded


def test_a_refund_that_stripe_refuses_releases_its_amount(shop, stripe, paid, admin):
    stripe.refund_at_stripe(paid, 500)
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert order_of(shop).refunded_cents == 0
    assert is_owned(shop)
    assert kinds(shop) == ["receipt"]
    [refund] = shop.rows(Refund)
    assert "charge_already_refunded" in refund.failure
    assert kinds(shop, "store@example.org") == ["order-problem"]
    page = admin.get(f"/admin/orders/{order_of(shop).id}")
    assert "failed: " in page.html.main.text
    assert page.html.select('form[action$="/refund"]')


def test_a_refund_that_fails_late_gives_the_music_back_and_cancels_its_credit_note(shop, stripe, paid, admin):
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert not is_owned(shop)
    [refund] = stripe.refunds.values()
    refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    tell(shop, stripe.event_about(refund, "refund.failed"), stripe.event_about(refund, "refund.updated"))
    assert is_owned(shop)
    assert order_of(shop).refunded_cents == 0
    assert open_problems(shop) == ["refund-failed"]
    assert counters(shop, CreditNote) == [("test-cn", 1)]
    assert kinds(shop) == ["receipt", "credit-note", "credit-note-cancelled"]
    assert "Credit note TEST-C-1 is cancelled." in shop.mails(CAROL)[-1].text_body
    assert "Until then you can download your music again." in shop.mails(CAROL)[-1].text_body
    browser = shop.browser()
    page = browser.get(shop.mailed_link(CAROL, "receipt")).follow()
    assert "This refund failed: €9.00, Credit note TEST-C-1 (cancelled)" in " ".join(page.html.main.text.split())
    assert "Cancelled on" in page.click("Credit note TEST-C-1")
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert counters(shop, CreditNote) == [("test-cn", 1), ("test-cn", 2)]
    assert open_problems(shop) == []


def test_the_failure_of_a_refund_that_took_nothing_away_promises_no_music(shop, stripe, paid, admin):
    refund_form(admin, order_of(shop).id, amount="4").submit(status=303)
    make_refunds(shop.registry)
    [refund] = stripe.refunds.values()
    refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    tell(shop, stripe.event_about(refund, "refund.failed"))
    mail = shop.mails(CAROL)[-1]
    assert mail.kind == "credit-note-cancelled"
    assert "download" not in mail.text_body + mail.html_body


@pytest.mark.parametrize(("failed", "left"), [([4], []), ([4, 4], ["refund-failed"]), ([5], ["refund-failed"])])
def test_a_failed_refund_is_solved_by_another_of_its_amount_only_if_no_other_failed(
    shop, stripe, paid, admin, failed, left
):
    for amount in failed:
        refund_form(admin, order_of(shop).id, amount=str(amount)).submit(status=303)
        make_refunds(shop.registry)
        refund = list(stripe.refunds.values())[-1]
        refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        tell(shop, stripe.event_about(refund, "refund.failed"))
    assert open_problems(shop) == ["refund-failed"]
    refund_form(admin, order_of(shop).id, amount="4").submit(status=303)
    make_refunds(shop.registry)
    assert open_problems(shop) == left


def test_a_refund_that_takes_its_time_is_asked_about_until_it_has_succeeded(clock, shop, stripe, paid, admin):
    stripe.refund_status = "pending"
    refund_form(admin, order_of(shop).id, lines=[0]).submit(status=303)
    make_refunds(shop.registry)
    assert "under way" in admin.get(f"/admin/orders/{order_of(shop).id}")
    assert is_owned(shop)
    assert kinds(shop) == ["receipt"]
    [refund] = stripe.refunds.values()
    refund["status"] = "succeeded"
    clock.shift(3_600)
    make_refunds(shop.registry)
    assert kinds(shop) == ["receipt", "credit-note"]
    refund["status"] = "failed"  # and no event tells of it
    clock.shift(2 * 86_400)
    make_refunds(shop.registry)
    assert is_owned(shop)
    clock.shift(60 * 86_400)
    calls = len(stripe.calls)
    make_refunds(shop.registry)
    assert len(stripe.calls) == calls


def test_no_money_is_refunded_with_the_keys_of_another_mode(shop, make_store, stripe, paid, admin):
    live = make_store(**stripe_settings(stripe) | {"stripe__secret_key": "sk_live_double"})
    page = live.signed_in("ada@example.org").get(f"/admin/orders/{order_of(shop).id}")
    assert not page.html.select('form[action$="/refund"]')
