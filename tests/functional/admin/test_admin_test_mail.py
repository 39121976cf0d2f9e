"""The button that sends an admin a test mail, and what the overview says of it."""

from datetime import timedelta

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.outgoing_mail import OutgoingMail
from tests.support.clock import NOON
from tests.support.fake_smtp import FakeSmtp
from tests.support.store_driver import form_at

MINUTE = timedelta(minutes=1)


@pytest.fixture
def smtp():
    with FakeSmtp() as server:
        yield server


def press(browser, status=303):
    return form_at(browser.get("/admin"), "/admin/test_mail").submit(status=status)


def said(browser):
    return browser.get("/admin").html.select_one("#mail-heading ~ p").text


def test_the_mail_goes_to_the_admins_own_stored_address_whatever_the_form_says(store, ada_at, alice):
    form = form_at(ada_at.get("/admin"), "/admin/test_mail")
    ada_at.post("/admin/test_mail", dict(form.submit_fields()) | {"email": "alice@example.org"}, status=303)
    [mail] = store.mails()
    assert (mail.kind, mail.recipient) == ("test-mail", "ada@example.org")
    assert mail.subject == "Test email from Test Records"


def test_the_press_is_said_and_audited(store, ada, ada_at, caplog):
    page = press(ada_at, status=303).follow()
    assert page.request.path == "/admin"
    assert "We're sending you a test email." in page.html.select_one(".flash-message").text
    [entry] = store.rows(AuditEntry)
    assert (entry.action, entry.actor_id, entry.target_id) == ("test-mail-sent", ada, ada)
    assert "ada@example.org sent a test email to ada@example.org" in " ".join(page.html.main.text.split())
    assert f"event=admin-action action=test-mail-sent actor={ada} target={ada}" in caplog.text


@pytest.mark.usefixtures("clock")
def test_the_page_says_since_when_it_waits_and_when_it_went_into_the_mailbox(store, ada_at):
    assert said(ada_at) == "You haven't sent yourself a test email yet."
    press(ada_at)
    assert said(ada_at) == "Your last test email has been waiting since March 31, 2026, 12:00\u202fPM UTC."
    store.deliver_mail()
    assert said(ada_at) == "Your last test email was saved to the mailbox on March 31, 2026, 12:00\u202fPM UTC."


@pytest.fixture
def smtp_store(make_store, smtp):
    """A store that sends through the mail server of the test."""
    return make_store(mail__delivery="smtp", mail__host="127.0.0.1", mail__port=str(smtp.port), mail__tls="none")


@pytest.fixture
def ada_there(smtp_store, ada):
    """Ada's browser at that store."""
    return smtp_store.signed_in("ada@example.org")


def test_the_page_says_that_it_left(smtp_store, smtp, ada_there):
    press(ada_there)
    smtp_store.deliver_mail()
    assert [mail.recipients for mail in smtp.mails] == [["ada@example.org"]]
    assert said(ada_there).startswith("Your last test email was sent on ")


def test_the_page_says_why_it_still_waits_and_when_it_is_tried_again(smtp_store, smtp, ada_there):
    smtp.answers["GREETING"] = "421 come back <later>"
    press(ada_there)
    smtp_store.deliver_mail()
    sentence = said(ada_there)
    assert sentence.startswith("Your last test email has been waiting since ")
    assert "We'll try again on " in sentence
    assert sentence.endswith("SMTPConnectError 421 come back <later>")


def test_the_page_says_why_it_failed(smtp_store, smtp, ada_there):
    smtp.answers["RCPT"] = "550 no such mailbox"
    press(ada_there)
    smtp_store.deliver_mail()
    assert said(ada_there).startswith("Your last test email failed on ")
    assert said(ada_there).endswith(": SMTPRecipientsRefused 550 no such mailbox")


def test_only_the_last_one_to_this_admin_counts(store, ada_at):
    press(ada_at)
    store.deliver_mail()
    store.add(OutgoingMail(kind="test-mail", recipient="bea@example.org", subject="Test", failed_date=NOON))
    store.add(OutgoingMail(kind="confirm-email", recipient="ada@example.org", subject="Other", failed_date=NOON))
    assert "saved to the mailbox" in said(ada_at)
    press(ada_at)
    assert "has been waiting" in said(ada_at)


def test_the_fourth_in_a_row_is_refused_with_a_word_and_sends_nothing(store, ada_at, clock):
    for _ in range(3):
        press(ada_at, status=303)
    refused = press(ada_at, status=400)
    assert "You've sent yourself several test emails." in refused.html.select_one(".error-summary").text
    assert (len(store.mails()), len(store.rows(AuditEntry))) == (3, 3)
    store.deliver_mail()  # what was sent counts too
    press(ada_at, status=400)
    clock.shift(5 * MINUTE)
    press(ada_at, status=303)
    press(ada_at, status=400)


def test_the_mails_of_another_admin_and_other_kinds_leave_the_limit_alone(store, ada_at):
    for number in range(10):
        kind, recipient = ("test-mail", "bea@example.org") if number % 2 else ("confirm-email", "ada@example.org")
        store.add(OutgoingMail(kind=kind, recipient=recipient, subject="Other"))
    press(ada_at, status=303)


def test_somebody_who_opens_the_address_of_the_button_gets_the_overview(store, ada_at):
    assert ada_at.get("/admin/test_mail", status=303).location == "http://localhost/admin"
    assert store.mails() == []


def test_without_the_token_nothing_is_sent(store, ada_at):
    ada_at.post("/admin/test_mail", status=400)
    assert store.mails() == store.rows(AuditEntry) == []
