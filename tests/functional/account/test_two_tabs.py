"""Two tabs of one browser with different accounts: a form is valid only for the account that opened it."""

import pytest

from album_store.data.account import Account
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.profile import Profile
from album_store.viewmodels.account.end_session_viewmodel import OTHERS
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import ask_for_reset, confirmation_form, form_at, register, sign_in

BOB = ("bob@example.org", "bob has another one")
NEW_PASSWORD = "seventeen grey herons"


def reset_form(store, browser, email):
    """The form behind the newest reset link of an account."""
    ask_for_reset(store.browser(), email)
    return form_at(browser.get(store.mailed_link(email)).follow(), "/account/reset_password")


def sign_in_second_tab(browser, email, password):
    """Sign out and in again in another tab of the same browser."""
    form_at(browser.get("/"), "/account/signout").submit(status=303)
    assert sign_in(browser, email, password).status_int == 303


def password_hashes(store):
    return [account.password_hash for account in store.rows(Account)]


def fill_in(form, **texts: str):
    for name, text in texts.items():
        form[name] = text
    return form


def test_a_reset_form_is_valid_only_for_the_link_that_opened_it(store, alice, bob, testapp):
    passwords = {"password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    form = fill_in(reset_form(store, testapp, "alice@example.org"), **passwords)
    reset_form(store, testapp, "bob@example.org")
    before = password_hashes(store)
    page = form.submit(status=400)
    assert "opened another reset link" in page.html.select_one(".error-summary").text
    assert page.html.select_one("#reset-link").text.startswith("This sets a new password for bob@example.org ")
    assert NEW_PASSWORD not in page
    assert password_hashes(store) == before

    fill_in(form_at(page, "/account/reset_password"), **passwords).submit(status=303)
    assert sign_in(store.browser(), BOB[0], NEW_PASSWORD).status_int == sign_in(store.browser()).status_int == 303


def test_a_reset_form_with_a_missing_or_wrong_link_is_refused(store, alice, bob, testapp):
    form = reset_form(store, testapp, "alice@example.org")
    bobs = reset_form(store, store.browser(), "bob@example.org")
    for link in ("", "x", bobs["link"].value, "\0"):
        fields = dict(form.submit_fields()) | {
            "link": link, "password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD,
        }  # fmt: skip
        assert "opened another reset link" in testapp.post("/account/reset_password", fields, status=400)
    del fields["link"]
    assert "opened another reset link" in testapp.post("/account/reset_password", fields, status=400)
    assert sign_in(store.browser()).status_int == 303


def test_opening_a_link_again_keeps_an_open_form_valid(store, alice, testapp):
    form = fill_in(
        reset_form(store, testapp, "alice@example.org"), password=NEW_PASSWORD, confirm_password=NEW_PASSWORD
    )
    testapp.get(store.mailed_link()).follow()
    assert form.submit().status_int == 303


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("/account/profile", {"display_name": "Alice"}),
        ("/account/password", {"current_password": BOB[1], "password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}),
        ("/account/email", {"current_password": BOB[1], "email": "alice@example.net"}),
        ("/account/sessions", {"session_id": OTHERS}),
        ("/account/delete", {"current_password": BOB[1]}),
    ],
)
def test_an_account_form_is_valid_only_for_the_account_that_opened_it(store, alice, bob, action, typed):
    bobs_phone = store.signed_in(*BOB)
    store.signed_in()
    browser = store.signed_in()
    form = fill_in(form_at(browser.get("/account"), action), **typed)
    sign_in_second_tab(browser, *BOB)
    passwords = password_hashes(store)
    page = form.submit(status=400)
    assert page.html.h1.text == "This form could not be accepted"
    assert "signed in again since you opened it" in page.html.main.text
    assert [device.get("/account").status_int for device in (browser, bobs_phone)] == [200, 200]
    assert password_hashes(store) == passwords
    for model in (Profile, PendingDeletion, PendingEmailChange, OutgoingMail):
        assert store.rows(model) == []
    assert [account.display_name for account in store.rows(Account)] == ["Alice", ""]


def test_a_keep_form_does_not_keep_another_account(store, alice, bob):
    browser = store.signed_in()
    fill_in(form_at(browser.get("/account"), "/account/delete"), current_password=PASSWORD).submit(status=303)
    form = form_at(browser.get("/account"), "/account/keep")
    sign_in_second_tab(browser, *BOB)
    fill_in(form_at(browser.get("/account"), "/account/delete"), current_password=BOB[1]).submit(status=303)
    form.submit(status=400)
    assert {pending.account_id for pending in store.rows(PendingDeletion)} == {alice, bob}


def test_an_admin_form_is_valid_only_for_the_admin_who_opened_it(store, ada_at, alice):
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    add_account(store.db_sessions, password_hash, "grace@example.org", roles=("user", "admin"))
    store.signed_in()
    page = ada_at.get(f"/admin/accounts/{alice}")
    forms = [form for form in page.forms.values() if form.action.startswith(f"/admin/accounts/{alice}/")]
    assert len(forms) == 4
    sign_in_second_tab(ada_at, "grace@example.org", PASSWORD)
    before = store.dump()
    for form in forms:
        if "current_password" in form.fields:
            form["current_password"] = PASSWORD
        form.submit(status=400)
    assert store.dump() == before


def test_a_sign_out_form_of_one_account_does_not_sign_out_another(store, alice, bob):
    browser = store.signed_in()
    form = form_at(browser.get("/"), "/account/signout")
    sign_in_second_tab(browser, *BOB)
    form.submit(status=400)
    assert browser.get("/account").status_int == 200


def test_two_open_confirmation_pages_each_confirm_their_own_account(store, testapp):
    buttons = []
    for email in ("carol@example.org", "dave@example.org"):
        register(testapp, email)
        buttons.append(confirmation_form(testapp.get(store.mailed_link(email))))
    refused = buttons[0].submit(status=400)  # the cookie now holds the receipt of the second
    assert "carol@example.org" in refused.html.main.text
    fill_in(confirmation_form(refused), password=PASSWORD).submit(status=303)
    assert [account.email for account in store.rows(Account)] == ["carol@example.org"]


def test_two_open_email_change_pages_each_confirm_their_own_address(store, alice, bob):
    reader, buttons = store.browser(), []
    for email, password in (("alice@example.org", PASSWORD), BOB):
        form = form_at(store.signed_in(email, password).get("/account"), "/account/email")
        fill_in(form, email=f"new.{email}", current_password=password).submit(status=303)
        buttons.append(confirmation_form(reader.get(store.mailed_link(f"new.{email}"))))
    buttons[0].submit(status=303)
    emails = {account.id: account.email for account in store.rows(Account)}
    assert emails == {alice: "new.alice@example.org", bob: "bob@example.org"}
