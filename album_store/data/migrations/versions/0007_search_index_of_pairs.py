"""Adds the pairs of words to MariaDB's search index. The other databases have had theirs."""

from album_store.data.migrations import steps

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Replace the generated column, from which the index is made, in one statement."""
    steps.create_search_index()
