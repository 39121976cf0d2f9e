"""Takes a store's database away."""

from pathlib import Path

from tests.support.store_driver import StoreDriver


def lose_database(store: StoreDriver) -> None:
    """Put a folder where the database file was, as an unmounted disk would: every connection fails from now on."""
    store.db_sessions.dispose()
    file = Path(store.db_sessions.engine.url.database)
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.mkdir()
