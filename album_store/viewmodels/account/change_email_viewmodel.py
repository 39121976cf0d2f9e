"""The form that changes the e-mail address."""

from typing import Any

from wtforms import Field, Form
from wtforms.validators import StopValidation

from album_store.viewmodels.shared.fields import current_password_field, email_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class ChangeEmailForm(Form):
    """The new address and the current password."""

    email = email_field()
    current_password = current_password_field()

    def validate_email(self, field: Field) -> None:
        """Raise StopValidation if nothing would change."""
        if field.data == self.meta.email:
            raise StopValidation("This is your address already.")


class ChangeEmailViewModel(ReauthenticationViewModel):
    """Somebody who changes their address."""

    form_class = ChangeEmailForm

    def to_dict(self) -> dict[str, Any]:
        """The address as it was typed."""
        return {**super().to_dict(), "email": self.value("email")}
