"""The account page: profile, password and devices."""

import re
from datetime import UTC, datetime

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.profile import Profile
from tests.support.factories import PASSWORD
from tests.support.store_driver import form_at, sign_in, together

NEW_PASSWORD = "seventeen grey herons"
FORMS = ["/profile", "/password", "/email", "/sessions", "/delete", "/keep"]
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def change_password(browser, old=PASSWORD, new=NEW_PASSWORD, again=None):
    form = form_at(browser.get("/account"), "/account/password")
    form["current_password"], form["password"], form["confirm_password"] = old, new, again or new
    return form.submit(expect_errors=True)


@pytest.fixture
def alice_at(store, alice):
    """Alice's browser, signed in."""
    return store.signed_in()


@pytest.mark.parametrize("path", ["", "/export", *FORMS])
def test_a_visitor_is_asked_to_sign_in(store, testapp, path):
    assert testapp.get(f"/account{path}").location.startswith("http://localhost/account/signin?next=%2Faccount")


@pytest.mark.parametrize("path", FORMS)
def test_a_visitor_cannot_post_any_account_form(store, alice, testapp, path):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    before = store.dump()
    answer = testapp.post(f"/account{path}", {"csrf_token": token}, status=303)
    assert answer.location == f"http://localhost/account/signin?next=%2Faccount%2F{path[1:]}"
    assert store.dump() == before


@pytest.mark.parametrize("path", FORMS)
def test_opening_a_form_address_redirects_to_the_account_page(alice_at, path):
    assert alice_at.get(f"/account{path}").location == "http://localhost/account"


def test_the_name_can_be_changed_and_is_cleaned_up(store, alice_at):
    form = form_at(alice_at.get("/account"), "/account/profile")
    form["display_name"] = "  Alice <b>Liddell</b>\u200b "
    page = form.submit().follow()
    assert "Your profile has been saved." in page
    assert form_at(page, "/account/profile")["display_name"].value == "Alice <b>Liddell</b>"
    assert "<b>Liddell" not in page
    assert store.rows(Account)[0].display_name == "Alice <b>Liddell</b>"


def test_location_and_about_can_be_changed_and_stay_plain_text(store, alice_at):
    form = form_at(alice_at.get("/account"), "/account/profile")
    form["location"], form["about"] = " Oxford\u200b ", "\r\nI <i>sing</i>.\r\n\r\n  And dance. "
    page = form.submit().follow()
    form = form_at(page, "/account/profile")
    assert (form["display_name"].value, form["location"].value) == ("Alice", "Oxford")
    assert form["about"].value == "I <i>sing</i>.\n\nAnd dance."
    assert "<i>" not in page
    [profile] = store.rows(Profile)
    assert (profile.location, profile.about) == ("Oxford", "I <i>sing</i>.\n\nAnd dance.")


def test_a_profile_can_be_cleared(store, alice_at):
    for text in ("Something", ""):
        form = form_at(alice_at.get("/account"), "/account/profile")
        form["display_name"] = form["location"] = form["about"] = text
        form.submit(status=303)
    [profile] = store.rows(Profile)
    assert (store.rows(Account)[0].display_name, profile.location, profile.about) == ("", "", "")


def test_two_simultaneous_first_changes_create_one_profile(store, alice_at):
    forms = [form_at(alice_at.get("/account"), "/account/profile") for _ in range(2)]
    for number, form in enumerate(forms):
        form["location"] = f"Town {number}"
    answers = together(*[lambda form=form: form.submit() for form in forms])
    assert [answer.status_int for answer in answers] == [303, 303]
    assert len(store.rows(Profile)) == 1


def test_the_page_shows_when_the_customer_joined_and_last_signed_in(store, alice, alice_at):
    store.change(Account, alice, created_date=datetime(2024, 2, 29, 12, tzinfo=UTC))
    text = alice_at.get("/account").html.select_one('section[aria-labelledby="profile"] p').text
    assert "Registered on February 29, 2024." in text
    assert re.search(r"Last sign-in: \S.* UTC\.", text)


@pytest.mark.parametrize(("name", "limit"), [("location", 100), ("about", 1000)])
def test_a_profile_field_that_is_too_long_gets_an_error(store, alice_at, name, limit):
    form = form_at(alice_at.get("/account"), "/account/profile")
    form["display_name"], form[name] = "Changed", "x" * (limit + 1)
    page = form.submit(status=400)
    assert f"at most {limit:,} characters" in page.html.select_one(".field-error").text
    assert page.html.select_one(f"#profile-{name}")["aria-describedby"] == f"profile-{name}-error"
    assert form_at(page, "/account/profile")[name].value == "x" * (limit + 1)
    assert (store.rows(Account)[0].display_name, store.rows(Profile)) == ("Alice", [])


def test_a_name_that_is_too_long_gets_an_error(store, alice_at):
    form = form_at(alice_at.get("/account"), "/account/profile")
    form["display_name"] = "x" * 101
    page = form.submit(status=400)
    assert "at most 100 characters" in page.html.select_one(".field-error").text
    assert form_at(page, "/account/profile")["display_name"].value == "x" * 101
    assert store.rows(Account)[0].display_name == "Alice"


