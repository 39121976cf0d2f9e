"""The form that changes the password of somebody who is signed in."""

from wtforms import Form

from album_store.viewmodels.shared.fields import confirm_password_field, current_password_field, new_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class ChangePasswordForm(Form):
    """The old password, and the new one twice."""

    current_password = current_password_field()
    password = new_password_field()
    confirm_password = confirm_password_field()


class ChangePasswordViewModel(ReauthenticationViewModel):
    """Somebody who changes their password."""

    form_class = ChangePasswordForm
