"""Four processes that start at once on an empty database."""

import logging
import multiprocessing
import os
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import func, select

import album_store
from album_store import startup
from album_store.bin.main import main
from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.data.role import Role
from album_store.data.search_document import SearchDocument
from tests.support.databases import run_on_server, server_url
from tests.support.store_settings import settings_in

PROCESSES = 4


def start(settings: dict[str, str], catalogue: Path, log: Path, together: Barrier) -> None:
    """Start the store as a server process does, with a small demo catalogue."""
    logging.basicConfig(filename=log, level=logging.INFO)
    startup.DEMO_CATALOGUE = catalogue
    together.wait()
    album_store.main({}, **settings)


@pytest.fixture
def empty_url(database_kind, tmp_path):
    """The URL of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite"
        return
    server, name = server_url(database_kind), f"album_store_first_{os.getpid()}"
    run_on_server(server, f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    run_on_server(server, f"DROP DATABASE {name}")


@pytest.mark.every_database
def test_four_first_starts_at_once_all_succeed_and_one_imports_the_demo_catalogue(empty_url, tmp_path):
    catalogue, log = tmp_path / "catalogue.csv", tmp_path / "log"
    assert main(["catalogue-template", str(catalogue)]) == 0
    settings = settings_in(tmp_path) | {"sqlalchemy.url": empty_url, "store.demo_catalogue": "true"}
    # A forkserver imports the package once, so that all start at the same moment.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["album_store", __name__])
    arguments = (settings, catalogue, log, context.Barrier(PROCESSES))
    processes = [context.Process(target=start, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES, log.read_text()
    assert log.read_text().count("The store was empty") == 1

    factory = DbSessionFactory(empty_url)
    with factory.read() as dbsession:
        counts = [dbsession.scalar(select(func.count()).select_from(model)) for model in (Album, SearchDocument, Role)]
    factory.dispose()
    assert counts == [1, 1, 2]
