"""The admin pages of accounts."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.data.account import Account
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.password_reset_service import ClosedAccountError
from album_store.services.account.role_service import ADMIN, LastAdminError
from album_store.viewmodels.admin.account_details_viewmodel import AccountDetailsViewModel
from album_store.viewmodels.admin.accounts_viewmodel import AccountsViewModel
from album_store.viewmodels.admin.role_viewmodel import RoleViewModel

LAST_ADMIN = "This is the only admin who can sign in. Make another account an admin first."
CLOSED_ACCOUNT = "This account is disabled, so its owner can't use a password reset link. Enable the account first."


@view_defaults(permission="admin", renderer="album_store:templates/admin/account.pt")
class AdminAccountsController(BaseController):
    """The list of accounts, and a page per account with a form for each action."""

    @view_config(route_name="admin.accounts", request_method="GET", renderer="album_store:templates/admin/accounts.pt")
    def accounts(self) -> dict[str, Any]:
        """List the newest accounts, or the results of a search."""
        return AccountsViewModel(self.request).to_dict()

    @view_config(route_name="admin.account", request_method="GET")
    def account(self) -> dict[str, Any]:
        """Show one account."""
        return AccountDetailsViewModel(self.request).to_dict()

    @view_config(route_name="admin.disable", request_method="GET")
    @view_config(route_name="admin.enable", request_method="GET")
    @view_config(route_name="admin.end_sessions", request_method="GET")
    @view_config(route_name="admin.start_reset", request_method="GET")
    @view_config(route_name="admin.role", request_method="GET")
    def forms_get(self) -> HTTPSeeOther:
        """Redirect to the page of the account, for an admin who reloads the URL of a form that failed."""
        return self.redirect("admin.account", **self.request.matchdict)

    @view_config(route_name="admin.disable", request_method="POST", writes=True)
    def disable_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Disable the account."""
        try:
            self.request.account_admin_service.disable(self._account(), self.actor)
        except LastAdminError:
            return self._refused({"standing": {"heading": LAST_ADMIN}})
        return self._done("account-disabled")

    @view_config(route_name="admin.enable", request_method="POST", writes=True)
    def enable_post(self) -> HTTPSeeOther:
        """Enable the account."""
        self.request.account_admin_service.enable(self._account(), self.actor)
        return self._done("account-enabled")

    @view_config(route_name="admin.end_sessions", request_method="POST", writes=True)
    def end_sessions_post(self) -> HTTPSeeOther:
        """Sign out all devices of the account."""
        self.request.account_admin_service.end_sessions(self._account(), self.actor)
        return self._done("devices-signed-out")

    @view_config(route_name="admin.start_reset", request_method="POST", writes=True)
    def start_reset_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Send a reset link to the owner."""
        try:
            self.request.account_admin_service.start_reset(self._account(), self.actor)
        except ClosedAccountError:
            return self._refused({"standing": {"heading": CLOSED_ACCOUNT}})
        return self._done("reset-started")

    @view_config(route_name="admin.role", request_method="POST", writes=True)
    def role_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Grant or revoke the admin role."""
        form = RoleViewModel(self.request)
        if not form.validate():
            return self._refused({"role": form.errors})
        account = self._account()
        try:
            if form.change.data == "grant":
                self.request.role_service.grant(account.email, ADMIN, self.actor)
                return self._done("role-granted")
            self.request.role_service.revoke(account.email, ADMIN, self.actor)
        except LastAdminError:
            form.refuse("change", LAST_ADMIN)
            return self._refused({"role": form.errors})
        if account.id == self.request.signed_in.account_id:  # no longer an admin, so the account page is forbidden
            add_flash_message(self.request, "role-taken")
            return self.redirect("home.index")
        return self._done("role-taken")

    def _account(self) -> Account:
        """The account that the URL names, locked. Raises HTTPNotFound."""
        account = self.request.account_service.lock(self.request.matchdict["account_id"])
        if account is None:
            raise HTTPNotFound
        return account

    def _refused(self, errors: dict[str, dict[str, str]]) -> dict[str, Any]:
        return self.invalid(AccountDetailsViewModel(self.request, errors).to_dict())

    def _done(self, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("admin.account", **self.request.matchdict)
