"""The steps of migrations. Each looks whether it has been done, and does nothing if so.

On MariaDB and MySQL, a change of tables ends the transaction, so an interrupted migration leaves the steps before the
interruption and begins again with the first. The commands' own IF NOT EXISTS is not known to all databases.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from album_store.data.engines import database_at


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column to a table."""
    if not has_column(table, column.name):
        op.add_column(table, column)


def drop_column(table: str, column: str) -> None:
    """Drop a column that no index or constraint names."""
    if has_column(table, column):
        op.drop_column(table, column)


def has_column(table: str, column: str) -> bool:
    """Return whether a table has a column."""
    return column in {existing["name"] for existing in sa.inspect(op.get_bind()).get_columns(table)}


def add_reference(table: str, column: str, target: str) -> None:
    """Add an empty column with a foreign key to the id of another table, whose referred rows cannot be deleted."""
    inspector = sa.inspect(op.get_bind())
    name = f"fk_{table}_{column}_{target}"
    if name in {existing["name"] for existing in inspector.get_foreign_keys(table)}:
        return
    with op.batch_alter_table(table) as batch:
        if column not in {existing["name"] for existing in inspector.get_columns(table)}:
            batch.add_column(sa.Column(column, sa.Integer()))
        batch.create_foreign_key(name, target, [column], ["id"], ondelete="RESTRICT")


def add_check(table: str, name: str, condition: str) -> None:
    """Add a check to a table."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    if f"ck_{table}_{name}" not in {existing["name"] for existing in checks}:
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def create_table(name: str, *parts: SchemaItem) -> None:
    """Create a table."""
    if not sa.inspect(op.get_bind()).has_table(name):
        op.create_table(name, *parts)


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Create an index on columns of a table."""
    if not _has_index(name, table):
        op.create_index(name, table, columns, unique=unique)


def drop_index(name: str, table: str) -> None:
    """Drop an index of a table."""
    if _has_index(name, table):
        op.drop_index(name, table)


def create_search_index() -> None:
    """Create the search index of the database, or bring it up to date."""
    connection = op.get_bind()
    database_at(connection.engine.url).create_search_index(connection)


def _has_index(name: str, table: str) -> bool:
    return name in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
