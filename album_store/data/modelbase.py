"""The declarative base of all models."""

from datetime import datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from album_store.data.types import UtcDateTime, utc_now

# Constraints have names so that migrations can refer to them on every database.
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class SqlAlchemyBase(DeclarativeBase):
    """Base of all models; gives each table its `created_date`."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    created_date: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
