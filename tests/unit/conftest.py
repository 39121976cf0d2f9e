"""What unit tests share."""

from collections.abc import Iterator

import pytest
from pyramid.registry import Registry

from album_store.bin.open_store import store_services
from album_store.data.dbsession import DbSessionFactory


@pytest.fixture
def registry(settings: dict[str, str], db_sessions: DbSessionFactory) -> Iterator[Registry]:
    """The services of a store on the database of the test, without a visitor."""
    with store_services(settings) as registry:
        yield registry
