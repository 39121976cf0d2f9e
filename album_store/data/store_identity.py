"""The StoreIdentity table: one row with a random id."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import new_id

ROW_ID = 1


class StoreIdentity(SqlAlchemyBase):
    """The id by which a payment provider knows this store, beside others on the same account."""

    __tablename__ = "StoreIdentity"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    store_id: Mapped[str] = mapped_column(String(32), default=new_id)
