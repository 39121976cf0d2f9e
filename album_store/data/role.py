"""The Role table and its association table with accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, utc_now

if TYPE_CHECKING:
    from album_store.data.account import Account

AccountRole = Table(
    "AccountRole",
    SqlAlchemyBase.metadata,
    Column("account_id", ForeignKey("Account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_name", ForeignKey("Role.name", ondelete="CASCADE"), primary_key=True, index=True),
    Column("created_date", UtcDateTime, default=utc_now, nullable=False),
)


class Role(SqlAlchemyBase):
    """A role of accounts. Its name is the permission that it grants."""

    __tablename__ = "Role"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    description: Mapped[str] = mapped_column(String(500), default="")
    accounts: Mapped[list[Account]] = relationship(secondary=AccountRole, back_populates="roles")
