"""What each kind of database needs: one class per kind."""

from typing import Any

from sqlalchemy import URL, Connection, event

from album_store.data.engines.database import Database
from album_store.data.engines.mariadb import MariadbDatabase
from album_store.data.engines.postgresql import PostgresqlDatabase
from album_store.data.engines.sqlite import SqliteDatabase
from album_store.data.search_document import SearchDocument

KINDS: dict[str, type[Database]] = {
    "sqlite": SqliteDatabase,
    "postgresql": PostgresqlDatabase,
    "mariadb": MariadbDatabase,
    "mysql": MariadbDatabase,
}


def database_at(url: URL) -> Database:
    """Return the database at a URL. Raises KeyError for a kind that the store does not know."""
    return KINDS[url.get_backend_name()](url)


def _create_search_index(_table: Any, connection: Connection, **_: Any) -> None:
    database_at(connection.engine.url).create_search_index(connection)


event.listen(SearchDocument.__table__, "after_create", _create_search_index)
