"""The form that asks for the deletion of an account."""

from wtforms import Form

from album_store.viewmodels.shared.fields import current_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class DeleteAccountForm(Form):
    """The current password."""

    current_password = current_password_field()


class DeleteAccountViewModel(ReauthenticationViewModel):
    """Somebody who wants to leave."""

    form_class = DeleteAccountForm

    def refuse_last_admin(self) -> None:
        """Say why this account cannot go."""
        self.errors["current_password"] = (  # nosec B105 # a message
            "Nobody else can run the store yet. Make somebody else an admin first."
        )
