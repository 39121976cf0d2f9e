"""Password reset: simultaneous requests and changes in between."""

import pytest

from album_store.data.account import Account
from album_store.data.password_reset import PasswordReset
from album_store.data.reset_request import ResetRequest
from tests.support.factories import PASSWORD, make_link
from tests.support.store_driver import (
    ask_for_reset,
    confirmation_form,
    form_at,
    register,
    set_new_password,
    sign_in,
    together,
)

NEW_PASSWORD = "seventeen grey herons"


def form_behind(browser, link):
    """The new password form that a link leads to."""
    return form_at(browser.get(link).follow(), "/account/reset_password")


def is_open(store, link):
    return store.browser().get(link, expect_errors=True).follow(expect_errors=True).status_int == 200


def change_password(browser, old, new):
    form = form_at(browser.get("/account"), "/account/password")
    form["current_password"], form["password"], form["confirm_password"] = old, new, new
    return form.submit(status=303)


@pytest.fixture
def link(store, alice):
    """The path of a reset link mailed to Alice."""
    ask_for_reset(store.browser())
    return store.mailed_link()


@pytest.mark.every_database
def test_one_of_eight_simultaneous_posts_wins(store, link):
    passwords = [f"{NEW_PASSWORD} {number}" for number in range(8)]
    forms = []
    for password in passwords:
        form = form_behind(store.browser(), link)
        form["password"] = form["confirm_password"] = password
        forms.append(form)
    answers = together(*[lambda form=form: form.submit(expect_errors=True) for form in forms])
    assert sorted(answer.status_int for answer in answers) == [303] + [404] * 7
    assert all("It has already been used" in answer for answer in answers if answer.status_int == 404)
    winner = [answer.status_int for answer in answers].index(303)
    works = [sign_in(store.browser(), password=password).status_int == 303 for password in passwords]
    assert works == [number == winner for number in range(8)]
    assert [mail.kind for mail in store.mails()] == ["reset-password", "password-changed"]
    assert len(store.rows(PasswordReset, PasswordReset.was_used)) == 1


def test_two_reset_links_both_work_until_one_is_used(store, link):
    ask_for_reset(store.browser())
    links = [store.link_in(mail) for mail in store.mails("alice@example.org")]
    assert len(set(links)) == 2
    assert [is_open(store, link) for link in links] == [True, True]
    browser = store.browser()
    browser.get(link)
    set_new_password(browser, NEW_PASSWORD)
    assert [is_open(store, link) for link in links] == [False, False]
    first, second = store.rows(PasswordReset)
    assert (first.was_used, first.superseded_date) == (True, None)
    assert not second.was_used
    assert second.superseded_date is not None


def test_an_open_reset_form_still_works_after_a_second_request(store, link):
    form = form_behind(store.browser(), link)
    ask_for_reset(store.browser())
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    assert form.submit(expect_errors=True).status_int == 303
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 303


def test_a_sign_in_ends_every_open_link(store, link):
    ask_for_reset(store.browser())
    links = [store.link_in(mail) for mail in store.mails("alice@example.org")]
    store.signed_in()
    assert [is_open(store, link) for link in links] == [False, False]


@pytest.mark.every_database
def test_parallel_workers_answer_a_reset_request_once(store, alice):
    form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
    form["email"] = "alice@example.org"
    form.submit(status=303)
    together(*[store.answer_resets] * 4)
    assert len(store.mails()) == len(store.rows(PasswordReset)) == 1
    assert store.rows(ResetRequest) == []


@pytest.mark.every_database
def test_three_of_many_simultaneous_reset_requests_send_an_email(store, alice):
    forms = []
    for _ in range(5):
        form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
        form["email"] = "alice@example.org"
        forms.append(form)
    assert {answer.status_int for answer in together(*[form.submit for form in forms])} == {303}
    together(*[store.answer_resets] * 2)
    links = [store.link_in(mail) for mail in store.mails("alice@example.org")]
    assert [is_open(store, link) for link in links] == [True] * 3


def test_a_reset_request_for_bob_does_not_end_alices_link(store, link, bob):
    ask_for_reset(store.browser(), "bob@example.org")
    assert is_open(store, link)


def test_a_password_change_ends_an_open_reset_link(store, alice):
    alice_at = store.signed_in()
    ask_for_reset(store.browser())
    form = form_behind(store.browser(), store.mailed_link())
    change_password(alice_at, PASSWORD, "four and twenty blackbirds")
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    assert form.submit(expect_errors=True).status_int == 404
    assert sign_in(store.browser(), password="four and twenty blackbirds").status_int == 303


def test_an_email_change_ends_an_open_reset_link(store, alice):
    alice_at = store.signed_in()
    form = form_at(alice_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@elsewhere.example.org", PASSWORD
    form.submit(status=303)
    button = confirmation_form(alice_at.get(store.mailed_link("alice@elsewhere.example.org")))
    with store.db_sessions.begin() as dbsession:  # as if requested between the email and the button
        dbsession.add(make_link(PasswordReset, account_id=alice, secret_hash="0" * 64))
    button.submit(status=303)
    [reset] = store.rows(PasswordReset)
    assert reset.superseded_date is not None


@pytest.mark.every_database
@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_a_disabled_or_deleted_account_gets_no_new_password(store, alice, link, how):
    form = form_behind(store.browser(), link)
    if how == "disabled":
        store.change(Account, alice, disabled=True)
    else:
        with store.db_sessions.begin() as dbsession:
            dbsession.delete(dbsession.get_one(Account, alice))
    assert not is_open(store, link)
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    assert form.submit(expect_errors=True).status_int == 404
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 400
    assert [mail.kind for mail in store.mails()] == ["reset-password"]
    assert [reset.was_used for reset in store.rows(PasswordReset)] == ([False] if how == "disabled" else [])


def test_confirmation_and_reset_links_are_not_interchangeable(store, alice, link, testapp):
    register(testapp, "carol@example.org")
    confirm_code, reset_code = (path.rpartition("/")[2] for path in (store.mailed_link("carol@example.org"), link))
    testapp.get(f"/account/reset_password/{confirm_code}").follow(status=404)
    testapp.get(f"/account/confirm/{reset_code}", status=404)
    testapp.get(f"/account/confirm_email/{reset_code}", status=404)
    testapp.get(f"/account/confirm_email/{confirm_code}", status=404)
    assert len(store.rows(Account)) == 1
    testapp.get(link).follow()
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
