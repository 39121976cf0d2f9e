"""The Profile table."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class Profile(SqlAlchemyBase):
    """The profile of an account. An account without a row has an empty profile."""

    __tablename__ = "Profile"

    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), primary_key=True)
    location: Mapped[str] = mapped_column(String(100), default="")
    about: Mapped[str] = mapped_column(String(1000), default="")
