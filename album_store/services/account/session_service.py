"""Sessions: started at sign-in, found by cookie, ended by sign-out, a new password, expiry or the owner."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Row, Update, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session, joinedload

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.dbsession import Reading
from album_store.data.role import AccountRole
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client, SignedIn
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret
from album_store.infrastructure.settings import Settings

# "Last seen" is shown in hours and days, so it is not written on every request.
TOUCH_EVERY = timedelta(minutes=10)
MAX_SESSIONS = 50

# The tables: the ORM would double the time that a statement takes.
_session, _account = AccountSession.__table__, Account.__table__
# One row per role of the account, or one without a role. Joining the Role table too would make SQLite read the roles of
# all accounts first.
_BY_TOKEN = (
    select(
        _session.c.id,
        _session.c.account_id,
        _session.c.created_date,
        _session.c.last_seen_date,
        _account.c.email,
        _account.c.display_name,
        _account.c.disabled,
        AccountRole.c.role_name,
    )
    .join(_account, _account.c.id == _session.c.account_id)
    .outerjoin(AccountRole, AccountRole.c.account_id == _account.c.id)
    .where(_session.c.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True)
class FoundSession:
    """The session of a cookie: `signed_in` is the account, or None if the session has ended.

    `pending` is the statement to run after the request, if any: it updates "last seen" or deletes the ended session.
    """

    signed_in: SignedIn | None
    pending: Update | Delete | None


@dataclass(frozen=True)
class SessionService:
    """Starts, finds and ends sessions."""

    _dbsession: Session
    _reading: Reading
    _settings: Settings

    @property
    def lifetime(self) -> timedelta:
        """The maximum age of a session."""
        return timedelta(days=self._settings.session_days)

    def start(self, account_id: str, client: Client) -> str:
        """Start a session of a locked account, and return the token for the cookie. Only its hash is stored."""
        token = new_secret()
        self._end_oldest(account_id)
        self._dbsession.add(
            AccountSession(
                token_hash=hash_secret(token),
                account_id=account_id,
                ip_address=client.ip_address,
                user_agent=client.user_agent,
            )
        )
        return token

    def find(self, token: str) -> FoundSession | None:
        """Return the session with this token, or None. Expired sessions and those of disabled accounts have ended.

        Writes nothing, see `FoundSession.pending`.
        """
        if not looks_like_secret(token):
            return None
        with self._reading() as reading:
            rows = reading.execute(_BY_TOKEN, {"token_hash": hash_secret(token)}).all()
            if not rows:
                return None
            row, now = rows[0], utc_now()
            roles = frozenset(found.role_name for found in rows if found.role_name)
            if not self._is_alive(row, row.disabled, roles, now):
                # Delete it: it would become valid again if the account lost its admin role or the clock was set back.
                return FoundSession(None, delete(AccountSession).where(AccountSession.id == row.id))
            is_due = now - row.last_seen_date > TOUCH_EVERY
            seen = update(AccountSession).where(AccountSession.id == row.id).values(last_seen_date=now)
            who = SignedIn(row.account_id, row.id, row.email, row.display_name, roles)
            return FoundSession(who, seen if is_due else None)

    def _end_oldest(self, account_id: str) -> None:
        """Make room for one more session within MAX_SESSIONS, as a script could sign in all day."""
        query = select(AccountSession.id).where(AccountSession.account_id == account_id)
        query = query.order_by(AccountSession.last_seen_date.desc(), AccountSession.id).offset(MAX_SESSIONS - 1)
        if doomed := self._dbsession.scalars(query).all():
            self._dbsession.execute(delete(AccountSession).where(AccountSession.id.in_(doomed)))

    def _is_alive(self, row: AccountSession | Row[Any], disabled: bool, roles: Set[str], now: datetime) -> bool:
        """Return whether a session has not expired, and its account is not disabled."""
        longest = self.lifetime
        if "admin" in roles:
            longest = timedelta(hours=self._settings.session_admin_hours)
        idle = timedelta(days=self._settings.session_idle_days)
        return not disabled and now - row.created_date <= longest and now - row.last_seen_date <= idle

    def lock(self, writing: Connection, who: SignedIn, role_name: str | None = None) -> bool:
        """Lock the account and its session. Returns False if the session has ended or the account has lost the role."""
        writing.execute(select(Account.id).where(Account.id == who.account_id).with_for_update())
        seen = update(AccountSession).where(AccountSession.id == who.session_id).values(last_seen_date=utc_now())
        if role_name:
            has_role = exists().where(
                AccountRole.c.account_id == AccountSession.account_id, AccountRole.c.role_name == role_name
            )
            seen = seen.where(has_role)
        return writing.execute(seen).rowcount == 1

    def end_token(self, token: str) -> None:
        """End the session with this token, if it exists."""
        if looks_like_secret(token):
            self._dbsession.execute(delete(AccountSession).where(AccountSession.token_hash == hash_secret(token)))

    def end(self, account_id: str, session_id: str) -> bool:
        """End one session of an account. Returns False if the account has no session with this id."""
        ended = self._dbsession.execute(
            delete(AccountSession).where(AccountSession.id == session_id, AccountSession.account_id == account_id)
        )
        return ended.rowcount == 1

    def end_all(self, account_id: str, *, keep_session_id: str | None = None) -> int:
        """End all sessions of an account except `keep_session_id`. Returns how many ended."""
        doomed = delete(AccountSession).where(AccountSession.account_id == account_id)
        if keep_session_id:
            doomed = doomed.where(AccountSession.id != keep_session_id)
        return self._dbsession.execute(doomed).rowcount

    def list_for(self, account_id: str) -> list[AccountSession]:
        """Return the active sessions of an account, most recently seen first."""
        rows = self._dbsession.scalars(
            select(AccountSession)
            .where(AccountSession.account_id == account_id)
            .options(joinedload(AccountSession.account).selectinload(Account.roles))
            .order_by(AccountSession.last_seen_date.desc(), AccountSession.id)
        )
        now = utc_now()
        return [
            row
            for row in rows
            if self._is_alive(row, row.account.disabled, {role.name for role in row.account.roles}, now)
        ]
