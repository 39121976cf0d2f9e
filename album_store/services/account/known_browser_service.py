"""Browsers that have signed in to an account before.

Follows OWASP's "Slow Down Online Guessing Attacks with Device Cookies": guesses from unknown browsers count against a
limit for unknown browsers, never against the owner's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.dbsession import Reading
from album_store.data.known_browser import KnownBrowser
from album_store.data.types import utc_now
from album_store.infrastructure.security.secret_codes import hash_secret, new_secret

LIFETIME = timedelta(days=365)
MAX_BROWSERS = 50

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class FoundBrowser:
    """A known browser, and the account that it has signed in to."""

    id: str
    account_id: str


@dataclass(frozen=True)
class KnownBrowserService:
    """Finds and stores the browsers that a device cookie identifies. `tokens` holds the tokens in the cookie.

    A token belongs to one account and is replaced at each sign-in to it, so a copied cookie is worthless after the next
    sign-in. Changing the password or the email address ends all tokens of the account.
    """

    lifetime = LIFETIME

    _dbsession: Session
    _reading: Reading

    def find(self, tokens: Tokens, owner: ColumnElement[bool]) -> FoundBrowser | None:
        """Return this browser if the account that `owner` selects knows it, or None."""
        if not tokens:
            return None
        query = select(KnownBrowser.id, KnownBrowser.account_id).where(_is_one_of(tokens))
        query = query.where(KnownBrowser.account_id.in_(select(Account.id).where(owner)))
        with self._reading() as reading:
            row = reading.execute(query.limit(1)).first()
        return FoundBrowser(row.id, row.account_id) if row else None

    def accounts_of(self, tokens: Tokens) -> Sequence[str]:
        """Return the ids of the accounts that this browser has signed in to, in a fixed order."""
        if not tokens:
            return []
        query = select(KnownBrowser.account_id).where(_is_one_of(tokens)).order_by(KnownBrowser.account_id)
        with self._reading() as reading:
            return reading.scalars(query).all()

    def remember(self, account_id: str, tokens: Tokens) -> Tokens:
        """Record that this browser signed in to a locked account. Returns the tokens for its cookie, the new one first.

        The row of a known browser gets the new token and keeps its id and so its attempts. Tokens of other accounts are
        kept; unknown tokens are dropped.
        """
        query = select(KnownBrowser.id, KnownBrowser.account_id, KnownBrowser.token_hash).where(_is_one_of(tokens))
        rows = self._dbsession.execute(query).all()
        token = new_secret()
        if not any(self._replace_token(row.id, row.token_hash, token) for row in rows if row.account_id == account_id):
            self._delete_oldest(account_id)
            self._dbsession.add(KnownBrowser(account_id=account_id, token_hash=hash_secret(token)))
        of_others = {row.token_hash for row in rows if row.account_id != account_id}
        return (token, *(other for other in tokens if hash_secret(other) in of_others))

    def _replace_token(self, browser_id: str, old_hash: str, token: str) -> bool:
        """Replace the token of a row. Returns False if a concurrent request has replaced or deleted it."""
        row = (KnownBrowser.id == browser_id, KnownBrowser.token_hash == old_hash)
        replaced = update(KnownBrowser).where(*row).values(token_hash=hash_secret(token), last_used_date=utc_now())
        return self._dbsession.execute(replaced).rowcount == 1

    def _delete_oldest(self, account_id: str) -> None:
        """Delete the least recently used browsers to make room for one more within MAX_BROWSERS."""
        query = select(KnownBrowser.id).where(KnownBrowser.account_id == account_id)
        query = query.order_by(KnownBrowser.last_used_date.desc(), KnownBrowser.id).offset(MAX_BROWSERS - 1)
        if doomed := self._dbsession.scalars(query).all():
            self._dbsession.execute(delete(KnownBrowser).where(KnownBrowser.id.in_(doomed)))


def _is_one_of(tokens: Tokens) -> ColumnElement[bool]:
    return KnownBrowser.token_hash.in_([hash_secret(token) for token in tokens])
