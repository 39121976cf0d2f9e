"""Accounts: signing in, and the password."""

import logging

from sqlalchemy import delete, not_, or_, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.dbsession import Reading
from album_store.data.known_browser import KnownBrowser
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.site_links import SiteLinks
from album_store.infrastructure.wording import utc_minute
from album_store.services.account.attempt_service import CHECK_PASSWORD, SIGN_IN, AttemptService, TargetLimitError
from album_store.services.mail_service import MailService

log = logging.getLogger(__name__)


class AccountService:
    """What an account can do with itself.

    Hashing a password takes long, and a session that writes holds SQLite's one write lock from its first statement.
    So passwords are checked and hashed before `dbsession` is touched. What happened in between must not be overwritten:
    signing in guards its write by the hash that was read; `set_password_hash` is called under a session or a link that
    would have ended meanwhile.
    """

    def __init__(
        self,
        dbsession: Session,
        reading: Reading,
        passwords: PasswordHasher,
        mail: MailService,
        attempts: AttemptService,
        site_links: SiteLinks,
    ) -> None:
        self._dbsession = dbsession
        self._reading = reading
        self._passwords = passwords
        self._mail = mail
        self._attempts = attempts
        self._site_links = site_links

    def find(self, account_id: str) -> Account | None:
        """The account with this id."""
        return self._dbsession.get(Account, account_id)

    def sign_in(self, email: str, password: str, client: Client) -> str | None:
        """The id of the account, if address and password are right.

        None for an unknown address, a wrong password, a disabled or unconfirmed account, and an account that strangers
        tried too often alike, after the same work. Raises TooManyAttemptsError.
        """
        attempt = self._attempts.begin(SIGN_IN, client, email, Account.email == email)
        for _ in range(2):  # a sign-in at the same moment may have stored a stronger hash of the same password
            account_id, stored_hash, closed = self._credentials(Account.email == email)
            right, new_hash = self._passwords.verify(password, stored_hash)
            if not right or closed or not attempt.allowed:
                break
            signed_in = self._dbsession.execute(
                update(Account)
                .where(Account.id == account_id, Account.password_hash == stored_hash, Account.disabled.is_(False))
                .values(last_login_date=utc_now(), password_hash=new_hash or stored_hash)
            )
            if signed_in.rowcount == 1:
                attempt.refund()
                self._close_open(PasswordReset, account_id)  # whoever remembers the password needs it no more
                log.info("event=signin account=%s ip=%s", account_id, attempt.ip_address)
                return account_id
        reason = "credentials" if attempt.allowed else "limit"
        log.info("event=signin-refused account=%s reason=%s ip=%s", account_id or "unknown", reason, attempt.ip_address)
        return None

    def is_leaving(self, account_id: str) -> bool:
        """Whether its owner has asked to have the account deleted."""
        return self._dbsession.get(PendingDeletion, account_id) is not None

    def is_password_of(self, account_id: str, password: str, client: Client) -> bool:
        """Whether this is the account's current password. Raises TooManyAttemptsError."""
        attempt = self._attempts.begin(CHECK_PASSWORD, client, account_id, Account.id == account_id)
        if not attempt.allowed:
            raise TargetLimitError(attempt.wait_s)
        _, stored_hash, closed = self._credentials(Account.id == account_id)
        right, _ = self._passwords.verify(password, stored_hash)
        if right and not closed:
            attempt.refund()
        return right and not closed

    def _credentials(self, condition: object) -> tuple[str | None, str | None, bool]:
        with self._reading() as reading:
            closed = or_(Account.disabled, not_(Account.confirmed)).label("closed")
            row = reading.execute(select(Account.id, Account.password_hash, closed).where(condition)).first()
        return (row.id, row.password_hash, bool(row.closed)) if row else (None, None, False)

    def hash_password(self, password: str) -> str:
        """The hash to hand to `set_password_hash`; made before anything is written."""
        return self._passwords.hash(password)

    def set_password_hash(self, account: Account, password_hash: str) -> None:
        """Give the account a new password: every session and every open link ends, and the owner is told by mail.

        Browsers that knew the old one are strangers again.
        """
        account.password_hash = password_hash
        for model in (AccountSession, KnownBrowser):
            self._dbsession.execute(delete(model).where(model.account_id == account.id))
        self.close_open_links(account.id)
        when = utc_minute(utc_now())
        reset_link = self._site_links.to("account.forgot_password")
        self._mail.post("password-changed", account.email, reset_link=reset_link, when=when)
        log.info("event=password-changed account=%s", account.id)

    def close_open_links(self, account_id: str) -> None:
        """Make every reset link and e-mail change of the account that is still open stop working."""
        for link in (PasswordReset, PendingEmailChange):
            self._close_open(link, account_id)

    def _close_open(self, link: type[PasswordReset | PendingEmailChange], account_id: str) -> None:
        self._dbsession.execute(
            update(link)
            .where(link.account_id == account_id, link.was_used.is_(False), link.superseded_date.is_(None))
            .values(superseded_date=utc_now())
        )
