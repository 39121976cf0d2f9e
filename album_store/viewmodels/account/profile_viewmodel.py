"""The form that changes the profile."""

from wtforms import TextAreaField
from wtforms.validators import Length

from album_store.viewmodels.shared.fields import line_field, several_lines
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ProfileViewModel(FormViewModel):
    """Display name, location and about text, all optional."""

    display_name = line_field()
    location = line_field()
    about = TextAreaField(
        filters=[several_lines], validators=[Length(max=1000, message="Use at most 1000 characters.")]
    )
