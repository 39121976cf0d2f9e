"""Fixtures shared by the unit tests."""

from collections.abc import Iterator

import pytest
from pyramid.registry import Registry

from album_store.bin.open_store import store_services
from album_store.data.dbsession import DbSessionFactory


@pytest.fixture
def registry(settings: dict[str, str], db_sessions: DbSessionFactory) -> Iterator[Registry]:
    """The registry of a store on the test database, for services without a visitor."""
    with store_services(settings) as registry:
        yield registry
