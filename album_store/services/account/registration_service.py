"""Registration: the account is created when the emailed link is confirmed."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.lock_row import lock_name
from album_store.data.pending_registration import PendingRegistration
from album_store.data.role import Role
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.security.secret_codes import (
    LinkCode,
    hash_secret,
    is_secret,
    looks_like_secret,
    new_secret,
)
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.attempt_service import CHECK_PASSWORD, REGISTER, AttemptService, TooManyAttemptsError
from album_store.services.account.events import AddressConfirmed, Notify
from album_store.services.account.secret_links import create_link, find_link, is_open, redeem_link
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date

log = logging.getLogger(__name__)


# Emails that forms can send to an unconfirmed address. Their number per address is limited.
UNPROVEN_KINDS = ("account-exists", "confirm-email", "confirm-registration")


class EmailTakenError(Exception):
    """An account with this address already exists."""


class UnknownReceiptError(Exception):
    """The receipt is unknown, or its registration has expired."""


@dataclass(frozen=True)
class RegistrationLink:
    """A valid link and the registration that it confirms."""

    id: str
    email: str
    display_name: str
    password_hash: str = field(repr=False)
    receipt_hash: str = field(repr=False)

    def is_receipt(self, text: str) -> bool:
        """Return whether a text is the receipt of this registration, which only the browser that registered has."""
        return is_secret(text, self.receipt_hash)


def post_account_exists(mail: MailService, site_links: SiteLinks, email: str) -> None:
    """Tell the owner of an account by email that a visitor tried to use its address for another account."""
    signin_link = site_links.to("account.signin")
    reset_link = site_links.to("account.forgot_password")
    mail.post("account-exists", email, signin_link=signin_link, reset_link=reset_link)
    log.info("event=taken-address-tried")


@dataclass(frozen=True)
class RegistrationService:
    """Creates and confirms registrations."""

    _dbsession: Session
    _reading: Reading
    _passwords: PasswordHasher
    _attempts: AttemptService
    _mail: MailService
    _site_links: SiteLinks
    _lifetime: timedelta
    _notify: Notify

    def register(self, email: str, password: str, display_name: str, client: Client) -> str:
        """Email a confirmation link, or an "account exists" email if the address already has an account.

        Returns a receipt for the browser's cookie; only its hash is stored. See `RegistrationLink.is_receipt`. Raises
        TooManyAttemptsError if the client registers too often. An address that has reached its email limit gets none,
        and the response does not reveal it.
        """
        self._attempts.begin(REGISTER, client)
        receipt = new_secret()
        self._ask(
            client,
            email=email,
            display_name=display_name,
            password_hash=self._passwords.hash(password),
            receipt_hash=hash_secret(receipt),
        )
        return receipt

    def send_again(self, receipt: str, client: Client) -> None:
        """Email another link for the registration with this receipt. Earlier links keep working until they expire.

        The limits are those of `register`. Raises UnknownReceiptError and TooManyAttemptsError.
        """
        values = self._values_behind(receipt)
        self._attempts.begin(REGISTER, client)
        self._ask(client, **values)

    def _values_behind(self, receipt: str) -> dict[str, Any]:
        """Return the values of an unexpired registration, even if its links were used or ended.

        Otherwise a stranger who registers an address could find out when its owner registers.
        """
        if not looks_like_secret(receipt):
            raise UnknownReceiptError
        columns = (
            PendingRegistration.email,
            PendingRegistration.display_name,
            PendingRegistration.password_hash,
            PendingRegistration.receipt_hash,
        )
        is_kept = PendingRegistration.receipt_hash == hash_secret(receipt), PendingRegistration.expires_date > utc_now()
        with self._reading() as reading:
            row = reading.execute(select(*columns).where(*is_kept)).mappings().first()
        if row is None:
            raise UnknownReceiptError
        return dict(row)

    def _ask(self, client: Client, *, email: str, **values: Any) -> None:
        """Write the row of a link, and email the link unless the address has an account.

        Every case runs the same statements and leaves a row that `send_again` finds.
        """
        lock_name(self._dbsession, email)
        may_mail = next_mail_date(self._mail.sent_to(email, UNPROVEN_KINDS)) <= utc_now()
        code = create_link(self._dbsession, PendingRegistration, client, self._lifetime, email=email, **values)
        log.info("event=registration-asked registration=%s", code.id)
        with self._dbsession.begin_nested() as mailing:
            if self._dbsession.scalar(select(exists().where(Account.email == email))):
                post_account_exists(self._mail, self._site_links, email)
            else:
                link = self._site_links.to("account.confirm", code=code)
                self._mail.post("confirm-registration", email, link=link, lifetime=self._lifetime)
            self._dbsession.flush()
            if not may_mail:  # the same work is done and rolled back, so that timing reveals nothing
                mailing.rollback()
                log.info("event=mail-limit registration=%s", code.id)

    def find(self, code: LinkCode | None) -> RegistrationLink:
        """Return the link with this code without redeeming it. Raises DeadLinkError."""
        with self._reading() as reading:
            pending = find_link(reading, PendingRegistration, code)
            return RegistrationLink(
                pending.id, pending.email, pending.display_name, pending.password_hash, pending.receipt_hash
            )

    def is_password_of(self, registration: RegistrationLink, password: str, client: Client) -> bool:
        """Check the password against the one chosen at registration. Raises TooManyAttemptsError."""
        attempt = self._attempts.begin(CHECK_PASSWORD, client, registration.id)
        if not attempt.allowed:
            raise TooManyAttemptsError(attempt.wait_s)
        return self._passwords.verify(password, registration.password_hash)

    def confirm(self, registration: RegistrationLink, client: Client) -> str:
        """Create the account and return its id. Raises DeadLinkError, or EmailTakenError if the address is taken."""
        # Without this lock, parallel confirmations of one address would each wait for the link of the other.
        lock_name(self._dbsession, registration.email)
        redeem_link(self._dbsession, PendingRegistration, registration.id, client)
        account = Account(
            email=registration.email,
            password_hash=registration.password_hash,
            display_name=registration.display_name,
            confirmed=True,
            last_login_date=utc_now(),
        )
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(account)
                account.roles.append(self._dbsession.get_one(Role, "user"))
        except IntegrityError:
            raise EmailTakenError from None
        # The other links to this address end. Their rows stay until they expire, see `_values_behind`.
        others = (PendingRegistration.email == account.email, is_open(PendingRegistration))
        self._dbsession.execute(update(PendingRegistration).where(*others).values(superseded_date=utc_now()))
        self._notify(AddressConfirmed(self._dbsession, account))
        log.info("event=registered account=%s", account.id)
        return account.id
