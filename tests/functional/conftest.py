"""A whole store for each test: an application in its initial state, a new database, real commits."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from webtest import TestApp

from tests.support.connection_watch import ConnectionWatch
from tests.support.databases import FileDatabase, ServerDatabase, one_of_each_kind
from tests.support.factories import PASSWORD, add_account
from tests.support.leak_watch import LeakWatch
from tests.support.reusable_store import ReusableStore
from tests.support.store_driver import StoreDriver, sign_in
from tests.support.stripe_double import StripeDouble, running_stripe_double

MakeStore = Callable[..., StoreDriver]


@pytest.fixture(scope="package", autouse=True)
def everything_is_logged() -> Iterator[None]:
    """Log at DEBUG level, so that the leak watch reads more than a production log contains."""
    logger = logging.getLogger("album_store")
    before = logger.level
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(before)


@pytest.fixture(scope="session")
def reusable_stores(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, server_database: Callable[[str], ServerDatabase]
) -> Iterator[Callable[[str], ReusableStore]]:
    """Returns the store of the tests that change no setting, on a kind of database."""

    def make(kind: str) -> ReusableStore:
        folder = tmp_path_factory.mktemp("store")
        return ReusableStore(
            folder, FileDatabase(folder, empty_database) if kind == "sqlite" else server_database(kind)
        )

    with one_of_each_kind(make) as store_on:
        yield store_on


@pytest.fixture
def reusable_store(reusable_stores: Callable[[str], ReusableStore], database_kind: str) -> ReusableStore:
    """The store of the tests that change no setting."""
    return reusable_stores(database_kind)


@pytest.fixture
def settings(reusable_store: ReusableStore) -> dict[str, str]:
    """The settings of the stores of a test, which share one folder and one database."""
    return reusable_store.settings


@pytest.fixture
def make_store(reusable_store: ReusableStore) -> Iterator[MakeStore]:
    """Start a store; keyword arguments change settings (`reset__minutes="5"` is reset.minutes).

    The test fails if a password or a token is found in the log or the database, or if a request held two connections
    at once.
    """
    unchanged = reusable_store.start_over()

    def make(**changes: str) -> StoreDriver:
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        store = reusable_store.with_settings(changed) if changed else unchanged
        watch.look_at(store)
        connections.look_at(store)
        return store

    with LeakWatch() as watch, ConnectionWatch() as connections:
        yield make


@pytest.fixture
def store(make_store: MakeStore) -> StoreDriver:
    """A store with an empty catalogue."""
    return make_store()


@pytest.fixture
def make_app(make_store: MakeStore) -> Callable[..., TestApp]:
    """Start a store and return a browser on it."""
    return lambda **changes: make_store(**changes).browser()


@pytest.fixture
def testapp(store: StoreDriver) -> TestApp:
    """A browser on the store, signed out."""
    return store.browser()


@pytest.fixture
def alice(store: StoreDriver) -> str:
    """The id of Alice's account: alice@example.org, with the password of the factories."""
    return add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), display_name="Alice")


@pytest.fixture
def ada(store: StoreDriver) -> str:
    """The id of the account of Ada, an admin: ada@example.org, with the password of the factories."""
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    return add_account(store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"), display_name="Ada")


@pytest.fixture
def ada_at(store: StoreDriver, ada: str) -> TestApp:
    """Ada's browser, signed in, with another IP address than the customers."""
    browser = store.browser(REMOTE_ADDR="203.0.113.1", HTTP_USER_AGENT="AdasBrowser")
    sign_in(browser, "ada@example.org")
    return browser


@pytest.fixture
def bob(store: StoreDriver) -> str:
    """The id of Bob's account, which most tests must leave alone."""
    return add_account(store.db_sessions, store.registry.password_hasher.hash("bob has another one"), "bob@example.org")


@pytest.fixture(scope="package")
def stripe_at_one_url() -> Iterator[StripeDouble]:
    """A stand-in for Stripe whose URL stays the same, so that the stores that use it have the same settings."""
    with running_stripe_double() as double:
        yield double


@pytest.fixture
def stripe(stripe_at_one_url: StripeDouble) -> StripeDouble:
    """A stand-in for Stripe that knows nothing yet."""
    stripe_at_one_url.start_over()
    return stripe_at_one_url
