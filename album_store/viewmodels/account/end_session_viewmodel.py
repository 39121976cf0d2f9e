"""The form that ends other sessions of the account."""

from wtforms import HiddenField

from album_store.viewmodels.shared.form_viewmodel import FormViewModel

OTHERS = "others"


class EndSessionViewModel(FormViewModel):
    """The id of a session, or OTHERS for all except this one."""

    session_id = HiddenField()
