"""Sending the registration email again."""

import itertools
from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.secret_codes import hash_secret
from tests.support.factories import PASSWORD
from tests.support.statement_log import statements_of
from tests.support.store_driver import confirmation_form, form_at, register, shown, sign_in
from tests.support.strangers import stranger

EMAILS = ("carol@example.org", "alice@example.org")  # without and with an account


def send_again(browser, page=None):
    """Press the button that sends the registration email again."""
    return form_at(page or browser.get("/account/register_sent"), "/account/register_sent").submit(expect_errors=True)


def can_ask(page):
    return "Send the email again" in page


def test_the_email_can_be_sent_again_and_each_link_works(store, testapp):
    register(testapp, "carol@example.org", name="Carol")
    first = store.mailed_link("carol@example.org")
    page = send_again(testapp).follow()
    assert "We've sent the email again" in page
    assert [mail.kind for mail in store.mails("carol@example.org")] == ["confirm-registration"] * 2
    second = store.mailed_link("carol@example.org")
    assert first != second
    for link in (first, second):
        assert "password" not in confirmation_form(testapp.get(link)).fields
        assert "password" in confirmation_form(store.browser().get(link)).fields
    confirmation_form(testapp.get(first)).submit(status=303)
    testapp.get(second, status=404)
    assert [account.display_name for account in store.rows(Account)] == ["Carol"]
    assert sign_in(store.browser(), "carol@example.org").status_int == 303


def test_the_second_link_works_in_any_browser_with_the_same_password(store, testapp):
    register(testapp, "carol@example.org")
    send_again(testapp)
    button = confirmation_form(store.browser().get(store.mailed_link("carol@example.org")))
    button["password"] = PASSWORD
    button.submit(status=303)


def use_up_mails(store, email):
    """Register an address from many clients until it gets no more emails."""
    for number in itertools.count():
        before = len(store.mails(email))
        register(stranger(store, number), email)
        if len(store.mails(email)) == before:
            return


def test_known_new_and_limited_addresses_get_the_same_answer(store, alice):
    answers = set()
    for limited in (False, True):
        for email in EMAILS:
            if limited:
                use_up_mails(store, email)
            browser = store.browser()
            register(browser, email)
            before = len(store.mails(email))
            answer = send_again(browser)
            page = answer.follow()
            assert can_ask(page)
            answers.add((answer.status, answer.location, *sorted(answer.headers), *sorted(page.headers), shown(page)))
            assert len(store.mails(email)) == before + (0 if limited else 1)
    assert len(answers) == 1
    assert {mail.kind for mail in store.mails("carol@example.org")} == {"confirm-registration"}
    assert {mail.kind for mail in store.mails("alice@example.org")} == {"account-exists"}


def test_sending_again_runs_the_same_statements_for_taken_and_new_addresses(store, alice):
    costs = []
    for email in EMAILS:
        browser = store.browser()
        register(browser, email)
        form = form_at(browser.get("/account/register_sent"), "/account/register_sent")
        with statements_of(store.db_sessions.engine, all_kinds=True) as statements:
            form.submit(status=303)
        costs.append([statement for statement, _ in statements])
    assert costs[0] == costs[1]
    assert any("OutgoingMail" in statement for statement in costs[0])


def test_sending_again_does_not_reveal_that_the_address_was_registered(store, testapp, clock):
    owner = store.browser()
    for browser in (testapp, owner):
        register(browser, "carol@example.org")
    before = send_again(testapp)
    confirmation_form(owner.get(store.mailed_link("carol@example.org", "confirm-registration")))
    links = [store.link_in(mail) for mail in store.mails("carol@example.org")]
    confirmation_form(owner.get(links[1])).submit(status=303)
    clock.shift(timedelta(minutes=5))  # until another email may be sent to the address
    after = send_again(testapp)
    assert (before.status, before.location) == (after.status, after.location)
    assert store.mails("carol@example.org")[-1].kind == "account-exists"
    assert [store.browser().get(link, expect_errors=True).status_int for link in links] == [404] * 3


def test_without_a_receipt_the_registration_form_is_offered(store, testapp):
    register(testapp, "carol@example.org")
    form = form_at(testapp.get("/account/register_sent"), "/account/register_sent")
    stranger = store.browser()
    assert not can_ask(stranger.get("/account/register_sent"))
    fields = {"csrf_token": form_at(stranger.get("/account/signin"), "/account/signin")["csrf_token"].value}
    for receipt in ("", "x", "x" * 43, store.rows(PendingRegistration)[0].receipt_hash):
        stranger.set_cookie("registration", receipt or "none")
        answer = stranger.post("/account/register_sent", fields, status=303)
        assert answer.location.endswith("/account/register")
        assert "has expired. Register again" in answer.follow()
    assert len(store.mails()) == 1
    form.submit(status=303)
    assert len(store.mails()) == 2


def test_sending_again_extends_a_registration_and_an_expired_one_says_so(store, testapp, clock):
    register(testapp, "carol@example.org")
    receipt = testapp.cookies["registration"]
    clock.shift(timedelta(hours=23))
    send_again(testapp)
    assert testapp.cookies["registration"] == receipt
    clock.shift(timedelta(hours=23))
    assert send_again(testapp).location.endswith("/account/register_sent")
    assert {row.receipt_hash for row in store.rows(PendingRegistration)} == {hash_secret(receipt)}
    form = form_at(testapp.get("/account/register_sent"), "/account/register_sent")
    clock.shift(timedelta(hours=24))
    cookies = f"csrf={testapp.cookies['csrf']}; registration={receipt}"  # as if the browser had kept the cookie
    assert form.submit(headers={"Cookie": cookies}).location.endswith("/account/register")
    assert len(store.mails()) == 3


def test_sending_again_counts_as_a_registration_of_the_client(store, testapp):
    for number in itertools.count():
        if register(testapp, f"{number}@example.org").status_int == 429:
            break
    mails = len(store.mails())
    assert send_again(testapp).status_int == 429
    assert len(store.mails()) == len(store.rows(PendingRegistration)) == mails


def test_sending_again_sends_no_more_emails_than_registering(store):
    one, other = stranger(store, 1), stranger(store, 2)
    register(one, "carol@example.org")
    assert [send_again(one).status_int for _ in range(14)] == [303] * 14
    for _ in range(15):
        register(other, "dave@example.org")
    assert len(store.mails("carol@example.org")) == len(store.mails("dave@example.org")) < 15


def test_a_dead_confirmation_link_offers_another_email_to_the_browser_that_registered(store, testapp, clock):
    register(testapp, "carol@example.org")
    dead = f"/account/confirm/{'0' * 32}.{'a' * 43}"
    assert not can_ask(store.browser().get(dead, status=404))
    assert not can_ask(testapp.get(dead.replace("confirm", "confirm_email"), status=404))
    page = testapp.get(dead, status=404)
    assert "We've sent the email again" in send_again(testapp, page).follow()
    assert len(store.mails("carol@example.org")) == 2


def test_a_confirmed_registration_cannot_be_sent_again(store, testapp):
    register(testapp, "carol@example.org")
    confirmation_form(testapp.get(store.mailed_link("carol@example.org"))).submit(status=303)
    assert not can_ask(testapp.get("/account/register_sent"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_page_sends_no_email(store, testapp, method):
    register(testapp, "carol@example.org")
    testapp.request("/account/register_sent", method=method, status=200)
    assert len(store.mails()) == 1
