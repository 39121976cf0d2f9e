"""The form that changes the profile."""

from typing import Any

from wtforms import Form
from wtforms.validators import Length

from album_store.viewmodels.shared.fields import LinesField, TextField, display_name_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ProfileForm(Form):
    """What the store calls the person, and what they say about themselves; all of it optional."""

    display_name = display_name_field()
    location = TextField(validators=[Length(max=100, message="Use at most 100 characters.")])
    about = LinesField(validators=[Length(max=1000, message="Use at most 1000 characters.")])


class ProfileViewModel(FormViewModel):
    """Somebody who changes their profile."""

    form_class = ProfileForm

    def to_dict(self) -> dict[str, Any]:
        """The profile as it was typed."""
        return {**super().to_dict(), **self.form.data}
