"""Adds the pairs of words to MariaDB's search index. Those of the other databases stay as they are."""

from album_store.data.migrations import steps

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Replace the column of the words by one of the words and pairs, then index it."""
    steps.create_search_index()
