"""Changing the email address of an account."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.types import utc_now
from album_store.worker.daily_tasks import purge
from tests.support.clock import NOON
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, confirmation_form, form_at, register, sign_in

NEW = "alice@elsewhere.example.org"


def ask(browser, email=NEW, password=PASSWORD):
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = email, password
    return form.submit(expect_errors=True)


@pytest.fixture
def alice_at(store, alice):
    """Alice's browser, signed in."""
    return store.signed_in()


def test_the_new_address_is_confirmed_and_the_old_one_notified(store, alice_at):
    page = ask(alice_at, " Alice@Elsewhere.example.ORG ").follow()
    assert "The change takes effect once you open the link and confirm." in page
    assert store.rows(Account)[0].email == "alice@example.org"
    [mail] = store.mails()
    assert (mail.kind, mail.recipient) == ("confirm-email", NEW)

    page = confirmation_form(alice_at.get(store.mailed_link(NEW))).submit().follow()
    assert "Your email address has been changed." in page
    assert store.rows(Account)[0].email == NEW
    notice = store.mails("alice@example.org")[-1]
    assert notice.kind == "email-changed"
    assert NEW not in notice.text_body + notice.html_body
    assert "a\u2026@elsewhere.example.org" in notice.text_body
    assert sign_in(store.browser(), NEW).status_int == 303
    assert sign_in(store.browser()).status_int == 400


def test_opening_the_link_changes_nothing(store, alice_at):
    ask(alice_at)
    link = store.mailed_link(NEW)
    for look in (alice_at.head, *[alice_at.get] * 5):
        look(link, status=200)
    assert store.rows(Account)[0].email == "alice@example.org"
    assert not store.rows(PendingEmailChange)[0].was_used


def test_the_link_works_once_and_in_any_browser(store, alice_at):
    ask(alice_at)
    elsewhere, link = store.browser(), store.mailed_link(NEW)
    button = confirmation_form(elsewhere.get(link))
    assert button.submit().location.endswith("/account/signin")
    assert button.submit(expect_errors=True).status_int == 404
    assert len(store.rows(AccountSession)) == 1
    assert [mail.kind for mail in store.mails()] == ["confirm-email", "email-changed"]


@pytest.mark.parametrize(("seconds", "works"), [(86_399, True), (86_400, False), (86_401, False)])
def test_the_link_works_for_less_than_a_day(store, alice, seconds, works, clock):
    ask(store.signed_in())
    browser = store.browser()
    button = confirmation_form(browser.get(store.mailed_link(NEW)))
    clock.shift(timedelta(seconds=seconds))
    assert button.submit(expect_errors=True).status_int == (303 if works else 404)
    assert store.rows(Account)[0].email == (NEW if works else "alice@example.org")


def test_confirming_after_a_pause_updates_the_session_without_waiting(store, alice, caplog, clock):
    alice_at = store.signed_in()
    ask(alice_at)
    button = confirmation_form(alice_at.get(store.mailed_link(NEW)))
    clock.shift(timedelta(minutes=11))
    assert button.submit().location == "http://localhost/account"
    assert store.rows(AccountSession)[0].last_seen_date == NOON + timedelta(minutes=11)
    assert "session-update-skipped" not in caplog.text


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        (NEW, "wrong", "not your current password"),
        (NEW, "", "Enter your current password"),
        ("", PASSWORD, "Enter your email address"),
        (" Alice@Example.ORG ", PASSWORD, "This is already your email address."),
        ("elsewhere", PASSWORD, "Enter a valid email address, such as name@example.org."),
        ("victim@x,evil@y", PASSWORD, "Enter a valid email address, such as name@example.org."),
        (f"{NEW}\r\nBcc: evil@example.org", PASSWORD, "Enter a valid email address, such as name@example.org."),
    ],
)
def test_a_refused_email_change_sends_no_email(store, alice_at, email, password, reason):
    page = ask(alice_at, email, password)
    assert page.status_int == 400
    assert reason in page.html.select_one(".field-error").text
    assert page.html.select_one("#email-current_password")["value"] == ""
    assert store.mails() == store.rows(PendingEmailChange) == []


