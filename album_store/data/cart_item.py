"""The CartItem table."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class CartItem(SqlAlchemyBase):
    """An album or a track in a cart, once. There is no quantity.

    `amount_cents`, in minor units of `currency`, is what the buyer chose or, for a fixed price, what it was when the
    buyer saw it. `order_id` is the last order that was made of it.
    """

    __tablename__ = "CartItem"
    __table_args__ = (
        CheckConstraint("(album_id IS NULL) <> (track_id IS NULL)", name="one_item"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        Index(None, "cart_id", "album_id", unique=True),
        Index(None, "cart_id", "track_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    cart_id: Mapped[str] = mapped_column(ForeignKey("Cart.id", ondelete="CASCADE"))
    album_id: Mapped[int | None] = mapped_column(ForeignKey("Album.id", ondelete="CASCADE"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("Track.id", ondelete="CASCADE"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    order_id: Mapped[str | None] = mapped_column(ForeignKey("Order.id", ondelete="SET NULL"), index=True)
