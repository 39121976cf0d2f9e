"""Signing in and out."""

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.reset_request import ResetRequest
from tests.support.factories import PASSWORD, add_account
from tests.support.page_reader import parse_strictly
from tests.support.store_driver import form_at, sign_in


def sign_in_with(browser, **fields: str):
    """Post the sign-in form with these field values."""
    form = form_at(browser.get("/account/signin"), "/account/signin")
    return browser.post("/account/signin", dict(form.submit_fields()) | fields, expect_errors=True)


@pytest.mark.parametrize("email", ["alice@example.org", " Alice@EXAMPLE.ORG ", "\talice@example.org\u200b"])
def test_case_and_space_around_the_address_do_not_matter(store, alice, testapp, email):
    assert sign_in(testapp, email).status_int == 303
    assert testapp.get("/account").html.select_one("nav a[title]")["title"] == "Alice"
    [session] = store.rows(AccountSession)
    assert (session.account_id, session.ip_address, session.user_agent) == (alice, "192.0.2.7", "TestBrowser")


def test_unknown_wrong_and_disabled_sign_ins_get_the_same_answer(store, alice, bob):
    store.change(Account, bob, disabled=True)
    answers = [
        sign_in(store.browser(), "alice@example.org", "wrong"),
        sign_in(store.browser(), "bobby@example.org", "bob has another one"),
        sign_in(store.browser(), "bob@example.org", "bob has another one"),
        sign_in(store.browser(), "bob@example.org", "wrong"),
    ]
    pages = {
        str(answer.html.main).replace(form_email(answer), "?").replace(token_of(answer), "?") for answer in answers
    }
    assert len(pages) == 1
    assert "Wrong email address or password" in pages.pop()
    assert {answer.status for answer in answers} == {"400 Bad Request"}
    assert len({tuple(sorted(set(answer.headers) - {"Content-Length"})) for answer in answers}) == 1
    assert store.rows(AccountSession) == store.mails() == []


def test_a_wrong_password_is_reported_once_in_the_error_summary(store, alice, testapp):
    page = sign_in(testapp, password="wrong")
    summary = page.html.select_one(".error-summary")
    assert " ".join(summary.get_text(" ").split()) == (
        "There is a problem Wrong email address or password. Passwords are case-sensitive."
    )
    assert page.text.count("Wrong email address or password") == 1
    assert page.html.select(".field-error, [aria-invalid]") == []


def forgot_at(page):
    """The button of the sign-in page for a forgotten password, and the fields of its form."""
    button = page.html.find("button", string="Forgot your password?")
    return button, dict(form_at(page, "/account/signin").submit_fields())


def test_the_forgot_password_button_keeps_the_typed_address_and_does_not_sign_in(store, alice, testapp, caplog):
    for _ in range(12):
        button, fields = forgot_at(testapp.get("/account/signin?next=/albums"))
        page = testapp.post(button["formaction"], fields | {"email": "alice@example.org", "password": "x"}, status=200)
    assert page.html.h1.text == "Forgot your password?"
    form = form_at(page, "/account/forgot_password?next=%2Falbums")
    assert form["email"].value == "alice@example.org"
    assert page.html.select(".error-summary, .field-error") == []
    assert "event=signin" not in caplog.text
    assert store.rows(ResetRequest) == []
    form.submit(status=303)
    assert [request.email for request in store.rows(ResetRequest)] == ["alice@example.org"]
    assert sign_in(testapp).status_int == 303


@pytest.mark.parametrize("typed", ["", "alice", '"><b>', "x" * 2_000])
def test_any_typed_address_opens_the_forgot_password_form(testapp, typed):
    button, fields = forgot_at(testapp.get("/account/signin"))
    fields["email"] = typed
    page = testapp.post(button["formaction"], fields, status=200)
    parse_strictly(page.text)
    assert form_at(page, "/account/forgot_password")["email"].value == typed


def test_the_forgot_password_button_follows_sign_in_and_works_with_an_empty_form(testapp):
    form = testapp.get("/account/signin").html.find("form", action="/account/signin")
    buttons = form.find_all("button")
    assert [button.text for button in buttons] == ["Sign in", "Forgot your password?"]
    assert buttons[1].has_attr("formnovalidate")


def form_email(page):
    return form_at(page, "/account/signin")["email"].value


def token_of(page):
    return form_at(page, "/account/signin")["csrf_token"].value


@pytest.mark.parametrize("password", ["", " ", PASSWORD + " ", PASSWORD.upper(), "\0", "x" * 4097, "\u200b" + PASSWORD])
def test_a_password_that_is_not_exactly_right_is_refused(store, alice, testapp, password):
    page = sign_in(testapp, password=password)
    assert page.status_int == 400
    assert form_email(page) == "alice@example.org"
    assert form_at(page, "/account/signin")["password"].value == ""
    assert store.rows(AccountSession) == []


@pytest.mark.every_database
@pytest.mark.parametrize(
    "email", ["", "alice", "alice@example.org\0", "alice@example.org\r\n,bob@example.org", "'; DROP TABLE Account --"]
)
def test_an_invalid_address_does_not_break_the_sign_in_page(store, alice, testapp, email):
    assert sign_in(testapp, email, "wrong").status_int == 400
    assert len(store.rows(Account)) == 1


