"""Everything that a test logged and stored is searched for tokens and passwords."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.outgoing_mail import OutgoingMail
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD, add_account
from tests.support.leak_watch import LeakWatch, cells_of, tokens_in
from tests.support.shared_store import store_in
from tests.support.store_driver import (
    StoreDriver,
    ask_for_reset,
    confirmation_form,
    form_at,
    register,
    set_new_password,
    sign_in,
)

NEW_PASSWORD = "seventeen grey herons"
NEW_ADDRESS = "carol@elsewhere.example.org"


def live(store):
    """Use an account from registration to password reset, with a few mistakes."""
    browser = store.browser()
    register(browser, "carol@example.org")
    confirmation_form(browser.get(store.mailed_link("carol@example.org"))).submit(status=303)
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = NEW_ADDRESS, PASSWORD
    form.submit(status=303)
    confirmation_form(browser.get(store.mailed_link(NEW_ADDRESS))).submit(status=303)
    form_at(browser.get("/"), "/account/signout").submit(status=303)
    ask_for_reset(browser, NEW_ADDRESS)
    browser.get(store.mailed_link(NEW_ADDRESS)).follow()
    set_new_password(browser, NEW_PASSWORD, "another password")
    set_new_password(browser, NEW_PASSWORD)
    sign_in(browser, NEW_ADDRESS, "not the password")
    sign_in(browser, NEW_ADDRESS, NEW_PASSWORD)


@pytest.mark.parametrize("echo", ["false", "true"])
def test_nothing_logged_or_stored_contains_a_token_or_a_password(make_store, echo):
    store = make_store(sqlalchemy__echo=echo)
    with LeakWatch() as watch:
        watch.look_at(store)
        live(store)
        store.deliver_mail()
    assert watch.leaks() == []

    assert set(watch.passwords) == {PASSWORD, NEW_PASSWORD, "another password", "not the password"}
    assert set(watch.cookies.values()) >= {"the cookie session", "the cookie csrf"}
    mailed = ("confirm-registration", "confirm-email", "reset-password")
    assert set(watch.links.values()) == {f"the link of {kind}" for kind in mailed}
    log = "\n".join(watch.log)
    for seen in ("registered", "email-changed", "reset-used", "signin-refused", "signin", "mail-sent"):
        assert f"event={seen}" in log
    assert ("INSERT INTO" in log) == (echo == "true")
    read = {place for place, _, _ in cells_of(store)}
    assert read >= {"Account.password_hash", "AccountSession.token_hash", "PasswordReset.secret_hash"}
    assert "OutgoingMail.text_body" not in read


def test_every_store_of_the_functional_tests_is_watched():
    files = [file for folder in ("functional", "support") for file in (CHECKOUT / "tests" / folder).rglob("*.py")]
    makers = {file.name for file in files if re.search(r"album_store\.main\(\{", file.read_text("utf-8"))}
    # The reusable store is watched by the make_store fixture in conftest.py.
    assert makers == {"shared_store.py", "reusable_store.py"}


def log(words: str) -> None:
    logging.getLogger("album_store.tests").warning("event=planted words=%s", words)


def newest_link(store):
    return store.mailed_link("alice@example.org").rpartition(".")[2]


def complaint_of(folder: Path, act: Callable[[StoreDriver], None]) -> str:
    """The complaint of the watch after a reset request by Alice and this action; empty if there is none."""
    try:
        with store_in(folder) as store:
            add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
            ask_for_reset(store.browser())
            act(store)
    except AssertionError as complaint:
        return str(complaint)
    return ""


@pytest.mark.parametrize(
    ("what", "leak"),
    [
        ("the password in password", lambda store, browser: PASSWORD),
        ("the password in password", lambda store, browser: f"password={PASSWORD.replace(' ', '+')}&next="),
        ("the password in password", lambda store, browser: str({"password": PASSWORD})),
        ("the cookie session", lambda store, browser: browser.cookies["session"]),
        ("the cookie csrf", lambda store, browser: f"csrf={browser.cookies['csrf']};"),
        ("the link of reset-password", lambda store, browser: store.mailed_link()),
    ],
)
def test_a_secret_in_the_log_is_caught_and_named(tmp_path, what, leak):
    complaint = complaint_of(tmp_path, lambda store: log(leak(store, store.signed_in())))
    assert complaint.startswith(f"{what} was logged: WARNING album_store.tests event=planted")


def test_a_secret_in_a_traceback_is_caught(tmp_path):
    def fail(store: StoreDriver) -> None:
        store.signed_in()
        try:
            raise ValueError(PASSWORD)
        except ValueError:
            logging.getLogger("some.package").exception("oops")

    assert complaint_of(tmp_path, fail).startswith("the password in password was logged: ERROR some.package oops")


@pytest.mark.parametrize(
    ("what", "model", "values"),
    [
        ("the password in password is stored in Account.display_name", Account, {"display_name": f"({PASSWORD})"}),
        ("the password in password is stored in OutgoingMail.html_body", OutgoingMail, {"html_body": PASSWORD}),
        ("the cookie session is stored in AccountSession.user_agent", AccountSession, {"user_agent": "{cookie}"}),
        ("the link of reset-password is stored in OutgoingMail.last_error", OutgoingMail, {"last_error": "{link}"}),
        # A sent email whose body was not deleted.
        ("the link of reset-password is stored in OutgoingMail.text_body", OutgoingMail, {"next_attempt_date": None}),
    ],
)
def test_a_secret_in_a_table_is_caught_and_named(tmp_path, what, model, values):
    def plant(store: StoreDriver) -> None:
        known = {"cookie": store.signed_in().cookies["session"], "link": newest_link(store)}
        planted = {name: value and value.format(**known) for name, value in values.items()}
        store.change(model, store.rows(model)[0].id, **planted)

    assert complaint_of(tmp_path, plant).splitlines()[0] == what


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("password", "password"),  # too short to be told from a word
        ("Carol@example.org", "carol@example.org"),  # the email address, typed as the password
    ],
)
def test_values_that_are_not_secret_are_allowed(tmp_path, typed, stored):
    def act(store: StoreDriver) -> None:
        sign_in(store.browser(), "carol@example.org", typed)
        log(stored)

    assert complaint_of(tmp_path, act) == ""


def test_a_link_may_wait_in_the_outbox(tmp_path):
    def look(store: StoreDriver) -> None:
        assert newest_link(store) in store.mails()[0].text_body

    assert complaint_of(tmp_path, look) == ""


def test_tokens_are_recognised_by_their_format():
    token = "Ab-_" * 10 + "xyz"
    assert tokens_in(f"session={token}; {'0' * 32}.{token}\n(/{token})") == [token] * 3
    assert tokens_in(f"{token}a a{token} {token[1:]} {token}-") == []
