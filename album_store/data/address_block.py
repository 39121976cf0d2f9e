"""The AddressBlock table."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id


class AddressBlock(SqlAlchemyBase):
    """A network (`192.0.2.7/32`, `192.0.2.0/24`, `2001:db8::/64`) whose forms are refused until a date."""

    __tablename__ = "AddressBlock"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    network: Mapped[str] = mapped_column(String(43), unique=True, index=True)
    until_date: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Text instead of a foreign key, because a block outlives the account of the admin who set it.
    blocked_by: Mapped[str] = mapped_column(String(254))
