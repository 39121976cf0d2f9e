"""The Receipt table."""

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.receipt_counter import LIVE


class Receipt(SqlAlchemyBase):
    """The number of a paid order, without gaps within its series. Free orders have none."""

    __tablename__ = "Receipt"
    __table_args__ = (UniqueConstraint("series", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("Order.id", ondelete="RESTRICT"), unique=True)
    series: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]

    @property
    def label(self) -> str:
        """The number as it is printed: `42`, or `TEST-42` in another series than that of real payments."""
        return str(self.number) if self.series == LIVE else f"{self.series.upper()}-{self.number}"
