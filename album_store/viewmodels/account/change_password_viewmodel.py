"""The form on the account page that changes the password."""

from album_store.viewmodels.shared.fields import confirm_password_field, current_password_field, new_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class ChangePasswordViewModel(ReauthenticationViewModel):
    """The current password, and the new one twice."""

    current_password = current_password_field()
    password = new_password_field()
    confirm_password = confirm_password_field()
