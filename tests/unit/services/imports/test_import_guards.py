"""Two imports at once."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.worker.service_request import service_request
from tests.support.overlap import overlap

pytestmark = pytest.mark.every_database

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
SALT, RAIN, WIND = "Ada,Salt,1,Tide,,Folk,1000,0.99", "Bea,Rain,1,Drop,,Jazz,1000,0.99", "Ada,Wind,1,Air,,Rock,1000,1"


def read(registry, folder, *lines: str):
    file = folder / "catalogue.csv"
    file.write_text("\n".join([HEADER, *lines]), "utf-8")
    with service_request(registry) as request:
        return request.catalogue_import.read(file)


def names(registry, column):
    with registry.db_sessions.read() as dbsession:
        return sorted(dbsession.scalars(select(column)))


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "added"), [([SALT], [SALT], 0), ([SALT, RAIN], [RAIN.upper().replace("PRICE", "1"), WIND], 1)]
)
def test_a_second_import_waits_for_the_first(registry, tmp_path, early, first, second, added):
    catalogues = [read(registry, tmp_path, *lines) for lines in (first, second)]
    works = [lambda request, one=one: request.catalogue_import.write(one) for one in catalogues]
    result = overlap(registry, *works, early=early)
    assert result.albums_added == added
    assert len(names(registry, Album.url)) == len(first) + added
    assert len(names(registry, Artist.name)) == len({line[:3] for line in first + second if line[:3] != "BEA"})
    assert len(names(registry, Genre.name)) == len({line.split(",")[5].lower() for line in first + second})
