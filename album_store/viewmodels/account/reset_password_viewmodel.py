"""The form that sets a new password."""

from typing import Any

from pyramid.request import Request

from album_store.services.account.password_reset_service import ResetLink
from album_store.viewmodels.shared.fields import confirm_password_field, new_password_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ResetPasswordViewModel(FormViewModel):
    """A new password, twice. The account comes from the reset link, never from the form."""

    password = new_password_field()
    confirm_password = confirm_password_field()

    def __init__(self, request: Request, reset: ResetLink) -> None:
        super().__init__(request)
        self.account_email = reset.email
        self._expires_date = reset.expires_date

    def to_dict(self) -> dict[str, Any]:
        """The form values, the address of the account, and until when the link works."""
        until = self.request.wording.moment(self._expires_date)
        return {**super().to_dict(), "email": self.account_email, "until": until}
