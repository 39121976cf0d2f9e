"""Rows to lock, for what has no row of its own."""

import sqlalchemy as sa

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table; its rows come with the other reference rows."""
    steps.create_table(
        "LockRow",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_LockRow"),
    )
    steps.create_index("ix_LockRow_created_date", "LockRow", ["created_date"])
