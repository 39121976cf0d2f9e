"""The ResetRequest table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import new_id


class ResetRequest(SqlAlchemyBase):
    """A password reset request that the worker has not answered yet.

    Every address gets a row, with or without an account, so that the response to the form reveals nothing about it.
    """

    __tablename__ = "ResetRequest"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    ip_address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(500), default="")
