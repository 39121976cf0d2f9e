"""Known browsers: what their cookie proves, for which account and for how long."""

import pytest

from album_store.data.account import Account
from album_store.data.known_browser import KnownBrowser
from album_store.infrastructure.security.client import MAX_DEVICE_TOKENS, device_tokens_in
from album_store.infrastructure.security.secret_codes import hash_secret
from album_store.services.account.attempt_service import FORM, SIGN_IN
from album_store.worker.service_request import service_request
from tests.support.factories import PASSWORD, add_account
from tests.support.in_between import in_between
from tests.support.store_driver import (
    ask_for_reset,
    confirmation_form,
    form_at,
    set_new_password,
    sign_in,
    together,
)
from tests.support.strangers import use_up

[MAX_FORMS] = [rate.amount for rate in FORM.client.rates]

BOB = ("bob@example.org", "bob has another one")
NEW_PASSWORD = "four and twenty blackbirds"


def sign_out(browser):
    form_at(browser.get("/"), "/account/signout").submit(status=303)


def is_known(store, browser, email="alice@example.org"):
    """Whether the browser is known to the account."""
    tokens = device_tokens_in(browser.cookies["browser"].strip('"'))  # WebTest quotes what `set_cookie` sets
    with service_request(store.registry) as request:
        return request.known_browser_service.find(tokens, Account.email == email) is not None


def copy_of(store, browser):
    """Another browser with a copy of the current browser cookie."""
    copy = store.browser()
    copy.set_cookie("browser", browser.cookies["browser"])
    return copy


def reset(store, browser, email="alice@example.org"):
    ask_for_reset(browser, email)
    browser.get(store.mailed_link(email))
    set_new_password(browser, NEW_PASSWORD)


def change_password(store, browser):
    form = form_at(browser.get("/account"), "/account/password")
    form["current_password"], form["password"], form["confirm_password"] = PASSWORD, NEW_PASSWORD, NEW_PASSWORD
    form.submit(status=303)


def test_a_browser_can_be_known_to_two_accounts(store, alice, bob):
    browser = store.signed_in()
    sign_out(browser)
    sign_in(browser, *BOB)
    sign_out(browser)
    for email, password in (("alice@example.org", PASSWORD), BOB):
        use_up(store, SIGN_IN.target, email)
        assert sign_in(store.browser(), email, password).status_int == 400
        assert sign_in(browser, email, password).status_int == 303
        sign_out(browser)
    assert sorted(row.account_id for row in store.rows(KnownBrowser)) == sorted([alice, bob])


def test_a_browser_token_counts_for_one_account_only(store, alice, bob):
    browser = store.signed_in()
    alices = browser.cookies["browser"]
    sign_out(browser)
    sign_in(browser, *BOB)
    bobs, kept = browser.cookies["browser"].split(".")
    assert kept == alices
    for token, known_to in ((alices, [True, False]), (bobs, [False, True])):
        thief = store.browser()
        thief.set_cookie("browser", token)
        assert [is_known(store, thief, email) for email in ("alice@example.org", "bob@example.org")] == known_to


def test_each_sign_in_replaces_the_token_and_keeps_the_row(store, alice):
    browser = store.signed_in()
    copy = copy_of(store, browser)
    [before] = store.rows(KnownBrowser)
    sign_out(browser)
    sign_in(browser)
    [after] = store.rows(KnownBrowser)
    assert before.id == after.id
    assert before.token_hash != after.token_hash == hash_secret(browser.cookies["browser"])
    assert not is_known(store, copy)
    sign_out(browser)
    assert is_known(store, browser)


def test_a_token_planted_before_sign_in_is_not_adopted(store, alice, bob):
    mallory = store.signed_in(*BOB)
    victim = copy_of(store, mallory)
    sign_in(victim)
    assert not is_known(store, mallory)


@pytest.mark.parametrize("set_by", [reset, change_password])
def test_a_cookie_copied_before_a_password_change_is_unknown(store, alice, set_by):
    owner = store.signed_in()
    copy = copy_of(store, owner)
    set_by(store, owner)
    assert len(store.rows(KnownBrowser)) == 1
    assert not is_known(store, copy)
    assert is_known(store, owner)


