"""The export: a file with everything that the store holds about the person."""

import json
import re

import pytest
from sqlalchemy import select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.known_browser import KnownBrowser
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, form_at, sign_in


@pytest.fixture
def alice_at(store, alice, bob):
    """A browser in which Alice is signed in, who has done this and that; so has Bob."""
    store.signed_in("bob@example.org", "bob has another one")
    browser = store.signed_in()
    ask_for_reset(store.browser(REMOTE_ADDR="192.0.2.99"))
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@example.net", PASSWORD
    form.submit(status=303)
    return browser


def test_the_page_leads_to_it_and_it_is_a_file_that_nobody_keeps(alice_at):
    answer = alice_at.get("/account").click("Download everything")
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(
        r'attachment; filename="test-records-20\d\d-\d\d-\d\d\.json"', answer.headers["Content-Disposition"]
    )


def test_it_tells_what_happened_and_nothing_about_bob(alice_at):
    text = alice_at.get("/account/export").text
    found = json.loads(text)
    assert [account["email_address"] for account in found["account"]] == ["alice@example.org"]
    assert [session["browser"] for session in found["sessions"]] == ["TestBrowser"]
    assert [reset["asked_from_address"] for reset in found["password_resets"]] == ["192.0.2.99"]
    assert [change["new_address"] for change in found["email_changes"]] == ["alice@example.net"]
    assert [mail["kind"] for mail in found["mails"]] == ["reset-password"]
    assert "bob" not in text


def test_nothing_in_it_opens_anything(store, alice_at):
    text = alice_at.get("/account/export").text
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


def test_asking_for_it_changes_nothing(store, alice_at):
    before = store.dump()
    alice_at.get("/account/export")
    assert alice_at.head("/account/export").body == b""
    assert store.dump() == before
    alice_at.post("/account/export", {"csrf_token": alice_at.cookies["csrf"]}, status=404)


def test_somebody_whose_session_has_ended_is_asked_to_sign_in(store, alice_at):
    with store.db_sessions.begin() as dbsession:
        dbsession.query(AccountSession).delete()
    assert "/account/signin?next=%2Faccount%2Fexport" in alice_at.get("/account/export", status=303).location
    assert sign_in(alice_at).status_int == 303


def test_it_does_not_tell_whether_an_address_has_an_account(store, alice, bob):
    browser, told = store.signed_in(), []
    for email in ("nobody@example.org", "bob@example.org"):
        form = form_at(browser.get("/account"), "/account/email")
        form["email"], form["current_password"] = email, PASSWORD
        form.submit(status=303)
        [newest] = browser.get("/account/export").json["email_changes"][-1:]
        told.append({**newest, "new_address": "", "asked_date": ""})
    assert [set(part) for part in told] == [set(told[0])] * 2
    assert len(store.rows(PendingEmailChange)) == 2
