"""The form that changes the e-mail address."""

from typing import Any

from wtforms import Form

from album_store.viewmodels.account.fresh_password_viewmodel import FreshPasswordViewModel
from album_store.viewmodels.shared.fields import current_password_field, email_field


class ChangeEmailForm(Form):
    """The new address and the current password."""

    email = email_field()
    current_password = current_password_field()


class ChangeEmailViewModel(FreshPasswordViewModel):
    """Somebody who changes their address."""

    form_class = ChangeEmailForm

    def to_dict(self) -> dict[str, Any]:
        """The address as it was typed."""
        return {**super().to_dict(), "email": self.value("email")}
