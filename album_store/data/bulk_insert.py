"""Inserts many rows of one table, past SQLAlchemy's handling of each value."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

# How many rows one statement inserts on SQLite, unless they have too many parameters.
MAX_ROWS = 400


def insert_columns(
    dbsession: Session, table: Table, columns: Mapping[str, Sequence[Any]], common: Mapping[str, Any]
) -> None:
    """Insert rows, given by the values of each column, and `common`, which holds the values that all rows share.

    Every column of the table must be among them, except a numbered primary key. The session does not notice the rows,
    so change something through it too: otherwise the transaction manager would not commit them. `change_version` is
    such a change.
    """
    count = len(next(iter(columns.values())))
    if not count:
        return
    connection = dbsession.connection()
    dialect = connection.dialect
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=[*common, *columns])

    def stored(name: str, cells: Sequence[Any]) -> Sequence[Any]:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        return list(map(process, cells)) if process else cells

    values: dict[str, Iterable[Any]] = {name: stored(name, cells) for name, cells in columns.items()}
    values |= {name: repeat(*stored(name, [value]), count) for name, value in common.items()}
    names = compiled.positiontup or list(values)
    rows = list(zip(*(values[name] for name in names), strict=True))
    if not compiled.positiontup:
        connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in rows])
        return
    # SQLite would run the statement for one row after the other, and write a part of its search index after each.
    beginning, row_of_marks = str(compiled).rsplit(" VALUES ", 1)
    size = min(MAX_ROWS, dialect.insertmanyvalues_max_parameters // len(names))
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        marks = ", ".join([row_of_marks] * len(some))
        connection.exec_driver_sql(f"{beginning} VALUES {marks}", tuple(chain.from_iterable(some)))
