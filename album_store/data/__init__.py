"""The database: the declarative base, one file per model, and the session factory."""
