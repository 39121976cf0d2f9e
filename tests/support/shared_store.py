"""Creates a store that watches for leaked secrets and for requests with several connections."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import album_store
from tests.support.connection_watch import ConnectionWatch
from tests.support.leak_watch import LeakWatch
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in


@contextmanager
def store_in(folder: Path, **changes: str) -> Iterator[StoreDriver]:
    """Create a store in a folder. Keyword arguments change settings (`store__name="x"` is store.name).

    Raises AssertionError at the end if a password or token is in the log or the database.
    """
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    store = StoreDriver(album_store.main({}, **settings_in(folder) | changed))
    try:
        with LeakWatch() as watch, ConnectionWatch() as connections:
            watch.look_at(store)
            connections.look_at(store)
            yield store
    finally:
        store.db_sessions.dispose()
