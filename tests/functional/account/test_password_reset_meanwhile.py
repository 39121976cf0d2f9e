"""Accounts that change while a password is being hashed, which is the slow part of a request."""

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from tests.support.store_driver import ask_for_reset, set_new_password, sign_in

pytestmark = pytest.mark.every_database


@pytest.fixture
def disable_during(store, alice, monkeypatch):
    """Disable Alice's account through another database session when the hasher method is first called."""

    def disable(method: str) -> None:
        real = getattr(store.registry.password_hasher, method)

        def slow(*args: str) -> object:
            monkeypatch.setattr(store.registry.password_hasher, method, real)
            store.change(Account, alice, disabled=True)
            return real(*args)

        monkeypatch.setattr(store.registry.password_hasher, method, slow)

    return disable


def test_an_account_disabled_during_a_reset_keeps_its_password(store, alice, testapp, disable_during):
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow(status=200)
    [before] = store.rows(Account)
    disable_during("hash")
    assert set_new_password(testapp, "seventeen grey herons").status_int == 404
    [after] = store.rows(Account)
    assert (after.disabled, after.password_hash) == (True, before.password_hash)
    assert [mail.kind for mail in store.mails()] == ["reset-password"]
    [reset] = store.rows(PasswordReset)
    assert (reset.was_used, reset.superseded_date) == (False, None)


def test_a_sign_in_ends_the_link_but_a_wrong_password_does_not(store, alice, testapp):
    ask_for_reset(testapp)
    link = store.mailed_link()
    assert sign_in(store.browser(), password="not this one").status_int == 400
    assert testapp.get(link).follow().status_int == 200
    assert sign_in(store.browser()).status_int == 303
    assert testapp.get(link).follow(status=404)
    [reset] = store.rows(PasswordReset)
    assert (reset.was_used, reset.superseded_date is None) == (False, False)


def test_an_account_disabled_during_a_sign_in_gets_no_session(store, alice, testapp, disable_during):
    disable_during("verify")
    page = sign_in(testapp)
    assert page.status_int == 400
    assert "Wrong email address or password" in page
    assert store.rows(AccountSession) == []
    [account] = store.rows(Account)
    assert (account.disabled, account.last_login_date) == (True, None)
