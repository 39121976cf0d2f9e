"""Records the statements that a store sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_NOT_COUNTED = ("BEGIN", "PRAGMA", "SET ", "SAVEPOINT", "RELEASE", "ROLLBACK")
Statement = tuple[str, Any]


@contextmanager
def statements_of(engine: Engine, *, all_kinds: bool = False) -> Iterator[list[Statement]]:
    """Yield a list of the block's statements and parameters, without BEGIN, PRAGMA etc. unless `all_kinds` is set."""
    noted: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if all_kinds or not statement.startswith(_NOT_COUNTED):
            noted.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan_of(engine: Engine, statement: Statement) -> str:
    """Return SQLite's query plan for a statement, one step per line."""
    with engine.connect() as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
        return "\n".join(step.detail for step in steps)
