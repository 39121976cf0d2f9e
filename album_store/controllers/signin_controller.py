"""Signing in and out."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import forget, remember
from pyramid.view import view_config

from album_store.controllers.base_controller import BaseController
from album_store.controllers.buyer_controller import forget_purchases, take_cart_along
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.viewmodels.account.signin_viewmodel import SigninViewModel

SIGNIN_TEMPLATE = "album_store:templates/account/signin.pt"


class SigninController(BaseController):
    """Starts and ends sessions."""

    @view_config(route_name="account.signin", request_method="GET", renderer=SIGNIN_TEMPLATE)
    def signin_get(self) -> dict[str, Any] | HTTPSeeOther:
        """Show the empty form; redirect a visitor who is already signed in."""
        form = SigninViewModel(self.request)
        return self._go_on(form) if self.request.signed_in else form.to_dict()

    @view_config(route_name="account.signin", request_method="POST", writes=True, renderer=SIGNIN_TEMPLATE)
    def signin_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Start a session, or show the form again with an error."""
        form = SigninViewModel(self.request)
        if not form.validate():
            return self.invalid(form.to_dict())
        try:
            account_id = self.request.account_service.sign_in(
                form.canonical_email, form.password.data, self.request.client
            )
        except TooManyAttemptsError as error:
            return self.limited(form, error)
        if account_id is None:
            form.refuse_credentials()
            return self.invalid(form.to_dict())
        remember(self.request, account_id)
        take_cart_along(self.request, account_id)
        if self.request.account_service.is_leaving(account_id):
            add_flash_message(self.request, "deletion-pending")
        return self._go_on(form)

    def _go_on(self, form: SigninViewModel) -> HTTPSeeOther:
        return HTTPSeeOther(form.next.data) if form.next.data else self.redirect("home.index")

    @view_config(route_name="account.signout", request_method="GET")
    def signout_get(self) -> HTTPSeeOther:
        """Redirect to the home page without signing out: a GET must not change anything."""
        return self.redirect("home.index")

    @view_config(route_name="account.signout", request_method="POST", writes=True)
    def signout_post(self) -> HTTPSeeOther:
        """End the session on the server, and what this browser may see of purchases: others may use it next."""
        forget(self.request)
        forget_purchases(self.request)
        add_flash_message(self.request, "signed-out")
        return self.redirect("home.index")