def test_a_new_password_keeps_the_browser_known_to_other_accounts(store, alice, bob):
    browser = store.signed_in(*BOB)
    sign_out(browser)
    sign_in(browser)
    change_password(store, browser)
    sign_out(browser)
    assert is_known(store, browser, BOB[0])


def test_an_email_change_makes_every_browser_unknown(store, alice, bob):
    owner, bobs = store.signed_in(), store.signed_in(*BOB)
    form = form_at(owner.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@example.net", PASSWORD
    form.submit(status=303)
    assert len(store.rows(KnownBrowser)) == 2
    confirmation_form(store.browser().get(store.mailed_link("alice@example.net"))).submit(status=303)
    assert [row.account_id for row in store.rows(KnownBrowser)] == [bob]
    sign_out(owner)
    assert not is_known(store, owner, "alice@example.net")
    assert is_known(store, bobs, BOB[0])


def test_the_cookie_holds_the_most_recently_used_accounts(store):
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    emails = [f"fan{number}@example.org" for number in range(MAX_DEVICE_TOKENS + 2)]
    browser = store.browser()
    for email in emails:
        add_account(store.db_sessions, password_hash, email)
        sign_in(browser, email)
        sign_out(browser)
    tokens = browser.cookies["browser"].split(".")
    hashes = [row.token_hash for row in store.rows(KnownBrowser)]
    assert [hash_secret(token) for token in tokens] == hashes[: -MAX_DEVICE_TOKENS - 1 : -1]


@pytest.mark.parametrize("garbled", ["{}.x", "x.{}", ".{}", "{}.", "{}..{}", "{}." + "x" * 5_000])
def test_garbled_parts_of_the_cookie_are_ignored(store, alice, garbled):
    browser = store.signed_in()
    browser.set_cookie("browser", garbled.replace("{}", browser.cookies["browser"]))
    sign_out(browser)
    use_up(store, SIGN_IN.target, "alice@example.org")
    assert sign_in(browser).status_int == 303
    assert len(store.rows(KnownBrowser)) == 1


@pytest.mark.parametrize("garbled", ["{}x", "x{}", "{}{}", "x.x.x.x.x.{}"])
def test_an_unreadable_token_is_unknown(store, alice, garbled):
    browser = store.signed_in()
    browser.set_cookie("browser", garbled.replace("{}", browser.cookies["browser"]))
    sign_out(browser)
    use_up(store, SIGN_IN.target, "alice@example.org")
    assert sign_in(browser).status_int == 400


@pytest.mark.every_database
def test_two_simultaneous_sign_ins_leave_the_browser_known(store, alice):
    browser = store.signed_in()
    tabs = [copy_of(store, browser) for _ in range(2)]
    forms = [form_at(tab.get("/account/signin"), "/account/signin") for tab in tabs]
    for form in forms:
        form["email"], form["password"] = "alice@example.org", PASSWORD
    assert [answer.status_int for answer in together(*[form.submit for form in forms])] == [303, 303]
    assert [is_known(store, tab) for tab in [*tabs, browser]] == [True, True, False]
    assert len(store.rows(KnownBrowser)) == 2


def test_a_sign_in_cancelled_by_a_reset_makes_no_known_browser(store, alice):
    owner, thief = store.browser(), store.browser()
    with in_between(store.registry.password_hasher, "verify", lambda: reset(store, owner)):
        assert sign_in(thief).status_int == 400
    assert "browser" not in thief.cookies
    assert is_known(store, owner)
    assert len(store.rows(KnownBrowser)) == 1


def test_one_account_cannot_lock_another_out_of_a_shared_browser(store, alice, bob):
    shared = store.signed_in(*BOB)
    sign_out(shared)
    bobs = store.browser(REMOTE_ADDR="203.0.113.66")
    sign_in(bobs, *BOB)
    form = form_at(bobs.get("/account"), "/account/profile")
    statuses = [form.submit(expect_errors=True).status_int for _ in range(2 * MAX_FORMS)]
    assert statuses[-1] == 429
    assert sign_in(shared).status_int == 303
    assert form_at(shared.get("/account"), "/account/profile").submit().status_int == 303
