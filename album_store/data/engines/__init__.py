"""What each kind of database needs: one class per kind."""

from sqlalchemy import URL

from album_store.data.engines.database import Database
from album_store.data.engines.mariadb import MariadbDatabase
from album_store.data.engines.postgresql import PostgresqlDatabase
from album_store.data.engines.sqlite import SqliteDatabase

KINDS: dict[str, type[Database]] = {
    "sqlite": SqliteDatabase,
    "postgresql": PostgresqlDatabase,
    "mariadb": MariadbDatabase,
    "mysql": MariadbDatabase,
}


def database_at(url: URL) -> Database:
    """Return the database at a URL. Raises KeyError for a kind that the store does not know."""
    return KINDS[url.get_backend_name()](url)
