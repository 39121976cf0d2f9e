"""The PendingRegistration table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.secret_link import SecretLink


class PendingRegistration(SecretLink, SqlAlchemyBase):
    """A registration and its link; there is no account until the link is confirmed.

    A try to register an address that has an account leaves a row of the same kind, whose link is never mailed.
    """

    __tablename__ = "PendingRegistration"

    email: Mapped[str] = mapped_column(String(254), index=True)
    display_name: Mapped[str] = mapped_column(String(100), default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    # The SHA-256 of the secret in the cookie of the browser that registered; it stands neither in the mail nor a log.
    receipt_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
