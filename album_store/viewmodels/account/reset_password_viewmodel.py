"""The form that sets a new password."""

from typing import Any

from pyramid.request import Request
from wtforms import Form

from album_store.services.account.password_reset_service import ResetLink
from album_store.viewmodels.shared.fields import confirm_password_field, new_password_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ResetPasswordForm(Form):
    """A new password, twice."""

    password = new_password_field()
    confirm_password = confirm_password_field()


class ResetPasswordViewModel(FormViewModel):
    """Somebody who followed a reset link. Whose password it is, the link says and not the form."""

    form_class = ResetPasswordForm

    def __init__(self, request: Request, reset: ResetLink) -> None:
        super().__init__(request, email=reset.email)
        self.email = reset.email

    def to_dict(self) -> dict[str, Any]:
        """Whose password it is."""
        return {**super().to_dict(), "email": self.email}
