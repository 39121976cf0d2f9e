"""Checks which migrations a database has had, and runs the missing ones.

The revision is in Alembic's table `alembic_version`. Alembic itself is imported only when needed, because importing it
takes a tenth of a second.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, inspect, select, table

from album_store.data.modelbase import SqlAlchemyBase

# The newest revision. A test compares it with the files in `versions`.
HEAD = "0006"
# The revision of databases made by version 0.1.0.
UNSTAMPED = "0001"
A_TABLE_OF_0_1_0 = "PasswordReset"

VERSIONS = Path(__file__).parent / "versions"
_STAMP = table("alembic_version", column("version_num"))


class SchemaError(Exception):
    """The database does not match this version of the store. The message says what to do."""


def create_or_check(connection: Connection) -> None:
    """Create all tables in an empty database, or check that the database is at HEAD. Raises SchemaError.

    The transaction of the connection must hold the write lock, so that only one of several processes that start at once
    creates the tables.
    """
    if _is_empty(connection):
        SqlAlchemyBase.metadata.create_all(connection)
        _run_alembic("stamp", connection, HEAD)
        return
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
    if _is_empty(connection):
        create_or_check(connection)
        return [HEAD]
    _refuse_other_tables(connection)
    before = current_revision(connection)
    known = known_revisions()
    if before is not None and before not in known:
        create_or_check(connection)
    if before is None:
        _run_alembic("stamp", connection, UNSTAMPED)
    _run_alembic("upgrade", connection, "head", say=say)
    return known if before is None else known[known.index(before) + 1 :]


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a database, or None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(_STAMP.c.version_num))


def known_revisions() -> list[str]:
    """Return the revisions of this version, oldest first: the numbers at the start of the file names."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def _is_empty(connection: Connection) -> bool:
    return not inspect(connection).get_table_names()


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
