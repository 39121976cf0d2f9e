"""Password resets by a mailed link that works once."""

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
    """The account is disabled or unknown, so its owner could not sign in with a new password."""


@dataclass(frozen=True)
class ResetLink:
    """A valid link and the account whose password it sets."""

    id: str
    account_id: str
    email: str


@dataclass(frozen=True)
class PasswordResetService:
    """Creates and redeems reset links."""

    _dbsession: Session
    _reading: Reading
    _accounts: AccountService
    _attempts: AttemptService
    _mail: MailService
    _site_links: SiteLinks
    _lifetime: timedelta

    def create_reset_code(self, email: str, client: Client) -> None:
        """Mail a reset link to this address if it has an enabled account; earlier links stop working.

        An address without one, or one that reached its limit, costs the same work, so that response time reveals
        nothing. Raises TooManyAttemptsError.
        """
        attempt = self._attempts.begin(RESET, client, email, Account.email == email)
        account = self._find_and_lock(Account.email == email)
        if not attempt.allowed:
            account = None
        with self._dbsession.begin_nested() as writing:
            self._accounts.close_open_links(account.id if account else "")
            code = self._create_link(account, email, client)
            # Mail the stored address: one that merely looks the same must get nothing.
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
        """Create a reset link; without an account, a row of the same shape that the caller rolls back."""
        if account is None:
            no_hash = ""
            return create_link(
                self._dbsession, PendingRegistration, client, self._lifetime, email=email, password_hash=no_hash
            )
        return create_link(self._dbsession, PasswordReset, client, self._lifetime, account_id=account.id)

    def _find_and_lock(self, condition: ColumnElement[bool]) -> Account | None:
        """Lock and return the account, so that the second of two concurrent requests closes the first one's link."""
        query = select(Account).where(condition, Account.disabled.is_(False)).with_for_update()
        return self._dbsession.scalars(query).first()

    def _post_link(self, kind: str, email: str, code: LinkCode, **values: Any) -> None:
        link = self._site_links.to("account.reset_link", code=code)
        self._mail.post(kind, email, link=link, minutes=int(self._lifetime.total_seconds() // 60), **values)

    def find(self, code: LinkCode | None) -> ResetLink:
        """Return the link with this code without redeeming it. Raises DeadLinkError."""
        with self._reading() as reading:
            reset = find_link(reading, PasswordReset, code)
            if reset.account.disabled:
                raise DeadLinkError
            return ResetLink(reset.id, reset.account_id, reset.account.email)

    def redeem(self, link: ResetLink, password: str, client: Client) -> None:
        """Redeem the link and set a new password; ends every session of the account.

        Raises DeadLinkError, without having changed anything, if the link has stopped working since it was found.
        """
        password_hash = self._accounts.hash_password(password)
        with self._dbsession.begin_nested():
            redeem_link(self._dbsession, PasswordReset, link.id, client)
            account = self._accounts.find(link.account_id)
            if account is None or account.disabled:
                raise DeadLinkError
            self._accounts.set_password_hash(account, password_hash)
        log.info("event=reset-used account=%s reset=%s ip=%s", account.id, link.id, client.ip_address)

    def start_for(self, account_id: str) -> None:
        """Mail a reset link to the owner on behalf of an admin; earlier links stop working.

        The audit names the admin; the row, which the owner can export, does not hold the admin's IP address.
        Raises ClosedAccountError.
        """
        account = self._find_and_lock(Account.id == account_id)
        if account is None:
            raise ClosedAccountError(account_id)
        self._accounts.close_open_links(account.id)
        code = self._create_link(account, account.email, Client())
        self._post_link("reset-started", account.email, code)
        log.info("event=reset-started account=%s reset=%s", account.id, code.id)
