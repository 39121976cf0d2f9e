"""The sign-in form."""

from typing import Any

from email_validator import EmailNotValidError
from pyramid.request import Request
from wtforms import Form
from wtforms.validators import InputRequired

from album_store.viewmodels.shared.fields import AddressField, SecretField, canonical_email
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from album_store.viewmodels.shared.next_path import safe_next_path


class SigninForm(Form):
    """Address and password."""

    email = AddressField(validators=[InputRequired("Type your e-mail address.")])
    password = SecretField(validators=[InputRequired("Type your password.")])


class SigninViewModel(FormViewModel):
    """Somebody who wants to sign in, and where they were going."""

    form_class = SigninForm

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        wanted = request.POST if request.method == "POST" else request.GET
        self.next = safe_next_path(str(wanted.get("next", "")))

    @property
    def canonical_email(self) -> str:
        """The address as the store keeps it; what is no address belongs to nobody and stays as typed."""
        try:
            return canonical_email(self.value("email"))
        except EmailNotValidError:
            return self.value("email")

    def refuse(self) -> None:
        """Say that it was not right, and not which part of it."""
        self.errors = {  # nosec B105 # a message
            "password": "This e-mail address and this password do not belong together. Mind capital letters. "
            "After many wrong tries none is looked at for a while; a new password helps at once."
        }

    def to_dict(self) -> dict[str, Any]:
        """The form as it was typed, without the password."""
        return {**super().to_dict(), "email": self.value("email"), "next": self.next}
