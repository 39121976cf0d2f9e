"""What SQLite needs to be a dependable server database.

The driver's own transactions lose updates, so BEGIN is taken away from it. A transaction that may write begins as
BEGIN IMMEDIATE: it waits for its turn at the start, where waiting is safe, instead of failing in the middle. Sessions
that only read ask for a plain BEGIN through the `sqlite_begin` execution option, and never wait under WAL.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 5_000


def install_sqlite_rules(engine: Engine) -> None:
    """Attach the rules to an engine; every connection it makes from then on follows them."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
