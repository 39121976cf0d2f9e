"""The form that requests the deletion of an account."""

from album_store.viewmodels.shared.fields import current_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class DeleteAccountViewModel(ReauthenticationViewModel):
    """The current password."""

    current_password = current_password_field()

    def refuse_last_admin(self) -> None:
        """Set the error for the last admin, whose account cannot be deleted."""
        self.refuse("current_password", "You are the only admin. Give another account the admin role first.")
