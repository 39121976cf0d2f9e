"""Grants, revokes and checks roles."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account_at
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.role import AccountRole, Role
from album_store.services.audit_service import Actor, AuditService

ADMIN = "admin"


class UnknownAccountError(Exception):
    """No account has this address."""


class LastAdminError(Exception):
    """The account is the last admin who can sign in."""


@dataclass(frozen=True)
class RoleService:
    """Grants and revokes roles."""

    _dbsession: Session
    _audit: AuditService

    def has(self, account_id: str, role_name: str) -> bool:
        """Return whether the account currently has the role."""
        held = exists().where(AccountRole.c.account_id == account_id, AccountRole.c.role_name == role_name)
        return bool(self._dbsession.scalar(select(held)))

    def grant(self, email: str, role_name: str, actor: Actor) -> bool:
        """Grant a role. Returns False if the account already has it. Raises UnknownAccountError."""
        account, role = self._find(email, role_name)
        if role in account.roles:
            return False
        account.roles.append(role)
        self._audit.record(actor, "role-granted", account, role_name)
        return True

    def revoke(self, email: str, role_name: str, actor: Actor) -> bool:
        """Revoke a role. Returns False if the account lacks it. Raises UnknownAccountError and LastAdminError."""
        account, role = self._find(email, role_name)
        if role_name == ADMIN:
            self.require_another_admin(account)
        if role not in account.roles:
            return False
        account.roles.remove(role)
        self._audit.record(actor, "role-taken", account, role_name)
        return True

    def require_another_admin(self, account: Account) -> None:
        """Ensure until the end of the transaction that another admin can sign in. Raises LastAdminError.

        Admins whose accounts are scheduled for deletion do not count. The role is locked first: if two admins remove
        each other at the same time, the second waits and is refused.
        """
        self._dbsession.execute(select(Role.name).where(Role.name == ADMIN).with_for_update())
        others = exists().where(
            AccountRole.c.role_name == ADMIN,
            AccountRole.c.account_id == Account.id,
            Account.id != account.id,
            Account.confirmed,
            Account.disabled.is_(False),
            ~exists().where(PendingDeletion.account_id == Account.id),
        )
        if not self._dbsession.scalar(select(others)):
            raise LastAdminError(account.id)

    def _find(self, email: str, role_name: str) -> tuple[Account, Role]:
        account = lock_account_at(self._dbsession, email)
        if account is None:
            raise UnknownAccountError(email)
        return account, self._dbsession.get_one(Role, role_name)
