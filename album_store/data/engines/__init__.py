"""Database-specific connection setup, one file per database."""
