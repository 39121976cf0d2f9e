"""Makes a store's database unavailable, or some of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select

from album_store.data.account import Account
from tests.support.store_driver import StoreDriver

NO_FILE = "/nowhere/store.sqlite"
CLOSED_PORT = 1


@contextmanager
def lost_database(store: StoreDriver) -> Iterator[None]:
    """Let every connection fail, as if the disk were unmounted or the server were down."""

    def connect_nowhere(_dialect: Any, _record: Any, file: list[str], options: dict[str, Any]) -> None:
        if file:
            file[0] = NO_FILE
        else:
            options["port"] = CLOSED_PORT

    engine = store.db_sessions.engine
    engine.dispose()
    event.listen(engine, "do_connect", connect_nowhere)
    try:
        yield
    finally:
        event.remove(engine, "do_connect", connect_nowhere)


@contextmanager
def locked_accounts(store: StoreDriver) -> Iterator[None]:
    """Hold the lock of every account; on SQLite that is the lock of all writing."""
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(select(Account.id).with_for_update())
        yield
