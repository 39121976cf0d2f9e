"""The fields that several forms have, with their rules."""

import unicodedata
from collections.abc import Set
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form, StringField
from wtforms.validators import InputRequired, Length, StopValidation

from album_store.viewmodels.shared.password_rule import why_refused

MAX_EMAIL_CHARACTERS = 254  # RFC 5321


class TextField(StringField):
    """One line of text, trimmed, without control characters; never None."""

    unwanted = frozenset({"Cc", "Cf", "Cs"})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the first value and tidy it."""
        self.data = _tidy(valuelist[0], self.unwanted) if valuelist else ""

    def process_data(self, value: Any) -> None:
        """Begin empty."""
        self.data = value or ""


class LinesField(TextField):
    """Several lines of text, each tidied like one; never None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the first value, and write all its line ends in one way."""
        lines = valuelist[0].expandtabs(1).splitlines() if valuelist else []
        self.data = "\n".join(_tidy(line, self.unwanted) for line in lines).strip()


class AddressField(TextField):
    """An e-mail address, trimmed. A control character inside stays, so that the address is refused for it."""

    unwanted = frozenset({"Cf", "Cs"})


class SecretField(StringField):
    """A password: taken as it was typed, spaces and all; never None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the first value, untouched."""
        self.data = valuelist[0] if valuelist else ""

    def process_data(self, value: Any) -> None:
        """Begin empty."""
        self.data = value or ""


def _tidy(text: str, unwanted: Set[str]) -> str:
    """Trim, and drop what nobody can see, such as the zero-width characters that come with copying."""
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


class ValidEmail:
    """An address that mail can be sent to; replaces the value by its canonical form."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise StopValidation with what is wrong."""
        try:
            canonical = canonical_email(field.data)
        except EmailNotValidError as error:
            raise StopValidation(f"This is not an e-mail address that mail can reach: {error}") from None
        if len(canonical) > MAX_EMAIL_CHARACTERS:  # a domain of other scripts grows
            raise StopValidation("This e-mail address is too long.")
        field.data = canonical


class GoodPassword:
    """A password that the rule lets through."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise StopValidation with the reason."""
        email = form["email"].data if "email" in form else form.meta.email
        reason = why_refused(field.data, email=email, store_name=form.meta.store_name)
        if reason:
            raise StopValidation(reason)


class SameAsPassword:
    """The password typed a second time."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise StopValidation if it differs."""
        if field.data != form["password"].data:
            raise StopValidation("The two passwords are not the same.")


def email_field() -> Any:
    """A field for an e-mail address."""
    return AddressField(validators=[InputRequired("Type your e-mail address."), ValidEmail()])


def new_password_field() -> Any:
    """A field for a new password."""
    return SecretField(validators=[GoodPassword()])


def confirm_password_field() -> Any:
    """A field for the new password once more."""
    return SecretField(validators=[SameAsPassword()])


def current_password_field() -> Any:
    """A field for the password of somebody who is signed in."""
    return SecretField(validators=[InputRequired("Type your current password.")])


def display_name_field() -> Any:
    """A field for what the store calls a person."""
    return TextField(validators=[Length(max=100, message="Use at most 100 characters.")])
