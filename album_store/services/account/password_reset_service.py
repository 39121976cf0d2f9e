"""Password resets with an emailed link that works once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, select
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account_at
from album_store.data.dbsession import Reading
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from album_store.data.reset_request import ResetRequest
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.account_service import AccountService
from album_store.services.account.attempt_service import RESET, AttemptService
from album_store.services.account.secret_links import (
    DeadLinkError,
    create_link,
    find_link,
    is_open,
    redeem_link,
)
from album_store.services.mail_service import NO_RECIPIENT, MailService
from album_store.services.mail_spacing import MAX_WHILE_A_LINK_WORKS, next_mail_date

RESET_MAIL = "reset-password"
# How many requests the worker answers at a time, so that a flood of them does not delay pages.
MAX_ANSWERED = 100

log = logging.getLogger(__name__)


class ClosedAccountError(Exception):
    """The account is disabled or unknown, so a new password would be useless."""


@dataclass(frozen=True)
class ResetLink:
    """A valid link and the account whose password it sets."""

    id: str
    account_id: str
    email: str
    expires_date: datetime


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

    def queue(self, email: str, client: Client) -> None:
        """Queue a request for a reset link, which the worker answers later. Raises TooManyAttemptsError.

        Only looks up whether the browser is known, so neither the response nor its timing depends on whether the
        address has an account.
        """
        self._attempts.begin(RESET, client, owner=Account.email == email)
        self._dbsession.add(ResetRequest(email=email, ip_address=client.ip_address, user_agent=client.user_agent))

    def queued(self) -> Sequence[str]:
        """Return the ids of the next requests to answer, at most MAX_ANSWERED.

        Requests for accounts come first, starting with the oldest of each address, so that a flood of requests for
        made-up addresses, or for one address, does not delay requests for other accounts.
        """
        has_account = and_(Account.email == ResetRequest.email, Account.disabled.is_(False))
        oldest_first = (ResetRequest.created_date, ResetRequest.id)
        turn = func.row_number().over(partition_by=ResetRequest.email, order_by=oldest_first)
        query = select(ResetRequest.id).outerjoin(Account, has_account)
        query = query.order_by(Account.id.is_(None), turn, *oldest_first).limit(MAX_ANSWERED)
        return self._dbsession.scalars(query).all()

    def answer(self, request_id: str) -> None:
        """Take a request from the queue and answer it. Does nothing if another worker has taken it."""
        request = self._dbsession.get(ResetRequest, request_id)
        taken = self._dbsession.execute(delete(ResetRequest).where(ResetRequest.id == request_id))
        if request is not None and taken.rowcount == 1:
            self.create_reset_code(request.email, Client(request.ip_address, request.user_agent))

    def create_reset_code(self, email: str, client: Client) -> None:
        """Email a reset link to this address if it has an enabled account. Earlier links keep working.

        Emails to one address are spaced, see `next_mail_date`. The link in the last one before the limit works until
        the next may be sent, so that an owner always has a working link, even if strangers use up the limit. An address
        without an account, or one that must wait, costs the same work, including an email that the worker composes and
        discards, so that timing reveals nothing.
        """
        # The second of two concurrent requests sees the email of the first.
        account = _unless_disabled(lock_account_at(self._dbsession, email))
        # Use the stored address: one that only looks the same must get nothing.
        recipient = account.email if account else email
        sent, now = self._mail.sent_to(recipient, [RESET_MAIL]), utc_now()
        a_link_works = self._has_open_link(account.id if account else "")
        may_send = account is not None and next_mail_date(sent, a_link_works=a_link_works) <= now
        lifetime = self._lifetime
        if len(sent) + 1 >= MAX_WHILE_A_LINK_WORKS:
            lifetime = max(lifetime, next_mail_date([*sent, now], a_link_works=True) - now)
        with self._dbsession.begin_nested() as writing:
            code = self._create_link(account, email, client, lifetime)
            self._dbsession.flush()
            if not may_send:
                writing.rollback()
        asker = {"ip_address": client.ip_address, "user_agent": client.user_agent}
        self._post_link(RESET_MAIL, recipient if may_send else NO_RECIPIENT, code, lifetime, **asker)
        outcome = "mailed" if may_send else "limited" if account else "unknown"
        log.info("event=reset-asked reset=%s outcome=%s ip=%s", code.id, outcome, client.ip_address)

    def _has_open_link(self, account_id: str) -> bool:
        return self._dbsession.scalar(
            select(exists().where(PasswordReset.account_id == account_id, is_open(PasswordReset)))
        )

    def _create_link(self, account: Account | None, email: str, client: Client, lifetime: timedelta) -> LinkCode:
        """Create a reset link. Without an account, write a similar row, which the caller rolls back."""
        if account is None:
            no_hash = ""
            return create_link(
                self._dbsession, PendingRegistration, client, lifetime, email=email, password_hash=no_hash
            )
        return create_link(self._dbsession, PasswordReset, client, lifetime, account_id=account.id)

    def _post_link(self, kind: str, recipient: str, code: LinkCode, lifetime: timedelta, **values: Any) -> None:
        link = self._site_links.to("account.reset_link", code=code)
        self._mail.post(kind, recipient, link=link, lifetime=lifetime, **values)

    def find(self, code: LinkCode | None) -> ResetLink:
        """Return the link with this code without redeeming it. Raises DeadLinkError."""
        with self._reading() as reading:
            reset = find_link(reading, PasswordReset, code)
            if reset.account.disabled:
                raise DeadLinkError
            return ResetLink(reset.id, reset.account_id, reset.account.email, reset.expires_date)

    def redeem(self, link: ResetLink, password: str, client: Client) -> None:
        """Redeem the link and set a new password. Ends all sessions of the account.

        Raises DeadLinkError and changes nothing if the link has stopped working since `find`.
        """
        password_hash = self._accounts.hash_password(password)
        account = _unless_disabled(self._accounts.lock(link.account_id))
        if account is None:
            raise DeadLinkError
        redeem_link(self._dbsession, PasswordReset, link.id, client)
        self._accounts.set_password_hash(account, password_hash)
        log.info("event=reset-used account=%s reset=%s ip=%s", account.id, link.id, client.ip_address)

    def start_for(self, account_id: str) -> None:
        """Email a reset link to the owner on behalf of an admin. Earlier links keep working. Raises ClosedAccountError.

        The audit row names the admin. The row of the link, which the owner can export, lacks the admin's IP address.
        """
        account = _unless_disabled(self._accounts.lock(account_id))
        if account is None:
            raise ClosedAccountError(account_id)
        code = self._create_link(account, account.email, Client(), self._lifetime)
        self._post_link("reset-started", account.email, code, self._lifetime)
        log.info("event=reset-started account=%s reset=%s", account.id, code.id)


def _unless_disabled(account: Account | None) -> Account | None:
    return None if account is None or account.disabled else account
