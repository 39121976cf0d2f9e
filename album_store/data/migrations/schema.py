"""Checks which migrations a database has had, and runs the missing ones.

The revision is in Alembic's table `alembic_version`. Alembic itself is imported only when needed, because importing it
takes a tenth of a second.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, inspect, select, table

from album_store.data.engines import database_at
from album_store.data.engines.database import UTF8
from album_store.data.modelbase import SqlAlchemyBase

# The newest revision. A test compares it with the files in `versions`.
HEAD = "0015"
# The revision of databases made by version 0.1.0.
UNSTAMPED = "0001"
A_TABLE_OF_0_1_0 = "PasswordReset"
# The revision of a new database until it has all its tables. Only MariaDB and MySQL, where a change of tables cannot be
# rolled back, keep it if the first start is interrupted; the next start creates the missing tables.
UNFINISHED = "unfinished"

VERSIONS = Path(__file__).parent / "versions"
_STAMP = table("alembic_version", column("version_num"))


class SchemaError(Exception):
    """The database does not match this version of the store. The message says what to do."""


def create_or_check(connection: Connection) -> None:
    """Create all tables in an empty database, or check that the database is at HEAD. Raises SchemaError.

    The transaction of the connection must hold the write lock, so that only one of several processes that start at once
    creates the tables.
    """
    if _is_new(connection):
        _create_all(connection)
    else:
        check(connection)


def check(connection: Connection) -> None:
    """Check that the database has all tables and is at HEAD. Raises SchemaError."""
    if _is_new(connection):
        raise SchemaError("The database is empty.")
    _refuse_other_tables(connection)
    revision = current_revision(connection)
    if revision == HEAD:
        return
    if revision is None or revision in known_revisions():
        raise SchemaError(
            "The database is from an older version of the store. Back it up, then run album-store migrate "
            "production.ini, with the name of your ini file."
        )
    raise SchemaError(
        f"The database is from a newer version of the store (revision {revision}). Install that version, or restore a "
        "backup."
    )


def upgrade(connection: Connection, say: Callable[[str], None]) -> list[str]:
    """Run the missing migrations in the transaction of the connection, and return their revisions in order.

    Migrations `say` what the owner should know, one note at a time. An empty database gets all tables. Raises
    SchemaError for a database from a newer version.
    """
    if _is_new(connection):
        _create_all(connection)
        return [HEAD]
    _refuse_other_tables(connection)
    before = current_revision(connection)
    known = known_revisions()
    if before is not None and before not in known:
        check(connection)
    if before is None:
        _run_alembic("stamp", connection, UNSTAMPED)
    _run_alembic("upgrade", connection, "head", say=say)
    # A rebuilt table has lost its triggers on SQLite.
    database_at(connection.engine.url).create_search_index(connection)
    return known if before is None else known[known.index(before) + 1 :]


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a database, or None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(_STAMP.c.version_num))


def known_revisions() -> list[str]:
    """Return the revisions of this version, oldest first: the numbers at the start of the file names."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def _is_new(connection: Connection) -> bool:
    """Return whether the database is empty, or its tables have not all been created."""
    if current_revision(connection) is None:
        return set(inspect(connection).get_table_names()) <= {_STAMP.name}
    return current_revision(connection) == UNFINISHED


def _create_all(connection: Connection) -> None:
    encoding = database_at(connection.engine.url).text_encoding(connection)
    if encoding != UTF8:
        raise SchemaError(f"The database has the encoding {encoding}. Create it again with the encoding {UTF8}.")
    if current_revision(connection) is None:
        _run_alembic("stamp", connection, "base")
        connection.execute(_STAMP.insert().values(version_num=UNFINISHED))
    SqlAlchemyBase.metadata.create_all(connection)
    database_at(connection.engine.url).create_search_index(connection)
    connection.execute(_STAMP.update().values(version_num=HEAD))


def _refuse_other_tables(connection: Connection) -> None:
    if not inspect(connection).has_table(A_TABLE_OF_0_1_0):
        raise SchemaError("The database has tables from another application. Set sqlalchemy.url to an empty database.")


def _run_alembic(name: str, connection: Connection, revision: str, **attributes: Any) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(VERSIONS))
    config.attributes.update(attributes, connection=connection)
    getattr(command, name)(config, revision)
