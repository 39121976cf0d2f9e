"""Fields shared by several forms."""

import pytest
from email_validator import EmailNotValidError
from wtforms import TextAreaField

from album_store.infrastructure import email_addresses
from album_store.viewmodels.shared import fields
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from tests.support.posted import posted


class EveryField(FormViewModel):
    """A form with all shared fields."""

    email = fields.email_field()
    display_name = fields.line_field("your name")
    about = TextAreaField(filters=[fields.several_lines])
    current_password = fields.current_password_field()
    password = fields.new_password_field()
    confirm_password = fields.confirm_password_field()


GOOD = {
    "email": "carol@example.org",
    "display_name": "Carol",
    "current_password": "anything",
    "password": "kvartsuR zlomek",
    "confirm_password": "kvartsuR zlomek",
}


def filled_in(*more: tuple[str, str], **changes: str):
    """Return the validated form, filled in with valid values except for the given changes."""
    form = EveryField(posted(*(GOOD | changes).items(), *more))
    form.validate()
    return form


def test_valid_values_have_no_errors():
    assert filled_in().errors == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Carol ", "Carol"),
        ("\tCarol\r\n", "Carol"),
        ("Ca\u200brol\ufeff", "Carol"),
        ("Carol\u202e", "Carol"),
        ("Ca\0rol", "Carol"),
        ("\u00a0Carol\u3000", "Carol"),
        ("Carol  Ann", "Carol  Ann"),
        ("\u5c0f\u6797", "\u5c0f\u6797"),
        ("\u200b", ""),
        ("\u3164", ""),
        ("\u2800\u115f\u034f\ufe0f", ""),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ],
)
def test_a_line_is_trimmed_and_loses_invisible_characters(typed, kept):
    assert filled_in(display_name=typed).display_name.data == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One\r\nTwo\rThree\nFour", "One\nTwo\nThree\nFour"),
        ("\r\n  One \r\n\r\n Two\r\n\r\n", "One\n\nTwo"),
        ("One\ttwo\0\u200b\u202e", "One two"),
        ("One\u2028Two\x0bThree", "One\nTwo\nThree"),
        (" \r\n\u200b\r\n", ""),
        ("\u3164\r\n\u2800", ""),
        ("\u0645\u06cc\u200c\u062e\r\n\u200d", "\u0645\u06cc\u200c\u062e"),
        ("", ""),
    ],
)
def test_each_of_several_lines_is_cleaned_and_line_endings_are_unified(typed, kept):
    assert filled_in(about=typed).about.data == kept


@pytest.mark.parametrize("password", ["  kvartsuR zlomek  ", "kvartsuR\tzlomek\u200b", "kvartsuR zlomek\r\n"])
def test_a_password_is_not_trimmed_or_cleaned(password):
    form = filled_in(password=password, confirm_password=password)
    assert form.errors == {}
    assert form.password.data == password


def test_a_missing_field_is_empty():
    form = EveryField(posted())
    assert not form.validate()
    assert {field.data for field in form} == {""}
    assert set(form.errors) == {"email", "current_password", "password"}


def test_the_first_of_several_values_for_a_field_is_used():
    form = filled_in(("email", "evil@example.org"), ("display_name", "Evil"))
    assert (form.email.data, form.display_name.data) == ("carol@example.org", "Carol")


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Carol@Example.ORG", "carol@example.org"),
        ("carol+shop@example.org", "carol+shop@example.org"),
        ("carol@m\u00fcsik.example.org", "carol@xn--msik-0ra.example.org"),
        ("carol@XN--MSIK-0RA.example.org", "carol@xn--msik-0ra.example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("carol@\uff45xample.org", "carol@example.org"),
    ],
)
def test_an_email_address_has_one_canonical_form(typed, canonical):
    assert email_addresses.canonical_email(typed) == canonical
    assert filled_in(email=f" {typed} ").email.data == canonical


@pytest.mark.parametrize(
    "typed",
    ["carol", "carol@", "@example.org", "carol@example", "a@b@example.org", "carol@example.org,evil@example.org",
     "carol @example.org", "carol@example.org\r\nBcc: evil@example.org", "c\u00e4rol@example.org",
     "Carol <carol@example.org>", '"carol"@example.org', "carol@[192.0.2.1]", "carol@192.0.2.1", "carol@localhost",
     "carol..ann@example.org", ".carol@example.org"],
)  # fmt: skip
def test_an_undeliverable_address_is_refused(typed):
    with pytest.raises(EmailNotValidError):
        email_addresses.canonical_email(typed)
    assert filled_in(email=typed).errors == {"email": "Enter a valid email address, such as name@example.org."}


def test_an_address_that_is_too_long_is_not_parsed(monkeypatch):
    monkeypatch.setattr(email_addresses, "validate_email", None)
    typed = "a" * (email_addresses.MAX_EMAIL_CHARACTERS + 1)
    with pytest.raises(EmailNotValidError, match="too long"):
        email_addresses.canonical_email(typed)
    assert filled_in(email=typed).errors == {"email": "Use at most 254 characters for your email address."}


def test_a_zero_width_character_in_an_address_is_ignored():
    for sign in "\u200b\u202e\ufeff":
        assert filled_in(email=f"ca{sign}rol@example.org").email.data == "carol@example.org"


def test_a_control_character_in_an_address_is_refused():
    for sign in "\0\r\n\t\x7f":
        assert "email" in filled_in(email=f"ca{sign}rol@example.org").errors


def test_the_two_passwords_must_match():
    assert filled_in(confirm_password="kvartsuR zlomek ").errors == {
        "confirm_password": "The two passwords don't match."
    }


def test_a_password_that_contains_the_typed_address_is_refused():
    form = filled_in(password="x carol@example.org", confirm_password="x carol@example.org")
    assert "your email address" in form.errors["password"]


def test_without_an_address_field_a_password_is_checked_against_the_account():
    class NewPassword(FormViewModel):
        account_email = "carol@example.org"
        password = fields.new_password_field()

    form = NewPassword(posted(("password", "x carol@example.org")))
    assert not form.validate()
    assert "your email address" in form.errors["password"]


@pytest.mark.parametrize("length", [100, 101])
def test_a_trimmed_line_has_at_most_100_characters(length):
    errors = filled_in(display_name=f"  {'x' * length}\u200b ").errors
    assert errors == ({} if length == 100 else {"display_name": "Use at most 100 characters for your name."})
