"""The registration form."""

from album_store.viewmodels.shared.fields import confirm_password_field, email_field, line_field, new_password_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class RegisterViewModel(FormViewModel):
    """Address, name and password."""

    email = email_field()
    display_name = line_field("your name")
    password = new_password_field()
    confirm_password = confirm_password_field()
