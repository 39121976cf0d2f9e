"""Adds artists to the tracks of compilations, and a picture and links to artists."""

import sqlalchemy as sa

from album_store.data.migrations import steps

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns. Plain ADD COLUMN spares SQLite from rebuilding the tables."""
    steps.add_column("Track", sa.Column("artist_name", sa.String(200), nullable=False, server_default=""))
    steps.add_column("Artist", sa.Column("picture", sa.String(200)))
    steps.add_column("Artist", sa.Column("links", sa.String(2_000), nullable=False, server_default=""))
