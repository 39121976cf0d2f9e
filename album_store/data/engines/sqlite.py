"""SQLite connection setup for a server: transactions, write-ahead log and timeouts.

The driver's own transaction handling loses updates, so it is switched off. A transaction that may write starts with
BEGIN IMMEDIATE and so waits for the write lock at the start, where waiting is safe, instead of failing in the middle.
Read-only sessions use another BEGIN, set by the execution option `sqlite_begin`. They never wait under WAL, and
`query_only` makes SQLite refuse their writes. `sqlite_busy_timeout_ms` sets how long to wait for a lock.
"""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError

BUSY_TIMEOUT_MS = 5_000
LOOK_AGAIN_S = 0.01


def install_sqlite_rules(engine: Engine, *, foreign_keys: bool = True) -> None:
    """Install the rules on an engine, for every connection that it opens from now on.

    Foreign keys are enforced unless `foreign_keys` is False, which migrations need.
    """
    _make_private_file(engine.url.database)
    event.listen(engine, "connect", _on_connect)
    if not foreign_keys:
        event.listen(engine, "connect", _ignore_foreign_keys)
    event.listen(engine, "begin", _on_begin)


def truncate_wal(engine: Engine) -> None:
    """Empty the write-ahead log, where deleted rows stay readable. Skipped while another connection reads."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _make_private_file(name: str | None) -> None:
    """Create the database file with access for its owner only: it holds hashes, addresses and queued email."""
    if name and name != ":memory:":
        with suppress(OSError):  # SQLite's own error for a bad path is clearer
            Path(name).touch(mode=0o600)


def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    _turn_on_wal(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _ignore_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys = OFF")


def check_foreign_keys(connection: Connection) -> None:
    """Raise IntegrityError if a row refers to a missing row."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise IntegrityError(f"rows in {tables} refer to missing rows", None, sqlite3.IntegrityError())


def _turn_on_wal(cursor: Any) -> None:
    """Switch to write-ahead logging. Retries for BUSY_TIMEOUT_MS, because SQLite ignores its busy timeout here."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_AGAIN_S)


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    mode = options.get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {options.get('sqlite_busy_timeout_ms', BUSY_TIMEOUT_MS)}")
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if mode == 'IMMEDIATE' else 'ON'}")
    connection.exec_driver_sql(f"BEGIN {mode}")
