"""Browsers that have signed in to an account before.

After OWASP's "Slow Down Online Guessing Attacks with Device Cookies": strangers who guess at an account use up the
tries of strangers, and never those of its owner.
"""

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from album_store.data.known_browser import KnownBrowser
from album_store.data.types import utc_now
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret

MAX_BROWSERS = 50


class KnownBrowserService:
    """The rows behind the cookie of one browser, whose value is `token`."""

    def __init__(self, dbsession: Session, db_sessions: DbSessionFactory, token: str) -> None:
        self._dbsession = dbsession
        self._db_sessions = db_sessions
        self._token = token if looks_like_secret(token) else ""

    def known_as(self, owner: ColumnElement[bool]) -> str:
        """What to count this browser under if it has signed in to that account before; else an empty text."""
        if not self._token:
            return ""
        token_hash = hash_secret(self._token)
        query = select(KnownBrowser.id).join(Account, Account.id == KnownBrowser.account_id)
        with self._db_sessions.read() as reading:
            return reading.scalar(query.where(owner, KnownBrowser.token_hash == token_hash)) or ""

    def remember(self, account_id: str) -> str:
        """Make this browser a known one of the account; returns the token for its cookie."""
        token = self._token or new_secret()
        row = {"account_id": account_id, "token_hash": hash_secret(token)}
        seen = self._dbsession.execute(update(KnownBrowser).filter_by(**row).values(last_used_date=utc_now()))
        if seen.rowcount == 0:
            self._forget_oldest(account_id)
            try:
                with self._dbsession.begin_nested():
                    self._dbsession.add(KnownBrowser(**row))
            except IntegrityError:  # the same browser signed in twice at the same moment
                pass
        return token

    def _forget_oldest(self, account_id: str) -> None:
        """Make room for one more."""
        query = select(KnownBrowser.id).where(KnownBrowser.account_id == account_id)
        query = query.order_by(KnownBrowser.last_used_date.desc(), KnownBrowser.id).offset(MAX_BROWSERS - 1)
        doomed = self._dbsession.scalars(query).all()
        self._dbsession.execute(delete(KnownBrowser).where(KnownBrowser.id.in_(doomed)))
