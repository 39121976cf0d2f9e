"""The GatewayTest table."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase

MAX_ERROR = 500


class GatewayTest(SqlAlchemyBase):
    """A test of the connection to a payment provider: a session that was opened and closed at once.

    `clock_difference_s` is how many seconds the store's clock is ahead of the provider's. If the provider could not be
    reached, `session_id` is "" and `error` says why.
    """

    __tablename__ = "GatewayTest"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    gateway: Mapped[str] = mapped_column(String(20))
    session_id: Mapped[str] = mapped_column(String(255), default="")
    clock_difference_s: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(MAX_ERROR), default="")
