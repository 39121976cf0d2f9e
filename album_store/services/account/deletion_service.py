"""Account deletion: requested with the password, carried out seven days later unless cancelled."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.types import utc_now
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.events import AccountLeaving, Notify
from album_store.services.account.role_service import ADMIN, RoleService
from album_store.services.mail_service import MailService

GRACE_PERIOD = timedelta(days=7)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeletionService:
    """Schedules, cancels and carries out deletions."""

    _dbsession: Session
    _roles: RoleService
    _mail: MailService
    _site_links: SiteLinks
    _notify: Notify

    def due_date(self, account_id: str) -> datetime | None:
        """Return when the account will be deleted, or None if no deletion is pending."""
        pending = self._dbsession.get(PendingDeletion, account_id)
        return pending and pending.due_date

    def request(self, account_id: str, *, orders_kept_for: str = "") -> None:
        """Schedule the deletion in seven days and notify the owner by email. A second request changes nothing.

        The email says for how long the orders are kept, such as "10 years", if there are any.
        Raises LastAdminError for the only admin who can sign in.
        """
        account = lock_account(self._dbsession, account_id)
        if self.due_date(account_id):
            return
        self._require_another_admin(account)
        due_date = utc_now() + GRACE_PERIOD
        self._dbsession.add(PendingDeletion(account_id=account_id, due_date=due_date))
        self._mail.post(
            "deletion-asked",
            account.email,
            due=due_date,
            orders_kept_for=orders_kept_for,
            account_link=self._site_links.to("account.index"),
            reset_link=self._site_links.to("account.forgot_password"),
        )
        log.info("event=deletion-asked account=%s due=%s", account_id, f"{due_date:%Y-%m-%dT%H:%MZ}")

    def withdraw(self, account_id: str) -> None:
        """Cancel the deletion. If `carry_out` runs at the same time, the first to delete the row wins."""
        withdrawn = self._dbsession.execute(delete(PendingDeletion).where(PendingDeletion.account_id == account_id))
        if withdrawn.rowcount:
            log.info("event=deletion-withdrawn account=%s", account_id)

    def due(self) -> Sequence[str]:
        """Return the ids of the accounts whose deletion is due."""
        return self._dbsession.scalars(
            select(PendingDeletion.account_id).where(PendingDeletion.due_date <= utc_now())
        ).all()

    def carry_out(self, account_id: str) -> bool:
        """Delete an account whose deletion is due. Returns False if it was cancelled, or another process was faster.

        Rows that reference the account are deleted by cascade; rows that hold only its address, explicitly. Raises
        LastAdminError, after which the transaction must be rolled back.
        """
        account = lock_account(self._dbsession, account_id)
        # One conditional DELETE decides between concurrent calls.
        decision = delete(PendingDeletion).where(
            PendingDeletion.account_id == account_id, PendingDeletion.due_date <= utc_now()
        )
        if account is None or self._dbsession.execute(decision).rowcount != 1:
            return False
        self._require_another_admin(account)
        email = account.email
        self._notify(AccountLeaving(self._dbsession, account))
        self._dbsession.execute(delete(Account).where(Account.id == account_id))
        self._mail.delete_all(email)
        self._mail.post("account-deleted", email)
        log.info("event=account-deleted account=%s", account_id)
        return True

    def _require_another_admin(self, account: Account) -> None:
        if self._roles.has(account.id, ADMIN):
            self._roles.require_another_admin(account)
