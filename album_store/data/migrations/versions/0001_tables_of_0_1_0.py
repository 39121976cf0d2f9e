"""The tables of version 0.1.0.

Databases of that version have no revision; `album-store migrate` gives them this one without changing anything. New
databases start at the newest revision, with the tables of the models.
"""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Do nothing: version 0.1.0 created these tables."""
