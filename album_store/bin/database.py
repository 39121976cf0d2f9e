"""The database that a subcommand works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.settings import Settings


@contextmanager
def open_database(settings: Settings) -> Iterator[DbSessionFactory]:
    """The database of the settings with all its tables; closed at the end, whatever happens."""
    db_sessions = DbSessionFactory(settings.database_url, echo=settings.database_echo)
    try:
        db_sessions.create_tables()
        yield db_sessions
    finally:
        db_sessions.dispose()
