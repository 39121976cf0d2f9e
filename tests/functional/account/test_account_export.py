"""The export of everything that the store holds about a customer."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.audit_entry import AuditEntry
from album_store.data.known_browser import KnownBrowser
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.types import utc_now
from album_store.viewmodels.account.export_viewmodel import MAX_ROWS_SHOWN
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, form_at, sign_in


@pytest.fixture
def alice_at(store, alice, bob):
    """Alice's browser, signed in, after some activity by her and by Bob."""
    store.signed_in("bob@example.org", "bob has another one")
    browser = store.signed_in()
    ask_for_reset(store.browser(REMOTE_ADDR="192.0.2.99"))
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@example.net", PASSWORD
    form.submit(status=303)
    return browser


def test_the_account_page_links_to_the_export_which_is_not_cached(alice_at):
    answer = alice_at.get("/account").click("View your data").click("Download as JSON")
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(
        r'attachment; filename="test-records-20\d\d-\d\d-\d\d\.json"', answer.headers["Content-Disposition"]
    )


@pytest.mark.every_database
def test_the_export_covers_the_account_and_nothing_about_bob(alice_at):
    text = alice_at.get("/account/export.json").text
    found = json.loads(text)
    assert [account["email_address"] for account in found["account"]] == ["alice@example.org"]
    assert [session["browser"] for session in found["sessions"]] == ["TestBrowser"]
    assert [reset["asked_from_address"] for reset in found["password_resets"]] == ["192.0.2.99"]
    assert [change["new_address"] for change in found["email_changes"]] == ["alice@example.net"]
    assert [mail["kind"] for mail in found["mails"]] == ["reset-password"]
    assert "bob" not in text


def test_the_export_contains_no_secrets(store, alice_at):
    text = alice_at.get("/account/export.json").text
    mails = [store.mailed_link(), store.mailed_link("alice@example.net")]
    secrets = [part for link in mails for part in link.rpartition("/")[2].split(".")]
    secrets += [alice_at.cookies[name] for name in ("session", "browser", "csrf")]
    hashes = (Account.password_hash, AccountSession.token_hash, KnownBrowser.token_hash)
    with store.db_sessions.read() as dbsession:
        for column in (*hashes, PasswordReset.secret_hash, PendingEmailChange.secret_hash):
            secrets += dbsession.scalars(select(column)).all()
    assert len(secrets) > 12
    assert [secret for secret in secrets if secret in text] == []
    assert "/account/" not in text


def test_downloading_the_export_changes_nothing(store, alice_at):
    before = store.dump()
    alice_at.get("/account/export.json")
    assert alice_at.head("/account/export.json").body == b""
    assert store.dump() == before
    alice_at.post("/account/export.json", {"csrf_token": alice_at.cookies["csrf"]}, status=404)


def test_the_export_asks_for_sign_in_after_the_session_has_ended(store, alice_at):
    with store.db_sessions.begin() as dbsession:
        dbsession.query(AccountSession).delete()
    assert "/account/signin?next=%2Faccount%2Fexport.json" in alice_at.get("/account/export.json", status=303).location
    assert sign_in(alice_at).status_int == 303


def test_the_export_does_not_reveal_whether_an_address_has_an_account(store, alice, bob):
    browser, told = store.signed_in(), []
    for email in ("nobody@example.org", "bob@example.org"):
        form = form_at(browser.get("/account"), "/account/email")
        form["email"], form["current_password"] = email, PASSWORD
        form.submit(status=303)
        [newest] = browser.get("/account/export.json").json["email_changes"][-1:]
        told.append({**newest, "new_address": "", "asked_date": ""})
    assert [set(part) for part in told] == [set(told[0])] * 2
    assert len(store.rows(PendingEmailChange)) == 2


def section_of(page, title):
    """The section of the page under a heading."""
    return page.html.find("h2", string=title).find_parent("section")


