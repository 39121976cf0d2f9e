"""Password reset pages."""

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.infrastructure.web.session_policy import remember_device
from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.account.password_reset_service import PasswordResetService
from album_store.services.account.secret_links import DeadLinkError
from album_store.viewmodels.account.forgot_password_viewmodel import ForgotPasswordViewModel
from album_store.viewmodels.account.reset_password_viewmodel import ResetPasswordViewModel

FORGOT_TEMPLATE = "album_store:templates/account/forgot_password.pt"
RESET_TEMPLATE = "album_store:templates/account/reset_password.pt"
# No link works longer.
COOKIE_LIFETIME = timedelta(days=1)


class PasswordResetController(BaseController):
    """Sends a reset link, and sets a new password with it."""

    @view_config(route_name="account.forgot_password", request_method="GET", renderer=FORGOT_TEMPLATE)
    def forgot_password_get(self) -> dict[str, Any]:
        """Show the empty form."""
        return ForgotPasswordViewModel(self.request).to_dict()

    @view_config(
        route_name="account.forgot_password",
        request_method="POST",
        request_param="prefill",
        renderer=FORGOT_TEMPLATE,
    )
    def forgot_password_prefill(self) -> dict[str, Any]:
        """Show the form with the address typed at sign-in. A POST keeps the address out of logs and histories."""
        return ForgotPasswordViewModel(self.request).to_dict()

    @view_config(route_name="account.forgot_password", request_method="POST", writes=True, renderer=FORGOT_TEMPLATE)
    def forgot_password_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Request a reset link. The response is the same whether the address has an account or not."""
        form = ForgotPasswordViewModel(self.request)
        if not form.validate():
            return self.invalid(form.to_dict())
        try:
            self._service.queue(form.email.data, self.request.client)
        except TooManyAttemptsError as error:
            return self.limited(form, error, "Links that we have already emailed to you still work until they expire.")
        return self.redirect("account.reset_sent", _query=self.request.next_query)

    @view_config(
        route_name="account.reset_sent", request_method="GET", renderer="album_store:templates/account/reset_sent.pt"
    )
    def reset_sent(self) -> dict[str, Any]:
        """Ask the visitor to check their email."""
        return {"length": spoken_length(self.request.store_settings.reset_minutes * 60_000)}

    @view_config(route_name="account.reset_link", request_method="GET")
    def reset_link_get(self) -> HTTPSeeOther:
        """Move the secret from the URL into a cookie, so that history, logs and Referer cannot leak it."""
        code = LinkCode.parse(self.request.matchdict["code"])
        if code is None:
            raise DeadLinkError
        self.request.store_cookies.set(cookie_names.RESET, str(code), COOKIE_LIFETIME)
        return self.redirect("account.reset_password")

    @view_config(route_name="account.reset_password", request_method="GET", renderer=RESET_TEMPLATE)
    def reset_password_get(self) -> dict[str, Any]:
        """Show the form for the new password, without redeeming the link."""
        return ResetPasswordViewModel(self.request, self._service.find(self._code())).to_dict()

    @view_config(route_name="account.reset_password", request_method="POST", writes=True, renderer=RESET_TEMPLATE)
    def reset_password_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Set the new password. Does not sign in: the owner signs in with the new password."""
        link = self._service.find(self._code())
        form = ResetPasswordViewModel(self.request, link)
        if not form.validate():
            return self.invalid(form.to_dict())
        self._service.redeem(link, form.password.data, self.request.client)
        remember_device(self.request, link.account_id)
        self.request.store_cookies.delete(cookie_names.RESET)
        add_flash_message(self.request, "password-set")
        return self.redirect("account.signin")

    @property
    def _service(self) -> PasswordResetService:
        return self.request.password_reset_service

    def _code(self) -> LinkCode | None:
        return LinkCode.parse(self.request.store_cookies.get(cookie_names.RESET))
