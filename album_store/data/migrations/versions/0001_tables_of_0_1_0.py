"""The tables of version 0.1.0.

Databases of that version carry no stamp; `album-store migrate` gives them this one, and there is nothing to change. New
databases start at the head, with the tables that the models describe.
"""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change nothing: version 0.1.0 has made these tables."""
