"""Adds the row with the version of the catalogue, to which kept pages belong."""

import sqlalchemy as sa

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table; its row comes with the other reference rows."""
    steps.create_table(
        "CatalogueVersion",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_CatalogueVersion"),
    )
    steps.create_index("ix_CatalogueVersion_created_date", "CatalogueVersion", ["created_date"])