@pytest.mark.parametrize("missing", ["email", "password"])
def test_a_missing_field_is_asked_for(store, alice, testapp, missing):
    fields = {"email": "alice@example.org", "password": PASSWORD}
    fields[missing] = ""
    page = sign_in_with(testapp, **fields)
    assert page.status_int == 400
    assert "Enter your" in page.html.select_one(".field-error").text


@pytest.mark.parametrize("name", ["email", "password", "next", "csrf_token"])
def test_a_file_in_a_text_field_does_not_sign_in(store, alice, testapp, name):
    fields = dict(form_at(testapp.get("/account/signin"), "/account/signin").submit_fields())
    fields |= {"email": "alice@example.org", "password": PASSWORD}
    value = fields.pop(name, "/albums").encode()
    testapp.post("/account/signin", fields, upload_files=[(name, "f.txt", value)], status=415)
    assert store.rows(AccountSession) == []


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$garbled", "$2b$12$" + "a" * 53, "\0"])
def test_a_garbled_stored_hash_refuses_the_sign_in_and_is_logged(store, alice, testapp, caplog, stored):
    store.change(Account, alice, password_hash=stored)
    page = sign_in(testapp)
    assert page.status_int == 400
    assert "Wrong email address or password" in page
    assert store.rows(AccountSession) == []
    if stored:
        assert "event=garbled-password-hash" in caplog.text
    assert PASSWORD not in caplog.text


def test_signing_in_rehashes_the_password_after_the_setting_was_raised(make_store, settings):
    before = make_store()
    add_account(before.db_sessions, before.registry.password_hasher.hash(PASSWORD))
    after = make_store(password__passes="3")
    assert sign_in(after.browser(), password="wrong").status_int == 400
    assert "t=2" in after.rows(Account)[0].password_hash
    assert sign_in(after.browser()).status_int == 303
    risen = after.rows(Account)[0].password_hash
    assert "t=3" in risen
    assert sign_in(after.browser()).status_int == 303
    assert after.rows(Account)[0].password_hash == risen


def test_signing_in_ends_the_previous_session(store, alice, bob, testapp):
    sign_in(testapp, "bob@example.org", "bob has another one")
    old = testapp.cookies["session"]
    store_page = testapp.get("/account")
    assert "bob@example.org" in store_page
    fields = {"csrf_token": form_at(store_page, "/account/signout")["csrf_token"].value}
    testapp.post("/account/signin", fields | {"email": "alice@example.org", "password": PASSWORD}, status=303)
    assert testapp.cookies["session"] != old
    assert [session.account_id for session in store.rows(AccountSession)] == [alice]
    store.browser().get("/account", headers={"Cookie": f"session={old}"}, status=303)


def test_a_planted_session_cookie_is_replaced(store, alice, testapp):
    planted = "A" * 43
    testapp.set_cookie("session", planted)
    sign_in(testapp)
    assert testapp.cookies["session"] != planted
    store.browser().get("/account", headers={"Cookie": f"session={planted}"}, status=303)


def test_signing_in_returns_the_visitor_to_the_page_they_wanted(store, alice, testapp):
    page = testapp.get("/account?from=mail").follow()
    form = form_at(page, "/account/signin")
    form["email"], form["password"] = "alice@example.org", "wrong"
    form = form_at(form.submit(status=400), "/account/signin")
    form["password"] = PASSWORD
    assert form.submit().location == "http://localhost/account?from=mail"


@pytest.mark.parametrize(
    "elsewhere",
    ["https:evil.test", "https://evil.test", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)",
     "http:///evil.test", "/\t/evil.test", "/\n/evil.test", "\t//evil.test", " //evil.test", "///evil.test",
     "data:text/html,x", "evil.test", "/albums\r\nSet-Cookie: a=b", "/\u2215evil.test", "/a\\b", "/" + "a" * 2_000],
)  # fmt: skip
def test_signing_in_never_redirects_to_another_site(store, alice, testapp, elsewhere):
    assert sign_in_with(testapp, email="alice@example.org", password=PASSWORD, next=elsewhere).location == (
        "http://localhost/"
    )
    assert testapp.get("/account/signin", {"next": elsewhere}).location == "http://localhost/"


def test_a_signed_in_customer_is_redirected_from_the_sign_in_page(store, alice):
    alice_at = store.signed_in()
    assert alice_at.get("/account/signin?next=/albums").location == "http://localhost/albums"


def test_signing_out_ends_the_session_on_the_server(store, alice):
    alice_at = store.signed_in()
    kept = alice_at.cookies["session"]
    home = form_at(alice_at.get("/"), "/account/signout").submit().follow()
    assert "You are signed out." in home
    assert "You are signed out." not in alice_at.get("/")
    assert store.rows(AccountSession) == []
    store.browser().get("/account", headers={"Cookie": f"session={kept}"}, status=303)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_sign_out_address_does_not_sign_out(store, alice, method):
    alice_at = store.signed_in()
    assert alice_at.request("/account/signout", method=method, status=303).location == "http://localhost/"
    alice_at.get("/account", status=200)
