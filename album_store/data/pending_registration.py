"""The PendingRegistration table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.secret_link import SecretLink


class PendingRegistration(SecretLink, SqlAlchemyBase):
    """A registration and its link. The account is created when the link is confirmed.

    If the address already has an account, the same kind of row is written, but its link is never sent.
    """

    __tablename__ = "PendingRegistration"

    email: Mapped[str] = mapped_column(String(254), index=True)
    display_name: Mapped[str] = mapped_column(String(100), default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    # The SHA-256 hash of the secret in the cookie of the browser that registered, which is never emailed or logged.
    receipt_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
