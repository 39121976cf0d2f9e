"""The databases that tests run on: a file for most, and the servers that `ALBUM_STORE_TEST_URLS` names."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.orm import Session

from album_store.data.dbsession import DbSessionFactory
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.reference_data import insert_reference_data
from album_store.data.store_identity import ROW_ID, StoreIdentity

VARIABLE = "ALBUM_STORE_TEST_URLS"
SERVERS = ("postgresql", "mariadb")
KINDS = ("sqlite", *SERVERS)


class TestDatabase(Protocol):
    """A database that is used by one test after the other."""

    url: str

    def start_over(self) -> None:
        """Leave nothing but the reference rows."""


class Closable(Protocol):
    """Something that is used by one test after the other, and closed after the last."""

    def close(self) -> None:
        """Close its connections."""


Kept = TypeVar("Kept", bound=Closable)


@contextmanager
def one_of_each_kind(make: Callable[[str], Kept]) -> Iterator[Callable[[str], Kept]]:
    """Yield a function that has `make` make something for a kind of database, and returns the same every time."""
    made: dict[str, Kept] = {}

    def of_kind(kind: str) -> Kept:
        if kind not in made:
            made[kind] = make(kind)
        return made[kind]

    yield of_kind
    for one in made.values():
        one.close()


class FileDatabase:
    """An SQLite file in a folder, copied from one with tables and reference rows."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self._file, self._empty = folder / "store.sqlite", empty
        self.url = f"sqlite:///{self._file}"

    def start_over(self) -> None:
        """Copy the file."""
        shutil.copyfile(self._empty, self._file)


class ServerDatabase:
    """A database of its own on a server, for one process of the test run."""

    def __init__(self, server: URL, name: str) -> None:
        self._server, self._name = server, name
        self.url = create_database(server, name)
        factory = DbSessionFactory(self.url)
        factory.create_tables()
        self._store_id = factory.store_id()
        factory.dispose()
        self._engine = factory.database.create_engine()

    def start_over(self) -> None:
        """Delete all rows, which takes less time than emptying or making the tables. Ids go on counting.

        The store keeps its id, which applications read when they start.
        """
        with self._engine.begin() as connection:
            for table in reversed(SqlAlchemyBase.metadata.sorted_tables):
                connection.execute(table.delete())
            with Session(connection) as dbsession:
                dbsession.add(StoreIdentity(id=ROW_ID, store_id=self._store_id))
                dbsession.flush()
                insert_reference_data(dbsession)
                dbsession.commit()

    def close(self) -> None:
        """Close the connections and delete the database."""
        self._engine.dispose()
        drop_database(self._server, self._name)


def create_database(server: URL, name: str, options: str = "") -> str:
    """Create an empty database on a server, instead of one of that name. Returns its URL."""
    drop_database(server, name)
    run_on_server(server, f"CREATE DATABASE {name} {options}")
    return server.set(database=name).render_as_string(hide_password=False)


def drop_database(server: URL, name: str) -> None:
    """Delete a database from a server, if it exists."""
    force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
    run_on_server(server, f"DROP DATABASE IF EXISTS {name}{force}")


def run_on_server(server: URL, statement: str) -> None:
    """Run a statement outside a transaction, as those that create and delete databases need."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def server_url(kind: str) -> URL:
    """The URL of the server of a kind. Skips the test where none is named."""
    urls = [make_url(url) for url in os.environ.get(VARIABLE, "").split()]
    found = [url for url in urls if url.get_backend_name() in ({"mariadb", "mysql"} if kind == "mariadb" else {kind})]
    if not found:
        pytest.skip(f"{VARIABLE} names no {kind} server")
    return found[0]
