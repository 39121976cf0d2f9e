"""The ReceiptCounter table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase

# Orders that were paid with real money, with a provider's test keys, and with the local gateway.
LIVE, TEST, LOCAL = SERIES = ("live", "test", "local")


def credit_series(series: str) -> str:
    """Return the series of the credit notes of orders of a series."""
    return f"{series}-cn"


ALL_SERIES = (*SERIES, *map(credit_series, SERIES))


class ReceiptCounter(SqlAlchemyBase):
    """The last number of a series of receipts or credit notes."""

    __tablename__ = "ReceiptCounter"

    series: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
