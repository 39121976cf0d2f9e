"""The record of what those who run the store do."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.audit_entry import AuditEntry
from album_store.services.newest_first import newest_first
from album_store.services.paging import Page

OF_ONE_ACCOUNT = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Actor:
    """Who does it: an account, or a command on the server, which has no id and no address."""

    name: str
    account_id: str | None = None
    ip_address: str = ""


class AuditService:
    """Writes down who did what to whom, in the same transaction as the deed."""

    def __init__(self, dbsession: Session, actor: Actor) -> None:
        self._dbsession = dbsession
        self._actor = actor

    @property
    def actor(self) -> Actor:
        """Who is acting."""
        return self._actor

    def record(self, action: str, target: Account | str, details: str = "") -> None:
        """Add an entry; the target is an account, or the name of something else, such as a network."""
        is_account = isinstance(target, Account)
        entry = AuditEntry(
            action=action,
            actor_id=self._actor.account_id,
            actor=self._actor.name,
            ip_address=self._actor.ip_address,
            target_id=target.id if is_account else None,
            target=target.email if is_account else target,
            details=details,
        )
        self._dbsession.add(entry)
        # An account is named by its id: addresses of people have no place in a log.
        log.info(
            "event=admin-action action=%s actor=%s target=%s",
            action,
            self._actor.account_id or self._actor.name.replace(" ", "-"),
            entry.target_id or entry.target,
        )

    def entries(self, *, after: str = "") -> Page[AuditEntry]:
        """A page of everything that was written down, the newest first."""
        return newest_first(self._dbsession, select(AuditEntry), AuditEntry, after=after)

    def newest(self, limit: int) -> Sequence[AuditEntry]:
        """The last entries."""
        query = select(AuditEntry).order_by(AuditEntry.created_date.desc(), AuditEntry.id.desc())
        return self._dbsession.scalars(query.limit(limit)).all()

    def about(self, account: Account) -> Sequence[AuditEntry]:
        """The last entries about an account."""
        query = select(AuditEntry).where(AuditEntry.target_id == account.id)
        return self._dbsession.scalars(query.order_by(AuditEntry.created_date.desc()).limit(OF_ONE_ACCOUNT)).all()
