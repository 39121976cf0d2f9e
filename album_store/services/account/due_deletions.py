"""The deletion of accounts whose owners had time to think it over."""

import logging

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_registration import PendingRegistration
from album_store.data.types import utc_now
from album_store.infrastructure.mail.mail_templates import MailTemplates
from album_store.infrastructure.settings import Settings
from album_store.services.account.role_service import ADMIN, LastAdminError, RoleService
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService

log = logging.getLogger(__name__)


class DueDeletions:
    """Deletes accounts with all that hangs on them, each in one transaction: wholly or not at all."""

    def __init__(self, db_sessions: DbSessionFactory, settings: Settings) -> None:
        self._db_sessions = db_sessions
        self._templates = MailTemplates(settings.store_name, settings.site_url, settings.accent)

    def carry_out(self) -> int:
        """Delete every account that is due; returns how many."""
        query = select(PendingDeletion.account_id).where(PendingDeletion.due_date <= utc_now())
        with self._db_sessions.read() as dbsession:
            due = dbsession.scalars(query).all()
        return sum(self._carry_out(account_id) for account_id in due)

    def _carry_out(self, account_id: str) -> bool:
        try:
            with self._db_sessions.begin() as dbsession:
                if not _is_decided(dbsession, account_id):
                    return False
                self._delete(dbsession, dbsession.get_one(Account, account_id))
        except LastAdminError:
            log.warning("event=deletion-left account=%s reason=last-admin", account_id)
            return False
        log.info("event=account-deleted account=%s", account_id)
        return True

    def _delete(self, dbsession: Session, account: Account) -> None:
        """Delete the account. Cascades take all that refers to it; what only knows its address goes here.

        Raises LastAdminError, which undoes everything.
        """
        roles = RoleService(dbsession, AuditService(dbsession, Actor("album-store purge")))
        if roles.has(account.id, ADMIN):
            roles.require_another_admin(account)
        email = account.email
        dbsession.execute(delete(Account).where(Account.id == account.id))
        dbsession.execute(delete(PendingRegistration).where(PendingRegistration.email == email))
        dbsession.execute(delete(OutgoingMail).where(OutgoingMail.recipient == email))
        MailService(dbsession, self._templates).post("account-deleted", email)


def _is_decided(dbsession: Session, account_id: str) -> bool:
    """One guarded DELETE decides: nobody has kept the account meanwhile, and no other purge was faster."""
    decision = delete(PendingDeletion).where(
        PendingDeletion.account_id == account_id, PendingDeletion.due_date <= utc_now()
    )
    return dbsession.execute(decision).rowcount == 1
