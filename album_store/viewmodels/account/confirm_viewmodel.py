"""The page behind the link that confirms a registration."""

from typing import Any

from pyramid.request import Request
from wtforms import Form

from album_store.infrastructure.security import cookie_names
from album_store.services.account.registration_service import RegistrationLink
from album_store.viewmodels.shared.fields import SecretField
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ConfirmForm(Form):
    """The password chosen at registration; asked for in a browser that did not register."""

    password = SecretField()


class ConfirmViewModel(FormViewModel):
    """Somebody who read the mail.

    Whoever registers names an address and a password, and the address may be somebody else's. If its owner could
    confirm with a mere click, the stranger's password would open the owner's account: so only the browser that
    registered may do without the password.
    """

    form_class = ConfirmForm

    def __init__(self, request: Request, registration: RegistrationLink) -> None:
        super().__init__(request, email=registration.email)
        self._service = request.registration_service
        self._client = request.client
        self._registration = registration
        self.needs_password = request.store_cookies.get(cookie_names.REGISTRATION) != registration.id

    def validate(self) -> bool:
        """The browser that registered, or somebody who knows the password."""
        if self.needs_password and not self._service.is_password_of(
            self._registration, self.value("password"), self._client
        ):
            self.errors["password"] = "This is not the password that was chosen at registration."  # nosec B105 # a message
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """Whose address it is, and whether to ask for the password."""
        return {**super().to_dict(), "email": self._registration.email, "needs_password": self.needs_password}