def test_a_new_password_signs_out_all_other_devices(store, alice_at):
    other, old_cookie = store.signed_in(), alice_at.cookies["session"]
    page = change_password(alice_at).follow()
    assert "Your other devices have been signed out." in page
    assert alice_at.cookies["session"] != old_cookie
    other.get("/account", status=303)
    store.browser().get("/account", headers={"Cookie": f"session={old_cookie}"}, status=303)
    alice_at.get("/account", status=200)
    assert len(store.rows(AccountSession)) == 1
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 303
    assert sign_in(store.browser()).status_int == 400
    [notice] = store.mails("alice@example.org")
    assert notice.kind == "password-changed"
    assert NEW_PASSWORD not in notice.text_body + notice.html_body


@pytest.mark.parametrize(
    ("old", "new", "again", "reason"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "This is not your current password."),
        ("", NEW_PASSWORD, NEW_PASSWORD, "Enter your current password."),
        (PASSWORD, NEW_PASSWORD, "another", "The two passwords don't match."),
        (PASSWORD, "kvartsu", "kvartsu", "too short"),
        (PASSWORD, "alice@example.org", "alice@example.org", "contains your email address"),
    ],
)
def test_a_refused_password_change_changes_nothing(store, alice_at, old, new, again, reason):
    other = store.signed_in()
    page = change_password(alice_at, old, new, again)
    assert page.status_int == 400
    assert reason in page.html.select_one(".field-error").text
    assert [field["value"] for field in page.html.select("input[type=password]")] == [""] * 5
    other.get("/account", status=200)
    assert sign_in(store.browser()).status_int == 303
    assert store.mails() == []


def test_unknown_form_fields_are_ignored(store, alice_at, alice, bob):
    fields = dict(form_at(alice_at.get("/account"), "/account/profile").submit_fields())
    fields |= {"display_name": "Alice L.", "user_id": bob, "account_id": bob, "id": bob, "email": "a@evil.example.org"}
    alice_at.post("/account/profile", fields | {"is_super_user": "1", "roles": "admin", "disabled": "1"}, status=303)
    accounts = {account.id: account for account in store.rows(Account)}
    assert (accounts[alice].display_name, accounts[bob].display_name) == ("Alice L.", "")
    assert (accounts[alice].email, accounts[alice].disabled) == ("alice@example.org", False)
    alice_at.get("/account", status=200)


def test_devices_are_listed_and_this_one_is_marked(store, alice, bob, alice_at):
    phone = store.browser(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="2001:db8::7")
    sign_in(phone)
    store.signed_in("bob@example.org", "bob has another one")
    devices = alice_at.get("/account").html.select(".session-list li")
    assert len(devices) == 2
    [this] = [device.text for device in devices if "this device" in device.text]
    [that] = [device.text for device in devices if "this device" not in device.text]
    assert "192.0.2.7" in this
    assert "Firefox on Android" in that
    assert "2001:db8::7" in that


def test_one_device_can_be_signed_out(store, alice_at):
    phone, tablet = store.signed_in(), store.signed_in()
    page = alice_at.get("/account")
    phone_session = store.rows(AccountSession)[1].id
    form = next(form for form in page.forms.values() if form.fields.get("session_id", [None])[0] is not None
                and form["session_id"].value == phone_session)  # fmt: skip
    assert "That device has been signed out." in form.submit().follow()
    assert [browser.get("/account").status_int for browser in (alice_at, phone, tablet)] == [200, 303, 200]


def test_all_other_devices_can_be_signed_out_at_once(store, bob, alice_at):
    others = [store.signed_in(), store.signed_in()]
    bob_at = store.signed_in("bob@example.org", "bob has another one")
    page = alice_at.get("/account")
    form = next(
        form for form in page.forms.values() if "session_id" in form.fields and form["session_id"].value == "others"
    )
    page = form.submit().follow()
    assert "All your other devices have been signed out." in page
    assert "Sign out of all other devices" not in page
    assert [browser.get("/account").status_int for browser in (alice_at, *others, bob_at)] == [200, 303, 303, 200]


def test_another_customers_session_answers_like_a_missing_one(store, bob, alice_at):
    bob_at = store.signed_in("bob@example.org", "bob has another one")
    bobs = store.rows(AccountSession, AccountSession.account_id == bob)[0].id
    token = form_at(alice_at.get("/account"), "/account/profile")["csrf_token"].value
    pages = [
        alice_at.post("/account/sessions", {"csrf_token": token, "session_id": session_id}, status=404)
        for session_id in (bobs, "0" * 32, "", "x" * 5_000, "' OR 1=1 --", "OTHERS")
    ]
    pages.append(alice_at.post("/account/sessions", {"csrf_token": token}, status=404))
    assert len({str(page.html.main) for page in pages}) == 1
    bob_at.get("/account", status=200)
    assert len(store.rows(AccountSession)) == 2


def test_a_password_change_ends_a_pending_email_change(store, alice_at):
    form = form_at(alice_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = "elsewhere@example.org", PASSWORD
    form.submit(status=303)
    link = store.mailed_link("elsewhere@example.org")
    change_password(alice_at)
    alice_at.get(link, status=404)
    assert store.rows(PendingEmailChange)[0].superseded_date is not None
