"""Adds artists to the tracks of compilations, and a picture and links to artists."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns. Plain ADD COLUMN spares SQLite from rebuilding the tables."""
    op.add_column("Track", sa.Column("artist_name", sa.String(200), nullable=False, server_default=""))
    op.add_column("Artist", sa.Column("picture", sa.String(200)))
    op.add_column("Artist", sa.Column("links", sa.String(2_000), nullable=False, server_default=""))
