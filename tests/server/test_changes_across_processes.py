"""A change of the catalogue shows on the next request of every server process, on each kind of database."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from tests.support.catalogue_changes import CHANGES, album_to_change, portion_of
from tests.support.production_ini import SETTINGS, production_ini
from tests.support.site_of_processes import running_site
from tests.support.site_visitor import SiteVisitor

pytestmark = pytest.mark.every_database


@pytest.fixture
def url(new_database, database_kind):
    """The URL of a database with the album that is changed."""
    url = new_database(database_kind)
    factory = DbSessionFactory(url)
    factory.create_tables()
    with factory.begin() as dbsession:
        dbsession.add(album_to_change())
    factory.dispose()
    return url


@pytest.fixture
def site(url, tmp_path):
    """Two server processes."""
    settings = SETTINGS | {"sqlalchemy.url": url, "store.demo_catalogue": "false"}
    ini = production_ini(settings, listen="127.0.0.1:%(http_port)s")
    with running_site(tmp_path, ini, workers=0) as site:
        yield site


def test_each_change_by_a_third_process_shows_on_the_next_request_of_both(site, url):
    visitor, this_process = SiteVisitor(site.ports[0]), DbSessionFactory(url)
    with this_process.read() as dbsession:
        portion = portion_of(dbsession.scalars(select(Album.id)).one())
    for change, pattern, expected in CHANGES:
        path = pattern.format(portion=portion)
        for port in site.ports * 2:
            assert expected not in visitor.get(path, port).text
        with this_process.begin() as dbsession:
            change(dbsession)
        assert [expected in visitor.get(path, port).text for port in site.ports] == [True, True], path
    this_process.dispose()
