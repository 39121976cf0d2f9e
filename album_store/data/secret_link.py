"""The shared columns of all emailed links."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.types import UtcDateTime, new_id


class SecretLink:
    """Mixin for the tables of emailed links: a random id, and the hash of a secret that only the email contains.

    A link contains the id and a separate 256-bit secret. The table holds only the SHA-256 hash of the secret, so a
    leaked database or backup contains no working links.
    """

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=lambda: new_id())
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_ip_address: Mapped[str] = mapped_column(String(64), default="")
    created_user_agent: Mapped[str] = mapped_column(String(500), default="")
    # The link works before this date. Changing a setting does not change it.
    expires_date: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    was_used: Mapped[bool] = mapped_column(default=False)
    used_ip_address: Mapped[str] = mapped_column(String(64), default="")
    used_user_agent: Mapped[str] = mapped_column(String(500), default="")
    # Set when something else ends the link: another link, a sign-in, a new password or address. Separate from
    # `was_used` so that reports stay accurate.
    superseded_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
