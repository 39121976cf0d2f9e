"""The services of a store without a visitor, reset for each test."""

from collections.abc import Callable, Iterator

import pytest
from pyramid.registry import Registry

from album_store.data.dbsession import DbSessionFactory
from tests.support.databases import FileDatabase, one_of_each_kind
from tests.support.reusable_services import ReusableServices


@pytest.fixture(scope="session")
def reusable_services(tmp_path_factory, empty_database, server_database) -> Iterator[Callable[[str], ReusableServices]]:
    """Returns the services on a kind of database."""

    def make(kind: str) -> ReusableServices:
        folder = tmp_path_factory.mktemp("services")
        return ReusableServices(
            folder, FileDatabase(folder, empty_database) if kind == "sqlite" else server_database(kind)
        )

    with one_of_each_kind(make) as services_on:
        yield services_on


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
