"""Adds an index that finds the emails of a kind to an address by their dates."""

from album_store.data.migrations import steps

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index, and drop that of the addresses alone."""
    steps.create_index(
        "ix_OutgoingMail_recipient_kind_created_date", "OutgoingMail", ["recipient", "kind", "created_date"]
    )
    steps.drop_index("ix_OutgoingMail_recipient", "OutgoingMail")
