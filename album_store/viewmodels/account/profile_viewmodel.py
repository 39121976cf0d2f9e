"""The form that changes the profile."""

from wtforms import TextAreaField
from wtforms.validators import Length

from album_store.viewmodels.shared.fields import line_field, several_lines
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ProfileViewModel(FormViewModel):
    """Name, place, and what the owner of the account says about themselves; all of it optional."""

    display_name = line_field()
    location = line_field()
    about = TextAreaField(
        filters=[several_lines], validators=[Length(max=1000, message="Use at most 1000 characters.")]
    )
