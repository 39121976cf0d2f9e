"""Makes a store's database unavailable."""

from pathlib import Path

from tests.support.store_driver import StoreDriver


def lose_database(store: StoreDriver) -> None:
    """Replace the database file by a folder, as if a disk were unmounted, so that every connection fails."""
    store.db_sessions.dispose()
    file = Path(store.db_sessions.engine.url.database)
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.mkdir()
