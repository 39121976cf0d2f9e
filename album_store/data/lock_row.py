"""The LockRow table: rows that are only locked, for what has no row of its own to lock."""

from zlib import crc32

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from album_store.data.modelbase import SqlAlchemyBase

# Rows for names, which share them.
COUNT = 64
# The row of the catalogue has no other use, because an import takes it again and again.
CATALOGUE = 64


class LockRow(SqlAlchemyBase):
    """A row that stands for all names with its number."""

    __tablename__ = "LockRow"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


_IS_NAMED = LockRow.number.in_(bindparam("numbers", expanding=True))
# PostgreSQL locks the rows once they are sorted, and MariaDB in the order of the primary key.
_LOCK = select(LockRow.number).where(_IS_NAMED).order_by(LockRow.number).with_for_update()


def lock_name(dbsession: Session, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the end of the transaction.

    Take one name in a transaction, or several with `lock_names`, after `lock_account` and before any other row:
    transactions that take locks in different orders deadlock. On SQLite a transaction that writes is alone anyway.
    """
    _lock_rows(dbsession, {_number_of(name)})


def lock_names(dbsession: Session, *names: str) -> None:
    """Like `lock_name`, for several names, in the order of their rows."""
    _lock_rows(dbsession, set(map(_number_of, names)))


def lock_catalogue(dbsession: Session) -> None:
    """Like `lock_name`, for the names, keys and slugs of the whole catalogue."""
    _lock_rows(dbsession, {CATALOGUE})


def _number_of(name: str) -> int:
    return crc32(name.encode()) % COUNT


def _lock_rows(dbsession: Session, numbers: set[int]) -> None:
    dbsession.connection().execute(_LOCK, {"numbers": list(numbers)})
