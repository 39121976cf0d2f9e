"""The stores that functional tests in a process share."""

from collections.abc import Mapping
from pathlib import Path

from pyramid.interfaces import IRoutesMapper

import album_store
from tests.support.databases import TestDatabase
from tests.support.registry_state import RegistryState, empty
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in

# Applications with changed settings that are kept for later tests.
MAX_KEPT = 8
# A store with one of these changed is created for each test: it fills the database, or its state is elsewhere.
NEVER_KEPT = {"store.demo_catalogue", "limits.storage", "sqlalchemy.url"}


class ReusableApplication:
    """An application, and the initial state of its objects."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.driver = StoreDriver(album_store.main({}, **settings))
        self._state = RegistryState(self.driver.registry)
        self._routes = self._count_routes()

    @property
    def has_new_routes(self) -> bool:
        """Whether a test has added pages."""
        return self._count_routes() > self._routes

    def _count_routes(self) -> int:
        return len(self.driver.registry.getUtility(IRoutesMapper).get_routes())

    def start_over(self) -> StoreDriver:
        """Return the application in its initial state, with nothing in memory and no open connection."""
        self._state.restore()
        self.driver.forget_pages()
        return StoreDriver(self.driver.app)

    def close(self) -> None:
        """Close the connections to the database."""
        self.driver.db_sessions.dispose()


class ReusableStore:
    """One folder and one database, which are reset for each test, and applications for them.

    Creating an application takes 130 ms of processor time, and its statements are then compiled again.
    """

    def __init__(self, folder: Path, database: TestDatabase) -> None:
        self.folder, self._database = folder, database
        self.settings = settings_in(folder) | {"sqlalchemy.url": database.url}
        database.start_over()
        self._unchanged = ReusableApplication(self.settings)
        self._kept: dict[tuple[tuple[str, str], ...], ReusableApplication] = {}
        self._in_use: list[ReusableApplication] = []

    def start_over(self) -> StoreDriver:
        """Return the store in its initial state: no visitors, no media, no emails, nothing in memory."""
        for application in self._in_use:
            application.close()
        self._in_use.clear()
        driver = self._unchanged.start_over()
        empty(self.folder)
        self._database.start_over()
        return driver

    def with_settings(self, changes: Mapping[str, str]) -> StoreDriver:
        """Return the store with changed settings, on the same folder and database.

        A test gets another application each time, as after a restart. One to which a test has added pages is not used
        again.
        """
        key = tuple(sorted(changes.items()))
        application = self._kept.pop(key, None)
        if application is None or application in self._in_use or application.has_new_routes:
            application = ReusableApplication({**self.settings, **changes})
            driver = application.driver
        else:
            driver = application.start_over()
        self._in_use.append(application)
        if not NEVER_KEPT & changes.keys():
            self._kept[key] = application
        if len(self._kept) > MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        return driver

    def close(self) -> None:
        """Close the database."""
        for application in (self._unchanged, *self._in_use):
            application.close()
