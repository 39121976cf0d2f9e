"""The form that requests the deletion of an account."""

from pyramid.request import Request

from album_store.viewmodels.shared.fields import current_password_field
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel


class DeleteAccountViewModel(ReauthenticationViewModel):
    """The current password."""

    current_password = current_password_field()

    def refuse_last_admin(self) -> None:
        """Set the error for the last admin, whose account cannot be deleted."""
        self.refuse("current_password", "You are the only admin. Give another account the admin role first.")


def orders_kept_for(request: Request) -> str:
    """Return how long the orders of the signed-in account are kept, such as "10 years"; "" if it has none."""
    if not request.ownership_service.has_orders(request.signed_in.account_id):
        return ""
    years = request.store_settings.orders_keep_years
    return "1 year" if years == 1 else f"{years} years"
