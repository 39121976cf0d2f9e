"""The account page: changes between the password check and the write."""

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.pending_email_change import PendingEmailChange
from tests.support.factories import PASSWORD, add_account
from tests.support.in_between import in_between
from tests.support.store_driver import ask_for_reset, form_at, set_new_password, sign_in, together

pytestmark = pytest.mark.every_database

OWNERS_PASSWORD = "seventeen grey herons"
STOLEN = "four and twenty blackbirds"


@pytest.fixture
def owner_resets(store, alice):
    """A function with which Alice resets her password."""

    def reset() -> None:
        browser = store.browser()
        ask_for_reset(browser)
        browser.get(store.mailed_link()).follow()
        set_new_password(browser, OWNERS_PASSWORD)

    return reset


def fill_in(browser, action, **texts: str):
    form = form_at(browser.get("/account"), action)
    for name, text in texts.items():
        form[name] = text
    return form


def test_a_reset_cancels_a_password_change_in_progress(store, alice, owner_resets):
    thief_at = store.signed_in()
    form = fill_in(thief_at, "/account/password", current_password=PASSWORD, password=STOLEN, confirm_password=STOLEN)
    with in_between(store.registry.password_hasher, "verify", owner_resets):
        assert form.submit(expect_errors=True).status_int == 403
    assert sign_in(store.browser(), password=STOLEN).status_int == 400
    assert sign_in(store.browser(), password=OWNERS_PASSWORD).status_int == 303
    assert thief_at.get("/account").status_int == 303
    assert len(store.rows(AccountSession)) == 1


def test_a_reset_cancels_an_email_change_in_progress(store, alice, owner_resets):
    form = fill_in(store.signed_in(), "/account/email", email="thief@example.org", current_password=PASSWORD)
    with in_between(store.registry.password_hasher, "verify", owner_resets):
        assert form.submit(expect_errors=True).status_int == 403
    assert store.rows(PendingEmailChange) == store.mails("thief@example.org") == []


def test_a_reset_cancels_a_sign_in_in_progress(store, alice, owner_resets):
    with in_between(store.registry.password_hasher, "verify", owner_resets):
        assert sign_in(store.browser()).status_int == 400
    assert store.rows(AccountSession) == []


def test_a_sign_in_in_progress_survives_a_rehash_by_another_sign_in(make_store):
    before = make_store()
    add_account(before.db_sessions, before.registry.password_hasher.hash(PASSWORD))
    after = make_store(password__passes="3")
    with in_between(after.registry.password_hasher, "verify", lambda: sign_in(after.browser())):
        assert sign_in(after.browser()).status_int == 303
    assert len(after.rows(AccountSession)) == 2
    assert "t=3" in after.rows(Account)[0].password_hash


def test_one_of_two_simultaneous_password_changes_wins(store, alice):
    passwords = [OWNERS_PASSWORD, STOLEN]
    forms = [
        fill_in(store.signed_in(), "/account/password", current_password=PASSWORD, password=new, confirm_password=new)
        for new in passwords
    ]
    answers = together(*[lambda form=form: form.submit(expect_errors=True) for form in forms])
    works = [sign_in(store.browser(), password=password).status_int == 303 for password in passwords]
    assert [answer.status_int == 303 and "/account/signin" not in answer.location for answer in answers] == works
    assert works.count(True) == 1
    assert [mail.kind for mail in store.mails()] == ["password-changed"]
