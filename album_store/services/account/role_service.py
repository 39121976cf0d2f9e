"""Roles: who may do what."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.role import AccountRole, Role
from album_store.services.audit_service import AuditService

ADMIN = "admin"


class UnknownAccountError(Exception):
    """There is no account with this address."""


class LastAdminError(Exception):
    """Without this account nobody could run the store."""


class RoleService:
    """Gives roles to accounts, and takes them."""

    def __init__(self, dbsession: Session, audit: AuditService) -> None:
        self._dbsession = dbsession
        self._audit = audit

    def has(self, account_id: str, role_name: str) -> bool:
        """Whether an account has a role at this moment."""
        held = exists().where(AccountRole.c.account_id == account_id, AccountRole.c.role_name == role_name)
        return bool(self._dbsession.scalar(select(held)))

    def grant(self, email: str, role_name: str) -> bool:
        """Give a role to the account with this address; false if it has it already. Raises UnknownAccountError."""
        account, role = self._find(email, role_name)
        if role in account.roles:
            return False
        account.roles.append(role)
        self._audit.record("role-granted", account, role_name)
        return True

    def take(self, email: str, role_name: str) -> bool:
        """Take a role away; false if the account does not have it. Raises UnknownAccountError and LastAdminError."""
        account, role = self._find(email, role_name)
        if role_name == ADMIN:
            self.require_another_admin(account)
        if role not in account.roles:
            return False
        account.roles.remove(role)
        self._audit.record("role-taken", account, role_name)
        return True

    def require_another_admin(self, account: Account) -> None:
        """Make sure that somebody else can run the store, until the transaction is over. Raises LastAdminError.

        An admin who is leaving does not count.
        Whoever takes an admin away locks the role first. So two who take each other away at the same moment do it one
        after the other, and the second finds out.
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
        account = self._dbsession.scalars(select(Account).where(Account.email == email)).first()
        if account is None:
            raise UnknownAccountError(email)
        return account, self._dbsession.get_one(Role, role_name)
