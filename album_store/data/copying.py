"""Copies every row of a store from one database to another, of the same or another kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, MappingResult, Table, func, make_url, select
from sqlalchemy.exc import DBAPIError

from album_store.data.dbsession import DbSessionFactory
from album_store.data.engines import database_at
from album_store.data.migrations.schema import check
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.reference_data import reference_rows

# How many rows are in memory at a time.
CHUNK = 1_000

COPYING, COMPARING = "Rows copied", "Rows compared"
Show = Callable[[str, int, int], None]


class CopyError(Exception):
    """The database cannot be copied. The message says why."""


class TableTotal(NamedTuple):
    """How many rows a table has, and the checksum of their values in Python, which is the same in any order."""

    table: str
    rows: int
    checksum: str


@contextmanager
def open_source(url: str) -> Iterator[Connection]:
    """Yield a connection that shows the database of a store at one moment. Raises CopyError and SchemaError."""
    if not database_at(make_url(url)).exists():
        raise CopyError("The database does not exist.")
    db_sessions = DbSessionFactory(url)
    try:
        with db_sessions.snapshot() as connection:
            check(connection)
            yield connection
    finally:
        db_sessions.dispose()


@contextmanager
def open_target(url: str) -> Iterator[Connection]:
    """Create the tables and yield a connection that commits at the end, or rolls back on an error.

    Raises CopyError if a table has other than reference rows, and SchemaError.
    """
    db_sessions = DbSessionFactory(url)
    try:
        db_sessions.create_tables()
        # The lock lets no other copy begin, and statements take as long as they need.
        with db_sessions.engine.begin() as connection, db_sessions.database.schema_lock(connection):
            _refuse_rows(connection)
            yield connection
    finally:
        db_sessions.dispose()


def is_same_database(url: str, other: str) -> bool:
    """Return whether two URLs lead to the same database, as far as they say so."""
    return database_at(make_url(url)).place == database_at(make_url(other)).place


def copy_rows(source: Connection, target: Connection, show: Show) -> list[TableTotal]:
    """Copy the rows of every table, compare the copy with what was read, and return the totals.

    The tables come in the order of their foreign keys; no table refers to itself. `show` is told the stage, and how
    many rows of how many are done. Raises CopyError if the target refuses a row or has not kept it exactly.
    """
    tables = SqlAlchemyBase.metadata.sorted_tables
    count = sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    for table in reversed(tables):
        target.execute(table.delete())  # the reference rows
    copying, comparing = _Progress(COPYING, count, show), _Progress(COMPARING, count, show)
    totals = []
    for table in tables:
        total = _Total(table)
        with _read(source, table) as result:
            for rows in result.partitions():
                total.add(rows)
                _insert(target, table, rows)
                copying.add(len(rows))
        totals.append(total.result())
    database_at(target.engine.url).continue_numbering(target, tables)
    for table, wanted in zip(tables, totals, strict=True):
        total = _Total(table)
        with _read(target, table) as result:
            for rows in result.partitions():
                total.add(rows)
                comparing.add(len(rows))
        if total.result() != wanted:
            raise CopyError(
                f"The copy of the table {table.name} is not the same: {wanted.rows} rows with the checksum "
                f"{wanted.checksum} were read, {total.rows} rows with {total.result().checksum} were written."
            )
    return totals


class _Total:
    """Counts rows and adds up their hashes."""

    def __init__(self, table: Table) -> None:
        self.table, self.rows, self._sum = table, 0, 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows += len(rows)
        self._sum += sum(int.from_bytes(sha256(repr(tuple(row.values())).encode()).digest(), "big") for row in rows)

    def result(self) -> TableTotal:
        return TableTotal(self.table.name, self.rows, f"{self._sum % 2**256:064x}")


class _Progress:
    """Says how many rows of a stage are done."""

    def __init__(self, stage: str, total: int, show: Show) -> None:
        self._stage, self._total, self._show, self._done = stage, total, show, 0

    def add(self, count: int) -> None:
        self._done += count
        self._show(self._stage, self._done, self._total)


def _refuse_rows(connection: Connection) -> None:
    """Raise CopyError if a table has rows that a new store does not have."""
    reference = {key.class_.__table__: {(getattr(row, key.key),) for row in rows} for key, rows in reference_rows()}
    for table in SqlAlchemyBase.metadata.sorted_tables:
        expected = reference.get(table, set())
        found = connection.execute(select(*table.primary_key).limit(len(expected) + 1))
        if not {tuple(key) for key in found} <= expected:
            raise CopyError(
                f"The database is not empty: the table {table.name} has rows. Set sqlalchemy.url to an empty database."
            )


@contextmanager
def _read(connection: Connection, table: Table) -> Iterator[MappingResult]:
    """Yield the rows of a table in parts; servers do not send the next part before it is asked for."""
    with connection.execute(select(table), execution_options={"yield_per": CHUNK}) as result:
        yield result.mappings()


def _insert(target: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows. Raises CopyError, which names the row, if the database refuses one."""
    values = [dict(row) for row in rows]
    try:
        with target.begin_nested():
            target.execute(table.insert(), values)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _name_refused_row(target, table, values)
        raise


def _name_refused_row(target: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows one by one, and raise CopyError at the first that the database refuses."""
    for row in rows:
        try:
            with target.begin_nested():
                target.execute(table.insert(), [row])
        except DBAPIError as error:
            key = ", ".join(f"{column.name} {row[column.name]!r}" for column in table.primary_key)
            raise CopyError(
                f"The new database refuses a row of the table {table.name} ({key}): {_reason(table, row, error)}."
            ) from error


def _reason(table: Table, row: Mapping[str, Any], error: DBAPIError) -> str:
    """Return why a database refuses a row. Drivers do not always name the column."""
    for column in table.columns:
        text, length = row[column.name], getattr(column.type, "length", None)
        if isinstance(text, str) and "\0" in text:
            return f"its {column.name} contains the character NUL (U+0000)"
        if isinstance(text, str) and length is not None and len(text) > length:
            return f"its {column.name} has more than {length} characters"
    return str(error.orig).rstrip(".")
