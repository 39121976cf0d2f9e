"""The form that changes the profile."""

from wtforms import Form

from album_store.viewmodels.shared.fields import display_name_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ProfileForm(Form):
    """What the store calls the person."""

    display_name = display_name_field()


class ProfileViewModel(FormViewModel):
    """Somebody who changes their profile."""

    form_class = ProfileForm
