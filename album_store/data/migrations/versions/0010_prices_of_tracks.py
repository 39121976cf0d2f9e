"""Adds prices of tracks, prices that buyers choose, and single tracks to orders."""

import sqlalchemy as sa

from album_store.data.migrations import steps

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns. Tracks that are stored already are sold only with their album until they get a price."""
    steps.add_column("Album", sa.Column("minimum_cents", sa.Integer()))
    steps.add_column("Album", sa.Column("for_sale", sa.Boolean(), nullable=False, server_default=sa.true()))
    steps.add_column("Track", sa.Column("price_cents", sa.Integer()))
    steps.add_column("Track", sa.Column("minimum_cents", sa.Integer()))
    steps.add_column("OrderLine", sa.Column("album_title", sa.String(300), nullable=False, server_default=""))
    for table in ("OrderLine", "Purchase"):
        steps.add_reference(table, "track_id", "Track")
        steps.create_index(f"ix_{table}_track_id", table, ["track_id"])
