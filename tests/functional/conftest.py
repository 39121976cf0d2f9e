"""A whole store for each test: a new application, a new database, real commits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from webtest import TestApp

import album_store
from tests.factories import PASSWORD, add_account
from tests.functional.store_driver import StoreDriver

MakeStore = Callable[..., StoreDriver]


@pytest.fixture
def make_store(settings: dict[str, Any]) -> Iterator[MakeStore]:
    """Start a store; keyword arguments change settings (`reset__minutes="5"` is reset.minutes)."""
    started: list[StoreDriver] = []

    def make(**changes: str) -> StoreDriver:
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        store = StoreDriver(album_store.main({}, **(settings | changed)))
        started.append(store)
        return store

    yield make
    for store in started:
        store.registry.db_sessions.dispose()


@pytest.fixture
def store(make_store: MakeStore) -> StoreDriver:
    """A store with an empty catalogue."""
    return make_store()


@pytest.fixture
def make_app(make_store: MakeStore) -> Callable[..., TestApp]:
    """Start a store and browse it."""
    return lambda **changes: make_store(**changes).browser()


@pytest.fixture
def testapp(store: StoreDriver) -> TestApp:
    """A browser on the store, signed out."""
    return store.browser()


@pytest.fixture
def alice(store: StoreDriver) -> str:
    """The id of Alice's account: alice@example.org, with the password of the factories."""
    return add_account(store.db_sessions, store.registry.passwords.hash(PASSWORD), display_name="Alice")


@pytest.fixture
def bob(store: StoreDriver) -> str:
    """The id of Bob's account, which most tests are not about."""
    return add_account(store.db_sessions, store.registry.passwords.hash("bob has another one"), "bob@example.org")
