"""Password resets: the link that is mailed, and the one time it works."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.account_service import AccountService
from album_store.services.account.attempt_service import RESET, AttemptService
from album_store.services.account.secret_links import DeadLinkError, create_link, find_link, redeem_link
from album_store.services.mail_service import MailService

log = logging.getLogger(__name__)


class ClosedAccountError(Exception):
    """The account is disabled or unknown, so a new password would not let its owner in."""


@dataclass(frozen=True)
class ResetLink:
    """A link that was checked, and the account whose password it sets."""

    id: str
    account_id: str
    email: str


class PasswordResetService:
    """Creates and redeems reset links."""

    def __init__(
        self,
        dbsession: Session,
        reading: Reading,
        accounts: AccountService,
        attempts: AttemptService,
        mail: MailService,
        site_links: SiteLinks,
        lifetime: timedelta,
    ) -> None:
        self._dbsession = dbsession
        self._reading = reading
        self._accounts = accounts
        self._attempts = attempts
        self._mail = mail
        self._site_links = site_links
        self._lifetime = lifetime

    def create_reset_code(self, email: str, client: Client) -> None:
        """Mail a reset link to this address, if it has an account that may sign in; earlier links stop working.

        An address without one, or one that was asked for too often, costs the same work, so that the time of the answer
        tells nothing. Raises TooManyAttemptsError.
        """
        attempt = self._attempts.begin(RESET, client, email, Account.email == email)
        account = self._find_and_lock(Account.email == email)
        if not attempt.allowed:
            account = None
        with self._dbsession.begin_nested() as writing:
            self._accounts.close_open_links(account.id if account else "")
            code = self._create_link(account, email, client)
            # To the address that is stored: one that merely looks like it must get nothing.
            recipient = account.email if account else email
            self._post_link(
                "reset-password", recipient, code, ip_address=client.ip_address, user_agent=client.user_agent
            )
            self._dbsession.flush()
            if account is None:
                writing.rollback()
        outcome = "limited" if not attempt.allowed else "unknown" if account is None else "mailed"
        log.info("event=reset-asked reset=%s outcome=%s ip=%s", code.id, outcome, client.ip_address)

    def _create_link(self, account: Account | None, email: str, client: Client) -> LinkCode:
        """A reset; for nobody a row of the same shape that needs no account, and is taken back at once."""
        if account is None:
            no_hash = ""
            return create_link(self._dbsession, PendingRegistration, client, email=email, password_hash=no_hash)
        return create_link(self._dbsession, PasswordReset, client, account_id=account.id)

    def _find_and_lock(self, condition: ColumnElement[bool]) -> Account | None:
        """The account, locked, so that of two requests at once one waits and then closes the other's link."""
        query = select(Account).where(condition, Account.disabled.is_(False)).with_for_update()
        return self._dbsession.scalars(query).first()

    def _post_link(self, kind: str, email: str, code: LinkCode, **values: Any) -> None:
        link = self._site_links.to("account.reset_link", code=code)
        self._mail.post(kind, email, link=link, minutes=int(self._lifetime.total_seconds() // 60), **values)

    def find(self, code: LinkCode | None) -> ResetLink:
        """The link with this code, if it still works. Redeems nothing. Raises DeadLinkError."""
        with self._reading() as reading:
            reset = find_link(reading, PasswordReset, code, self._lifetime)
            if reset.account.disabled:
                raise DeadLinkError
            return ResetLink(reset.id, reset.account_id, reset.account.email)

    def redeem(self, link: ResetLink, password: str, client: Client) -> None:
        """Set a new password with a link, which then no longer works; ends every session of the account.

        Raises DeadLinkError if the link has stopped working since it was found, and then nothing has changed.
        """
        password_hash = self._accounts.hash_password(password)
        with self._dbsession.begin_nested():
            redeem_link(self._dbsession, PasswordReset, link.id, self._lifetime, client)
            account = self._accounts.find(link.account_id)
            if account is None or account.disabled:
                raise DeadLinkError
            self._accounts.set_password_hash(account, password_hash)
        log.info("event=reset-used account=%s reset=%s ip=%s", account.id, link.id, client.ip_address)

    def start_for(self, account_id: str) -> None:
        """Mail a reset link to the owner of an account for whom the store does it; earlier links stop working.

        Who started it stands in the audit of actions; what the owner can see has no address of theirs.
        Raises ClosedAccountError.
        """
        account = self._find_and_lock(Account.id == account_id)
        if account is None:
            raise ClosedAccountError(account_id)
        self._accounts.close_open_links(account.id)
        code = self._create_link(account, account.email, Client())
        self._post_link("reset-started", account.email, code)
        log.info("event=reset-started account=%s reset=%s", account.id, code.id)
