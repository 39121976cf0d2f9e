"""Test emails, which admins send to check that the store can send email."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.types import utc_now
from album_store.services.account.account_service import AccountService
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date

KIND = "test-mail"


class TooManyTestMailsError(Exception):
    """The admin has had several test emails. The next may be sent after `wait_s` seconds, see `next_mail_date`."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class MailCheckService:
    """Sends test emails to the stored address of the admin who asks; each is audited."""

    _accounts: AccountService
    _mail: MailService
    _audit: AuditService

    def send(self, actor: Actor) -> None:
        """Add a test email to the outbox. Raises TooManyTestMailsError."""
        account = self._accounts.lock(actor.account_id)
        wait = next_mail_date(self._mail.sent_to(account.email, [KIND])) - utc_now()
        if wait > timedelta():
            raise TooManyTestMailsError(ceil(wait.total_seconds()))
        self._mail.post(KIND, account.email)
        self._audit.record(actor, "test-mail-sent", account)

    def last(self, email: str) -> OutgoingMail | None:
        """The last test email to an address, or None."""
        return self._mail.newest(KIND, email)
