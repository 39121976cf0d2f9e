"""Sign-in, password checks and password changes."""

import logging
from dataclasses import dataclass

from sqlalchemy import delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account
from album_store.data.account_session import AccountSession
from album_store.data.dbsession import Reading
from album_store.data.known_browser import KnownBrowser
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.password_hasher import (
    MAX_PARAMETER_SETS,
    TAIL_OF_HASH,
    PasswordHasher,
    parameters_of,
)
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.attempt_service import CHECK_PASSWORD, SIGN_IN, AttemptService, TooManyAttemptsError
from album_store.services.mail_service import MailService

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AccountService:
    """Signs accounts in, checks passwords and changes them.

    Hashing is slow, and a writing session holds SQLite's only write lock from its first statement, so passwords are
    checked and hashed before `dbsession` is used. A change in between must not be overwritten: `sign_in` updates the
    row only if it still has the hash that was read, and the caller of `set_password_hash` holds a session or link that
    such a change would have ended.
    """

    _dbsession: Session
    _reading: Reading
    _passwords: PasswordHasher
    _mail: MailService
    _attempts: AttemptService
    _site_links: SiteLinks

    def find(self, account_id: str) -> Account | None:
        """The account with this id, or None."""
        return self._dbsession.get(Account, account_id)

    def lock(self, account_id: str) -> Account | None:
        """The account with this id, see `lock_account`, or None."""
        return lock_account(self._dbsession, account_id)

    def sign_in(self, email: str, password: str, client: Client) -> str | None:
        """Return the id of the account, or None if the sign-in is refused.

        Returns None, after the same work, for an unknown address, a wrong password, a disabled or unconfirmed account
        and an account whose limit is reached. Raises TooManyAttemptsError if the client's limit is reached.
        """
        attempt = self._attempts.begin(SIGN_IN, client, email, Account.email == email)
        for _ in range(2):  # a concurrent sign-in may have stored a stronger hash of the same password
            account_id, stored_hash, closed = self._credentials(Account.email == email)
            right = self._passwords.verify(password, stored_hash)
            if not right or closed or not attempt.allowed:
                break
            new_hash = self._passwords.renewed(password, stored_hash)
            signed_in = self._dbsession.execute(
                update(Account)
                .where(Account.id == account_id, Account.password_hash == stored_hash, Account.disabled.is_(False))
                .values(last_login_date=utc_now(), password_hash=new_hash)
            )
            if signed_in.rowcount == 1:
                attempt.refund()
                self._close_open(PasswordReset, account_id)  # an owner who signs in needs no reset
                log.info("event=signin account=%s ip=%s", account_id, attempt.ip_address)
                return account_id
        reason = "credentials" if attempt.allowed else "limit"
        log.info("event=signin-refused account=%s reason=%s ip=%s", account_id or "unknown", reason, attempt.ip_address)
        return None

    def is_leaving(self, account_id: str) -> bool:
        """Return whether the account is scheduled for deletion."""
        return self._dbsession.get(PendingDeletion, account_id) is not None

    def is_password_of(self, account_id: str, password: str, client: Client) -> bool:
        """Check the account's current password. Raises TooManyAttemptsError."""
        attempt = self._attempts.begin(CHECK_PASSWORD, client, account_id, Account.id == account_id)
        if not attempt.allowed:
            raise TooManyAttemptsError(attempt.wait_s)
        _, stored_hash, closed = self._credentials(Account.id == account_id)
        right = self._passwords.verify(password, stored_hash)
        if right and not closed:
            attempt.refund()
        return right and not closed

    def password_parameters(self) -> list[str]:
        """The argon2 parameter sets of the stored hashes, for `PasswordHasher.warm_up`.

        Reads all accounts once at startup, which takes a fifth of a second for a million.
        """
        hash_ = Account.password_hash
        beginnings = select(func.substr(hash_, 1, func.length(hash_) - TAIL_OF_HASH)).distinct()
        beginnings = beginnings.where(func.length(hash_) > TAIL_OF_HASH)
        with self._reading() as reading:
            found = reading.scalars(beginnings.limit(2 * MAX_PARAMETER_SETS)).all()  # some may be garbled
        return [parameters for parameters in map(parameters_of, found) if parameters]

    def _credentials(self, condition: object) -> tuple[str | None, str | None, bool]:
        with self._reading() as reading:
            closed = or_(Account.disabled, not_(Account.confirmed)).label("closed")
            row = reading.execute(select(Account.id, Account.password_hash, closed).where(condition)).first()
        return (row.id, row.password_hash, bool(row.closed)) if row else (None, None, False)

    def hash_password(self, password: str) -> str:
        """Return the hash for `set_password_hash`. Call this before anything is written."""
        return self._passwords.hash(password)

    def set_password_hash(self, account: Account, password_hash: str) -> None:
        """Set a new password of a locked account and notify the owner by email.

        Ends all sessions, closes all open links and deletes all known browsers of the account.
        """
        account.password_hash = password_hash
        for model in (AccountSession, KnownBrowser):
            self._dbsession.execute(delete(model).where(model.account_id == account.id))
        self.close_open_links(account.id)
        reset_link = self._site_links.to("account.forgot_password")
        self._mail.post("password-changed", account.email, reset_link=reset_link, when=utc_now())
        log.info("event=password-changed account=%s", account.id)

    def close_open_links(self, account_id: str) -> None:
        """Close all open reset links and email changes of the account."""
        for link in (PasswordReset, PendingEmailChange):
            self._close_open(link, account_id)

    def _close_open(self, link: type[PasswordReset | PendingEmailChange], account_id: str) -> None:
        self._dbsession.execute(
            update(link)
            .where(link.account_id == account_id, link.was_used.is_(False), link.superseded_date.is_(None))
            .values(superseded_date=utc_now())
        )
