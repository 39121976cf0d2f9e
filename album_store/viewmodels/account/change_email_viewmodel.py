"""The form that changes the email address."""

from wtforms import Field
from wtforms.validators import StopValidation

from album_store.viewmodels.shared.fields import current_password_field, email_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class ChangeEmailViewModel(ReauthenticationViewModel):
    """The new address and the current password."""

    email = email_field()
    current_password = current_password_field()

    def validate_email(self, field: Field) -> None:
        """Raise StopValidation if the address is the current one."""
        if field.data == self.account_email:
            raise StopValidation("This is already your email address. Enter a different one.")
