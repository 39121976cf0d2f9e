"""Tracks have an artist of their own on compilations, and artists a picture and links."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns. Plain ADD COLUMN keeps the tables as they are, where SQLite would rebuild them otherwise."""
    op.add_column("Track", sa.Column("artist_name", sa.String(200), nullable=False, server_default=""))
    op.add_column("Artist", sa.Column("picture", sa.String(200)))
    op.add_column("Artist", sa.Column("links", sa.String(2_000), nullable=False, server_default=""))
