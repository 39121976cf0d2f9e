"""Database migrations with Alembic, and the check at startup that they have run."""
