"""The form that requests a reset link."""

from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ForgotPasswordViewModel(FormViewModel):
    """The address of an account, which the sign-in page may have passed on."""

    email = email_field()
