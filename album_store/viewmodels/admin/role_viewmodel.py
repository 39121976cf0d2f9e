"""The form that lets somebody run the store, or no longer."""

from wtforms import Form
from wtforms.validators import AnyOf

from album_store.viewmodels.shared.fields import TextField, current_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel

CHANGES = ("grant", "take")


class RoleForm(Form):
    """What to do, and the current password of who does it."""

    change = TextField(validators=[AnyOf(CHANGES, message="Load the page again: this form was garbled.")])
    current_password = current_password_field()


class RoleViewModel(ReauthenticationViewModel):
    """An admin who decides who else is one."""

    form_class = RoleForm
