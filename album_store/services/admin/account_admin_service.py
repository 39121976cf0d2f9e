"""Admin actions on accounts."""

from dataclasses import dataclass

from album_store.data.account import Account
from album_store.services.account.account_service import AccountService
from album_store.services.account.password_reset_service import PasswordResetService
from album_store.services.account.role_service import RoleService
from album_store.services.account.session_service import SessionService
from album_store.services.audit_service import Actor, AuditService


@dataclass(frozen=True)
class AccountAdminService:
    """Disables and enables accounts, ends their sessions and sends reset links; every action is audited."""

    _accounts: AccountService
    _sessions: SessionService
    _resets: PasswordResetService
    _roles: RoleService
    _audit: AuditService

    def disable(self, account: Account, actor: Actor) -> None:
        """Disable a locked account, and end its sessions and open links. Raises LastAdminError."""
        if account.disabled:
            return
        self._roles.require_another_admin(account)
        account.disabled = True
        self._accounts.close_open_links(account.id)
        self._sessions.end_all(account.id)
        self._audit.record(actor, "account-disabled", account)

    def enable(self, account: Account, actor: Actor) -> None:
        """Enable a locked account; its ended sessions and links stay ended."""
        if not account.disabled:
            return
        account.disabled = False
        self._audit.record(actor, "account-enabled", account)

    def end_sessions(self, account: Account, actor: Actor) -> None:
        """Sign out every device of an account."""
        ended = self._sessions.end_all(account.id)
        self._audit.record(actor, "sessions-ended", account, f"{ended} {'device' if ended == 1 else 'devices'}")

    def start_reset(self, account: Account, actor: Actor) -> None:
        """Send a reset link to the owner of an account. Raises ClosedAccountError."""
        self._resets.start_for(account.id)
        self._audit.record(actor, "reset-started", account)
