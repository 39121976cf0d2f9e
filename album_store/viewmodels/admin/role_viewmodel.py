"""The form that grants or revokes the admin role."""

from wtforms import HiddenField
from wtforms.validators import AnyOf

from album_store.data.visible_text import visible_line
from album_store.viewmodels.shared.fields import current_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel

CHANGES = ("grant", "take")


class RoleViewModel(ReauthenticationViewModel):
    """The change, and the current password of the admin who makes it."""

    change = HiddenField(filters=[visible_line], validators=[AnyOf(CHANGES, "Reload this page and try again.")])
    current_password = current_password_field()
