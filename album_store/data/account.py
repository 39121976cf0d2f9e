"""The Account table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.role import AccountRole
from album_store.data.search_words import search_key
from album_store.data.types import UtcDateTime, new_id, utc_now

if TYPE_CHECKING:
    from album_store.data.account_session import AccountSession
    from album_store.data.password_reset import PasswordReset
    from album_store.data.pending_email_change import PendingEmailChange
    from album_store.data.role import Role


# An index entry of this length, with four bytes per character, fits in every database.
MAX_SEARCH_NAME = 400


class Account(SqlAlchemyBase):
    """An account that can sign in. The email address is stored in lower case, the password only as a hash.

    `search_name` is the display name in the form used for searches.
    """

    __tablename__ = "Account"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True, index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    display_name: Mapped[str] = mapped_column(String(100), default="")
    search_name: Mapped[str] = mapped_column(String(MAX_SEARCH_NAME), default="", server_default="", index=True)
    confirmed: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)
    updated_date: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)
    last_login_date: Mapped[datetime | None] = mapped_column(UtcDateTime)

    roles: Mapped[list[Role]] = relationship(secondary=AccountRole, back_populates="accounts")
    sessions: Mapped[list[AccountSession]] = relationship(back_populates="account", passive_deletes=True)
    password_resets: Mapped[list[PasswordReset]] = relationship(back_populates="account", passive_deletes=True)
    email_changes: Mapped[list[PendingEmailChange]] = relationship(back_populates="account", passive_deletes=True)

    @validates("display_name")
    def _set_search_name(self, _column: str, display_name: str) -> str:
        self.search_name = search_name(display_name)
        return display_name


_AT = select(Account.id).where(Account.email == bindparam("email")).scalar_subquery()
# Locked by its id as everywhere: MariaDB would lock the entry in the index of addresses before the account.
_LOCK_AT = select(Account).where(Account.id == _AT).with_for_update().execution_options(populate_existing=True)
_HOLD_AT = _LOCK_AT.with_only_columns(Account.id)


def lock_account(dbsession: Session, account_id: str) -> Account | None:
    """Lock an account until the end of the transaction, and return it as it is now; None if there is none.

    Take this lock before any row of the account, and before `lock_name`: transactions that take locks in different
    orders deadlock.
    """
    return dbsession.get(Account, account_id, with_for_update=True, populate_existing=True)


def lock_account_at(dbsession: Session, email: str) -> Account | None:
    """Like `lock_account`, for an email address.

    The same statement runs if there is no account, so that the time it takes tells nobody.
    """
    account = dbsession.scalars(_LOCK_AT, {"email": email}).first()
    # After a wait for another transaction, the account may have another address.
    return account if account and account.email == email else None


def hold_account_at(dbsession: Session, email: str) -> None:
    """Lock the account with an email address, if there is one, without reading it."""
    dbsession.connection().execute(_HOLD_AT, {"email": email})


def search_name(text: str) -> str:
    """Return a display name, or the start of one, in the form used for searches."""
    return search_key(text)[:MAX_SEARCH_NAME]
