"""The registration form."""

from typing import Any

from wtforms import Form

from album_store.viewmodels.shared.fields import (
    confirm_password_field,
    display_name_field,
    email_field,
    new_password_field,
)
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class RegisterForm(Form):
    """Address, name and password."""

    email = email_field()
    display_name = display_name_field()
    password = new_password_field()
    confirm_password = confirm_password_field()


class RegisterViewModel(FormViewModel):
    """Somebody who wants an account."""

    form_class = RegisterForm

    def to_dict(self) -> dict[str, Any]:
        """The form as it was typed, without the passwords."""
        return {
            **super().to_dict(),
            "email": self.value("email"),
            "display_name": self.value("display_name"),
        }
