"""Changing prices on each database, and while others change them too."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.audit_entry import AuditEntry
from album_store.data.catalogue_version import TOKEN
from album_store.data.track import Track
from album_store.services.audit_service import Actor
from album_store.worker.service_request import service_request
from tests.support.factories import make_album, make_artist, make_track
from tests.support.overlap import overlap

pytestmark = pytest.mark.every_database

ADA = Actor("ada@example.org")
CSV = "artist,album,track_number,title,composer,genre,length_ms,price,album_price\nAda,Salt,1,Tide,,Folk,1000,{},{}\n"


@pytest.fixture
def salt(registry):
    """“Salt” for 8.00, with a track for 1.00."""
    with registry.db_sessions.begin() as dbsession:
        track = make_track("Tide", price_cents=100, length_ms=1_000)
        dbsession.add(make_album("Salt", make_artist("Ada"), url="salt", tracks=[track]))


def name_price(request, least=500):
    album = request.album_price_service.lock("salt")
    request.album_price_service.change_album(
        album, price_cents=900, minimum_cents=least, for_sale=album.for_sale, actor=ADA
    )


def price_track(request, cents=200):
    album = request.album_price_service.lock("salt")
    track_id = request.dbsession.scalars(select(Track.id)).one()
    request.album_price_service.change_tracks(album, {track_id: cents}, ADA)


def prices(registry):
    with registry.db_sessions.read() as dbsession:
        columns = (Album.price_cents, Album.minimum_cents, Track.price_cents, Track.minimum_cents)
        return tuple(dbsession.execute(select(*columns).join(Track.album)).one())


def token(registry):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalar(TOKEN)


@pytest.mark.parametrize(
    ("change", "expected"), [(name_price, (900, 500, 100, 100)), (price_track, (800, None, 200, None))]
)
@pytest.mark.usefixtures("salt")
def test_a_change_moves_the_version_of_the_catalogue_once(registry, change, expected):
    tokens = [token(registry)]
    for _ in range(2):
        with service_request(registry, writes=True) as request:
            change(request)
        tokens.append(token(registry))
    assert tokens[0] != tokens[1] == tokens[2]
    assert prices(registry) == expected
    with registry.db_sessions.read() as dbsession:
        assert len(dbsession.scalars(select(AuditEntry)).all()) == 1


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.usefixtures("salt")
def test_two_changes_agree_on_the_kind_of_price(registry, early):
    overlap(registry, name_price, price_track, early=early)
    assert prices(registry) == (900, 500, 200, 200)


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.usefixtures("salt")
def test_an_import_and_a_change_wait_for_each_other(registry, tmp_path, early):
    file = tmp_path / "catalogue.csv"
    file.write_text(CSV.format("3.00", "7.00"), "utf-8")
    with service_request(registry) as request:
        catalogue = request.catalogue_import.read(file)
    overlap(registry, name_price, lambda request: request.catalogue_import.write(catalogue), early=early)
    assert prices(registry) == (700, 500, 300, 300)
