"""The main journey of a customer: register, confirm, reset the password, sign in."""

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in

NEW_PASSWORD = "seventeen grey herons"


def test_a_visitor_registers_confirms_forgets_resets_and_signs_in(store, testapp):
    assert register(testapp, "Alice@Example.org ", name="Alice").location.endswith("/account/register_sent")
    assert store.rows(Account) == []

    page = testapp.get(store.mailed_link())
    assert "alice@example.org" in page
    assert store.rows(Account) == []
    home = page.form.submit() if len(page.forms) == 1 else list(page.forms.values())[-1].submit()
    home = home.follow()
    assert "Welcome." in home
    [account] = store.rows(Account)
    assert account.confirmed
    assert account.email == "alice@example.org"
    assert account.password_hash.startswith("$argon2id$")

    form_at(home, "/account/signout").submit().follow(status=200)
    assert store.rows(AccountSession) == []

    ask_for_reset(testapp).follow(status=200)
    testapp.get(store.mailed_link()).follow()
    assert set_new_password(testapp, NEW_PASSWORD).location.endswith("/account/signin")
    [reset] = store.rows(PasswordReset)
    assert reset.was_used
    assert reset.used_ip_address == "192.0.2.7"
    assert store.rows(AccountSession) == []

    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303
    assert "Account" in testapp.get("/")
    kinds = [mail.kind for mail in store.mails()]
    assert kinds == ["confirm-registration", "reset-password", "password-changed"]
