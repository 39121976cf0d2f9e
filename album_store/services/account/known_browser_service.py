"""Browsers that have signed in to an account before.

Follows OWASP's "Slow Down Online Guessing Attacks with Device Cookies": guesses from unknown browsers count against
the limit of unknown browsers, never against the owner's.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.known_browser import KnownBrowser
from album_store.data.types import utc_now
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret

LIFETIME = timedelta(days=365)
MAX_BROWSERS = 50


@dataclass(frozen=True)
class KnownBrowserService:
    """Finds and stores the browsers that a device cookie identifies; `device_token` is its value."""

    lifetime = LIFETIME

    _dbsession: Session
    _reading: Reading

    def known_as(self, device_token: str, owner: ColumnElement[bool]) -> str:
        """The id of this browser among those of the account that `owner` selects; empty if it is unknown there."""
        if not looks_like_secret(device_token):
            return ""
        query = select(KnownBrowser.id).join(Account, Account.id == KnownBrowser.account_id)
        with self._reading() as reading:
            return reading.scalar(query.where(owner, KnownBrowser.token_hash == hash_secret(device_token))) or ""

    def account_of(self, device_token: str) -> str:
        """The id of an account that this browser has signed in to; empty if there is none."""
        if not looks_like_secret(device_token):
            return ""
        query = select(KnownBrowser.account_id).where(KnownBrowser.token_hash == hash_secret(device_token))
        with self._reading() as reading:
            return reading.scalar(query.limit(1)) or ""

    def remember(self, account_id: str, device_token: str) -> str:
        """Record a sign-in of this browser to the account; returns the token for its cookie, new if it had none."""
        token = device_token if looks_like_secret(device_token) else new_secret()
        row = {"account_id": account_id, "token_hash": hash_secret(token)}
        seen = self._dbsession.execute(update(KnownBrowser).filter_by(**row).values(last_used_date=utc_now()))
        if seen.rowcount == 0:
            self._delete_oldest(account_id)
            try:
                with self._dbsession.begin_nested():
                    self._dbsession.add(KnownBrowser(**row))
            except IntegrityError:  # the same browser signed in twice at the same time
                pass
        return token

    def _delete_oldest(self, account_id: str) -> None:
        """Delete the least recently used browsers, to leave room for one more within MAX_BROWSERS."""
        query = select(KnownBrowser.id).where(KnownBrowser.account_id == account_id)
        query = query.order_by(KnownBrowser.last_used_date.desc(), KnownBrowser.id).offset(MAX_BROWSERS - 1)
        if doomed := self._dbsession.scalars(query).all():
            self._dbsession.execute(delete(KnownBrowser).where(KnownBrowser.id.in_(doomed)))
