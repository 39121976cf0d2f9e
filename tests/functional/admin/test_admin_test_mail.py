"""The button that sends a test email, and its status on the overview."""

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


def test_the_test_email_goes_only_to_the_stored_address_of_the_admin(store, ada_at, alice):
    form = form_at(ada_at.get("/admin"), "/admin/test_mail")
    ada_at.post("/admin/test_mail", dict(form.submit_fields()) | {"email": "alice@example.org"}, status=303)
    [mail] = store.mails()
    assert (mail.kind, mail.recipient) == ("test-mail", "ada@example.org")
    assert mail.subject == "Test email from Test Records"


def test_sending_a_test_email_is_confirmed_and_audited(store, ada, ada_at, caplog):
    page = press(ada_at, status=303).follow()
    assert page.request.path == "/admin"
    assert "We're sending you a test email." in page.html.select_one(".flash-message").text
    [entry] = store.rows(AuditEntry)
    assert (entry.action, entry.actor_id, entry.target_id) == ("test-mail-sent", ada, ada)
    assert "ada@example.org sent a test email to ada@example.org" in " ".join(page.html.main.text.split())
    assert f"event=admin-action action=test-mail-sent actor={ada} target={ada}" in caplog.text


@pytest.mark.usefixtures("clock")
def test_the_page_shows_when_the_test_email_was_queued_and_delivered(store, ada_at):
    assert said(ada_at) == "You haven't sent yourself a test email yet."
    press(ada_at)
    assert said(ada_at) == "Your last test email has been waiting since March 31, 2026, 12:00\u202fPM UTC."
    store.deliver_mail()
    assert said(ada_at) == "Your last test email was saved to the mailbox on March 31, 2026, 12:00\u202fPM UTC."


@pytest.fixture
def smtp_store(make_store, smtp):
    """A store that delivers to the mail server of the test."""
    return make_store(mail__delivery="smtp", mail__host="127.0.0.1", mail__port=str(smtp.port), mail__tls="none")


@pytest.fixture
def ada_at_smtp_store(smtp_store, ada):
    """Ada's browser on that store."""
    return smtp_store.signed_in("ada@example.org")


def test_the_page_says_that_the_test_email_was_sent(smtp_store, smtp, ada_at_smtp_store):
    press(ada_at_smtp_store)
    smtp_store.deliver_mail()
    assert [mail.recipients for mail in smtp.mails] == [["ada@example.org"]]
    assert said(ada_at_smtp_store).startswith("Your last test email was sent on ")


def test_the_page_says_why_the_test_email_waits_and_when_it_is_retried(smtp_store, smtp, ada_at_smtp_store):
    smtp.answers["GREETING"] = "421 come back <later>"
    press(ada_at_smtp_store)
    smtp_store.deliver_mail()
    sentence = said(ada_at_smtp_store)
    assert sentence.startswith("Your last test email has been waiting since ")
    assert "We'll try again on " in sentence
    assert sentence.endswith("SMTPConnectError 421 come back <later>")


def test_the_page_says_why_the_test_email_failed(smtp_store, smtp, ada_at_smtp_store):
    smtp.answers["RCPT"] = "550 no such mailbox"
    press(ada_at_smtp_store)
    smtp_store.deliver_mail()
    assert said(ada_at_smtp_store).startswith("Your last test email failed on ")
    assert said(ada_at_smtp_store).endswith(": SMTPRecipientsRefused 550 no such mailbox")


def test_only_the_last_test_email_to_this_admin_is_shown(store, ada_at):
    press(ada_at)
    store.deliver_mail()
    store.add(OutgoingMail(kind="test-mail", recipient="bea@example.org", subject="Test", failed_date=NOON))
    store.add(OutgoingMail(kind="confirm-email", recipient="ada@example.org", subject="Other", failed_date=NOON))
    assert "saved to the mailbox" in said(ada_at)
    press(ada_at)
    assert "has been waiting" in said(ada_at)


def test_a_fourth_test_email_in_a_row_is_refused(store, ada_at, clock):
    for _ in range(3):
        press(ada_at, status=303)
    refused = press(ada_at, status=400)
    assert "several emails already. Try again in 5 minutes." in refused.html.select_one(".error-summary").text
    assert (len(store.mails()), len(store.rows(AuditEntry))) == (3, 3)
    store.deliver_mail()  # what was sent counts too
    press(ada_at, status=400)
    clock.shift(5 * MINUTE)
    press(ada_at, status=303)
    press(ada_at, status=400)


def test_other_emails_do_not_count_towards_the_test_email_limit(store, ada_at):
    for number in range(10):
        kind, recipient = ("test-mail", "bea@example.org") if number % 2 else ("confirm-email", "ada@example.org")
        store.add(OutgoingMail(kind=kind, recipient=recipient, subject="Other"))
    press(ada_at, status=303)


def test_opening_the_address_of_the_test_email_form_shows_the_overview(store, ada_at):
    assert ada_at.get("/admin/test_mail", status=303).location == "http://localhost/admin"
    assert store.mails() == []


def test_a_test_email_needs_the_csrf_token(store, ada_at):
    ada_at.post("/admin/test_mail", status=400)
    assert store.mails() == store.rows(AuditEntry) == []
