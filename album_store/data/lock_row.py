"""The LockRow table: rows that are only locked, for what has no row of its own to lock."""

from zlib import crc32

from sqlalchemy import Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from album_store.data.modelbase import SqlAlchemyBase

COUNT = 64


class LockRow(SqlAlchemyBase):
    """A row that stands for all names with its number."""

    __tablename__ = "LockRow"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


def lock_name(dbsession: Session, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the end of the transaction.

    Take one name in a transaction, and before any row: transactions that take locks in different orders deadlock. On
    SQLite a transaction that writes is alone anyway.
    """
    number = crc32(name.encode()) % COUNT
    dbsession.execute(select(LockRow.number).where(LockRow.number == number).with_for_update())
