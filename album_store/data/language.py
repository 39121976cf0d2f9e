"""The Language table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class Language(SqlAlchemyBase):
    """The language of an album's lyrics. The name is the primary key."""

    __tablename__ = "Language"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    description: Mapped[str] = mapped_column(String(500), default="")
