"""Registration, and confirmation of the email address."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import remember
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.controllers.buyer_controller import take_cart_along
from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.account.registration_service import (
    EmailTakenError,
    RegistrationService,
    UnknownReceiptError,
)
from album_store.viewmodels.account.confirm_viewmodel import ConfirmViewModel
from album_store.viewmodels.account.receipt import receipt_of
from album_store.viewmodels.account.register_viewmodel import RegisterViewModel

CONFIRM_TEMPLATE = "album_store:templates/account/confirm.pt"


@view_defaults(route_name="account.register", renderer="album_store:templates/account/register.pt")
class RegistrationController(BaseController):
    """Sends a confirmation link, and creates the account once it is confirmed."""

    @view_config(request_method="GET")
    def register_get(self) -> dict[str, Any]:
        """Show the empty form."""
        return RegisterViewModel(self.request).to_dict()

    @view_config(request_method="POST", writes=True)
    def register_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Send the link. The response is the same whether the address has an account or not."""
        form = RegisterViewModel(self.request)
        if not form.validate():
            return self.invalid(form.to_dict())
        values = form.email.data, form.password.data, form.display_name.data
        try:
            receipt = self._service.register(*values, self.request.client)
        except TooManyAttemptsError as error:
            return self.limited(form, error)
        self._keep(receipt)
        return self.redirect("account.register_sent", _query=self.request.next_query)

    @view_config(
        route_name="account.register_sent",
        request_method="GET",
        renderer="album_store:templates/account/register_sent.pt",
    )
    def register_sent(self) -> dict[str, Any]:
        """Ask the visitor to check their email."""
        hours = self.request.store_settings.registration_hours
        return {"hours": hours, "may_send_again": receipt_of(self.request) != ""}

    @view_config(route_name="account.register_sent", request_method="POST", writes=True)
    def send_again_post(self) -> HTTPSeeOther:
        """Send the link again. The response is the same whether the address has an account or not."""
        receipt = receipt_of(self.request)
        try:
            self._service.send_again(receipt, self.request.client)
        except UnknownReceiptError:
            add_flash_message(self.request, "registration-expired")
            return self.redirect("account.register", _query=self.request.next_query)
        self._keep(receipt)
        add_flash_message(self.request, "registration-sent-again")
        return self.redirect("account.register_sent", _query=self.request.next_query)

    @view_config(route_name="account.confirm", request_method="GET", renderer=CONFIRM_TEMPLATE)
    def confirm_get(self) -> dict[str, Any]:
        """Show the confirm button. Opening the link does not confirm, because email programs open links themselves."""
        return ConfirmViewModel(self.request, self._service.find(self._code())).to_dict()

    @view_config(route_name="account.confirm", request_method="POST", writes=True, renderer=CONFIRM_TEMPLATE)
    def confirm_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Create the account and sign in. What was bought with the address before is shown at once."""
        registration = self._service.find(self._code())
        form = ConfirmViewModel(self.request, registration)
        if not form.validate():
            return self.invalid(form.to_dict())
        try:
            account_id = self._service.confirm(registration, self.request.client)
        except EmailTakenError:
            add_flash_message(self.request, "email-taken")
            return self.redirect("account.signin")
        self.request.store_cookies.delete(cookie_names.REGISTRATION)
        remember(self.request, account_id)
        take_cart_along(self.request, account_id)
        add_flash_message(self.request, "welcome")
        has_bought = self.request.ownership_service.has_orders(account_id)
        return self.redirect("library.index" if has_bought else "home.index")

    def _keep(self, receipt: str) -> None:
        lifetime = self.request.store_settings.registration_lifetime
        self.request.store_cookies.set(cookie_names.REGISTRATION, receipt, lifetime)

    @property
    def _service(self) -> RegistrationService:
        return self.request.registration_service

    def _code(self) -> LinkCode | None:
        return LinkCode.parse(self.request.matchdict["code"])
