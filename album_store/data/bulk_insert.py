"""Inserts many rows of one table, past SQLAlchemy's handling of each value."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

# What every driver takes and stores as it is.
PlainValue = str | int | None


def insert_rows(
    dbsession: Session, table: Table, rows: Sequence[Mapping[str, PlainValue]], common: Mapping[str, Any]
) -> None:
    """Insert rows that have the same columns, and `common`, which holds the values that are the same in all rows.

    Every column of the table must be among them, except a numbered primary key. The session does not notice the rows,
    so change something through it too: otherwise the transaction manager would not commit them, and the version of the
    catalogue would not move.
    """
    if not rows:
        return
    connection = dbsession.connection()
    dialect = connection.dialect
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=[*common, *rows[0]])
    stored = {}
    for name, value in common.items():
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        stored[name] = process(value) if process else value
    whole: Sequence[Any] = [{**row, **stored} for row in rows]
    if compiled.positiontup:
        whole = list(map(itemgetter(*compiled.positiontup), whole))
    connection.exec_driver_sql(str(compiled), whole)
