"""Fixtures shared by all tests."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from passlib.context import CryptContext
from sqlalchemy import URL, make_url
from xdist.remote import Producer

from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.security import password_hasher
from tests.support.checkout import CHECKOUT
from tests.support.clock import NOON
from tests.support.databases import KINDS, ServerDatabase, create_database, drop_database, one_of_each_kind, server_url
from tests.support.order_of_tests import Scheduling, put_in_order
from tests.support.store_settings import settings_in

# Test modules are compiled once, not in every process of every run, also where Python is told not to keep what it
# compiles. It is kept out of the way of the sources.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(CHECKOUT / ".pytest_cache" / "bytecode")

# Applications of one test run share compiled templates. Otherwise each would compile all of them.
os.environ.setdefault("CHAMELEON_CACHE", str(CHECKOUT / ".pytest_cache" / "templates"))
Path(os.environ["CHAMELEON_CACHE"]).mkdir(parents=True, exist_ok=True)

TESTS = Path(__file__).parent
MIN_MEMORY_KIB = 8
# Each process of a test run has databases of its own.
DATABASE_NAME = f"album_store_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Run one process more than there are processors, because many tests wait for a browser, a server or an email."""
    return (yield) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Run the browser tests in two processes, unless another distribution is asked for."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in `browser/` and `server/`, and put all tests in order."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in {"browser", "server"}:
            item.add_marker(folder)
    put_in_order(items)


def pytest_collection_finish() -> None:
    """Collect garbage less often, and never among the thousands of tests, which takes an eighth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that is marked `every_database` on each kind of database, or on those that the mark names."""
    if marker := metafunc.definition.get_closest_marker("every_database"):
        metafunc.fixturenames.append("database_kind")
        metafunc.parametrize("database_kind", marker.args or KINDS)


def cheap_context(**options: Any) -> CryptContext:
    """Return the hash functions of the store with the minimum memory that argon2 needs."""
    memory_kib = MIN_MEMORY_KIB * options["argon2__parallelism"]
    return CryptContext(**options | {"argon2__memory_cost": memory_kib})


@pytest.fixture(scope="session", autouse=True)
def cheap_hashing() -> Iterator[None]:
    """Reduce the time of a hash from 26 ms to a fraction of a millisecond, because most tests compute some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_hasher, "CryptContext", cheap_context)
        yield


@pytest.fixture(scope="module")
def real_hashing() -> Iterator[None]:
    """Hash with the real settings, for test modules about hashing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_hasher, "CryptContext", CryptContext)
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with only the reference rows, for tests to copy."""
    file = tmp_path_factory.mktemp("empty_database") / "store.sqlite"
    factory = DbSessionFactory(f"sqlite:///{file}")
    factory.create_tables()
    factory.dispose()
    assert list(file.parent.iterdir()) == [file], "the write-ahead log must be merged into the file before it is copied"
    return file


@pytest.fixture(scope="session")
def server_database() -> Iterator[Callable[[str], ServerDatabase]]:
    """Returns the database of this process on the server of a kind; skips the test where no server is named."""
    with one_of_each_kind(lambda kind: ServerDatabase(server_url(kind), DATABASE_NAME)) as database:
        yield database


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Creates a database of a kind, without tables, and returns its URL; skips the test where no server is named.

    A second argument is the options of CREATE DATABASE.
    """
    made: list[tuple[URL, str]] = []

    def new_database(kind: str, options: str = "") -> str:
        name = f"{DATABASE_NAME}_{len(made)}"
        if kind == "sqlite":
            made.append((make_url(f"sqlite:///{tmp_path}/{name}.sqlite"), name))
            return str(made[-1][0])
        made.append((server_url(kind), name))
        return create_database(*made[-1], options)

    yield new_database
    for server, name in made:
        if server.get_backend_name() != "sqlite":
            drop_database(server, name)


@pytest.fixture
def database_kind() -> str:
    """The kind of database of a test; a test marked `every_database` runs on each kind."""
    return "sqlite"


@pytest.fixture
def settings(tmp_path: Path, database_kind: str, server_database: Callable[[str], ServerDatabase]) -> dict[str, str]:
    """The settings of a store in a folder of its own, with an empty database."""
    if database_kind == "sqlite":
        return settings_in(tmp_path)
    database = server_database(database_kind)
    database.start_over()
    return settings_in(tmp_path) | {"sqlalchemy.url": database.url}


@pytest.fixture
def db_sessions(settings: dict[str, str], empty_database: Path) -> Iterator[DbSessionFactory]:
    """A database with only the reference rows."""
    factory = DbSessionFactory(settings["sqlalchemy.url"])
    if factory.engine.url.get_backend_name() == "sqlite":
        shutil.copyfile(empty_database, factory.engine.url.database)
    yield factory
    factory.dispose()


@pytest.fixture
def store_ini(tmp_path: Path, settings: dict[str, str]) -> Path:
    """An ini file for the store of the test."""
    path = tmp_path / "store.ini"
    lines = [f"{name} = {value}" for name, value in settings.items()]
    path.write_text("\n".join(["[app:main]", "use = egg:album-store", *lines, ""]), "utf-8")
    return path


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock, stopped at noon until a test moves it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
