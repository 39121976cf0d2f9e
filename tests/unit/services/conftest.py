"""The services of a store without a visitor, reset for each test."""

from collections.abc import Callable, Iterator

import pytest
from pyramid.registry import Registry

from album_store.data.dbsession import DbSessionFactory
from tests.support.databases import FileDatabase, ServerDatabase
from tests.support.reusable_services import ReusableServices


@pytest.fixture(scope="session")
def reusable_services(tmp_path_factory, empty_database, server_database) -> Iterator[Callable[[str], ReusableServices]]:
    """Returns the services on a kind of database."""
    made: dict[str, ReusableServices] = {}

    def services_on(kind: str) -> ReusableServices:
        if kind not in made:
            folder = tmp_path_factory.mktemp("services")
            database: FileDatabase | ServerDatabase
            database = FileDatabase(folder, empty_database) if kind == "sqlite" else server_database(kind)
            made[kind] = ReusableServices(folder, database)
        return made[kind]

    yield services_on
    for services in made.values():
        services.close()


@pytest.fixture
def services(reusable_services: Callable[[str], ReusableServices], database_kind: str) -> ReusableServices:
    """The services of this test."""
    services = reusable_services(database_kind)
    services.start_over()
    return services


@pytest.fixture
def settings(services: ReusableServices) -> dict[str, str]:
    """The settings of the services."""
    return services.settings


@pytest.fixture
def registry(services: ReusableServices) -> Registry:
    """Their registry."""
    return services.registry


@pytest.fixture
def db_sessions(services: ReusableServices) -> DbSessionFactory:
    """Their database."""
    return services.registry.db_sessions
