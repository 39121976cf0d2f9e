"""Deleting an account: asked for with a password, and done when there was time to think it over."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.types import utc_now
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.role_service import ADMIN, RoleService
from album_store.services.mail_service import MailService

TIME_TO_THINK = timedelta(days=7)

log = logging.getLogger(__name__)


class DeletionService:
    """What somebody can do who wants to leave; `DueDeletions` does the rest."""

    def __init__(self, dbsession: Session, roles: RoleService, mail: MailService, site_links: SiteLinks) -> None:
        self._dbsession = dbsession
        self._roles = roles
        self._mail = mail
        self._site_links = site_links

    def due_date(self, account_id: str) -> datetime | None:
        """From when on the account will be deleted; None if nobody asked for that."""
        pending = self._dbsession.get(PendingDeletion, account_id)
        return pending and pending.due_date

    def ask(self, account_id: str) -> None:
        """Have the account deleted in seven days, and tell its owner; asking again changes nothing.

        Raises LastAdminError for the only admin who can sign in.
        """
        account = self._dbsession.get_one(Account, account_id, with_for_update=True)
        if self.due_date(account_id):
            return
        if self._roles.has(account_id, ADMIN):
            self._roles.require_another_admin(account)
        due_date = utc_now() + TIME_TO_THINK
        self._dbsession.add(PendingDeletion(account_id=account_id, due_date=due_date))
        self._mail.post(
            "deletion-asked",
            account.email,
            due=f"{due_date:%Y-%m-%d %H:%M} UTC",
            account_link=self._site_links.to("account.index"),
            reset_link=self._site_links.to("account.forgot_password"),
        )
        log.info("event=deletion-asked account=%s due=%s", account_id, f"{due_date:%Y-%m-%dT%H:%MZ}")

    def keep(self, account_id: str) -> None:
        """Change one's mind. Whoever deletes the row first decides: this, or the deletion itself."""
        kept = self._dbsession.execute(delete(PendingDeletion).where(PendingDeletion.account_id == account_id))
        if kept.rowcount:
            log.info("event=deletion-withdrawn account=%s", account_id)
