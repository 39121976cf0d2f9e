"""Test emails, which admins send to check that the store can send email."""

from dataclasses import dataclass

from album_store.data.outgoing_mail import OutgoingMail
from album_store.services.account.account_service import AccountService
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService

KIND = "test-mail"


@dataclass(frozen=True)
class MailCheckService:
    """Sends test emails to the stored address of the admin who asks; each is audited."""

    _accounts: AccountService
    _mail: MailService
    _audit: AuditService

    def send(self, actor: Actor) -> None:
        """Add a test email to the outbox. Raises MailLimitError."""
        account = self._accounts.lock(actor.account_id)
        self._mail.check_limit(account.email, [KIND])
        self._mail.post(KIND, account.email)
        self._audit.record(actor, "test-mail-sent", account)

    def last(self, email: str) -> OutgoingMail | None:
        """The last test email to an address, or None."""
        return self._mail.newest(KIND, email)
