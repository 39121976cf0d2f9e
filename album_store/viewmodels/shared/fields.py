"""Fields, filters and validators that several forms share and no library provides."""

from typing import Any

from email_validator import EmailNotValidError
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, StopValidation

from album_store.data.visible_text import visible_line
from album_store.infrastructure.email_addresses import MAX_EMAIL_CHARACTERS, canonical_email, email_line
from album_store.viewmodels.shared.password_rule import why_refused


def several_lines(text: str) -> str:
    """Filter: apply `visible_line` to each line, and use line feeds as line endings."""
    return "\n".join(map(visible_line, text.expandtabs(1).splitlines())).strip()


def reachable_email(_form: Form, field: Field) -> None:
    """Validator: require a valid address and replace it with its canonical form. Raises StopValidation.

    The `Email` validator of WTForms does not replace the value, and parses an address of any length.
    """
    try:
        canonical = canonical_email(field.data)
    except EmailNotValidError:
        raise StopValidation("Enter a valid email address, such as name@example.org.") from None
    if len(canonical) > MAX_EMAIL_CHARACTERS:  # a non-ASCII domain gets longer
        raise StopValidation("This email address is too long. Enter a shorter one.")
    field.data = canonical


def good_password(form: Any, field: Field) -> None:
    """Validator: require a password that the policy accepts. Raises StopValidation.

    It is checked against the `email` field of the form, or its `account_email` if there is no such field.
    """
    email = form["email"].data if "email" in form else form.account_email
    reason = why_refused(field.data, email=email, store_name=form.request.store_settings.store_name)
    if reason:
        raise StopValidation(reason)


def at_most(characters: int, what: str) -> Length:
    """Validator: require at most `characters` characters, after the filters; `what` names the field in the error."""
    return Length(max=characters, message=f"Use at most {characters:,} characters for {what}.")


def email_field() -> Any:
    """A required email address."""
    required, short = InputRequired("Enter your email address."), at_most(MAX_EMAIL_CHARACTERS, "your email address")
    return StringField(filters=[email_line], validators=[required, short, reachable_email])


def new_password_field() -> Any:
    """A new password, exactly as typed."""
    return PasswordField(validators=[good_password])


def confirm_password_field() -> Any:
    """The new password again."""
    return PasswordField(validators=[EqualTo("password", "The two passwords don't match.")])


def current_password_field() -> Any:
    """The password of the signed-in account."""
    return PasswordField(validators=[InputRequired("Enter your current password.")])


def line_field(what: str) -> Any:
    """An optional line of text, of at most 100 characters; `what` names it in the error."""
    return StringField(filters=[visible_line], validators=[at_most(100, what)])
