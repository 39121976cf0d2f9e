"""The form that sets a new password."""

from typing import Any

from pyramid.request import Request
from wtforms import Field, HiddenField
from wtforms.validators import StopValidation

from album_store.services.account.password_reset_service import ResetLink
from album_store.viewmodels.shared.fields import confirm_password_field, new_password_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ResetPasswordViewModel(FormViewModel):
    """A new password, twice. The account comes from the reset link in the cookie, never from the form.

    The form contains the id of the link that opened it. A second tab may have put another link into the cookie since
    then, and the password must not be set for that link's account.
    """

    link = HiddenField()
    password = new_password_field()
    confirm_password = confirm_password_field()

    def __init__(self, request: Request, reset: ResetLink) -> None:
        super().__init__(request)
        self.account_email = reset.email
        self._link = reset

    def validate_link(self, field: Field) -> None:
        """Raise StopValidation if the form was opened with a different link from the one in the cookie."""
        if field.data != self._link.id:
            raise StopValidation(
                "You've opened another reset link in the meantime. Check the email address above, then enter the new "
                "password again."
            )

    def to_dict(self) -> dict[str, Any]:
        """The form values, the link in the cookie, the address of its account, and when it expires."""
        until = self.request.wording.moment(self._link.expires_date)
        return {**super().to_dict(), "link": self._link.id, "email": self.account_email, "until": until}
