"""Fixtures shared by all tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from passlib.context import CryptContext

from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.security import password_hasher
from tests.support.checkout import CHECKOUT
from tests.support.clock import NOON
from tests.support.store_settings import settings_in

# Applications of one test run share compiled templates. Otherwise each would compile all of them.
os.environ.setdefault("CHAMELEON_CACHE", str(CHECKOUT / ".pytest_cache" / "templates"))
Path(os.environ["CHAMELEON_CACHE"]).mkdir(parents=True, exist_ok=True)

TESTS = Path(__file__).parent
MIN_MEMORY_KIB = 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in `browser/` and `server/` and run them first, because they are the slowest."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in {"browser", "server"}:
            item.add_marker(folder)
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("server")))


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


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The settings of a store in its own folder."""
    return settings_in(tmp_path)


@pytest.fixture
def db_sessions(settings: dict[str, str], empty_database: Path) -> Iterator[DbSessionFactory]:
    """A database with only the reference rows."""
    factory = DbSessionFactory(settings["sqlalchemy.url"])
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
