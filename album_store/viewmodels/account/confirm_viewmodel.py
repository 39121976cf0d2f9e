"""The form that confirms a registration."""

from typing import Any

from pyramid.request import Request
from wtforms import Field, PasswordField
from wtforms.validators import StopValidation

from album_store.services.account.registration_service import RegistrationLink
from album_store.viewmodels.account.receipt import receipt_of
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ConfirmViewModel(FormViewModel):
    """The password chosen at registration, required unless this browser registered.

    An attacker can register another person's address with a password of their choice. If the owner of the address could
    confirm with a single click, the attacker could sign in to the account. Therefore only the browser that registered
    may confirm without the password.
    """

    password = PasswordField()

    def __init__(self, request: Request, registration: RegistrationLink) -> None:
        super().__init__(request)
        self._registration = registration
        self.needs_password = not registration.is_receipt(receipt_of(request))

    def validate_password(self, field: Field) -> None:
        """Raise StopValidation if the password is needed and wrong."""
        service, client = self.request.registration_service, self.request.client
        if self.needs_password and not service.is_password_of(self._registration, field.data, client):
            raise StopValidation("This is not the password you chose when you registered.")

    def to_dict(self) -> dict[str, Any]:
        """The form values, the address, and whether to ask for the password."""
        return {**super().to_dict(), "email": self._registration.email, "needs_password": self.needs_password}
