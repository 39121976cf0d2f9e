"""Checks that no request holds two database connections at once."""

import threading
from typing import Any

from pyramid.interfaces import INewRequest
from sqlalchemy import event

from tests.support.store_driver import StoreDriver


class ConnectionWatch:
    """Counts the connections of each request in the `with` block, and fails at its end if a request held several.

    With two connections per request, requests could wait for each other when the pool is full.
    """

    def __init__(self) -> None:
        self._stores: list[StoreDriver] = []
        self._held = threading.local()
        self.most = 0

    def __enter__(self) -> "ConnectionWatch":
        return self

    def __exit__(self, error: type[BaseException] | None, *_: Any) -> None:
        for store in self._stores:
            event.remove(store.db_sessions.engine, "checkout", self._note_checkout)
            event.remove(store.db_sessions.engine, "checkin", self._note_checkin)
            event.remove(store.db_sessions.engine, "detach", self._note_checkin)
            store.registry.unregisterHandler(self._note_request, (INewRequest,))
        if error is None and self.most > 1:
            raise AssertionError(f"A request held {self.most} connections at once.")

    def look_at(self, store: StoreDriver) -> None:
        """Start watching a store."""
        event.listen(store.db_sessions.engine, "checkout", self._note_checkout)
        event.listen(store.db_sessions.engine, "checkin", self._note_checkin)
        event.listen(store.db_sessions.engine, "detach", self._note_checkin)
        store.registry.registerHandler(self._note_request, (INewRequest,))
        self._stores.append(store)

    def _note_request(self, _event: INewRequest) -> None:
        """Start counting again. Connections held by the test itself do not count."""
        self._held.count = 0

    def _note_checkout(self, *_: Any) -> None:
        self._held.count = getattr(self._held, "count", 0) + 1
        self.most = max(self.most, self._held.count)

    def _note_checkin(self, *_: Any) -> None:
        self._held.count = getattr(self._held, "count", 0) - 1
