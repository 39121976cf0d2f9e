"""The fields that several forms share."""

import pytest
from email_validator import EmailNotValidError
from wtforms import TextAreaField

from album_store.infrastructure import email_addresses
from album_store.viewmodels.shared import fields
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from tests.support.posted import posted


class EveryField(FormViewModel):
    """All of them in one form."""

    email = fields.email_field()
    display_name = fields.line_field()
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
    """The form with these texts in place of good ones, validated."""
    form = EveryField(posted(*(GOOD | changes).items(), *more))
    form.validate()
    return form


def test_good_texts_have_no_errors():
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
def test_a_line_is_trimmed_and_loses_what_cannot_be_seen(typed, kept):
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
def test_several_lines_are_tidied_each_and_end_in_one_way(typed, kept):
    assert filled_in(about=typed).about.data == kept


@pytest.mark.parametrize("password", ["  kvartsuR zlomek  ", "kvartsuR\tzlomek\u200b", "kvartsuR zlomek\r\n"])
def test_a_password_is_left_as_it_was_typed(password):
    form = filled_in(password=password, confirm_password=password)
    assert form.errors == {}
    assert form.password.data == password


def test_a_field_that_was_not_sent_is_an_empty_text():
    form = EveryField(posted())
    assert not form.validate()
    assert {field.data for field in form} == {""}
    assert set(form.errors) == {"email", "current_password", "password"}


def test_the_first_of_several_values_counts():
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
def test_an_address_has_one_spelling(typed, canonical):
    assert email_addresses.canonical_email(typed) == canonical
    assert filled_in(email=f" {typed} ").email.data == canonical


@pytest.mark.parametrize(
    "typed",
    ["carol", "carol@", "@example.org", "carol@example", "a@b@example.org", "carol@example.org,evil@example.org",
     "carol @example.org", "carol@example.org\r\nBcc: evil@example.org", "c\u00e4rol@example.org",
     "Carol <carol@example.org>", '"carol"@example.org', "carol@[192.0.2.1]", "carol@192.0.2.1", "carol@localhost",
     "carol..ann@example.org", ".carol@example.org"],
)  # fmt: skip
def test_what_mail_cannot_reach_is_refused(typed):
    with pytest.raises(EmailNotValidError):
        email_addresses.canonical_email(typed)
    assert filled_in(email=typed).errors["email"].startswith("Enter a valid email address. ")


def test_an_address_that_is_too_long_is_not_read(monkeypatch):
    monkeypatch.setattr(email_addresses, "validate_email", None)
    typed = "a" * (email_addresses.MAX_EMAIL_CHARACTERS + 1)
    with pytest.raises(EmailNotValidError, match="too long"):
        email_addresses.canonical_email(typed)
    assert filled_in(email=typed).errors == {"email": "Use at most 254 characters."}


def test_a_zero_width_sign_inside_an_address_is_passed_over():
    for sign in "\u200b\u202e\ufeff":
        assert filled_in(email=f"ca{sign}rol@example.org").email.data == "carol@example.org"


def test_a_control_character_inside_an_address_is_refused():
    for sign in "\0\r\n\t\x7f":
        assert "email" in filled_in(email=f"ca{sign}rol@example.org").errors


def test_the_second_password_must_be_the_first():
    assert filled_in(confirm_password="kvartsuR zlomek ").errors == {
        "confirm_password": "The two passwords don't match."
    }


def test_a_password_that_holds_the_address_of_the_form_is_refused():
    form = filled_in(password="x carol@example.org", confirm_password="x carol@example.org")
    assert "your email address" in form.errors["password"]


def test_a_password_is_measured_against_the_account_where_the_form_asks_for_no_address():
    class NewPassword(FormViewModel):
        account_email = "carol@example.org"
        password = fields.new_password_field()

    form = NewPassword(posted(("password", "x carol@example.org")))
    assert not form.validate()
    assert "your email address" in form.errors["password"]


@pytest.mark.parametrize("length", [100, 101])
def test_a_line_has_at_most_a_hundred_characters_after_it_was_trimmed(length):
    errors = filled_in(display_name=f"  {'x' * length}\u200b ").errors
    assert errors == ({} if length == 100 else {"display_name": "Use at most 100 characters."})
