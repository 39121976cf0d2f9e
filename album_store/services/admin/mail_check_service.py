"""Test emails, with which admins check that the store can send email."""

from dataclasses import dataclass

from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.types import utc_now
from album_store.services.account.account_service import AccountService
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date

KIND = "test-mail"


class TooManyTestMailsError(Exception):
    """The next test email to this admin must wait, see `next_mail_date`."""


@dataclass(frozen=True)
class MailCheckService:
    """Sends test emails to the stored address of the admin who asks; each is audited."""

    _accounts: AccountService
    _mail: MailService
    _audit: AuditService

    def send(self, actor: Actor) -> None:
        """Add a test email to the outbox. Raises TooManyTestMailsError."""
        account = self._accounts.find(actor.account_id)
        if next_mail_date(self._mail.sent_to(account.email, [KIND])) > utc_now():
            raise TooManyTestMailsError
        self._mail.post(KIND, account.email)
        self._audit.record(actor, "test-mail-sent", account)

    def last(self, email: str) -> OutgoingMail | None:
        """The last test email to an address, or None."""
        return self._mail.newest(KIND, email)
