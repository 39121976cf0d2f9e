"""The account page of the signed-in account."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.security import remember
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.account.role_service import LastAdminError
from album_store.viewmodels.account.account_viewmodel import AccountViewModel
from album_store.viewmodels.account.change_email_viewmodel import ChangeEmailViewModel
from album_store.viewmodels.account.change_password_viewmodel import ChangePasswordViewModel
from album_store.viewmodels.account.delete_account_viewmodel import DeleteAccountViewModel, orders_kept_for
from album_store.viewmodels.account.end_session_viewmodel import OTHERS, EndSessionViewModel
from album_store.viewmodels.account.export_viewmodel import ExportViewModel
from album_store.viewmodels.account.profile_viewmodel import ProfileViewModel
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


@view_defaults(permission="signed-in", renderer="album_store:templates/account/index.pt")
class AccountController(BaseController):
    """One page with a form each for profile, password, email address, sessions and deletion."""

    @view_config(route_name="account.index", request_method="GET")
    def index(self) -> dict[str, Any]:
        """Show the account page."""
        return AccountViewModel(self.request).to_dict()

    @view_config(route_name="account.profile", request_method="GET")
    @view_config(route_name="account.password", request_method="GET")
    @view_config(route_name="account.email", request_method="GET")
    @view_config(route_name="account.sessions", request_method="GET")
    @view_config(route_name="account.delete", request_method="GET")
    @view_config(route_name="account.keep", request_method="GET")
    def forms_get(self) -> HTTPSeeOther:
        """Redirect to the account page, for a visitor who reloads the URL of a form that failed."""
        return self.redirect("account.index")

    @view_config(route_name="account.profile", request_method="POST", writes=True)
    def profile_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Save the profile."""
        form = ProfileViewModel(self.request)
        if not form.validate():
            return self._refused("profile", form)
        self.request.profile_service.change(
            self.request.signed_in.account_id, form.display_name.data, form.location.data, form.about.data
        )
        return self._done("profile-saved")

    @view_config(route_name="account.password", request_method="POST", writes=True)
    def password_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Change the password, end all sessions and start a new one in this browser."""
        form = ChangePasswordViewModel(self.request)
        if not form.validate():
            return self._refused("password", form)
        accounts, account_id = self.request.account_service, self.request.signed_in.account_id
        password_hash = accounts.hash_password(form.password.data)
        accounts.set_password_hash(accounts.lock(account_id), password_hash)
        remember(self.request, account_id)
        return self._done("password-changed")

    @view_config(route_name="account.email", request_method="POST", writes=True)
    def email_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Send a link to the new address."""
        form = ChangeEmailViewModel(self.request)
        if not form.validate():
            return self._refused("email", form)
        try:
            account_id = self.request.signed_in.account_id
            self.request.email_change_service.ask(account_id, form.email.data, self.request.client)
        except TooManyAttemptsError as error:
            self.limited(form, error)
            return AccountViewModel(self.request, {"email": form}).to_dict()
        return self._done("email-change-asked")

    @view_config(route_name="account.sessions", request_method="POST", writes=True)
    def sessions_post(self) -> HTTPSeeOther:
        """End one session, or all except this one. Raises HTTPNotFound if the account has no such session."""
        who, session_id = self.request.signed_in, EndSessionViewModel(self.request).session_id.data
        if session_id == OTHERS:
            self.request.session_service.end_all(who.account_id, keep_session_id=who.session_id)
            return self._done("sessions-ended")
        if not self.request.session_service.end(who.account_id, session_id):
            raise HTTPNotFound
        return self._done("session-ended")

    @view_config(route_name="account.export", request_method="GET", renderer="album_store:templates/account/export.pt")
    def export(self) -> dict[str, Any]:
        """Show what the store holds about the account."""
        return ExportViewModel(self.request).to_dict()

    @view_config(route_name="account.export_json", request_method="GET")
    def export_json(self) -> Response:
        """Download everything that the store holds about the account, as JSON."""
        export = self.request.export_service.export(self.request.signed_in.account_id)
        response = Response(export.content, content_type="application/json")
        response.content_disposition = f'attachment; filename="{export.name}"'
        return response

    @view_config(route_name="account.delete", request_method="POST", writes=True)
    def delete_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Schedule the deletion of the account."""
        form = DeleteAccountViewModel(self.request)
        if not form.validate():
            return self._refused("deletion", form)
        try:
            kept_for = orders_kept_for(self.request)
            self.request.deletion_service.request(self.request.signed_in.account_id, orders_kept_for=kept_for)
        except LastAdminError:
            form.refuse_last_admin()
            return self._refused("deletion", form)
        return self._done("deletion-asked")

    @view_config(route_name="account.keep", request_method="POST", writes=True)
    def keep_post(self) -> HTTPSeeOther:
        """Cancel the deletion."""
        self.request.deletion_service.withdraw(self.request.signed_in.account_id)
        return self._done("account-kept")

    def _refused(self, name: str, form: FormViewModel) -> dict[str, Any]:
        return self.invalid(AccountViewModel(self.request, {name: form}).to_dict())

    def _done(self, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("account.index")
