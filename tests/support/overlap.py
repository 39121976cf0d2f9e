"""Makes transactions meet, in a fixed order."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from pyramid.registry import Registry
from pyramid.request import Request
from sqlalchemy import event, text

from album_store.worker.service_request import service_request

Work = Callable[[Request], Any]

# How many transactions wait for a lock. MariaDB counts those of the whole server, so there a test that runs beside
# others may go on too early, and then proves less. SQLite is not asked: a transaction that writes is alone there.
_WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND wait_event_type = 'Lock'",
    "mariadb": "SELECT variable_value FROM information_schema.global_status "
    "WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'",
}


def overlap(registry: Registry, first: Work, second: Work, *, early: bool = False) -> Any:
    """Do `first` in a transaction, and `second` in another while that one is open. Returns what `second` returned.

    The first commits once the second waits for it or has ended. With `early`, the second starts right after the first
    statement of the other that locks or writes, which shows deadlocks; otherwise at its end. On SQLite the second
    starts before the first commits, and waits. Neither is run again after a deadlock.
    """

    def run_second() -> Any:
        with service_request(registry, writes=True) as request:
            return second(request)

    started: list[Future[Any]] = []
    thread_id = threading.get_ident()

    def start() -> None:
        if not started:
            started.append(threads.submit(run_second))
            _wait_until_blocked(registry, started[0])

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        locks = statement.startswith(("UPDATE", "DELETE", "INSERT")) or "FOR UPDATE" in statement
        if locks and threading.get_ident() == thread_id:
            start()

    engine = registry.db_sessions.engine
    with ThreadPoolExecutor(1) as threads:
        if early:
            event.listen(engine, "after_cursor_execute", on_statement)
        try:
            with service_request(registry, writes=True) as request:
                first(request)
                request.dbsession.flush()
                start()
        finally:
            if early:
                event.remove(engine, "after_cursor_execute", on_statement)
    return started[0].result()


def _wait_until_blocked(registry: Registry, other: Future[Any]) -> None:
    """Return once another transaction waits for a lock or has ended."""
    engine = registry.db_sessions.engine
    query = _WAITING.get(engine.url.get_backend_name())
    if query is None:
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not other.done() and not int(connection.scalar(text(query))):
            wait([other], timeout=0.01)
