"""The PurchaseLink table."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.secret_link import SecretLink


class PurchaseLink(SecretLink, SqlAlchemyBase):
    """A link that opens an order, or without one all purchases of an address. It works until it expires."""

    __tablename__ = "PurchaseLink"

    order_id: Mapped[str | None] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