def test_the_page_shows_every_part_and_links_to_it(store, alice_at):
    page = alice_at.get("/account/export")
    assert page.headers["Cache-Control"] == "no-store"
    facts = section_of(page, "Account").get_text(" ", strip=True)
    assert "Email address alice@example.org" in facts
    assert "Email address confirmed Yes" in facts
    assert "192.0.2.99" in section_of(page, "Password resets").text
    assert "alice@example.net" in section_of(page, "Email changes").text
    assert "Albums you maintain" in section_of(page, "Nothing stored").text
    assert "bob" not in page.html.main.text
    links = [link["href"][1:] for link in page.html.select(".section-links a")]
    assert links == [heading["id"] for heading in page.html.main.find_all("h2")]


def test_the_page_shows_dates_in_words(store, alice_at):
    [began] = section_of(alice_at.get("/account/export"), "Devices").find_all("time")[:1]
    assert began["datetime"].endswith("+00:00")
    assert began.text.endswith("UTC")


def test_rows_of_one_kind_are_a_table_with_labels_for_narrow_screens(store, alice_at):
    store.signed_in()
    table = section_of(alice_at.get("/account/export"), "Devices").table
    headings = [cell.text for cell in table.find_all("th")]
    assert headings == ["Signed in", "Last seen", "From IP address", "Browser"]
    assert [[cell["data-label"] for cell in row.find_all("td")] for row in table.tbody.find_all("tr")] == [headings] * 2


def test_the_page_says_in_words_what_the_file_says_in_code_names(store, alice, alice_at):
    until = {"actor_id": alice, "target": "192.0.2.0/24", "details": "2026-03-31T13:00:00+00:00"}
    store.add(
        AuditEntry(action="role-taken", actor="Ada", target_id=alice, target="alice@example.org", details="admin"),
        AuditEntry(action="network-blocked", actor="alice@example.org", **until),
    )
    page = alice_at.get("/account/export")
    shown = {title: section_of(page, title).get_text(" ", strip=True) for title in ("Roles", "Devices", "Emails")}
    assert "Role Customer" in shown["Roles"]
    assert "Browser An unknown browser" in shown["Devices"]
    assert "Kind Reset password" in shown["Emails"]
    assert "Action Role removed" in section_of(page, "Changes to your account").get_text(" ", strip=True)
    assert "Details March 31, 2026" in section_of(page, "Your actions as an admin").get_text(" ", strip=True)
    for code_name in ("reset-password", "role-taken", "TestBrowser", "None"):
        assert code_name not in page.html.main.text
        assert code_name == "None" or code_name in alice_at.get("/account/export.json")


def test_a_cell_without_a_value_holds_a_dash(store, alice_at):
    store.add(*(OutgoingMail(kind="test-mail", recipient="alice@example.org", subject="A", text_body="", sent_date=date)
                for date in (None, utc_now())))  # fmt: skip
    cells = section_of(alice_at.get("/account/export"), "Emails").find_all("td", {"data-label": "Sent"})
    assert "\N{EN DASH}" in [cell.text for cell in cells]


def test_the_page_shows_the_newest_rows_and_says_if_there_are_more(store, alice_at):
    mails = [
        OutgoingMail(kind="a-kind", recipient="alice@example.org", subject=f"Number {number}", text_body="")
        for number in range(MAX_ROWS_SHOWN + 1)
    ]
    for number, mail in enumerate(mails):
        mail.created_date = utc_now() + timedelta(seconds=number)
    store.add(*mails)
    section = section_of(alice_at.get("/account/export"), "Emails")
    assert len(section.tbody.find_all("tr")) == MAX_ROWS_SHOWN
    assert f"These are the {MAX_ROWS_SHOWN} newest entries." in section.text
    assert f"Number {MAX_ROWS_SHOWN}" in section.tbody.tr.text
    assert "Number 0" not in section.text
    assert len(alice_at.get("/account/export.json").json["mails"]) > MAX_ROWS_SHOWN


def test_a_visitor_is_asked_to_sign_in_before_the_page(testapp):
    assert "/account/signin?next=%2Faccount%2Fexport" in testapp.get("/account/export", status=303).location
