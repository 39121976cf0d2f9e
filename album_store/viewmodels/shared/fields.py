"""What fields of several forms share: filters that tidy, validators that no library has, and fields with both."""

import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, StopValidation

from album_store.viewmodels.shared.password_rule import why_refused

MAX_EMAIL_CHARACTERS = 254  # RFC 5321


def one_line(text: str) -> str:
    """Filter: trimmed, without control characters."""
    return _visible(text, {"Cc", "Cf", "Cs"})


def several_lines(text: str) -> str:
    """Filter: each line as `one_line` has it, all line ends written as a line feed."""
    return "\n".join(map(one_line, text.expandtabs(1).splitlines())).strip()


def email_line(text: str) -> str:
    """Filter: trimmed. A control character inside stays, so that the address is refused for it."""
    return _visible(text, {"Cf", "Cs"})


def _visible(text: str, unwanted: set[str]) -> str:
    """Trim, and drop what cannot be seen, such as the zero-width characters that come with copying."""
    return "".join(char for char in text if unicodedata.category(char) not in unwanted).strip()


def canonical_email(text: str) -> str:
    """The one spelling of an address that the store keeps: lower case, the domain as the mail system writes it.

    Raises EmailNotValidError, with a sentence. Addresses that need SMTPUTF8 are refused, because mail to them would
    be lost; `.test` names are let through, they merely never arrive.
    """
    if len(text) > MAX_EMAIL_CHARACTERS:  # first, because reading 64 KB takes a tenth of a second
        raise EmailNotValidError("It is too long.")
    checked = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    return checked.ascii_email.lower()


def reachable_email(_form: Form, field: Field) -> None:
    """Validator: an address that mail can be sent to. Replaces the value by its canonical form.

    The `Email` of WTForms looks but does not replace, and reads an address of any length.
    """
    try:
        canonical = canonical_email(field.data)
    except EmailNotValidError as error:
        raise StopValidation(f"This is not an e-mail address that mail can reach: {error}") from None
    if len(canonical) > MAX_EMAIL_CHARACTERS:  # a domain of other scripts grows
        raise StopValidation("This e-mail address is too long.")
    field.data = canonical


def good_password(form: Any, field: Field) -> None:
    """Validator: a new password that the rule lets through.

    It belongs to the address in the form or, where the form asks for none, to its `account_email`.
    """
    email = form["email"].data if "email" in form else form.account_email
    reason = why_refused(field.data, email=email, store_name=form.request.store_settings.store_name)
    if reason:
        raise StopValidation(reason)


def email_field() -> Any:
    """An e-mail address."""
    return StringField(filters=[email_line], validators=[InputRequired("Type your e-mail address."), reachable_email])


def new_password_field() -> Any:
    """A new password, taken as it was typed."""
    return PasswordField(validators=[good_password])


def confirm_password_field() -> Any:
    """The new password once more."""
    return PasswordField(validators=[EqualTo("password", "The two passwords are not the same.")])


def current_password_field() -> Any:
    """The password of the account that is signed in."""
    return PasswordField(validators=[InputRequired("Type your current password.")])


def line_field() -> Any:
    """A line of text that may be left out."""
    return StringField(filters=[one_line], validators=[Length(max=100, message="Use at most %(max)d characters.")])
