"""Makes transactions lose against others."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

# Statements whose error is that of a deadlock.
_DEADLOCK = {
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$",
    "mysql": "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'",
}


@contextmanager
def losing(times: int, verb: str, table: str) -> Iterator[None]:
    """Have the first `times` statements with this verb on this table fail as in a deadlock, on any connection.

    On SQLite, which has no deadlocks, they fail as if the file were locked. Fails if there are fewer such statements.
    """
    lost: list[str] = []

    def fail(connection: Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> tuple[str, Any]:
        words = statement.split(maxsplit=4)
        if len(lost) == times or words[0] != verb or table not in " ".join(words[:3]).replace("`", '"').split('"'):
            return statement, values
        lost.append(statement)
        if connection.dialect.name == "sqlite":
            raise OperationalError(statement, values, sqlite3.OperationalError("database is locked"))
        return _DEADLOCK["mysql" if connection.dialect.name == "mariadb" else connection.dialect.name], ()

    event.listen(Engine, "before_cursor_execute", fail, retval=True)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert len(lost) == times
