"""Makes a store's database unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

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
