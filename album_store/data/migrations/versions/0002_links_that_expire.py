"""Adds expiry dates to links, a table for password reset requests, and receipts to registrations.

Open links of version 0.1.0 expire after that version's default lifetimes.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0002"
down_revision = "0001"

LIFETIMES = {
    "PasswordReset": timedelta(hours=1),
    "PendingEmailChange": timedelta(hours=24),
    "PendingRegistration": timedelta(hours=24),
}


def upgrade() -> None:
    """Add the columns, the table and the indexes."""
    for name, lifetime in LIFETIMES.items():
        steps.add_column(name, sa.Column("expires_date", UtcDateTime()))
        _set_expires_date(name, lifetime)
        with op.batch_alter_table(name) as batch:
            batch.alter_column("expires_date", existing_type=UtcDateTime(), nullable=False)
        steps.create_index(f"ix_{name}_expires_date", name, ["expires_date"])
    steps.add_column("PendingRegistration", sa.Column("receipt_hash", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("PendingRegistration") as batch:
        batch.alter_column("receipt_hash", existing_type=sa.String(64), server_default=None)
    steps.create_index("ix_PendingRegistration_receipt_hash", "PendingRegistration", ["receipt_hash"])
    steps.create_index("ix_KnownBrowser_token_hash", "KnownBrowser", ["token_hash"])
    steps.create_table(
        "ResetRequest",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("ip_address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(500), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ResetRequest"),
    )
    steps.create_index("ix_ResetRequest_created_date", "ResetRequest", ["created_date"])


def _set_expires_date(name: str, lifetime: timedelta) -> None:
    """Set the dates row by row, because date arithmetic differs between databases."""
    links = sa.table(
        name, sa.column("id"), sa.column("created_date", UtcDateTime()), sa.column("expires_date", UtcDateTime())
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(links.c.id, links.c.created_date)).all()
    if rows:
        update = (
            links.update().where(links.c.id == sa.bindparam("link_id")).values(expires_date=sa.bindparam("expires"))
        )
        connection.execute(update, [{"link_id": row.id, "expires": row.created_date + lifetime} for row in rows])
