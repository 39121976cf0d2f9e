"""The audit log of admin actions."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.audit_entry import AuditEntry
from album_store.services.paging import Page, newest_first

OF_ONE_ACCOUNT = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Actor:
    """Who acts: an account, or the store itself, such as a command on the server, without an id or IP address."""

    name: str
    account_id: str | None = None
    ip_address: str = ""


@dataclass(frozen=True)
class AuditService:
    """Records admin actions, each in the same transaction as the action."""

    _dbsession: Session

    def record(self, actor: Actor, action: str, target: Account | str, details: str = "") -> None:
        """Add an audit row. The target is an account or a name, such as a network."""
        is_account = isinstance(target, Account)
        entry = AuditEntry(
            action=action,
            actor_id=actor.account_id,
            actor=actor.name,
            ip_address=actor.ip_address,
            target_id=target.id if is_account else None,
            target=target.email if is_account else target,
            details=details,
        )
        self._dbsession.add(entry)
        # Log the id of an account, never its email address.
        log.info(
            "event=admin-action action=%s actor=%s target=%s",
            action,
            actor.account_id or actor.name.replace(" ", "-"),
            entry.target_id or entry.target,
        )

    def entries(self, *, after: str = "") -> Page[AuditEntry]:
        """A page of all audit rows, newest first."""
        return newest_first(self._dbsession, select(AuditEntry), AuditEntry, after=after)

    def newest(self, limit: int) -> Sequence[AuditEntry]:
        """The last `limit` audit rows, newest first."""
        query = select(AuditEntry).order_by(AuditEntry.created_date.desc(), AuditEntry.id.desc())
        return self._dbsession.scalars(query.limit(limit)).all()

    def about(self, account: Account) -> Sequence[AuditEntry]:
        """The last OF_ONE_ACCOUNT audit rows about an account, newest first."""
        query = select(AuditEntry).where(AuditEntry.target_id == account.id)
        return self._dbsession.scalars(query.order_by(AuditEntry.created_date.desc()).limit(OF_ONE_ACCOUNT)).all()
