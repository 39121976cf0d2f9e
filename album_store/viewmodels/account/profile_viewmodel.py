"""The form that changes the profile."""

from wtforms import TextAreaField

from album_store.viewmodels.shared.fields import at_most, line_field, several_lines
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ProfileViewModel(FormViewModel):
    """Display name, location and about text, all optional."""

    display_name = line_field("your name")
    location = line_field("your location")
    about = TextAreaField(filters=[several_lines], validators=[at_most(1000, "the text about you")])
