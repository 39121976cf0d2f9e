"""The services that unit tests in a process share."""

from contextlib import ExitStack
from pathlib import Path

from pyramid.registry import Registry

from album_store.bin.open_store import store_services
from tests.support.databases import TestDatabase
from tests.support.registry_state import RegistryState, empty
from tests.support.store_settings import settings_in


class ReusableServices:
    """The services of a store in one folder with one database, which are reset for each test.

    Creating them takes longer than most of the tests, and their statements are then compiled again.
    """

    def __init__(self, folder: Path, database: TestDatabase) -> None:
        self.settings = settings_in(folder) | {"sqlalchemy.url": database.url}
        self._folder, self._database = folder, database
        database.start_over()
        self._open = ExitStack()
        self.registry = self._open.enter_context(store_services(self.settings))
        self._state = RegistryState(self.registry)

    def start_over(self) -> Registry:
        """Return the registry in its initial state, with only the reference rows in the database."""
        self._state.restore()
        empty(self._folder)
        self._database.start_over()
        return self.registry

    def close(self) -> None:
        """Close the database."""
        self._open.close()
