"""Hashes of passwords have an index, so that the store finds the argon2 parameters in use without reading all rows."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_Account_password_hash", "Account", ["password_hash"])
