"""Confirming a new email address."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.registration_service import EmailTakenError
from album_store.services.account.secret_links import DeadLinkError


@view_defaults(route_name="account.confirm_email")
class EmailChangeController(BaseController):
    """Handles the link sent to the new address."""

    @view_config(request_method="GET", renderer="album_store:templates/account/confirm_email.pt")
    def confirm_email_get(self) -> dict[str, Any]:
        """Show the confirm button. Raises DeadLinkError."""
        return {"email": self.request.email_change_service.find(self._code()).new_email}

    @view_config(request_method="POST", writes=True)
    def confirm_email_post(self) -> HTTPSeeOther:
        """Change the address. Raises DeadLinkError, also if the new address has been taken since."""
        service = self.request.email_change_service
        try:
            service.confirm(service.find(self._code()), self.request.client)
        except EmailTakenError:
            raise DeadLinkError from None
        add_flash_message(self.request, "email-changed")
        return self.redirect("account.index" if self.request.signed_in else "account.signin")

    def _code(self) -> LinkCode | None:
        return LinkCode.parse(self.request.matchdict["code"])
