"""Registration: what the form refuses, and why."""

import gc

import pytest
from webtest import Upload

from album_store.data.pending_registration import PendingRegistration
from tests.support.factories import PASSWORD
from tests.support.store_driver import form_at, register


def messages(page):
    """The error messages beside the fields."""
    return " ".join(error.text for error in page.html.select(".field-error"))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "Enter a password"),
        ("kvartsu", "too short"),
        (("seventeen grey herons " * 200)[:4097], "too long"),
        ("password123", "too common"),
        ("carol@example.org", "contains your email address"),
        ("Test Records 1", "name of this store"),
        ("nul \0 in a long password", "can't be used"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(store, testapp, password, reason):
    page = register(testapp, "Carol@example.org", password, name="Carol")
    assert page.status_int == 400
    assert reason in messages(page)
    assert form_at(page, "/account/register")["email"].value == "carol@example.org"
    assert form_at(page, "/account/register")["display_name"].value == "Carol"
    assert form_at(page, "/account/register")["password"].value == ""
    assert store.rows(PendingRegistration) == store.mails() == []


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # WebTest keeps a large body in a file
def test_a_password_of_ten_megabytes_is_not_even_read(store, testapp):
    page = register(testapp, "carol@example.org", "x" * 10_000_000)
    assert page.status_int == 413
    assert "too large" in page.html.h1.text
    assert len(page.body) < 10_000
    assert store.mails() == []
    del page
    gc.collect()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "carol",
        "victim@x,evil@y",
        "victim@example.org,evil@example.org",
        "a@b@c.org",
        "car\u00f6l@example.org",
        "carol@example.org\r\nBcc: evil@example.org",
        "x" * 250 + "@example.org",
        '"a b"@example.org',
        "carol@[192.0.2.1]",
    ],
)
def test_an_invalid_email_address_is_refused(store, testapp, email):
    page = register(testapp, email)
    assert page.status_int == 400
    assert ("Use at most 254 characters for your email" if len(email) > 254 else "email address") in messages(page)
    assert store.rows(PendingRegistration) == store.mails() == []


def test_two_passwords_that_differ_are_refused(store, testapp):
    form = form_at(testapp.get("/account/register"), "/account/register")
    form["email"], form["password"], form["confirm_password"] = "carol@example.org", PASSWORD, PASSWORD + " "
    assert "don't match" in messages(form.submit(status=400))
    assert store.mails() == []


@pytest.mark.parametrize("missing", ["email", "password", "confirm_password"])
def test_a_missing_field_is_asked_for(store, testapp, missing):
    fields = dict(form_at(testapp.get("/account/register"), "/account/register").submit_fields())
    fields |= {"email": "carol@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    del fields[missing]
    assert messages(testapp.post("/account/register", fields, status=400))
    assert store.mails() == []


@pytest.mark.parametrize("name", ["email", "password", "display_name", "confirm_password"])
def test_a_file_in_a_text_field_creates_no_registration(store, testapp, name):
    fields = dict(form_at(testapp.get("/account/register"), "/account/register").submit_fields())
    fields |= {"email": "carol@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    fields[name] = Upload("file.txt", b"carol@example.org")
    testapp.post("/account/register", fields, content_type="multipart/form-data", status=415)
    assert store.mails() == []


def test_only_the_first_of_two_addresses_in_a_form_counts(store, testapp):
    token = form_at(testapp.get("/account/register"), "/account/register")["csrf_token"].value
    fields = [("csrf_token", token), ("email", "carol@example.org"), ("email", "evil@example.org")]
    fields += [("password", PASSWORD), ("confirm_password", PASSWORD)]
    testapp.post("/account/register", fields, status=303)
    assert [mail.recipient for mail in store.mails()] == ["carol@example.org"]
