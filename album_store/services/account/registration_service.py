"""Registration: the account is created once the mailed link is confirmed."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.pending_registration import PendingRegistration
from album_store.data.role import Role
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.attempt_service import CHECK_PASSWORD, REGISTER, AttemptService, TooManyAttemptsError
from album_store.services.account.secret_links import create_link, find_link, redeem_link
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date

log = logging.getLogger(__name__)


# Mail that a form can have sent to an address before the address is proved. How often is limited per address.
UNPROVEN_KINDS = ("account-exists", "confirm-email", "confirm-registration")


class EmailTakenError(Exception):
    """An account with this address already exists."""


@dataclass(frozen=True)
class RegistrationLink:
    """A valid link and the registration that it confirms."""

    id: str
    email: str
    display_name: str
    password_hash: str = field(repr=False)


def post_account_exists(mail: MailService, site_links: SiteLinks, email: str) -> None:
    """Mail the owner of an account that a visitor tried to use its address for another account."""
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

    def register(self, email: str, password: str, display_name: str, client: Client) -> str:
        """Mail a confirmation link, or an "account exists" mail if the address already has an account.

        Returns a receipt for the browser's cookie; it equals `RegistrationLink.id` in the browser that registered.
        Raises TooManyAttemptsError for a client that registers too often. An address that was mailed too often gets no
        mail, and the response does not reveal it.
        """
        self._attempts.begin(REGISTER, client)
        password_hash = self._passwords.hash(password)
        may_mail = next_mail_date(self._mail.sent_to(email, UNPROVEN_KINDS)) <= utc_now()
        with self._dbsession.begin_nested() as writing:
            receipt = self._ask(email, password_hash, display_name, client)
            self._dbsession.flush()
            if not may_mail:  # do the same work and roll it back, so that response time reveals nothing
                writing.rollback()
                log.info("event=mail-limit registration=%s", receipt)
        return receipt

    def _ask(self, email: str, password_hash: str, display_name: str, client: Client) -> str:
        if self._dbsession.scalar(select(exists().where(Account.email == email))):
            post_account_exists(self._mail, self._site_links, email)
            return new_id()
        values = {"email": email, "display_name": display_name, "password_hash": password_hash}
        code = create_link(self._dbsession, PendingRegistration, client, self._lifetime, **values)
        hours = int(self._lifetime.total_seconds() // 3600)
        link = self._site_links.to("account.confirm", code=code)
        self._mail.post("confirm-registration", email, link=link, hours=hours)
        log.info("event=registration-asked registration=%s", code.id)
        return code.id

    def find(self, code: LinkCode | None) -> RegistrationLink:
        """Return the link with this code without redeeming it. Raises DeadLinkError."""
        with self._reading() as reading:
            pending = find_link(reading, PendingRegistration, code)
            return RegistrationLink(pending.id, pending.email, pending.display_name, pending.password_hash)

    def is_password_of(self, registration: RegistrationLink, password: str, client: Client) -> bool:
        """Check the password against the one chosen at registration. Raises TooManyAttemptsError."""
        attempt = self._attempts.begin(CHECK_PASSWORD, client, registration.id)
        if not attempt.allowed:
            raise TooManyAttemptsError(attempt.wait_s)
        return self._passwords.verify(password, registration.password_hash)[0]

    def confirm(self, registration: RegistrationLink, client: Client) -> str:
        """Create the account and return its id. Raises DeadLinkError, or EmailTakenError if the address is taken."""
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
        # The account now holds the data, and other pending registrations of this address are void.
        self._dbsession.execute(delete(PendingRegistration).where(PendingRegistration.email == account.email))
        log.info("event=registered account=%s", account.id)
        return account.id