def test_a_taken_address_gets_a_notice_and_the_same_answer(store, alice_at, bob):
    free = ask(alice_at, NEW)
    taken = ask(alice_at, "Bob@example.org")
    assert (free.status, free.headers["Location"]) == (taken.status, taken.headers["Location"])
    assert sorted(free.headers) == sorted(taken.headers)
    [mail] = store.mails("bob@example.org")
    assert mail.kind == "account-exists"
    for body in (mail.text_body, BeautifulSoup(mail.html_body, "html.parser").text):
        assert "tried to use this email address for an account at Test Records. You already have" in " ".join(
            body.split()
        )
    assert [row.new_email for row in store.rows(PendingEmailChange)] == [NEW, "bob@example.org"]


def test_a_second_email_change_request_ends_the_first_link(store, alice_at):
    ask(alice_at)
    first = store.mailed_link(NEW)
    ask(alice_at, "third@example.org")
    alice_at.get(first, status=404)
    alice_at.get(store.mailed_link("third@example.org"), status=200)


def test_a_reset_request_by_a_stranger_does_not_end_the_link(store, alice_at):
    ask(alice_at)
    ask_for_reset(store.browser())
    alice_at.get(store.mailed_link(NEW), status=200)


def test_the_link_stops_working_if_the_address_is_taken_meanwhile(store, alice_at, alice):
    ask(alice_at)
    button = confirmation_form(alice_at.get(store.mailed_link(NEW)))
    visitor = store.browser()
    register(visitor, NEW)
    confirmation_form(visitor.get(store.mailed_link(NEW, "confirm-registration"))).submit(status=303)
    assert button.submit(expect_errors=True).status_int == 404
    assert {account.email for account in store.rows(Account)} == {"alice@example.org", NEW}
    assert not store.rows(PendingEmailChange)[0].was_used


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_a_disabled_or_deleted_account_cannot_change_its_address(store, alice_at, alice, how):
    ask(alice_at)
    button = confirmation_form(store.browser().get(store.mailed_link(NEW)))
    if how == "disabled":
        store.change(Account, alice, disabled=True)
    else:
        with store.db_sessions.begin() as dbsession:
            dbsession.delete(dbsession.get_one(Account, alice))
    assert button.submit(expect_errors=True).status_int == 404
    assert NEW not in [account.email for account in store.rows(Account)]
    assert [mail.kind for mail in store.mails()] == ["confirm-email"]


def change(store, browser):
    ask(browser)
    confirmation_form(browser.get(store.mailed_link(NEW, "confirm-email"))).submit(status=303)


def exported_mails(browser):
    return [mail["kind"] for mail in browser.get("/account/export.json").json["mails"]]


def test_an_email_change_deletes_records_of_sent_emails_to_the_old_address(store, alice_at, bob):
    for email in ("alice@example.org", "bob@example.org"):
        ask_for_reset(store.browser(), email)
    store.deliver_mail()
    ask_for_reset(store.browser())
    change(store, alice_at)
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["reset-password", "email-changed"]
    assert all(mail.next_attempt_date for mail in store.mails("alice@example.org"))
    assert [mail.kind for mail in store.mails("bob@example.org")] == ["reset-password"]
    assert exported_mails(alice_at) == ["confirm-email"]


@pytest.mark.parametrize("is_deleted", [False, True])
def test_the_next_customer_of_an_old_address_sees_no_earlier_emails(store, alice, alice_at, is_deleted):
    ask_for_reset(store.browser())
    store.deliver_mail()
    ask_for_reset(store.browser())  # still in the outbox when the address changes, so its row stays
    change(store, alice_at)
    store.deliver_mail()
    if is_deleted:
        store.add(PendingDeletion(account_id=alice, due_date=utc_now()))
        purge(store.registry)
        assert [mail.kind for mail in store.mails(NEW)] == ["account-deleted"]
    carol_at = store.browser()
    register(carol_at, "alice@example.org")
    confirmation_form(carol_at.get(store.mailed_link(kind="confirm-registration"))).submit(status=303)
    ask_for_reset(carol_at)
    theirs = ["confirm-registration", "reset-password"]
    assert exported_mails(carol_at) == theirs
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["reset-password", "email-changed", *theirs]
