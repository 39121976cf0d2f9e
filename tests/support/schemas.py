"""What the tables of a database look like, and what they hold."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from album_store.data.dbsession import DbSessionFactory
from album_store.data.migrations import schema
from album_store.data.modelbase import SqlAlchemyBase

# What `engines` adds for the search, beside the models.
SEARCH = {"indexed_terms", "ix_SearchDocument_indexed_terms", "ix_SearchDocument_words"}
# Only servers have this view. MariaDB names the type of a column in full there.
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length, datetime_precision,
    collation_name
FROM information_schema.columns WHERE table_schema IN ('public', :name) ORDER BY 1, 2
"""


def is_ours(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """Return whether a table, column or index is in the models."""
    is_table = kind == "table" and (str(name).startswith("AlbumSearch") or name == "alembic_version")
    return not is_table and name not in SEARCH


def differences(factory: DbSessionFactory) -> list[Any]:
    """Return what Alembic would change to match the tables to the models.

    It takes a default of "" for a change on SQLite and MariaDB, so `structure` compares the defaults.
    """
    options = {"include_object": is_ours, "compare_type": True}
    with factory.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, SqlAlchemyBase.metadata)


def structure(factory: DbSessionFactory) -> dict[str, Any]:
    """Return everything about the tables that can be compared with those of another database of the same kind."""
    inspector = inspect(factory.engine)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if not name.startswith("AlbumSearch"):
            found[name] = {
                "columns": sorted(
                    (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                    for column in inspector.get_columns(name)
                ),
                "primary key": inspector.get_pk_constraint(name),
                "foreign keys": _in_order(inspector.get_foreign_keys(name)),
                "unique": _in_order(inspector.get_unique_constraints(name)),
                "checks": _in_order(inspector.get_check_constraints(name)),
                "indexes": _in_order(inspector.get_indexes(name)),
            }
    if factory.engine.url.get_backend_name() != "sqlite":
        with factory.engine.connect() as connection:
            query = text(COLUMNS).bindparams(name=factory.engine.url.database)
            found["information_schema"] = list(map(tuple, connection.execute(query)))
    return found


def _in_order(things: list[Any]) -> list[str]:
    return sorted(map(repr, things))


def rows_of(factory: DbSessionFactory) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the tables of the models, by table."""
    with factory.read() as dbsession:
        return {
            table.name: [tuple(row) for row in dbsession.execute(select(table).order_by(*table.primary_key))]
            for table in SqlAlchemyBase.metadata.sorted_tables
        }


def columns(factory: DbSessionFactory) -> dict[str, str]:
    """Return the columns of each table, without the tables of Alembic and of the search index."""
    inspector = inspect(factory.engine)
    tables = {name for name in inspector.get_table_names() if not name.startswith("AlbumSearch")}
    return {
        name: ", ".join(column["name"] for column in inspector.get_columns(name) if column["name"] not in SEARCH)
        for name in sorted(tables - {"alembic_version"})
    }


def content(factory: DbSessionFactory, of: dict[str, str]) -> dict[str, list[str]]:
    """Return every row of the given columns, by table."""
    quoted = factory.engine.dialect.identifier_preparer.quote_identifier
    with factory.read() as dbsession:
        return {
            table: sorted(map(repr, dbsession.execute(text(f"SELECT {names} FROM {quoted(table)}")).all()))  # noqa: S608
            for table, names in of.items()
        }


def content_but_for_search(factory: DbSessionFactory, of: dict[str, str]) -> dict[str, list[str]]:
    """Return every row of the given columns, without the search data that a migration recreates."""
    kept = {table: names.replace("sort_title, sort_artist", "''") for table, names in of.items()}
    return content(factory, {table: names for table, names in kept.items() if table != "SearchDocument"})


def revision_of(factory: DbSessionFactory) -> str | None:
    """Return the revision of a database."""
    with factory.engine.connect() as connection:
        return schema.current_revision(connection)


def stamp(factory: DbSessionFactory, revision: str) -> None:
    """Change the revision of a database without changing its tables."""
    with factory.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
