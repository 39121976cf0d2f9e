"""Roles: who may do what."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.role import Role
from album_store.services.audit_service import AuditService


class UnknownAccountError(Exception):
    """There is no account with this address."""


class RoleService:
    """Gives roles to accounts."""

    def __init__(self, dbsession: Session, audit: AuditService) -> None:
        self._dbsession = dbsession
        self._audit = audit

    def grant(self, email: str, role_name: str) -> bool:
        """Give a role to the account with this address; false if it has it already. Raises UnknownAccountError."""
        account = self._dbsession.scalars(select(Account).where(Account.email == email)).first()
        if account is None:
            raise UnknownAccountError(email)
        role = self._dbsession.get_one(Role, role_name)
        if role in account.roles:
            return False
        account.roles.append(role)
        self._audit.note("role-granted", account, role_name)
        return True
