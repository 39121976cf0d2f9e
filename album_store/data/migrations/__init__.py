"""Migrations of the database by Alembic, and the check at start that they have run."""
