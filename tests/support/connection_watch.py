"""Watches that no request holds two database connections at once."""

import threading
from typing import Any

from pyramid.interfaces import INewRequest
from sqlalchemy import event

from tests.support.store_driver import StoreDriver


class ConnectionWatch:
    """Counts the connections that each request takes from `with` to its end, and then fails if one held several.

    With two, a full pool would let requests wait for each other.
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
            store.registry.unregisterHandler(self._note_request, (INewRequest,))
        if error is None and self.most > 1:
            raise AssertionError(f"a request held {self.most} connections at once")

    def look_at(self, store: StoreDriver) -> None:
        """Watch a store from now on."""
        event.listen(store.db_sessions.engine, "checkout", self._note_checkout)
        event.listen(store.db_sessions.engine, "checkin", self._note_checkin)
        store.registry.registerHandler(self._note_request, (INewRequest,))
        self._stores.append(store)

    def _note_request(self, _event: INewRequest) -> None:
        """Start over: what a test itself holds meanwhile is no concern of the request."""
        self._held.count = 0

    def _note_checkout(self, *_: Any) -> None:
        self._held.count = getattr(self._held, "count", 0) + 1
        self.most = max(self.most, self._held.count)

    def _note_checkin(self, *_: Any) -> None:
        self._held.count = getattr(self._held, "count", 0) - 1
