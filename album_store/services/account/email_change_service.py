"""Email changes: the new address is confirmed first, and the old one is notified."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.known_browser import KnownBrowser
from album_store.data.lock_row import lock_name
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.account_service import AccountService
from album_store.services.account.attempt_service import CHANGE_EMAIL, AttemptService, TooManyAttemptsError
from album_store.services.account.events import AddressConfirmed, AddressLeft, Notify
from album_store.services.account.registration_service import UNPROVEN_KINDS, EmailTakenError, post_account_exists
from album_store.services.account.secret_links import DeadLinkError, create_link, find_link, redeem_link
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date

log = logging.getLogger(__name__)


def masked(email: str) -> str:
    """Mask an address so that only its owner recognises it: `a…@example.org`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}\N{HORIZONTAL ELLIPSIS}@{domain}"


@dataclass(frozen=True)
class EmailChangeLink:
    """A valid link and the change that it confirms."""

    id: str
    account_id: str
    new_email: str


@dataclass(frozen=True)
class EmailChangeService:
    """Creates and redeems links that confirm a new email address."""

    _dbsession: Session
    _reading: Reading
    _accounts: AccountService
    _attempts: AttemptService
    _mail: MailService
    _site_links: SiteLinks
    _lifetime: timedelta
    _notify: Notify

    def ask(self, account_id: str, new_email: str, client: Client) -> None:
        """Email a link to the new address, or an "account exists" email if that address already has an account.

        Every case writes a row. The owner can see it in the export, so it must not reveal whether the address is taken
        or has reached its email limit. Raises TooManyAttemptsError.
        """
        attempt = self._attempts.begin(CHANGE_EMAIL, client, account_id)
        if not attempt.allowed:
            raise TooManyAttemptsError(attempt.wait_s)
        self._accounts.lock(account_id)
        lock_name(self._dbsession, new_email)
        self._accounts.close_open_links(account_id)
        code = create_link(
            self._dbsession, PendingEmailChange, client, self._lifetime, account_id=account_id, new_email=new_email
        )
        if next_mail_date(self._mail.sent_to(new_email, UNPROVEN_KINDS)) > utc_now():
            log.info("event=mail-limit kind=confirm-email account=%s", account_id)
        elif self._dbsession.scalar(select(exists().where(Account.email == new_email))):
            post_account_exists(self._mail, self._site_links, new_email)
        else:
            link = self._site_links.to("account.confirm_email", code=code)
            self._mail.post("confirm-email", new_email, link=link, lifetime=self._lifetime)
        log.info("event=email-change-asked account=%s", account_id)

    def find(self, code: LinkCode | None) -> EmailChangeLink:
        """Return the link with this code without redeeming it. Raises DeadLinkError."""
        with self._reading() as reading:
            change = find_link(reading, PendingEmailChange, code)
            return EmailChangeLink(change.id, change.account_id, change.new_email)

    def confirm(self, change: EmailChangeLink, client: Client) -> None:
        """Change the address, notify the old one and delete all known browsers of the account.

        Raises DeadLinkError, or EmailTakenError if the address is now taken.
        """
        account = self._accounts.lock(change.account_id)
        lock_name(self._dbsession, change.new_email)
        redeem_link(self._dbsession, PendingEmailChange, change.id, client)
        if account is None or account.disabled:
            raise DeadLinkError
        old_email = account.email
        try:
            with self._dbsession.begin_nested():
                account.email = change.new_email
        except IntegrityError:
            raise EmailTakenError from None
        self._dbsession.execute(delete(KnownBrowser).where(KnownBrowser.account_id == account.id))
        self._accounts.close_open_links(account.id)
        self._mail.delete_done(old_email)  # so that the next owner of that address does not find them
        self._mail.post("email-changed", old_email, new_email=masked(account.email), when=utc_now())
        self._notify(AddressLeft(self._dbsession, account))
        self._notify(AddressConfirmed(self._dbsession, account))
        log.info("event=email-changed account=%s", account.id)
