"""The form that asks for a reset link."""

from typing import Any

from wtforms import Form

from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ForgotPasswordForm(Form):
    """An address."""

    email = email_field()


class ForgotPasswordViewModel(FormViewModel):
    """Somebody who forgot a password."""

    form_class = ForgotPasswordForm

    def to_dict(self) -> dict[str, Any]:
        """The address as it was typed."""
        return {**super().to_dict(), "email": self.value("email")}
